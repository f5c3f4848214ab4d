#include "pixels/ramps.h"

#include <stddef.h>

#if PAC_X86
#include <immintrin.h>
#endif

/* So many results leave nothing else in the cache: they are stored past it. */
enum { PAST_CACHE = 1 << 21 };

#define PAC_TEMPLATE "pixels/ramps_template.h"
#include "support/each_target.h"

typedef void (*conversion)(const pac_row_conversion *, const void *, int64_t, void *);

/* By kind and size of the result: bytes, words and fractions. */
#define PAC_CHOOSE(type, name)                                                                                         \
    do {                                                                                                               \
        PAC_SELECT(bytes[PAC_RAMP_DOUBLE][type], ramp_u8_##name, target);                                              \
        PAC_SELECT(words[PAC_RAMP_DOUBLE][type], ramp_u16_##name, target);                                             \
        PAC_SELECT(bytes[PAC_RAMP_THRESHOLDS][type], exact_ramp_u8_##name, target);                                    \
        PAC_SELECT(words[PAC_RAMP_THRESHOLDS][type], exact_ramp_u16_##name, target);                                   \
        PAC_SELECT(fractions[type], fraction_##name, target);                                                          \
    } while (0)

int pac_ramp_init(pac_ramp *ramp, pac_ramp_kind kind, pac_value_type values, int result_size, pac_target target)
{
    conversion bytes[2][PAC_VALUE_TYPES] = {{NULL}}, words[2][PAC_VALUE_TYPES] = {{NULL}};
    conversion fractions[PAC_VALUE_TYPES] = {NULL};
    PAC_CHOOSE(PAC_VALUE_U32, u32);
    PAC_CHOOSE(PAC_VALUE_I32, i32);
    PAC_CHOOSE(PAC_VALUE_F32, f32);
    PAC_CHOOSE(PAC_VALUE_F64, f64);
    PAC_SELECT(fractions[PAC_VALUE_U16], fraction_u16, target);
    PAC_SELECT(fractions[PAC_VALUE_I16], fraction_i16, target);
    if (kind == PAC_RAMP_FRACTION)
        ramp->base.convert = fractions[values];
    else
        ramp->base.convert = (result_size == 1 ? bytes : words)[kind == PAC_RAMP_THRESHOLDS][values];
    return ramp->base.convert == NULL;
}

void pac_fixed_ramp_init(pac_fixed_ramp *ramp, pac_value_type values, pac_target target)
{
    if (values == PAC_VALUE_I16)
        PAC_SELECT(ramp->base.convert, fixed_ramp_i16, target);
    else
        PAC_SELECT(ramp->base.convert, fixed_ramp_u16, target);
}

/* The ramp kernels of one CPU target. Included by support/each_target.h. */

#define PAC_VALUE uint16_t
#define PAC_VALUE_NAME u16
#define PAC_HIGHEST UINT16_MAX
#define PAC_MAX _mm256_max_epu16
#define PAC_MIN _mm256_min_epu16
#include "pixels/fixed_ramp_template.h"
#include "pixels/fraction_template.h"
#undef PAC_HIGHEST
#undef PAC_MAX
#undef PAC_MIN
#undef PAC_VALUE
#undef PAC_VALUE_NAME

#define PAC_VALUE int16_t
#define PAC_VALUE_NAME i16
#define PAC_HIGHEST INT16_MAX
#define PAC_MAX _mm256_max_epi16
#define PAC_MIN _mm256_min_epi16
#include "pixels/fixed_ramp_template.h"
#include "pixels/fraction_template.h"
#undef PAC_HIGHEST
#undef PAC_MAX
#undef PAC_MIN
#undef PAC_VALUE
#undef PAC_VALUE_NAME

#define PAC_VALUE uint32_t
#define PAC_VALUE_NAME u32
#include "pixels/fraction_template.h"
#include "pixels/ramp_template.h"
#undef PAC_VALUE
#undef PAC_VALUE_NAME

#define PAC_VALUE int32_t
#define PAC_VALUE_NAME i32
#include "pixels/fraction_template.h"
#include "pixels/ramp_template.h"
#undef PAC_VALUE
#undef PAC_VALUE_NAME

#define PAC_VALUE float
#define PAC_VALUE_NAME f32
#include "pixels/fraction_template.h"
#include "pixels/ramp_template.h"
#undef PAC_VALUE
#undef PAC_VALUE_NAME

#define PAC_VALUE double
#define PAC_VALUE_NAME f64
#include "pixels/fraction_template.h"
#include "pixels/ramp_template.h"
#undef PAC_VALUE
#undef PAC_VALUE_NAME

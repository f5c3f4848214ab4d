#include "j2k/components/components.h"

#include <string.h>
#if PAC_X86
#include <immintrin.h>
#endif

/* Samples pass through a chunk of integers on their way: between kinds of coefficients on one side and kinds of
 * containers on the other. Chunks are narrow (32 bits) where the precision allows, else wide (64 bits). */
enum { CHUNK = 256, NARROW_PRECISION = 31 };

/* The level shift, G.1: what is added to a coefficient to make a sample. */
static int64_t level_shift(pac_sample_range range)
{
    return range.is_signed ? 0 : (int64_t)1 << (range.precision - 1);
}

static int is_signed_type(pac_sample_type type)
{
    return type & 1;
}

/* Byte shuffles between three planes of sixteen bytes and the three runs of sixteen bytes that they make when they are
 * interleaved: where each byte comes from, by plane and run; -1 where it comes from another plane or run. */
#define PAC_EACH_BYTE(from, plane, run)                                                                                \
    {from(plane, run, 0),  from(plane, run, 1),  from(plane, run, 2),  from(plane, run, 3),                            \
     from(plane, run, 4),  from(plane, run, 5),  from(plane, run, 6),  from(plane, run, 7),                            \
     from(plane, run, 8),  from(plane, run, 9),  from(plane, run, 10), from(plane, run, 11),                           \
     from(plane, run, 12), from(plane, run, 13), from(plane, run, 14), from(plane, run, 15)}
#define PAC_EACH_RUN(from, plane)                                                                                      \
    {PAC_EACH_BYTE(from, plane, 0), PAC_EACH_BYTE(from, plane, 1), PAC_EACH_BYTE(from, plane, 2)}
#define PAC_EACH_PLANE(from) {PAC_EACH_RUN(from, 0), PAC_EACH_RUN(from, 1), PAC_EACH_RUN(from, 2)}
#define PAC_FROM_PLANE(plane, run, i) ((16 * (run) + (i)) % 3 == (plane) ? (16 * (run) + (i)) / 3 : -1)
#define PAC_FROM_RUN(plane, run, i) ((3 * (i) + (plane)) / 16 == (run) ? (3 * (i) + (plane)) % 16 : -1)

#if PAC_X86
static const int8_t rgb_spread[3][3][16] = PAC_EACH_PLANE(PAC_FROM_PLANE);
static const int8_t rgb_collect[3][3][16] = PAC_EACH_PLANE(PAC_FROM_RUN);
#endif

#define PAC_TEMPLATE "j2k/components/components_template.h"
#include "support/each_target.h"

void pac_components_kernels_init(pac_components_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->inverse_rct_i16, inverse_rct_i16, target);
    PAC_SELECT(kernels->inverse_rct_i32, inverse_rct_i32, target);
    PAC_SELECT(kernels->inverse_rct_i64, inverse_rct_i64, target);
    PAC_SELECT(kernels->inverse_ict_f32, inverse_ict_f32, target);
    PAC_SELECT(kernels->inverse_ict_f64, inverse_ict_f64, target);
    PAC_SELECT(kernels->forward_rct_i16, forward_rct_i16, target);
    PAC_SELECT(kernels->forward_rct_i32, forward_rct_i32, target);
    PAC_SELECT(kernels->forward_rct_i64, forward_rct_i64, target);
    PAC_SELECT(kernels->forward_ict_f32, forward_ict_f32, target);
    PAC_SELECT(kernels->forward_ict_f64, forward_ict_f64, target);
    PAC_SELECT(kernels->store_i16, store_i16, target);
    PAC_SELECT(kernels->store_i32, store_i32, target);
    PAC_SELECT(kernels->store_i64, store_i64, target);
    PAC_SELECT(kernels->store_f32, store_f32, target);
    PAC_SELECT(kernels->store_f64, store_f64, target);
    PAC_SELECT(kernels->load_i16, load_i16, target);
    PAC_SELECT(kernels->load_i32, load_i32, target);
    PAC_SELECT(kernels->load_i64, load_i64, target);
    PAC_SELECT(kernels->load_f32, load_f32, target);
    PAC_SELECT(kernels->load_f64, load_f64, target);
    PAC_SELECT(kernels->store_rgb8_rct_i16, store_rgb8_rct_i16, target);
    PAC_SELECT(kernels->store_rgb8_ict_f32, store_rgb8_ict_f32, target);
    PAC_SELECT(kernels->load_rgb8_rct_i16, load_rgb8_rct_i16, target);
    PAC_SELECT(kernels->load_rgb8_ict_f32, load_rgb8_ict_f32, target);
}

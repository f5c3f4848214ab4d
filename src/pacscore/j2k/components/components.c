#include "j2k/components/components.h"

#include <string.h>

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

#define PAC_TEMPLATE "j2k/components/components_template.h"
#include "support/each_target.h"

void pac_components_kernels_init(pac_components_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->inverse_rct_i32, inverse_rct_i32, target);
    PAC_SELECT(kernels->inverse_rct_i64, inverse_rct_i64, target);
    PAC_SELECT(kernels->inverse_ict_f32, inverse_ict_f32, target);
    PAC_SELECT(kernels->inverse_ict_f64, inverse_ict_f64, target);
    PAC_SELECT(kernels->forward_rct_i32, forward_rct_i32, target);
    PAC_SELECT(kernels->forward_rct_i64, forward_rct_i64, target);
    PAC_SELECT(kernels->forward_ict_f32, forward_ict_f32, target);
    PAC_SELECT(kernels->forward_ict_f64, forward_ict_f64, target);
    PAC_SELECT(kernels->store_i32, store_i32, target);
    PAC_SELECT(kernels->store_i64, store_i64, target);
    PAC_SELECT(kernels->store_f32, store_f32, target);
    PAC_SELECT(kernels->store_f64, store_f64, target);
    PAC_SELECT(kernels->load_i32, load_i32, target);
    PAC_SELECT(kernels->load_i64, load_i64, target);
    PAC_SELECT(kernels->load_f32, load_f32, target);
    PAC_SELECT(kernels->load_f64, load_f64, target);
}

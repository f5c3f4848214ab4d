#include "j2k/wavelet/wavelet.h"

#include <string.h>

/* Vertical lifting copies a strip of columns to scratch and back. Strips are as wide as this budget (a share of a
 * level 2 cache) allows for their height, from one cache line to eight. */
enum { STRIP_BUDGET = 128 << 10, NARROWEST_STRIP = 64, WIDEST_STRIP = 512 };

static int64_t strip_bytes(int64_t height)
{
    const int64_t bytes = STRIP_BUDGET / pac_max(height, 1) / NARROWEST_STRIP * NARROWEST_STRIP;
    return pac_max(NARROWEST_STRIP, pac_min(bytes, WIDEST_STRIP));
}

size_t pac_wavelet_scratch_size(int64_t width, int64_t height, size_t sample_size)
{
    const int64_t padding = 4; /* one mirrored sample at both ends of both halves of a row */
    const int64_t row = (pac_max(width, 0) + padding) * (int64_t)sample_size;
    const int64_t column = pac_max(height, 0);
    const int64_t strip = pac_max(pac_min(column * WIDEST_STRIP, STRIP_BUDGET), column * NARROWEST_STRIP);
    return (size_t)pac_max(row, strip);
}

static size_t align(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

/* Rows begin at different offsets within a page, so that they do not compete for the same sets of a cache. */
static size_t row_size(int64_t width, pac_coefficient_type type)
{
    return align((size_t)pac_max(width, 0) * pac_coefficient_size(type)) | 64;
}

size_t pac_wavelet_level_size(int64_t width, pac_coefficient_type type)
{
    return (PAC_WAVELET_RING_ROWS + 3) * row_size(width, type);
}

void pac_wavelet_level_init(pac_wavelet_level *level, pac_coefficient_type type, pac_rect rect, void *memory)
{
    memset(level, 0, sizeof *level);
    level->rect = rect;
    level->type = type;
    level->row_size = row_size(pac_rect_width(rect), type);
    level->ring = memory;
    level->halves = level->ring + PAC_WAVELET_RING_ROWS * level->row_size;
    level->zeros = level->halves + 2 * level->row_size;
    memset(level->zeros, 0, level->row_size);
}

#define PAC_TEMPLATE "j2k/wavelet/wavelet_template.h"
#include "support/each_target.h"

void pac_wavelet_kernels_init(pac_wavelet_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->inverse53_i32, inverse_i32, target);
    PAC_SELECT(kernels->inverse53_i64, inverse_i64, target);
    PAC_SELECT(kernels->inverse97_f32, inverse_f32, target);
    PAC_SELECT(kernels->inverse97_f64, inverse_f64, target);
    PAC_SELECT(kernels->forward53_i32, forward_i32, target);
    PAC_SELECT(kernels->forward53_i64, forward_i64, target);
    PAC_SELECT(kernels->forward97_f32, forward_f32, target);
    PAC_SELECT(kernels->forward97_f64, forward_f64, target);
#define SELECT_TYPE(type, kind)                                                                                        \
    PAC_SELECT(kernels->arrive_inverse[type], arrive_inverse_##kind, target);                                          \
    PAC_SELECT(kernels->arrive_forward[type], arrive_forward_##kind, target);                                          \
    PAC_SELECT(kernels->split_forward[type], split_forward_##kind, target)
    SELECT_TYPE(PAC_I16, i16);
    SELECT_TYPE(PAC_I32, i32);
    SELECT_TYPE(PAC_I64, i64);
    SELECT_TYPE(PAC_F32, f32);
    SELECT_TYPE(PAC_F64, f64);
#undef SELECT_TYPE
}

#include "j2k/wavelet/wavelet.h"

#include <string.h>

static size_t align(size_t size)
{
    return (size + 63) & ~(size_t)63;
}

/* Rows begin at different offsets within a page, so that they do not compete for the same sets of a cache. */
static size_t row_size(int64_t width, pac_coefficient_type type)
{
    return align((size_t)pac_max(width, 0) * pac_coefficient_size(type)) | 64;
}

/* Lifting a half goes beyond its end by less than a vector. */
static size_t half_size(int64_t width, pac_coefficient_type type)
{
    return row_size(width, type) + 64;
}

size_t pac_wavelet_level_size(int64_t width, pac_coefficient_type type)
{
    return (size_t)pac_wavelet_ring_rows(type) * row_size(width, type) + 3 * half_size(width, type);
}

void pac_wavelet_level_init(pac_wavelet_level *level, pac_coefficient_type type, pac_rect rect, void *memory)
{
    const int64_t width = pac_rect_width(rect);
    memset(level, 0, sizeof *level);
    memset(memory, 0, pac_wavelet_level_size(width, type));
    level->rect = rect;
    level->type = type;
    level->row_size = row_size(width, type);
    level->ring = memory;
    level->even = level->ring + (size_t)pac_wavelet_ring_rows(type) * level->row_size;
    level->odd = level->even + half_size(width, type);
    level->zeros = level->odd + half_size(width, type);
}

#define PAC_TEMPLATE "j2k/wavelet/wavelet_template.h"
#include "support/each_target.h"

void pac_wavelet_kernels_init(pac_wavelet_kernels *kernels, pac_target target)
{
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

/* One level for one type of coefficients: PAC_SAMPLE, PAC_KIND, the filter PAC_LIFTING with its PAC_STEPS steps.
 * Source: T.800 F.3.2 (2D_SR), F.4.2 (2D_SD), F.3.6 and F.4.6 (1D).
 */
#include "j2k/wavelet/vector_template.h"
#include "j2k/wavelet/horizontal_template.h"
#include "j2k/wavelet/vertical_template.h"

/* The picture that is one row high: only a row at an odd coordinate changes. */
PAC_INLINE void PAC_KIND_NAME(only_row)(const pac_wavelet_level *level, int inverse, PAC_SAMPLE *row, int *overflow)
{
    const int64_t width = pac_rect_width(level->rect);
    for (int64_t i = 0; (level->rect.y0 & 1) && i < width; ++i)
        row[i] = PAC_KIND_NAME(only)(inverse, row[i], overflow);
}

/* Horizontal synthesis of the row that arrives. */
PAC_INLINE void PAC_KIND_NAME(join_arrived)(pac_wavelet_level *level, const PAC_SAMPLE *low, const PAC_SAMPLE *high,
                                            int *overflow)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect), y = level->arrived;
    const int odd_row = (int)((level->rect.y0 + y) & 1), odd_column = (int)(level->rect.x0 & 1);
    const PAC_SAMPLE gain = height > 1 ? PAC_KIND_NAME(gain)(1, odd_row) : 1;
    PAC_SAMPLE *row = pac_wavelet_row(level, y);
    if (!low && !high)
        memset(row, 0, (size_t)width * sizeof *row);
    else if (width > 1) {
        const PAC_SAMPLE *zeros = (const PAC_SAMPLE *)level->zeros;
        PAC_KIND_NAME(join_row)(level, low ? low : zeros, high ? high : zeros, gain, row, overflow);
    } else {
        const PAC_SAMPLE *sample = odd_column ? high : low;
        const PAC_SAMPLE value = sample ? *sample : 0;
        row[0] = PAC_SCALE(odd_column ? PAC_KIND_NAME(only)(1, value, overflow) : value, gain);
    }
    if (height == 1)
        PAC_KIND_NAME(only_row)(level, 1, row, overflow);
}

PAC_FN void PAC_KIND_NAME(arrive_inverse)(pac_wavelet_level *level, const void *low, const void *high)
{
    int overflow = 0;
    if (level->arrived < pac_rect_height(level->rect) && pac_rect_width(level->rect))
        PAC_KIND_NAME(join_arrived)(level, low, high, &overflow);
    PAC_KIND_NAME(lift_arrived)(level, 1, &overflow);
    level->overflow |= overflow;
    level->arrived++;
}

PAC_FN void PAC_KIND_NAME(arrive_forward)(pac_wavelet_level *level)
{
    int overflow = 0;
    if (pac_rect_height(level->rect) == 1 && level->arrived == 0)
        PAC_KIND_NAME(only_row)(level, 0, pac_wavelet_row(level, 0), &overflow);
    PAC_KIND_NAME(lift_arrived)(level, 0, &overflow);
    level->overflow |= overflow;
    level->arrived++;
}

PAC_FN void PAC_KIND_NAME(split_forward)(pac_wavelet_level *level, int64_t y, void *low, void *high)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect);
    const int odd_row = (int)((level->rect.y0 + y) & 1), odd_column = (int)(level->rect.x0 & 1);
    const PAC_SAMPLE gain = height > 1 ? PAC_KIND_NAME(gain)(0, odd_row) : 1;
    const PAC_SAMPLE *row = pac_wavelet_row(level, y);
    int overflow = 0;
    if (width > 1)
        PAC_KIND_NAME(part_row)(level, row, gain, low, high, &overflow);
    else if (width == 1 && odd_column)
        *(PAC_SAMPLE *)high = PAC_KIND_NAME(only)(0, PAC_SCALE(row[0], gain), &overflow);
    else if (width == 1)
        *(PAC_SAMPLE *)low = PAC_SCALE(row[0], gain);
    level->overflow |= overflow;
}

#undef PAC_HALF
#undef PAC_LOAD
#undef PAC_STORE
#undef PAC_STORE_BY_TURNS
#undef PAC_BETWEEN
#undef PAC_LIFT
#undef PAC_SCALE
#undef PAC_LIFT_VECTOR
#undef PAC_SCALE_VECTOR
#undef PAC_VECTOR
#undef PAC_LANES
#undef PAC_LANE
#undef PAC_EACH_LANE
#undef PAC_INLINE
#undef PAC_SAMPLE
#undef PAC_KIND
#undef PAC_LIFTING
#undef PAC_STEPS

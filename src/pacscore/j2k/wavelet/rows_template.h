/* One level row by row, for the filter that was just defined: PAC_STEPS lifting steps by lift, gain, scale and only.
 * Source: T.800 F.3.2 (2D_SR), F.4.2 (2D_SD), F.3.6 and F.4.6 (1D).
 *
 * A row is lifted as two halves, its samples of even and of odd coordinate. A sample lies between two of the other
 * half; where one is missing at an end of the row, the other stands for both.
 */
#define PAC_HALF PAC_KIND_NAME(half)
#define PAC_LIFT PAC_KIND_NAME(lift)
#define PAC_SCALE PAC_KIND_NAME(scale)
#define PAC_INLINE PAC_FN inline __attribute__((always_inline))

typedef struct {
    const PAC_SAMPLE *samples;
    int64_t count;
    PAC_SAMPLE gain; /* by which they are scaled first */
} PAC_HALF;

/* One step on the half `here`, into `to`, which may be here.samples. `leads`: the row begins with this half. */
PAC_INLINE void PAC_KIND_NAME(lift_half)(int inverse, int step, PAC_HALF here, PAC_HALF other, int leads,
                                         PAC_SAMPLE *to, int16_t *overflow)
{
    const PAC_SAMPLE *from = here.samples, *beside = other.samples;
    const PAC_SAMPLE gain = here.gain, side = other.gain;
    int64_t count = here.count;
    int16_t bad = 0;
    if (leads) {
        const PAC_SAMPLE only = PAC_SCALE(beside[0], side);
        *to++ = PAC_LIFT(inverse, step, PAC_SCALE(*from++, gain), only, only, &bad);
        count--;
    }
    const int64_t inner = pac_min(count, other.count - 1);
#pragma GCC ivdep
    for (int64_t i = 0; i < inner; ++i)
        to[i] = PAC_LIFT(inverse, step, PAC_SCALE(from[i], gain), PAC_SCALE(beside[i], side),
                         PAC_SCALE(beside[i + 1], side), &bad);
    if (inner < count) {
        const PAC_SAMPLE only = PAC_SCALE(beside[inner], side);
        to[inner] = PAC_LIFT(inverse, step, PAC_SCALE(from[inner], gain), only, only, &bad);
    }
    *overflow |= bad;
}

/* The last step of a synthesis, which is on the high half; both halves are scaled by `gain` as they are interleaved. */
PAC_INLINE void PAC_KIND_NAME(interleave)(PAC_HALF low, PAC_HALF high, int high_leads, PAC_SAMPLE gain, PAC_SAMPLE *row,
                                          int16_t *overflow)
{
    const int last = PAC_STEPS - 1;
    const PAC_SAMPLE *even = low.samples, *odd = high.samples;
    int64_t count = high.count;
    int16_t bad = 0;
    if (high_leads) {
        *row++ = PAC_SCALE(PAC_LIFT(1, last, *odd++, even[0], even[0], &bad), gain);
        count--;
    }
    const int64_t inner = low.count - 1;
#pragma GCC ivdep
    for (int64_t i = 0; i < inner; ++i) {
        row[2 * i] = PAC_SCALE(even[i], gain);
        row[2 * i + 1] = PAC_SCALE(PAC_LIFT(1, last, odd[i], even[i], even[i + 1], &bad), gain);
    }
    row[2 * inner] = PAC_SCALE(even[inner], gain);
    if (inner < count)
        row[2 * inner + 1] = PAC_SCALE(PAC_LIFT(1, last, odd[inner], even[inner], even[inner], &bad), gain);
    *overflow |= bad;
}

/* Horizontal synthesis of a row of two samples or more. `gain` is what the vertical synthesis scales it by. */
PAC_INLINE void PAC_KIND_NAME(join_row)(pac_wavelet_level *level, const PAC_SAMPLE *low, const PAC_SAMPLE *high,
                                        PAC_SAMPLE gain, PAC_SAMPLE *row, int16_t *overflow)
{
    const int64_t count = pac_wavelet_low_count(level->rect.x0, level->rect.x1);
    const int odd_start = (int)(level->rect.x0 & 1);
    PAC_SAMPLE *even = (PAC_SAMPLE *)level->halves, *odd = (PAC_SAMPLE *)(level->halves + level->row_size);
    PAC_HALF evens = {low, count, PAC_KIND_NAME(gain)(1, 0)};
    PAC_HALF odds = {high, pac_rect_width(level->rect) - count, PAC_KIND_NAME(gain)(1, 1)};
    PAC_KIND_NAME(lift_half)(1, 0, evens, odds, !odd_start, even, overflow);
    evens = (PAC_HALF){even, count, 1};
#if PAC_STEPS == 4
    PAC_KIND_NAME(lift_half)(1, 1, odds, evens, odd_start, odd, overflow);
    odds = (PAC_HALF){odd, odds.count, 1};
    PAC_KIND_NAME(lift_half)(1, 2, evens, odds, !odd_start, even, overflow);
#else
    (void)odd;
#endif
    PAC_KIND_NAME(interleave)(evens, odds, odd_start, gain, row, overflow);
}

/* Horizontal analysis of a row of two samples or more. */
PAC_INLINE void PAC_KIND_NAME(part_row)(const pac_wavelet_level *level, const PAC_SAMPLE *row, PAC_SAMPLE gain,
                                        PAC_SAMPLE *restrict low, PAC_SAMPLE *restrict high, int16_t *overflow)
{
    const int64_t width = pac_rect_width(level->rect);
    const int64_t count = pac_wavelet_low_count(level->rect.x0, level->rect.x1);
    const int odd_start = (int)(level->rect.x0 & 1);
    PAC_SAMPLE *first = odd_start ? high : low, *second = odd_start ? low : high;
#pragma GCC ivdep
    for (int64_t i = 0; i < width / 2; ++i) {
        first[i] = PAC_SCALE(row[2 * i], gain);
        second[i] = PAC_SCALE(row[2 * i + 1], gain);
    }
    if (width & 1)
        first[width / 2] = PAC_SCALE(row[width - 1], gain);
    const PAC_HALF evens = {low, count, 1}, odds = {high, width - count, 1};
    PAC_KIND_NAME(lift_half)(0, 0, odds, evens, odd_start, high, overflow);
    PAC_KIND_NAME(lift_half)(0, 1, evens, odds, !odd_start, low, overflow);
#if PAC_STEPS == 4
    PAC_KIND_NAME(lift_half)(0, 2, odds, evens, odd_start, high, overflow);
    PAC_KIND_NAME(lift_half)(0, 3, evens, odds, !odd_start, low, overflow);
    for (int64_t i = 0; i < count; ++i)
        low[i] = PAC_SCALE(low[i], PAC_KIND_NAME(gain)(0, 0));
    for (int64_t i = 0; i < odds.count; ++i)
        high[i] = PAC_SCALE(high[i], PAC_KIND_NAME(gain)(0, 1));
#endif
}

/* One vertical step on row y, if there is such a row. */
PAC_INLINE void PAC_KIND_NAME(step_row)(pac_wavelet_level *level, int inverse, int step, int64_t y, int16_t *overflow)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect);
    if (y < 0 || y >= height)
        return;
    PAC_SAMPLE *row = pac_wavelet_row(level, y);
    const PAC_SAMPLE *above = pac_wavelet_row(level, y > 0 ? y - 1 : 1);
    const PAC_SAMPLE *below = pac_wavelet_row(level, y < height - 1 ? y + 1 : height - 2);
    int16_t bad = 0;
#pragma GCC ivdep
    for (int64_t i = 0; i < width; ++i)
        row[i] = PAC_LIFT(inverse, step, row[i], above[i], below[i], &bad);
    *overflow |= bad;
}

/* All steps in one sweep, each on the row above the one of the step before. */
PAC_INLINE void PAC_KIND_NAME(sweep_rows)(pac_wavelet_level *level, int inverse, int16_t *overflow)
{
    const int64_t width = pac_rect_width(level->rect), y = level->arrived;
    PAC_SAMPLE *rows[PAC_STEPS + 2];
    int16_t bad = 0;
    for (int k = 0; k < PAC_STEPS + 2; ++k)
        rows[k] = pac_wavelet_row(level, y - k);
#pragma GCC ivdep
    for (int64_t i = 0; i < width; ++i) {
        PAC_SAMPLE below = rows[0][i], here = rows[1][i];
        for (int step = 0; step < PAC_STEPS; ++step) {
            const PAC_SAMPLE above = rows[step + 2][i];
            rows[step + 1][i] = below = PAC_LIFT(inverse, step, here, above, below, &bad);
            here = above;
        }
    }
    *overflow |= bad;
}

/* The vertical steps that are possible now: step s on row arrived - 1 - s. */
PAC_INLINE void PAC_KIND_NAME(lift_arrived)(pac_wavelet_level *level, int inverse, int16_t *overflow)
{
    const int64_t height = pac_rect_height(level->rect), y = level->arrived;
    const int odd = (int)((level->rect.y0 + y) & 1);
    if (height < 2 || odd != inverse)
        return;
    if (y > PAC_STEPS && y < height)
        PAC_KIND_NAME(sweep_rows)(level, inverse, overflow);
    else
        for (int step = 0; step < PAC_STEPS; ++step)
            PAC_KIND_NAME(step_row)(level, inverse, step, y - 1 - step, overflow);
}

/* Rows of the picture that is one row high: only one at an odd coordinate changes. */
PAC_INLINE void PAC_KIND_NAME(only_row)(const pac_wavelet_level *level, int inverse, PAC_SAMPLE *row, int16_t *overflow)
{
    const int64_t width = pac_rect_width(level->rect);
    for (int64_t i = 0; (level->rect.y0 & 1) && i < width; ++i)
        row[i] = PAC_KIND_NAME(only)(inverse, row[i], overflow);
}

PAC_FN void PAC_KIND_NAME(arrive_inverse)(pac_wavelet_level *level, const void *low, const void *high)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect), y = level->arrived;
    const int odd_row = (int)((level->rect.y0 + y) & 1), odd_column = (int)(level->rect.x0 & 1);
    int16_t overflow = 0;
    if (y < height && width) {
        PAC_SAMPLE *row = pac_wavelet_row(level, y);
        const PAC_SAMPLE gain = height > 1 ? PAC_KIND_NAME(gain)(1, odd_row) : 1;
        if (!low && !high)
            memset(row, 0, (size_t)width * sizeof *row);
        else if (width > 1)
            PAC_KIND_NAME(join_row)(level, low ? low : level->zeros, high ? high : level->zeros, gain, row, &overflow);
        else {
            const PAC_SAMPLE *sample = odd_column ? high : low;
            row[0] = sample ? PAC_SCALE(odd_column ? PAC_KIND_NAME(only)(1, *sample, &overflow) : *sample, gain) : 0;
        }
        if (height == 1)
            PAC_KIND_NAME(only_row)(level, 1, row, &overflow);
    }
    PAC_KIND_NAME(lift_arrived)(level, 1, &overflow);
    level->overflow |= overflow < 0;
    level->arrived++;
}

PAC_FN void PAC_KIND_NAME(arrive_forward)(pac_wavelet_level *level)
{
    int16_t overflow = 0;
    if (pac_rect_height(level->rect) == 1 && level->arrived == 0)
        PAC_KIND_NAME(only_row)(level, 0, pac_wavelet_row(level, 0), &overflow);
    PAC_KIND_NAME(lift_arrived)(level, 0, &overflow);
    level->overflow |= overflow < 0;
    level->arrived++;
}

PAC_FN void PAC_KIND_NAME(split_forward)(pac_wavelet_level *level, int64_t y, void *low, void *high)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect);
    const int odd_row = (int)((level->rect.y0 + y) & 1), odd_column = (int)(level->rect.x0 & 1);
    const PAC_SAMPLE gain = height > 1 ? PAC_KIND_NAME(gain)(0, odd_row) : 1;
    PAC_SAMPLE *row = pac_wavelet_row(level, y);
    int16_t overflow = 0;
    if (width > 1)
        PAC_KIND_NAME(part_row)(level, row, gain, low, high, &overflow);
    else if (width == 1 && odd_column)
        *(PAC_SAMPLE *)high = PAC_KIND_NAME(only)(0, PAC_SCALE(row[0], gain), &overflow);
    else if (width == 1)
        *(PAC_SAMPLE *)low = PAC_SCALE(row[0], gain);
    level->overflow |= overflow < 0;
}

#undef PAC_HALF
#undef PAC_LIFT
#undef PAC_SCALE
#undef PAC_INLINE

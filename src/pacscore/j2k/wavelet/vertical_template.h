/* Vertical lifting in the ring of a level: whole vectors, since behind the picture's width the rows are zero. */
#define PAC_LIFT_VECTOR PAC_KIND_NAME(vector_lift)

/* One step on row y, if there is such a row. At the edges the neighbour that is there stands for the other. */
PAC_INLINE void PAC_KIND_NAME(lift_row)(pac_wavelet_level *level, int inverse, int step, int64_t y, int *overflow)
{
    const int64_t width = pac_rect_width(level->rect), height = pac_rect_height(level->rect);
    if (y < 0 || y >= height)
        return;
    PAC_VECTOR *row = pac_wavelet_row(level, y), bad = {0};
    const PAC_VECTOR *above = pac_wavelet_row(level, y > 0 ? y - 1 : 1);
    const PAC_VECTOR *below = pac_wavelet_row(level, y < height - 1 ? y + 1 : height - 2);
    for (int64_t i = 0; i * PAC_LANES < width; ++i)
        row[i] = PAC_LIFT_VECTOR(inverse, step, row[i], above[i], below[i], &bad);
    *overflow |= PAC_KIND_NAME(any_negative)(bad);
}

/* All steps in one sweep, each on the row above the one of the step before. */
PAC_INLINE void PAC_KIND_NAME(lift_rows)(pac_wavelet_level *level, int inverse, int *overflow)
{
    const int64_t width = pac_rect_width(level->rect), y = level->arrived;
    PAC_VECTOR *rows[PAC_STEPS + 2], bad = {0};
    for (int k = 0; k < PAC_STEPS + 2; ++k)
        rows[k] = pac_wavelet_row(level, y - k);
    for (int64_t i = 0; i * PAC_LANES < width; ++i) {
        PAC_VECTOR below = rows[0][i], here = rows[1][i];
        for (int step = 0; step < PAC_STEPS; ++step) {
            const PAC_VECTOR above = rows[step + 2][i];
            rows[step + 1][i] = below = PAC_LIFT_VECTOR(inverse, step, here, above, below, &bad);
            here = above;
        }
    }
    *overflow |= PAC_KIND_NAME(any_negative)(bad);
}

/* The steps that are possible when a row has arrived: step s on the row s + 1 above it. */
PAC_INLINE void PAC_KIND_NAME(lift_arrived)(pac_wavelet_level *level, int inverse, int *overflow)
{
    const int64_t height = pac_rect_height(level->rect), y = level->arrived;
    const int odd = (int)((level->rect.y0 + y) & 1);
    if (height < 2 || odd != inverse)
        return;
    if (y > PAC_STEPS && y < height)
        PAC_KIND_NAME(lift_rows)(level, inverse, overflow);
    else
        for (int step = 0; step < PAC_STEPS; ++step)
            PAC_KIND_NAME(lift_row)(level, inverse, step, y - 1 - step, overflow);
}

/* One level in two dimensions, for the filter that was just defined: PAC_STEPS lifting steps in inverse_step and
 * forward_step, scale_low, scale_high and single. Source: T.800 F.3.2 (2D_SR), F.4.2 (2D_SD), F.3.6 and F.4.6 (1D).
 *
 * Both directions of an axis lift whole lines: a row is split into its even and its odd half, and a step takes one half
 * and two shifted views of the other; in a strip of columns, a step takes one row and the rows above and below it.
 */

/* Mirror a half of a row at both ends: the neighbour that is missing is the one on the other side. */
PAC_FN inline void PAC_KIND_NAME(mirror)(PAC_SAMPLE *half, int64_t count)
{
    half[-1] = half[0];
    half[count] = half[count - 1];
}

/* All steps of a row of two samples or more, given as its even and its odd half. */
PAC_FN inline void PAC_KIND_NAME(lift_row)(PAC_SAMPLE *const half[2], const int64_t count[2], int parity, int inverse)
{
    for (int step = 0; step < PAC_STEPS; ++step) {
        const int target = inverse ? step & 1 : ~step & 1;
        const PAC_SAMPLE *other = half[!target];
        PAC_KIND_NAME(mirror)(half[!target], count[!target]);
        /* Sample i of the half that comes first lies between samples i - 1 and i of the other. */
        const PAC_SAMPLE *left = target == parity ? other - 1 : other;
        if (inverse)
            PAC_KIND_NAME(inverse_step)(step, half[target], left, left + 1, count[target]);
        else
            PAC_KIND_NAME(forward_step)(step, half[target], left, left + 1, count[target]);
    }
}

PAC_FN void PAC_KIND_NAME(inverse_rows)(PAC_SAMPLE *samples, ptrdiff_t stride, pac_rect rect, PAC_SAMPLE *scratch)
{
    const int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    const int64_t low = pac_wavelet_low_count(rect.x0, rect.x1), count[2] = {low, width - low};
    PAC_SAMPLE *const half[2] = {scratch + 1, scratch + low + 3};
    const int parity = (int)(rect.x0 & 1);
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *row = samples + y * stride;
        PAC_KIND_NAME(scale_low)(half[0], row, low, 1);
        PAC_KIND_NAME(scale_high)(half[1], row + low, count[1], 1);
        PAC_KIND_NAME(lift_row)(half, count, parity, 1);
        const PAC_SAMPLE *restrict first = half[parity], *restrict second = half[!parity];
        for (int64_t i = 0; i < width / 2; ++i) {
            row[2 * i] = first[i];
            row[2 * i + 1] = second[i];
        }
        if (width & 1)
            row[width - 1] = first[width / 2];
    }
}

PAC_FN void PAC_KIND_NAME(forward_rows)(PAC_SAMPLE *samples, ptrdiff_t stride, pac_rect rect, PAC_SAMPLE *scratch)
{
    const int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    const int64_t low = pac_wavelet_low_count(rect.x0, rect.x1), count[2] = {low, width - low};
    PAC_SAMPLE *const half[2] = {scratch + 1, scratch + low + 3};
    const int parity = (int)(rect.x0 & 1);
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *row = samples + y * stride;
        PAC_SAMPLE *restrict first = half[parity], *restrict second = half[!parity];
        for (int64_t i = 0; i < width / 2; ++i) {
            first[i] = row[2 * i];
            second[i] = row[2 * i + 1];
        }
        if (width & 1)
            first[width / 2] = row[width - 1];
        PAC_KIND_NAME(lift_row)(half, count, parity, 0);
        PAC_KIND_NAME(scale_low)(row, half[0], low, 0);
        PAC_KIND_NAME(scale_high)(row + low, half[1], count[1], 0);
    }
}

/* The steps that are possible once row `arrived` of a strip has come: step s on row arrived - 1 - s, which makes one
 * sweep down the strip do all steps while their rows are near. */
PAC_FN inline void PAC_KIND_NAME(lift_rows)(PAC_SAMPLE *strip, int64_t width, int64_t height, int64_t y0,
                                            int64_t arrived, int inverse)
{
    const int first_target = inverse ? 0 : 1;
    if (((y0 + arrived - 1) & 1) != first_target)
        return;
    for (int step = 0; step < PAC_STEPS; ++step) {
        const int64_t y = arrived - 1 - step;
        if (y < 0 || y >= height)
            continue;
        const PAC_SAMPLE *above = strip + (y > 0 ? y - 1 : 1) * width;
        const PAC_SAMPLE *below = strip + (y < height - 1 ? y + 1 : height - 2) * width;
        if (inverse)
            PAC_KIND_NAME(inverse_step)(step, strip + y * width, above, below, width);
        else
            PAC_KIND_NAME(forward_step)(step, strip + y * width, above, below, width);
    }
}

PAC_FN void PAC_KIND_NAME(inverse_strip)(PAC_SAMPLE *samples, ptrdiff_t stride, int64_t width, pac_rect rect,
                                         PAC_SAMPLE *restrict strip)
{
    const int64_t height = pac_rect_height(rect), low = pac_wavelet_low_count(rect.y0, rect.y1);
    for (int64_t y = 0; y < height + PAC_STEPS; ++y) {
        if (y < height) {
            if ((rect.y0 + y) & 1)
                PAC_KIND_NAME(scale_high)(strip + y * width, samples + (low + y / 2) * stride, width, 1);
            else
                PAC_KIND_NAME(scale_low)(strip + y * width, samples + y / 2 * stride, width, 1);
        }
        PAC_KIND_NAME(lift_rows)(strip, width, height, rect.y0, y, 1);
    }
    for (int64_t y = 0; y < height; ++y)
        memcpy(samples + y * stride, strip + y * width, (size_t)width * sizeof *samples);
}

PAC_FN void PAC_KIND_NAME(forward_strip)(PAC_SAMPLE *samples, ptrdiff_t stride, int64_t width, pac_rect rect,
                                         PAC_SAMPLE *restrict strip)
{
    const int64_t height = pac_rect_height(rect), low = pac_wavelet_low_count(rect.y0, rect.y1);
    for (int64_t y = 0; y < height + PAC_STEPS; ++y) {
        if (y < height)
            memcpy(strip + y * width, samples + y * stride, (size_t)width * sizeof *samples);
        PAC_KIND_NAME(lift_rows)(strip, width, height, rect.y0, y, 0);
    }
    for (int64_t y = 0; y < height; ++y) {
        if ((rect.y0 + y) & 1)
            PAC_KIND_NAME(scale_high)(samples + (low + y / 2) * stride, strip + y * width, width, 0);
        else
            PAC_KIND_NAME(scale_low)(samples + y / 2 * stride, strip + y * width, width, 0);
    }
}

/* Columns of one sample, or rows of one sample: only those at an odd coordinate change. */
PAC_FN void PAC_KIND_NAME(singles)(PAC_SAMPLE *samples, ptrdiff_t step, int64_t count, int64_t coordinate, int inverse)
{
    if (!(coordinate & 1))
        return;
    for (int64_t i = 0; i < count; ++i)
        samples[i * step] = PAC_KIND_NAME(single)(samples[i * step], inverse);
}

PAC_FN void PAC_KIND_NAME(inverse)(PAC_SAMPLE *samples, ptrdiff_t stride, pac_rect rect, void *scratch)
{
    const int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    if (width == 0 || height == 0)
        return;
    if (width == 1)
        PAC_KIND_NAME(singles)(samples, stride, height, rect.x0, 1);
    else
        PAC_KIND_NAME(inverse_rows)(samples, stride, rect, scratch);
    if (height == 1) {
        PAC_KIND_NAME(singles)(samples, 1, width, rect.y0, 1);
        return;
    }
    const int64_t strip = strip_bytes(height) / (int64_t)sizeof *samples;
    for (int64_t x = 0; x < width; x += strip)
        PAC_KIND_NAME(inverse_strip)(samples + x, stride, pac_min(strip, width - x), rect, scratch);
}

PAC_FN void PAC_KIND_NAME(forward)(PAC_SAMPLE *samples, ptrdiff_t stride, pac_rect rect, void *scratch)
{
    const int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    if (width == 0 || height == 0)
        return;
    if (height == 1) {
        PAC_KIND_NAME(singles)(samples, 1, width, rect.y0, 0);
    } else {
        const int64_t strip = strip_bytes(height) / (int64_t)sizeof *samples;
        for (int64_t x = 0; x < width; x += strip)
            PAC_KIND_NAME(forward_strip)(samples + x, stride, pac_min(strip, width - x), rect, scratch);
    }
    if (width == 1)
        PAC_KIND_NAME(singles)(samples, stride, height, rect.x0, 0);
    else
        PAC_KIND_NAME(forward_rows)(samples, stride, rect, scratch);
}

#undef PAC_STEPS

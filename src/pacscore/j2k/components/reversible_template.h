/* The reversible component transform, and how its coefficients become integers. Source: T.800 G.2. */

PAC_FN void PAC_KIND_NAME(inverse_rct)(PAC_SAMPLE *c0, PAC_SAMPLE *c1, PAC_SAMPLE *c2, ptrdiff_t stride, int64_t width,
                                       int64_t height)
{
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const PAC_SAMPLE green = a[x] - ((b[x] + c[x]) >> 2), u = b[x];
            a[x] = c[x] + green;
            b[x] = green;
            c[x] = u + green;
        }
    }
}

PAC_FN void PAC_KIND_NAME(forward_rct)(PAC_SAMPLE *c0, PAC_SAMPLE *c1, PAC_SAMPLE *c2, ptrdiff_t stride, int64_t width,
                                       int64_t height)
{
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const PAC_SAMPLE red = a[x], green = b[x], blue = c[x];
            a[x] = (red + 2 * green + blue) >> 2;
            b[x] = blue - green;
            c[x] = red - green;
        }
    }
}

PAC_FN void PAC_KIND_NAME(round_narrow)(const PAC_SAMPLE *restrict in, ptrdiff_t count, int32_t lowest, int32_t highest,
                                        int32_t shift, int32_t *restrict chunk)
{
    for (ptrdiff_t i = 0; i < count; ++i) {
        const PAC_SAMPLE value = in[i] < lowest ? lowest : in[i];
        chunk[i] = (int32_t)(value > highest ? highest : value) + shift;
    }
}

PAC_FN inline int64_t PAC_KIND_NAME(rounded_wide)(PAC_SAMPLE value, int64_t lowest, int64_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : (int64_t)value;
}

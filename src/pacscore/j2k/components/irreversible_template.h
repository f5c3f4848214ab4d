/* The irreversible component transform, and how its coefficients become integers. Source: T.800 G.3. */

PAC_FN void PAC_KIND_NAME(inverse_ict)(PAC_SAMPLE *c0, PAC_SAMPLE *c1, PAC_SAMPLE *c2, ptrdiff_t stride, int64_t width,
                                       int64_t height)
{
    const PAC_SAMPLE red_cr = (PAC_SAMPLE)1.402, green_cb = (PAC_SAMPLE)0.344136, green_cr = (PAC_SAMPLE)0.714136,
                     blue_cb = (PAC_SAMPLE)1.772;
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const PAC_SAMPLE luma = a[x], cb = b[x], cr = c[x];
            a[x] = luma + red_cr * cr;
            b[x] = luma - green_cb * cb - green_cr * cr;
            c[x] = luma + blue_cb * cb;
        }
    }
}

PAC_FN void PAC_KIND_NAME(forward_ict)(PAC_SAMPLE *c0, PAC_SAMPLE *c1, PAC_SAMPLE *c2, ptrdiff_t stride, int64_t width,
                                       int64_t height)
{
    for (int64_t y = 0; y < height; ++y) {
        PAC_SAMPLE *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const PAC_SAMPLE red = a[x], green = b[x], blue = c[x], half = (PAC_SAMPLE)0.5;
            a[x] = (PAC_SAMPLE)0.299 * red + (PAC_SAMPLE)0.587 * green + (PAC_SAMPLE)0.114 * blue;
            b[x] = half * blue - (PAC_SAMPLE)0.168736 * red - (PAC_SAMPLE)0.331264 * green;
            c[x] = half * red - (PAC_SAMPLE)0.418688 * green - (PAC_SAMPLE)0.081312 * blue;
        }
    }
}

/* A finite value of at most this magnitude; 0 for what is not a number. Magnitudes are compared by their bits, whose
 * order is the same: a comparison of reals might trap, and so it could not be vectorised. */
PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(limited)(PAC_SAMPLE value, PAC_SAMPLE largest)
{
    const PAC_SAMPLE infinity = (PAC_SAMPLE)__builtin_inff();
    PAC_SAMPLE_BITS bits, largest_bits, infinity_bits;
    memcpy(&bits, &value, sizeof bits);
    memcpy(&largest_bits, &largest, sizeof bits);
    memcpy(&infinity_bits, &infinity, sizeof bits);
    const PAC_SAMPLE_BITS sign = bits & ~((PAC_SAMPLE_BITS)-1 >> 1);
    bits ^= sign;
    bits = bits > infinity_bits ? 0 : bits;
    bits = bits > largest_bits ? largest_bits : bits;
    bits |= sign;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

/* floor(value + 1/2) without the sum, which may itself be rounded; then clamped. */
PAC_FN inline int32_t PAC_KIND_NAME(rounded_narrow)(PAC_SAMPLE value, int32_t lowest, int32_t highest)
{
    value = PAC_KIND_NAME(limited)(value, PAC_NARROW_LARGEST);
    int32_t rounded = (int32_t)value;
    const PAC_SAMPLE rest = value - (PAC_SAMPLE)rounded;
    rounded += (rest >= (PAC_SAMPLE)0.5) - (rest < (PAC_SAMPLE)-0.5);
    rounded = rounded < lowest ? lowest : rounded;
    return rounded > highest ? highest : rounded;
}

PAC_FN inline int64_t PAC_KIND_NAME(rounded_wide)(PAC_SAMPLE value, int64_t lowest, int64_t highest)
{
    value = PAC_KIND_NAME(limited)(value, PAC_WIDE_LARGEST);
    int64_t rounded = (int64_t)value;
    const PAC_SAMPLE rest = value - (PAC_SAMPLE)rounded;
    rounded += (rest >= (PAC_SAMPLE)0.5) - (rest < (PAC_SAMPLE)-0.5);
    return rounded < lowest ? lowest : rounded > highest ? highest : rounded;
}

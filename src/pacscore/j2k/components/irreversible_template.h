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

#if PAC_AVX2 && PAC_IS_SINGLE
/* The same for eight values at a time, if the limits are exact as floats. Returns how many values it has done. */
PAC_FN ptrdiff_t PAC_NAME(round_eights)(const float *in, ptrdiff_t count, int32_t lowest, int32_t highest,
                                        int32_t shift, int32_t *chunk)
{
    const __m256 least = _mm256_set1_ps((float)lowest), most = _mm256_set1_ps((float)highest);
    const __m256 half = _mm256_set1_ps(0.5F);
    const __m256i offset = _mm256_set1_epi32(shift);
    ptrdiff_t i = 0;
    for (; i <= count - 8; i += 8) {
        __m256 value = _mm256_loadu_ps(in + i);
        value = _mm256_and_ps(value, _mm256_cmp_ps(value, value, _CMP_ORD_Q)); /* not a number counts as 0 */
        value = _mm256_max_ps(_mm256_min_ps(value, most), least);
        const __m256 below = _mm256_floor_ps(value);
        const __m256 up = _mm256_cmp_ps(_mm256_sub_ps(value, below), half, _CMP_GE_OQ);
        const __m256i rounded = _mm256_sub_epi32(_mm256_cvttps_epi32(below), _mm256_castps_si256(up));
        _mm256_storeu_si256((__m256i *)(chunk + i), _mm256_add_epi32(rounded, offset));
    }
    return i;
}
#endif

PAC_FN void PAC_KIND_NAME(round_narrow)(const PAC_SAMPLE *restrict in, ptrdiff_t count, int32_t lowest, int32_t highest,
                                        int32_t shift, int32_t *restrict chunk)
{
    ptrdiff_t i = 0;
#if PAC_AVX2 && PAC_IS_SINGLE
    if (highest < 1 << 24)
        i = PAC_NAME(round_eights)(in, count, lowest, highest, shift, chunk);
#endif
    for (; i < count; ++i)
        chunk[i] = PAC_KIND_NAME(rounded_narrow)(in[i], lowest, highest) + shift;
}

/* Rows of interleaved 8-bit red, green, blue, together with their component transform. Source: T.800 G.1 to G.3.
 *
 * The arithmetic works on planes of one chunk, which stay in the nearest cache; shuffles interleave them.
 */

/* Three planes of a chunk to count pixels. */
PAC_FN void PAC_NAME(interleave)(const uint8_t planes[3][CHUNK], ptrdiff_t count, uint8_t *restrict out)
{
    ptrdiff_t x = 0;
#if PAC_AVX2
    __m256i spread[3][3];
    for (int plane = 0; plane < 3; ++plane)
        for (int run = 0; run < 3; ++run)
            spread[plane][run] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)rgb_spread[plane][run]));
    for (; x <= count - 32; x += 32) {
        const __m256i red = _mm256_loadu_si256((const __m256i *)(planes[0] + x)),
                      green = _mm256_loadu_si256((const __m256i *)(planes[1] + x)),
                      blue = _mm256_loadu_si256((const __m256i *)(planes[2] + x));
        for (int run = 0; run < 3; ++run) {
            const __m256i pixels = _mm256_or_si256(
                _mm256_shuffle_epi8(red, spread[0][run]),
                _mm256_or_si256(_mm256_shuffle_epi8(green, spread[1][run]), _mm256_shuffle_epi8(blue, spread[2][run])));
            uint8_t *to = out + 3 * x + 16 * run;
            _mm_storeu_si128((__m128i *)to, _mm256_castsi256_si128(pixels));
            _mm_storeu_si128((__m128i *)(to + 48), _mm256_extracti128_si256(pixels, 1));
        }
    }
#endif
    for (; x < count; ++x)
        for (int plane = 0; plane < 3; ++plane)
            out[3 * x + plane] = planes[plane][x];
}

/* Count pixels to three planes of a chunk. */
PAC_FN void PAC_NAME(deinterleave)(const uint8_t *restrict in, ptrdiff_t count, uint8_t planes[3][CHUNK])
{
    ptrdiff_t x = 0;
#if PAC_AVX2
    __m256i collect[3][3];
    for (int plane = 0; plane < 3; ++plane)
        for (int run = 0; run < 3; ++run)
            collect[plane][run] =
                _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)rgb_collect[plane][run]));
    for (; x <= count - 32; x += 32) {
        __m256i pixels[3];
        for (int run = 0; run < 3; ++run) {
            const uint8_t *from = in + 3 * x + 16 * run;
            pixels[run] = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)from)),
                                                  _mm_loadu_si128((const __m128i *)(from + 48)), 1);
        }
        for (int plane = 0; plane < 3; ++plane)
            _mm256_storeu_si256((__m256i *)(planes[plane] + x),
                                _mm256_or_si256(_mm256_shuffle_epi8(pixels[0], collect[plane][0]),
                                                _mm256_or_si256(_mm256_shuffle_epi8(pixels[1], collect[plane][1]),
                                                                _mm256_shuffle_epi8(pixels[2], collect[plane][2]))));
    }
#endif
    for (; x < count; ++x)
        for (int plane = 0; plane < 3; ++plane)
            planes[plane][x] = in[3 * x + plane];
}

PAC_FN inline uint8_t PAC_NAME(byte_of)(int16_t coefficient)
{
    coefficient = coefficient < -128 ? -128 : coefficient;
    return (uint8_t)((coefficient > 127 ? 127 : coefficient) + 128);
}

PAC_FN int32_t PAC_NAME(store_rgb8_rct_i16)(const int16_t *restrict c0, const int16_t *restrict c1,
                                            const int16_t *restrict c2, int64_t width, uint8_t *out)
{
    uint8_t planes[3][CHUNK];
    int16_t bad = 0;
    for (int64_t x = 0; x < width; x += CHUNK) {
        const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
        for (ptrdiff_t i = 0; i < count; ++i) {
            const int16_t u = c1[x + i], v = c2[x + i];
            const int16_t quarter = (int16_t)(PAC_NAME(floor_mean)(u, v) >> 1);
            const int16_t green = PAC_NAME(difference)(c0[x + i], quarter, &bad);
            planes[0][i] = PAC_NAME(byte_of)(PAC_NAME(sum)(v, green, &bad));
            planes[1][i] = PAC_NAME(byte_of)(green);
            planes[2][i] = PAC_NAME(byte_of)(PAC_NAME(sum)(u, green, &bad));
        }
        PAC_NAME(interleave)((const uint8_t (*)[CHUNK])planes, count, out + 3 * x);
    }
    return bad < 0;
}

PAC_FN void PAC_NAME(load_rgb8_rct_i16)(const uint8_t *in, int64_t width, int16_t *restrict c0, int16_t *restrict c1,
                                        int16_t *restrict c2)
{
    uint8_t planes[3][CHUNK];
    for (int64_t x = 0; x < width; x += CHUNK) {
        const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
        PAC_NAME(deinterleave)(in + 3 * x, count, planes);
        for (ptrdiff_t i = 0; i < count; ++i) {
            const int16_t red = planes[0][i], green = planes[1][i], blue = planes[2][i];
            c0[x + i] = (int16_t)(((red + 2 * green + blue) >> 2) - 128);
            c1[x + i] = (int16_t)(blue - green);
            c2[x + i] = (int16_t)(red - green);
        }
    }
}

PAC_FN void PAC_NAME(store_rgb8_ict_f32)(const float *c0, const float *c1, const float *c2, int64_t width, uint8_t *out)
{
    uint8_t planes[3][CHUNK];
    for (int64_t x = 0; x < width; x += CHUNK) {
        const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
        float colours[3][CHUNK];
        memcpy(colours[0], c0 + x, (size_t)count * sizeof(float));
        memcpy(colours[1], c1 + x, (size_t)count * sizeof(float));
        memcpy(colours[2], c2 + x, (size_t)count * sizeof(float));
        PAC_NAME(inverse_ict_f32)(colours[0], colours[1], colours[2], 0, count, 1);
        for (int plane = 0; plane < 3; ++plane) {
            int32_t chunk[CHUNK];
            PAC_NAME(round_narrow_f32)(colours[plane], count, -128, 127, 128, chunk);
            for (ptrdiff_t i = 0; i < count; ++i)
                planes[plane][i] = (uint8_t)chunk[i];
        }
        PAC_NAME(interleave)((const uint8_t (*)[CHUNK])planes, count, out + 3 * x);
    }
}

PAC_FN void PAC_NAME(load_rgb8_ict_f32)(const uint8_t *in, int64_t width, float *restrict c0, float *restrict c1,
                                        float *restrict c2)
{
    uint8_t planes[3][CHUNK];
    for (int64_t x = 0; x < width; x += CHUNK) {
        const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
        PAC_NAME(deinterleave)(in + 3 * x, count, planes);
        for (ptrdiff_t i = 0; i < count; ++i) {
            c0[x + i] = (float)(planes[0][i] - 128);
            c1[x + i] = (float)(planes[1][i] - 128);
            c2[x + i] = (float)(planes[2][i] - 128);
        }
        PAC_NAME(forward_ict_f32)(c0 + x, c1 + x, c2 + x, 0, count, 1);
    }
}

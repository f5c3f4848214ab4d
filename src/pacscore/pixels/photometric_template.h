/* Colour kernels, per target. */

PAC_FN inline uint8_t PAC_NAME(clamped)(int32_t value)
{
    value = value < 0 ? 0 : value;
    return (uint8_t)(value > 255 ? 255 : value);
}

#if PAC_AVX2
/* Byte shuffles between 16 pixels in three registers and their three planes. */
PAC_FN inline void PAC_NAME(shuffle_three)(const uint8_t *in[3], const int8_t moves[3][3][16], uint8_t *out[3])
{
    const __m128i parts[3] = {_mm_loadu_si128((const __m128i *)in[0]), _mm_loadu_si128((const __m128i *)in[1]),
                              _mm_loadu_si128((const __m128i *)in[2])};
    for (int i = 0; i < 3; i++) {
        __m128i gathered = _mm_setzero_si128();
        for (int j = 0; j < 3; j++)
            gathered =
                _mm_or_si128(gathered, _mm_shuffle_epi8(parts[j], _mm_loadu_si128((const __m128i *)moves[i][j])));
        _mm_storeu_si128((__m128i *)out[i], gathered);
    }
}
#endif

PAC_FN void PAC_NAME(split_pixels)(const uint8_t *in, int32_t count, uint8_t planes[3][CHUNK])
{
    int32_t i = 0;
#if PAC_AVX2
    for (; i + 16 <= count; i += 16) {
        const uint8_t *from[3] = {in + 3 * i, in + 3 * i + 16, in + 3 * i + 32};
        uint8_t *to[3] = {planes[0] + i, planes[1] + i, planes[2] + i};
        PAC_NAME(shuffle_three)(from, SPLIT, to);
    }
#endif
    for (; i < count; i++)
        for (int plane = 0; plane < 3; plane++)
            planes[plane][i] = in[3 * i + plane];
}

PAC_FN void PAC_NAME(join_pixels)(uint8_t planes[3][CHUNK], int32_t count, uint8_t *out)
{
    int32_t i = 0;
#if PAC_AVX2
    for (; i + 16 <= count; i += 16) {
        const uint8_t *from[3] = {planes[0] + i, planes[1] + i, planes[2] + i};
        uint8_t *to[3] = {out + 3 * i, out + 3 * i + 16, out + 3 * i + 32};
        PAC_NAME(shuffle_three)(from, JOIN, to);
    }
#endif
    for (; i < count; i++)
        for (int plane = 0; plane < 3; plane++)
            out[3 * i + plane] = planes[plane][i];
}

PAC_FN void PAC_NAME(ybr_full_to_rgb_u8)(const uint8_t *in, int64_t pixels, uint8_t *out)
{
    uint8_t ybr[3][CHUNK] = {{0}}, rgb[3][CHUNK];
    const int32_t half = (1 << (FRACTION - 1)) + BIAS;
    for (int64_t at = 0; at < pixels; at += CHUNK, in += 3 * CHUNK, out += 3 * CHUNK) {
        const int32_t count = (int32_t)(pixels - at < CHUNK ? pixels - at : CHUNK);
        PAC_NAME(split_pixels)(in, count, ybr);
        for (int32_t i = 0; i < CHUNK; i++) {
            const int32_t luma = ybr[0][i], blue = ybr[1][i] - 128, red = ybr[2][i] - 128;
            const int32_t green = half - FIXED(0.344136) * blue - FIXED(0.714136) * red;
            rgb[0][i] = PAC_NAME(clamped)(luma + ((FIXED(1.402) * red + half) >> FRACTION));
            rgb[1][i] = PAC_NAME(clamped)(luma + (green >> FRACTION));
            rgb[2][i] = PAC_NAME(clamped)(luma + ((FIXED(1.772) * blue + half) >> FRACTION));
        }
        PAC_NAME(join_pixels)(rgb, count, out);
    }
}

PAC_FN void PAC_NAME(expand_422_u8)(const uint8_t *in, int64_t pairs, uint8_t *out)
{
    int64_t i = 0;
#if PAC_AVX2
    const __m128i first = _mm_setr_epi8(0, 2, 3, 1, 2, 3, 4, 6, 7, 5, 6, 7, 8, 10, 11, 9);
    const __m128i second = _mm_setr_epi8(10, 11, 12, 14, 15, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1);
    for (; i + 6 <= pairs; i += 4) { /* writes 8 bytes of the next pairs too */
        const __m128i four = _mm_loadu_si128((const __m128i *)(in + 4 * i));
        _mm_storeu_si128((__m128i *)(out + 6 * i), _mm_shuffle_epi8(four, first));
        _mm_storeu_si128((__m128i *)(out + 6 * i + 16), _mm_shuffle_epi8(four, second));
    }
#endif
    for (; i < pairs; i++) {
        const uint8_t *pair = in + 4 * i;
        const uint8_t pixels[6] = {pair[0], pair[2], pair[3], pair[1], pair[2], pair[3]};
        memcpy(out + 6 * i, pixels, sizeof pixels);
    }
}

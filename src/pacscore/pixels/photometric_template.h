/* Colour kernels, per target. */

#if !PAC_AVX2
PAC_FN inline uint8_t PAC_NAME(clamped)(int32_t value)
{
    value = value < 0 ? 0 : value;
    return (uint8_t)(value > 255 ? 255 : value);
}
#endif

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

#if PAC_AVX2
/* Four times eight values, clamped to bytes in their order. */
PAC_FN inline void PAC_NAME(store_clamped)(const __m256i values[4], uint8_t *out)
{
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    const __m256i low = _mm256_packs_epi32(values[0], values[1]), high = _mm256_packs_epi32(values[2], values[3]);
    _mm256_storeu_si256((__m256i *)out, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order));
}

PAC_FN inline __m256i PAC_NAME(widened)(const uint8_t *in)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)in));
}

/* One chroma's share of a colour: rounded, with what takes 128 off the chroma. */
PAC_FN inline __m256i PAC_NAME(share)(__m256i chroma, int32_t factor, int32_t offset)
{
    return _mm256_add_epi32(_mm256_mullo_epi32(chroma, _mm256_set1_epi32(factor)), _mm256_set1_epi32(offset));
}
#endif

PAC_FN void PAC_NAME(planes_to_rgb)(uint8_t ybr[3][CHUNK], uint8_t rgb[3][CHUNK])
{
    const int32_t half = (1 << (FRACTION - 1)) + BIAS;
#if PAC_AVX2
    const int32_t for_green = half + 128 * (FIXED(0.344136) + FIXED(0.714136));
    for (int32_t i = 0; i < CHUNK; i += 32) {
        __m256i made[3][4];
        for (int32_t j = 0; j < 4; j++) {
            const __m256i luma = PAC_NAME(widened)(ybr[0] + i + 8 * j);
            const __m256i blue = PAC_NAME(widened)(ybr[1] + i + 8 * j);
            const __m256i red = PAC_NAME(widened)(ybr[2] + i + 8 * j);
            const __m256i shares[3] = {
                PAC_NAME(share)(red, FIXED(1.402), half - 128 * FIXED(1.402)),
                _mm256_add_epi32(PAC_NAME(share)(blue, -FIXED(0.344136), for_green),
                                 PAC_NAME(share)(red, -FIXED(0.714136), 0)),
                PAC_NAME(share)(blue, FIXED(1.772), half - 128 * FIXED(1.772)),
            };
            for (int plane = 0; plane < 3; plane++)
                made[plane][j] = _mm256_add_epi32(luma, _mm256_srai_epi32(shares[plane], FRACTION));
        }
        for (int plane = 0; plane < 3; plane++)
            PAC_NAME(store_clamped)(made[plane], rgb[plane] + i);
    }
#else
    for (int32_t i = 0; i < CHUNK; i++) {
        const int32_t luma = ybr[0][i], blue = ybr[1][i] - 128, red = ybr[2][i] - 128;
        const int32_t green = half - FIXED(0.344136) * blue - FIXED(0.714136) * red;
        rgb[0][i] = PAC_NAME(clamped)(luma + ((FIXED(1.402) * red + half) >> FRACTION));
        rgb[1][i] = PAC_NAME(clamped)(luma + (green >> FRACTION));
        rgb[2][i] = PAC_NAME(clamped)(luma + ((FIXED(1.772) * blue + half) >> FRACTION));
    }
#endif
}

PAC_FN void PAC_NAME(ybr_full_to_rgb_u8)(const uint8_t *in, int64_t pixels, uint8_t *out)
{
    uint8_t ybr[3][CHUNK] = {{0}}, rgb[3][CHUNK];
    for (int64_t at = 0; at < pixels; at += CHUNK, in += 3 * CHUNK, out += 3 * CHUNK) {
        const int32_t count = (int32_t)(pixels - at < CHUNK ? pixels - at : CHUNK);
        PAC_NAME(split_pixels)(in, count, ybr);
        PAC_NAME(planes_to_rgb)(ybr, rgb);
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

/* Means of 2 x 2 pixels, per target. */

PAC_FN inline uint32_t PAC_NAME(mean)(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return (a + b + c + d + 2) >> 2;
}

#if PAC_AVX2
/* Sums of pairs of bytes of two rows, a half added, shifted: 16 words. */
PAC_FN inline __m256i PAC_NAME(means_of_bytes)(__m256i upper, __m256i lower)
{
    const __m256i ones = _mm256_set1_epi8(1), half = _mm256_set1_epi16(2);
    const __m256i sum = _mm256_add_epi16(_mm256_maddubs_epi16(upper, ones), _mm256_maddubs_epi16(lower, ones));
    return _mm256_srli_epi16(_mm256_add_epi16(sum, half), 2);
}

/* The same of pairs of words: 8 double words. */
PAC_FN inline __m256i PAC_NAME(means_of_words)(__m256i upper, __m256i lower)
{
    const __m256i low = _mm256_set1_epi32(0xFFFF), half = _mm256_set1_epi32(2);
    const __m256i even = _mm256_add_epi32(_mm256_and_si256(upper, low), _mm256_and_si256(lower, low));
    const __m256i odd = _mm256_add_epi32(_mm256_srli_epi32(upper, 16), _mm256_srli_epi32(lower, 16));
    return _mm256_srli_epi32(_mm256_add_epi32(_mm256_add_epi32(even, odd), half), 2);
}

/* 12 bytes of pixels from two places, their samples in pairs. */
PAC_FN inline __m256i PAC_NAME(paired)(const void *first, const void *second, const int8_t moves[16])
{
    const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)first)),
                                                 _mm_loadu_si128((const __m128i *)second), 1);
    return _mm256_shuffle_epi8(both, _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)moves)));
}

/* 12 bytes of each half, one after the other; four bytes more are written. */
PAC_FN inline void PAC_NAME(store_closed)(__m256i packed, const int8_t moves[16], uint8_t *out)
{
    const __m256i closed =
        _mm256_shuffle_epi8(packed, _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)moves)));
    _mm_storeu_si128((__m128i *)out, _mm256_castsi256_si128(closed));
    _mm_storeu_si128((__m128i *)(out + 12), _mm256_extracti128_si256(closed, 1));
}
#endif

PAC_FN void PAC_NAME(halve_grey_u8)(const uint8_t *restrict upper, const uint8_t *restrict lower, ptrdiff_t pixels,
                                    uint8_t *restrict out)
{
    ptrdiff_t i = 0;
#if PAC_AVX2
    for (; i + 32 <= pixels; i += 32) {
        const __m256i *a = (const __m256i *)(upper + 2 * i), *b = (const __m256i *)(lower + 2 * i);
        const __m256i first = PAC_NAME(means_of_bytes)(_mm256_loadu_si256(a), _mm256_loadu_si256(b));
        const __m256i second = PAC_NAME(means_of_bytes)(_mm256_loadu_si256(a + 1), _mm256_loadu_si256(b + 1));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_permute4x64_epi64(_mm256_packus_epi16(first, second), 0xD8));
    }
#endif
    for (; i < pixels; i++)
        out[i] = (uint8_t)PAC_NAME(mean)(upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]);
}

PAC_FN void PAC_NAME(halve_grey_u16)(const uint16_t *restrict upper, const uint16_t *restrict lower, ptrdiff_t pixels,
                                     uint16_t *restrict out)
{
    ptrdiff_t i = 0;
#if PAC_AVX2
    for (; i + 16 <= pixels; i += 16) {
        const __m256i *a = (const __m256i *)(upper + 2 * i), *b = (const __m256i *)(lower + 2 * i);
        const __m256i first = PAC_NAME(means_of_words)(_mm256_loadu_si256(a), _mm256_loadu_si256(b));
        const __m256i second = PAC_NAME(means_of_words)(_mm256_loadu_si256(a + 1), _mm256_loadu_si256(b + 1));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xD8));
    }
#endif
    for (; i < pixels; i++)
        out[i] = (uint16_t)PAC_NAME(mean)(upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]);
}

PAC_FN void PAC_NAME(halve_colours_u8)(const uint8_t *restrict upper, const uint8_t *restrict lower, ptrdiff_t pixels,
                                       uint8_t *restrict out)
{
    ptrdiff_t i = 0;
#if PAC_AVX2
    for (; i + 10 <= pixels; i += 8) { /* eight pixels of 24 bytes; the last load and store reach four bytes further */
        const uint8_t *a = upper + 6 * i, *b = lower + 6 * i;
        const __m256i first =
            PAC_NAME(means_of_bytes)(PAC_NAME(paired)(a, a + 24, PAIRS_U8), PAC_NAME(paired)(b, b + 24, PAIRS_U8));
        const __m256i second = PAC_NAME(means_of_bytes)(PAC_NAME(paired)(a + 12, a + 36, PAIRS_U8),
                                                        PAC_NAME(paired)(b + 12, b + 36, PAIRS_U8));
        PAC_NAME(store_closed)(_mm256_packus_epi16(first, second), CLOSED, out + 3 * i);
    }
#endif
    for (; i < pixels; i++)
        for (ptrdiff_t s = 0; s < 3; s++) {
            const uint8_t *a = upper + 6 * i + s, *b = lower + 6 * i + s;
            out[3 * i + s] = (uint8_t)PAC_NAME(mean)(a[0], a[3], b[0], b[3]);
        }
}

PAC_FN void PAC_NAME(halve_colours_u16)(const uint16_t *restrict upper, const uint16_t *restrict lower,
                                        ptrdiff_t pixels, uint16_t *restrict out)
{
    ptrdiff_t i = 0;
#if PAC_AVX2
    for (; i + 5 <= pixels; i += 4) { /* as above: four pixels of 24 bytes */
        const uint16_t *a = upper + 6 * i, *b = lower + 6 * i;
        const __m256i first =
            PAC_NAME(means_of_words)(PAC_NAME(paired)(a, a + 12, PAIRS_U16), PAC_NAME(paired)(b, b + 12, PAIRS_U16));
        const __m256i second = PAC_NAME(means_of_words)(PAC_NAME(paired)(a + 6, a + 18, PAIRS_U16),
                                                        PAC_NAME(paired)(b + 6, b + 18, PAIRS_U16));
        PAC_NAME(store_closed)(_mm256_packus_epi32(first, second), CLOSED, (uint8_t *)(out + 3 * i));
    }
#endif
    for (; i < pixels; i++)
        for (ptrdiff_t s = 0; s < 3; s++) {
            const uint16_t *a = upper + 6 * i + s, *b = lower + 6 * i + s;
            out[3 * i + s] = (uint16_t)PAC_NAME(mean)(a[0], a[3], b[0], b[3]);
        }
}

PAC_FN void PAC_NAME(halve_u8)(const uint8_t *upper, const uint8_t *lower, ptrdiff_t pixels, ptrdiff_t samples,
                               uint8_t *out)
{
    if (samples == 1)
        PAC_NAME(halve_grey_u8)(upper, lower, pixels, out);
    else
        PAC_NAME(halve_colours_u8)(upper, lower, pixels, out);
}

PAC_FN void PAC_NAME(halve_u16)(const uint16_t *upper, const uint16_t *lower, ptrdiff_t pixels, ptrdiff_t samples,
                                uint16_t *out)
{
    if (samples == 1)
        PAC_NAME(halve_grey_u16)(upper, lower, pixels, out);
    else
        PAC_NAME(halve_colours_u16)(upper, lower, pixels, out);
}

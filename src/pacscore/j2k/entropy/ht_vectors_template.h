/* Vectors of the encoder and what the compiler's own operators do not say, per target.
 *
 * A lane of 32 bits is a quad, its lower half the left column; a lane of 64 bits is a pair of quads.
 */
#if PAC_AVX512
#define HT_LANES 16
#elif PAC_AVX2
#define HT_LANES 8
#else
#define HT_LANES 4
#endif

#define HT_COLUMNS PAC_NAME(ht_columns)
#define HT_QUADS PAC_NAME(ht_quads)
#define HT_PAIRS PAC_NAME(ht_pairs)
#define HT_REALS PAC_NAME(ht_reals)
#define HT_SIGNED_QUADS PAC_NAME(ht_signed_quads)
#define HT_SIGNED_PAIRS PAC_NAME(ht_signed_pairs)

typedef int16_t HT_COLUMNS __attribute__((vector_size(4 * HT_LANES)));
typedef uint32_t HT_QUADS __attribute__((vector_size(4 * HT_LANES)));
typedef uint64_t HT_PAIRS __attribute__((vector_size(4 * HT_LANES)));
typedef float HT_REALS __attribute__((vector_size(4 * HT_LANES)));
typedef int32_t HT_SIGNED_QUADS __attribute__((vector_size(4 * HT_LANES)));
typedef int64_t HT_SIGNED_PAIRS __attribute__((vector_size(4 * HT_LANES)));

PAC_FN inline HT_QUADS PAC_NAME(ht_load_quads)(const uint32_t *from)
{
    HT_QUADS quads;
    memcpy(&quads, from, sizeof quads);
    return quads;
}

PAC_FN inline HT_COLUMNS PAC_NAME(ht_absolute)(HT_COLUMNS columns)
{
#if PAC_AVX512
    return (HT_COLUMNS)_mm512_abs_epi16((__m512i)columns);
#elif PAC_AVX2
    return (HT_COLUMNS)_mm256_abs_epi16((__m256i)columns);
#else
    return (columns ^ columns >> 15) - (columns >> 15);
#endif
}

/* For each quad the weights of those of its columns whose mask is set. */
PAC_FN inline HT_QUADS PAC_NAME(ht_weigh)(HT_COLUMNS mask, int32_t left, int32_t right)
{
#if PAC_AVX512
    const __m512i weights = _mm512_set1_epi32((-left & 0xffff) | -right * 65536);
    return (HT_QUADS)_mm512_madd_epi16((__m512i)mask, weights);
#elif PAC_AVX2
    const __m256i weights = _mm256_set1_epi32((-left & 0xffff) | -right * 65536);
    return (HT_QUADS)_mm256_madd_epi16((__m256i)mask, weights);
#elif PAC_X86
    const __m128i weights = _mm_set1_epi32((-left & 0xffff) | -right * 65536);
    return (HT_QUADS)_mm_madd_epi16((__m128i)mask, weights);
#else
    const HT_QUADS quads = (HT_QUADS)mask;
    return (quads & (uint32_t)left) | (quads >> 16 & (uint32_t)right);
#endif
}

/* The lower or the upper half of each quad in both its columns. */
PAC_FN inline HT_COLUMNS PAC_NAME(ht_repeat_lower)(HT_QUADS quads)
{
#if PAC_AVX512
    const __m512i places = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13));
    return (HT_COLUMNS)_mm512_shuffle_epi8((__m512i)quads, places);
#elif PAC_AVX2
    const __m256i places =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 0, 1, 4, 5, 4, 5, 8, 9, 8, 9, 12, 13, 12, 13));
    return (HT_COLUMNS)_mm256_shuffle_epi8((__m256i)quads, places);
#else
    return (HT_COLUMNS)((quads & 0xffff) | quads << 16);
#endif
}

PAC_FN inline HT_COLUMNS PAC_NAME(ht_repeat_upper)(HT_QUADS quads)
{
#if PAC_AVX512
    const __m512i places =
        _mm512_broadcast_i32x4(_mm_setr_epi8(2, 3, 2, 3, 6, 7, 6, 7, 10, 11, 10, 11, 14, 15, 14, 15));
    return (HT_COLUMNS)_mm512_shuffle_epi8((__m512i)quads, places);
#elif PAC_AVX2
    const __m256i places =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 3, 2, 3, 6, 7, 6, 7, 10, 11, 10, 11, 14, 15, 14, 15));
    return (HT_COLUMNS)_mm256_shuffle_epi8((__m256i)quads, places);
#else
    return (HT_COLUMNS)((quads & 0xffff0000) | quads >> 16);
#endif
}

/* The lane to the left of each, the first from the end of another vector. */
PAC_FN inline HT_QUADS PAC_NAME(ht_move_right)(HT_QUADS before, HT_QUADS quads)
{
#if PAC_AVX512
    return (HT_QUADS)_mm512_alignr_epi32((__m512i)quads, (__m512i)before, 15);
#elif PAC_AVX2
    const __m256i middle = _mm256_permute2x128_si256((__m256i)before, (__m256i)quads, 0x21);
    return (HT_QUADS)_mm256_alignr_epi8((__m256i)quads, middle, 12);
#else
    return __builtin_shuffle(before, quads, (HT_QUADS){3, 4, 5, 6});
#endif
}

/* A bit for each lane whose mask is set. */
PAC_FN inline uint32_t PAC_NAME(ht_lane_bits)(HT_SIGNED_QUADS mask)
{
#if PAC_AVX512
    return _mm512_movepi32_mask((__m512i)mask);
#elif PAC_AVX2
    return (uint32_t)_mm256_movemask_ps((__m256)mask);
#elif PAC_X86
    return (uint32_t)_mm_movemask_ps((__m128)mask);
#else
    return (uint32_t)((mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8));
#endif
}

/* The number of each lane. */
PAC_FN inline HT_SIGNED_QUADS PAC_NAME(ht_numbers)(void)
{
#if PAC_AVX512
    return (HT_SIGNED_QUADS){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif PAC_AVX2
    return (HT_SIGNED_QUADS){0, 1, 2, 3, 4, 5, 6, 7};
#else
    return (HT_SIGNED_QUADS){0, 1, 2, 3};
#endif
}

/* A table's entries. */
PAC_FN inline HT_QUADS PAC_NAME(ht_look_up)(const uint32_t *table, const uint32_t *index)
{
    HT_QUADS entries;
    for (int n = 0; n < HT_LANES; ++n)
        entries[n] = table[index[n]];
    return entries;
}

/* Integers as reals: the exponent field, from bit 23 on, counts their bits. */
PAC_FN inline HT_QUADS PAC_NAME(ht_as_reals)(HT_QUADS quads)
{
    return (HT_QUADS) __builtin_convertvector((HT_SIGNED_QUADS)quads, HT_REALS);
}

PAC_FN inline HT_QUADS PAC_NAME(ht_from_reals)(HT_QUADS reals)
{
    return (HT_QUADS) __builtin_convertvector((HT_REALS)reals, HT_SIGNED_QUADS);
}

/* Fixed-point ramps over PAC_VALUE, of 16 bits. */

#define PAC_TYPED(name) PAC_NAME(PAC_PASTE(name, PAC_VALUE_NAME))

#if PAC_AVX2
/* x of 16 values. Where the slope is slight, below a half, packing cuts off all levels that are too high. */
PAC_FN inline __m256i PAC_TYPED(x_of)(const PAC_VALUE *values, const pac_fixed_ramp *ramp, int steep, int slight)
{
    const __m256i first = _mm256_set1_epi16((int16_t)ramp->first), last = _mm256_set1_epi16((int16_t)ramp->last);
    __m256i x = PAC_MAX(_mm256_loadu_si256((const __m256i *)values), first);
    x = _mm256_sub_epi16(slight ? x : PAC_MIN(x, last), _mm256_set1_epi16((int16_t)ramp->origin));
    if (!steep)
        return x;
    x = _mm256_sll_epi16(x, _mm_cvtsi32_si128(ramp->shift));
    return _mm256_subs_epu16(x, _mm256_set1_epi16((int16_t)ramp->less));
}

/* Levels of 32 values, less the last carry. The highest bit of each mean, of the products' low halves, is that carry.
 */
PAC_FN inline __m256i PAC_TYPED(products)(const PAC_VALUE *values, const pac_fixed_ramp *ramp, int steep, int slight,
                                          __m256i means[2])
{
    const __m256i upper = _mm256_set1_epi16((int16_t)(ramp->slope >> 16));
    const __m256i lower = _mm256_set1_epi16((int16_t)ramp->slope);
    const __m256i offset = _mm256_set1_epi16((int16_t)ramp->offset);
    __m256i high[2];
    for (int i = 0; i < 2; i++) {
        const __m256i x = PAC_TYPED(x_of)(values + 16 * i, ramp, steep, slight);
        means[i] =
            _mm256_avg_epu16(_mm256_mullo_epi16(x, upper), _mm256_adds_epu16(_mm256_mulhi_epu16(x, lower), offset));
        high[i] = _mm256_mulhi_epu16(x, upper);
        if (slight) /* before they are cut off */
            high[i] = _mm256_add_epi16(high[i], _mm256_srli_epi16(means[i], 15));
    }
    return _mm256_packus_epi16(high[0], high[1]);
}

PAC_FN inline int64_t PAC_TYPED(fixed_ramp_by_32)(const pac_fixed_ramp *ramp, const PAC_VALUE *values, int64_t count,
                                                  uint8_t *results, int steep, int slight, int inverse)
{
    const pac_fixed_ramp constant = *ramp; /* no store of results changes it */
    const int past_cache = count >= PAST_CACHE && ((uintptr_t)results & 31) == 0;
    int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        if (past_cache) /* 2 kB ahead */
            _mm_prefetch((const char *)(values + i + 1024), _MM_HINT_NTA);
        __m256i means[2];
        __m256i levels = PAC_TYPED(products)(values + i, &constant, steep, slight, means);
        if (!slight)
            levels = _mm256_sub_epi8(levels,
                                     _mm256_cmpgt_epi8(_mm256_setzero_si256(), _mm256_packs_epi16(means[0], means[1])));
        if (inverse)
            levels = _mm256_xor_si256(levels, _mm256_set1_epi8(-1));
        levels = _mm256_permute4x64_epi64(levels, _MM_SHUFFLE(3, 1, 2, 0));
        if (past_cache)
            _mm256_stream_si256((__m256i *)(results + i), levels);
        else
            _mm256_storeu_si256((__m256i *)(results + i), levels);
    }
    if (past_cache)
        _mm_sfence();
    return i;
}

/* Each kind of ramp in a loop of its own. */
PAC_FN int64_t PAC_TYPED(most_of_fixed_ramp)(const pac_fixed_ramp *ramp, const PAC_VALUE *values, int64_t count,
                                             uint8_t *results)
{
    const int steep = ramp->shift || ramp->less, any_fits = PAC_HIGHEST - ramp->origin < 65536;
    const int slight = !steep && any_fits && ramp->slope < 0x80000000U;
    if (ramp->inverse)
        return steep    ? PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 1, 0, 1)
               : slight ? PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 0, 1, 1)
                        : PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 0, 0, 1);
    return steep    ? PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 1, 0, 0)
           : slight ? PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 0, 1, 0)
                    : PAC_TYPED(fixed_ramp_by_32)(ramp, values, count, results, 0, 0, 0);
}
#endif

PAC_FN void PAC_TYPED(few_of_fixed_ramp)(const pac_fixed_ramp *ramp, const PAC_VALUE *restrict values, int64_t count,
                                         uint8_t *restrict results)
{
    const int32_t first = ramp->first, last = ramp->last, origin = ramp->origin;
    const int32_t shift = ramp->shift, less = ramp->less;
    const uint32_t upper = ramp->slope >> 16, lower = ramp->slope & 0xFFFF, offset = ramp->offset + 1U;
    const uint8_t flip = ramp->inverse ? 255 : 0;
    for (int64_t i = 0; i < count; i++) {
        const int32_t raised = values[i] < first ? first : values[i];
        const int32_t shifted = ((raised > last ? last : raised) - origin) << shift;
        const uint32_t x = (uint32_t)(shifted < less ? 0 : shifted - less);
        results[i] = (uint8_t)((x * upper + ((x * lower) >> 16) + offset) >> 16) ^ flip;
    }
}

PAC_FN void PAC_TYPED(fixed_ramp)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const pac_fixed_ramp *ramp = (const pac_fixed_ramp *)conversion;
    const PAC_VALUE *values = in;
    uint8_t *results = out;
    int64_t i = 0;
#if PAC_AVX2
    if (count >= PAST_CACHE) { /* up to where results can be stored past the cache */
        i = (int64_t)(-(uintptr_t)results & 31);
        PAC_TYPED(few_of_fixed_ramp)(ramp, values, i, results);
    }
    i += PAC_TYPED(most_of_fixed_ramp)(ramp, values + i, count - i, results + i);
#endif
    PAC_TYPED(few_of_fixed_ramp)(ramp, values + i, count - i, results + i);
}

#undef PAC_TYPED

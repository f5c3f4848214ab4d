/* How high the samples of a block are, per target: see part1_survey.c. */

/* Count, of the columns of four rows of sixteen indices: the magnitudes that reach each plane; and the columns in whose
 * area of 4 x 4 some do. */
PAC_FN inline void PAC_NAME(part1_take_word)(const int16_t *indices, ptrdiff_t stride, part1_reach *reach)
{
#if PAC_AVX2
    __m256i rows[4];
    for (int row = 0; row < 4; ++row)
        rows[row] = _mm256_abs_epi16(_mm256_loadu_si256((const __m256i *)(indices + row * stride)));
    __m256i any = _mm256_or_si256(_mm256_or_si256(rows[0], rows[1]), _mm256_or_si256(rows[2], rows[3]));
    any = _mm256_or_si256(any, _mm256_shuffle_epi32(any, 0xb1));
    any = _mm256_or_si256(any, _mm256_or_si256(_mm256_slli_epi32(any, 16), _mm256_srli_epi32(any, 16)));
    for (int plane = 0; plane < PAC_PART1_SURVEYED; ++plane) {
        const __m256i below = _mm256_set1_epi16((int16_t)((1 << plane) - 1)), near = _mm256_cmpgt_epi16(any, below);
        if (_mm256_testz_si256(near, near))
            break;
        const __m256i upper = _mm256_add_epi16(_mm256_cmpgt_epi16(rows[0], below), _mm256_cmpgt_epi16(rows[1], below));
        const __m256i lower = _mm256_add_epi16(_mm256_cmpgt_epi16(rows[2], below), _mm256_cmpgt_epi16(rows[3], below));
        __m256i *const to = (__m256i *)reach->samples[plane], *const to_near = (__m256i *)reach->near[plane];
        _mm256_storeu_si256(to, _mm256_sub_epi16(_mm256_loadu_si256(to), _mm256_add_epi16(upper, lower)));
        _mm256_storeu_si256(to_near, _mm256_sub_epi16(_mm256_loadu_si256(to_near), near));
    }
#else
    for (int first = 0; first < 16; first += 4) {
        int32_t any = 0;
        for (int at = 0; at < 16; ++at) {
            const int32_t index = indices[(at >> 2) * stride + first + (at & 3)];
            const int32_t magnitude = (index < 0 ? -index : index) & INT16_MAX;
            any |= magnitude;
            for (int plane = 0; magnitude >> plane != 0; ++plane)
                reach->samples[plane][first]++;
        }
        for (int plane = 0; any >> plane != 0; ++plane)
            reach->near[plane][first] += 4;
    }
#endif
}

PAC_FN void PAC_NAME(part1_take_heights)(const pac_part1_coding *coding, const int16_t *indices, ptrdiff_t stride,
                                         part1_heights *heights)
{
    part1_reach reach = {{{0}}, {{0}}};
    for (int32_t y = 0; y < coding->height; y += 4)
        for (int32_t x = 0; x < coding->width; x += 16) {
            const int32_t rows = coding->height - y < 4 ? coding->height - y : 4;
            const int32_t columns = coding->width - x < 16 ? coding->width - x : 16;
            const int16_t *const from = indices + y * stride + x;
            int16_t edge[4][16] = {{0}};
            const bool whole = rows == 4 && columns == 16;
            for (int32_t row = 0; row < rows && !whole; ++row)
                for (int32_t i = 0; i < columns; ++i)
                    edge[row][i] = from[row * stride + i];
            PAC_NAME(part1_take_word)(whole ? from : *edge, whole ? stride : 16, &reach);
        }
    for (int plane = 0; plane < PAC_PART1_SURVEYED; ++plane)
        for (int i = 0; i < 16; ++i) {
            heights->samples[plane] += (uint32_t)reach.samples[plane][i];
            heights->near[plane] += 4 * (uint32_t)reach.near[plane][i];
        }
}

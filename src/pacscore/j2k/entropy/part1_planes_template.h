/* Bitmaps of the planes and signs of a block's words, per target and word. */

/* Four rows of sixteen columns, zero outside the block. */
PAC_FN inline void PART1_NAME(part1_copy)(const part1_encoding *encoding, const PART1_SAMPLE *samples, ptrdiff_t stride,
                                          ptrdiff_t stripe, ptrdiff_t word, PART1_WORD copy[4][16])
{
    const ptrdiff_t columns = encoding->width - 16 * word < 16 ? encoding->width - 16 * word : 16;
    for (int row = 0; row < 4; ++row) {
        memset(copy[row], 0, sizeof copy[row]);
        if (4 * stripe + row < encoding->height)
            memcpy(copy[row], samples + (4 * stripe + row) * stride + 16 * word, (size_t)columns * sizeof **copy);
#if PART1_BITS == 16 /* from two's complement */
        for (int column = 0; column < 16; ++column) {
            const uint32_t value = copy[row][column], sign = 0 - (value >> 15);
            copy[row][column] = (uint16_t)(((value ^ sign) - sign) | (sign & 0x8000));
        }
#endif
    }
}

#if PART1_BITS == 16 && PAC_AVX2
/* The highest bits of bytes, in two halves. */
PAC_FN inline uint64_t PAC_NAME(part1_high_bits)(__m256i left, __m256i right)
{
    return (uint32_t)_mm256_movemask_epi8(left) | (uint64_t)(uint32_t)_mm256_movemask_epi8(right) << 32;
}

/* One word of each plane and of the signs: bytes in the order of the scan first. */
PAC_FN void PART1_NAME(part1_split)(part1_encoding *encoding, int32_t bitplanes, const PART1_WORD copy[4][16],
                                    ptrdiff_t word)
{
    const ptrdiff_t plane_words = encoding->words * encoding->stripes;
    const __m256i low = _mm256_set1_epi16(0xff);
    __m256i rows[4];
    for (int row = 0; row < 4; ++row)
        rows[row] = _mm256_loadu_si256((const __m256i *)copy[row]);
    for (int byte = 0; byte < 2; ++byte) {
        const __m256i upper = byte ? _mm256_or_si256(_mm256_srli_epi16(rows[0], 8), _mm256_andnot_si256(low, rows[1]))
                                   : _mm256_or_si256(_mm256_and_si256(rows[0], low), _mm256_slli_epi16(rows[1], 8));
        const __m256i lower = byte ? _mm256_or_si256(_mm256_srli_epi16(rows[2], 8), _mm256_andnot_si256(low, rows[3]))
                                   : _mm256_or_si256(_mm256_and_si256(rows[2], low), _mm256_slli_epi16(rows[3], 8));
        const __m256i even = _mm256_unpacklo_epi16(upper, lower), odd = _mm256_unpackhi_epi16(upper, lower);
        __m256i left = _mm256_permute2x128_si256(even, odd, 0x20), right = _mm256_permute2x128_si256(even, odd, 0x31);
        if (byte == 1)
            encoding->signs[word] = PAC_NAME(part1_high_bits)(left, right);
        for (int bit = 7; bit >= 0; --bit) {
            if (8 * byte + bit < bitplanes)
                encoding->planes[(8 * byte + bit) * plane_words + word] = PAC_NAME(part1_high_bits)(left, right);
            left = _mm256_add_epi8(left, left);
            right = _mm256_add_epi8(right, right);
        }
    }
}
#else
/* Bits 8 * byte and above of eight samples of two columns, as a byte for each bit. */
PAC_FN inline uint64_t PART1_NAME(part1_eight)(const PART1_WORD copy[4][16], int column, int byte)
{
    uint64_t bytes = 0;
    for (int i = 0; i < 8; ++i)
        bytes |= (uint64_t)(copy[i & 3][column + (i >> 2)] >> 8 * byte & 0xff) << 8 * i;
    return part1_transpose_8(bytes);
}

/* One word of each plane and of the signs. */
PAC_FN void PART1_NAME(part1_split)(part1_encoding *encoding, int32_t bitplanes, const PART1_WORD copy[4][16],
                                    ptrdiff_t word)
{
    const ptrdiff_t plane_words = encoding->words * encoding->stripes;
    for (int byte = 0; byte < PART1_BITS / 8; ++byte) {
        const bool top = byte == PART1_BITS / 8 - 1;
        if (8 * byte >= bitplanes && !top)
            continue;
        uint64_t planes[8] = {0};
        for (int column = 0; column < 16; column += 2) {
            const uint64_t bytes = PART1_NAME(part1_eight)(copy, column, byte);
            for (int bit = 0; bit < 8; ++bit)
                planes[bit] |= (bytes >> 8 * bit & 0xff) << 4 * column;
        }
        for (int bit = 0; bit < 8 && 8 * byte + bit < bitplanes; ++bit)
            encoding->planes[(8 * byte + bit) * plane_words + word] = planes[bit];
        if (top)
            encoding->signs[word] = planes[7];
    }
}
#endif

PAC_FN void PART1_NAME(part1_split_planes)(part1_encoding *encoding, int32_t bitplanes, const PART1_SAMPLE *samples,
                                           ptrdiff_t stride)
{
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe)
        for (ptrdiff_t word = 0; word < encoding->words; ++word) {
            PART1_WORD copy[4][16];
            PART1_NAME(part1_copy)(encoding, samples, stride, stripe, word, copy);
            PART1_NAME(part1_split)(encoding, bitplanes, copy, stripe * encoding->words + word);
        }
}

PAC_FN pac_status PART1_NAME(part1_encode)(const pac_part1_coding *coding, const PART1_SAMPLE *samples,
                                           ptrdiff_t stride, void *scratch, pac_part1_coded *coded)
{
    const part1_stages stages = {PAC_NAME(part1_significance_symbols),
                                 PAC_NAME(part1_refinement_symbols),
                                 PAC_NAME(part1_cleanup_symbols),
                                 PAC_NAME(part1_mq_encode),
                                 PAC_NAME(part1_mq_encode_runs),
                                 PAC_NAME(part1_count),
                                 PAC_NAME(part1_foresee)};
    const pac_status status = part1_prepare(scratch, coding, PART1_BITS == 64 ? PART1_MAX_PLANES : PART1_BITS - 1);
    if (status)
        return status;
    PART1_NAME(part1_split_planes)(scratch, coding->bitplanes, samples, stride);
    return part1_encode_passes(scratch, coding, &stages, coded);
}

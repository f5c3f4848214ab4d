/* Samples of a Part 1 block from its decoded planes, per target and word.
 *
 * Source: T.800 E.1.1.2 (half a step above what was decoded).
 */

/* Sixteen samples of a row; `bits` have one of them in every fourth place. */
PAC_FN inline uint32_t PART1_NAME(part1_row)(uint64_t bits)
{
#if PAC_AVX2
    return (uint32_t)__builtin_ia32_pext_di(bits, 0x1111111111111111u);
#else
    bits &= 0x1111111111111111u;
    bits = (bits | bits >> 3) & 0x0303030303030303u;
    bits = (bits | bits >> 6) & 0x000f000f000f000fu;
    bits = (bits | bits >> 12) & 0x000000ff000000ffu;
    return (uint32_t)(bits | bits >> 24) & 0xffff;
#endif
}

#define PART1_VECTOR (PAC_AVX2 ? 32 : 16)
#define PART1_LANES (PART1_VECTOR / (PART1_BITS / 8))
typedef PART1_WORD PART1_NAME(part1_lanes) __attribute__((vector_size(PART1_VECTOR)));

/* Words that are all ones where the bit of their lane is set. */
PAC_FN inline PART1_NAME(part1_lanes) PART1_NAME(part1_spread_bits)(uint32_t bits)
{
    PART1_NAME(part1_lanes) select;
    for (int i = 0; i < PART1_LANES; ++i)
        select[i] = (PART1_WORD)1 << i;
    return (PART1_NAME(part1_lanes))(((PART1_WORD)bits & select) == select);
}

/* The part of a row that lies in one word. `plane` is that of the word that was decoded first, `at` its bitmaps'. */
PAC_FN void PART1_NAME(part1_row_samples)(const part1_scratch *scratch, const part1_result *result,
                                          const uint64_t *plane, ptrdiff_t at, int row, PART1_WORD *samples)
{
    const ptrdiff_t plane_words = scratch->words * scratch->stripes;
    const uint32_t found = PART1_NAME(part1_row)(scratch->significant[at] >> row);
    const uint32_t negative = PART1_NAME(part1_row)(scratch->negative[at] >> row);
    const uint32_t higher = result->members_lack_plane ? PART1_NAME(part1_row)(scratch->members[at] >> row) : 0;
    PART1_NAME(part1_lanes) values[16 / PART1_LANES] = {0};
    for (int32_t done = 0; done < result->planes; ++done, plane += plane_words) {
        const uint32_t bits = PART1_NAME(part1_row)(*plane >> row);
        for (int part = 0; part < 16 / PART1_LANES; ++part)
            values[part] += values[part] - PART1_NAME(part1_spread_bits)(bits >> part * PART1_LANES);
    }
    for (int part = 0; part < 16 / PART1_LANES; ++part) {
        const int first = part * PART1_LANES;
        PART1_NAME(part1_lanes) word = 2 * values[part] + 1 - PART1_NAME(part1_spread_bits)(higher >> first);
        word = word << result->lowest_plane & PART1_NAME(part1_spread_bits)(found >> first);
        word |= PART1_NAME(part1_spread_bits)(negative >> first) & (PART1_WORD)1 << (PART1_BITS - 1);
        memcpy(samples + first, &word, sizeof word);
    }
}

#undef PART1_LANES
#undef PART1_VECTOR

PAC_FN void PART1_NAME(part1_samples)(const part1_scratch *scratch, const part1_result *result, PART1_WORD *samples,
                                      ptrdiff_t stride)
{
    for (int32_t y = 0; y < scratch->height; ++y, samples += stride) {
        const ptrdiff_t stripe = y >> 2, at = part1_bitmap_at(scratch, stripe);
        for (ptrdiff_t word = 0; word < scratch->words; ++word) {
            const ptrdiff_t left = scratch->width - 16 * word;
            const uint64_t *const plane = scratch->planes + stripe * scratch->words + word;
            PART1_WORD cut[16], *const whole = samples + 16 * word;
            PART1_NAME(part1_row_samples)(scratch, result, plane, at + word, y & 3, left < 16 ? cut : whole);
            if (left < 16)
                memcpy(whole, cut, (size_t)left * sizeof *cut);
        }
    }
}

PAC_FN pac_status PART1_NAME(part1_decode)(const pac_part1_block *block, PART1_WORD *samples, ptrdiff_t stride,
                                           void *memory, pac_part1_finding *finding)
{
    const part1_passes passes = {PAC_NAME(part1_significance_pass), PAC_NAME(part1_refinement_pass),
                                 PAC_NAME(part1_cleanup_pass)};
    part1_result result;
    const pac_status status = part1_check(block, PART1_BITS - 2);
    if (status)
        return status;
    const pac_status decoded = part1_decode_passes(block, &passes, memory, &result, finding);
    if (!decoded)
        PART1_NAME(part1_samples)(memory, &result, samples, stride);
    return decoded;
}

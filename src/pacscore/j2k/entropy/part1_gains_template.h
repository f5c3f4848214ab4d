/* What gains are computed from, per target: see part1_gains.h. */

PAC_FN inline __attribute__((always_inline)) part1_tally PAC_NAME(part1_count_to)(const part1_encoding *encoding,
                                                                                  int32_t plane, int depth)
{
    const ptrdiff_t words = encoding->words * encoding->stripes;
    const uint64_t *const at = encoding->planes + plane * words;
    part1_tally tally = {0, 0, 0};
    for (ptrdiff_t i = 0; i < words; ++i) {
        const uint64_t changed = encoding->changed[i], bits = at[i];
        if (changed == 0)
            continue;
        tally.count += (uint64_t)__builtin_popcountll(changed);
        tally.ones += (uint64_t)__builtin_popcountll(changed & bits);
        for (int below = 1; below <= depth; ++below)
            tally.unlike += (uint64_t)__builtin_popcountll(changed & (at[i - below * words] ^ bits)) << (depth - below);
    }
    return tally;
}

/* Of the samples that the pass changed. */
PAC_FN part1_tally PAC_NAME(part1_count)(const part1_encoding *encoding, int32_t plane)
{
    if (plane >= PART1_PLANES_BELOW)
        return PAC_NAME(part1_count_to)(encoding, plane, PART1_PLANES_BELOW);
    return PAC_NAME(part1_count_to)(encoding, plane, plane);
}

/* Before the passes of a plane are coded, from `pass` on: let `changed` be the samples that they will refine, or those
 * that will become significant. Returns how many of the others are coded where there is something. */
PAC_FN uint64_t PAC_NAME(part1_foresee)(part1_encoding *encoding, int32_t pass, int32_t plane, bool refines)
{
    const uint64_t *bits = encoding->planes + plane * encoding->words * encoding->stripes;
    const uint64_t apart = pass % 3 == 2 ? ~(uint64_t)0 : 0; /* what significance propagation has visited */
    uint64_t decisions = 0, *changed = encoding->changed;
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe) {
        const ptrdiff_t first = part1_stripe_at(encoding, stripe);
        for (ptrdiff_t i = first; i < first + encoding->words; ++i) {
            const uint64_t significant = encoding->significant[i], visited = encoding->visited[i] & apart;
            const uint64_t others = encoding->inside[i] & ~significant & ~visited, found = others & *bits++;
            *changed++ = refines ? significant & ~visited : found;
            if (found | significant) /* empty areas cost next to nothing */
                decisions += (uint64_t)__builtin_popcountll(others);
        }
    }
    return decisions;
}

/* The symbols of each pass, in order, per target. Source: T.800 D.3.1 to D.3.4. */

/* Add the symbols of samples that are not significant yet; `found` become so. */
PAC_FN inline __attribute__((always_inline)) size_t PAC_NAME(part1_code_word)(part1_encoding *encoding, size_t at,
                                                                              uint64_t members, uint64_t found,
                                                                              const part1_word_symbols *coding,
                                                                              const part1_word_symbols *sign)
{
    const int count = __builtin_popcountll(members);
    PAC_NAME(part1_pack)(encoding->coding + at, members, count, coding);
    if (found != 0)
        PAC_NAME(part1_pack)(encoding->sign + at, members, count, sign);
    return at + (size_t)count;
}

/* Signs of the samples of a word, given what is significant after and before it is coded. */
PAC_FN inline __attribute__((always_inline)) void PAC_NAME(part1_signs)(const part1_encoding *encoding, ptrdiff_t at,
                                                                        uint64_t signs, const part1_near *near,
                                                                        uint64_t found, part1_word_symbols *sign)
{
    const uint64_t before = encoding->negative[at];
    const part1_near minus = part1_sides(encoding, &encoding->negative[at], before | (found & signs), before);
    part1_sign_contexts(near, &minus, signs, sign);
}

PAC_FN inline uint64_t PAC_NAME(part1_visit)(uint64_t visited, uint64_t available, uint64_t plane)
{
    for (uint64_t front = visited & plane; front != 0;) {
        const uint64_t added = part1_later_neighbours(front) & available & ~visited;
        visited |= added;
        front = added & plane;
    }
    return visited;
}

PAC_FN size_t PAC_NAME(part1_significance_symbols)(part1_encoding *encoding, bool raw)
{
    size_t count = 0, word = 0;
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe) {
        const ptrdiff_t first = part1_stripe_at(encoding, stripe);
        for (ptrdiff_t i = first; i < first + encoding->words; ++i, ++word) {
            const uint64_t before = encoding->significant[i], plane = encoding->plane[word];
            const uint64_t available = encoding->inside[i] & ~before, signs = encoding->signs[word];
            encoding->visited[i] = encoding->changed[word] = 0;
            if (available == 0)
                continue;
            part1_near near = part1_neighbours(encoding, &encoding->significant[i], before, before);
            uint64_t members = part1_any(&near) & available;
            if (members == 0)
                continue;
            members = PAC_NAME(part1_visit)(members, available, plane);
            const uint64_t found = members & plane;
            part1_word_symbols coding, sign;
            if (found != 0) {
                near = part1_neighbours(encoding, &encoding->significant[i], before | found, before);
                PAC_NAME(part1_signs)(encoding, i, signs, &near, found, &sign);
                if (raw)
                    sign.decision = signs;
            }
            part1_zero_contexts(encoding->orientation, &near, &coding);
            coding.decision = plane;
            count = PAC_NAME(part1_code_word)(encoding, count, members, found, &coding, &sign);
            encoding->significant[i] = before | found;
            encoding->negative[i] |= found & signs;
            encoding->visited[i] = members;
            encoding->changed[word] = found;
        }
    }
    return PAC_NAME(part1_merge)(encoding, count);
}

PAC_FN size_t PAC_NAME(part1_refinement_symbols)(part1_encoding *encoding)
{
    size_t word = 0;
    uint8_t *next = encoding->symbols;
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe) {
        const ptrdiff_t from = part1_stripe_at(encoding, stripe);
        for (ptrdiff_t i = from; i < from + encoding->words; ++i, ++word) {
            const uint64_t members = encoding->significant[i] & ~encoding->visited[i];
            encoding->changed[word] = members;
            if (members == 0)
                continue;
            const uint64_t again = encoding->refined[i], first = members & ~again;
            const part1_near near = part1_neighbours(encoding, &encoding->significant[i], encoding->significant[i],
                                                     encoding->significant[i]);
            const part1_word_symbols symbols = {{first & part1_any(&near), first, first, first, again, 0},
                                                encoding->plane[word]};
            const int count = __builtin_popcountll(members);
            PAC_NAME(part1_pack)(next, members, count, &symbols);
            next += count;
            encoding->refined[i] = again | members;
        }
    }
    return (size_t)(next - encoding->symbols);
}

/* Runs of a word in cleanup: which columns, in their top row, are coded by them; what each of these samples stands for.
 */
typedef struct {
    uint64_t zero;        /* columns of zeros alone, in their top row */
    uint64_t interrupted; /* first samples of the others that are not zero */
    uint64_t silent;      /* samples that have no symbol of their own */
} PAC_NAME(part1_runs);

PAC_FN inline PAC_NAME(part1_runs)
    PAC_NAME(part1_find_runs)(const part1_near *near, uint64_t before, uint64_t members, uint64_t found)
{
    /* Samples above in the same column are not significant when a run begins. */
    const uint64_t above = near->u & (PART1_ROW_0 | part1_down(before));
    uint64_t columns = members & ~(near->l | near->r | above | near->d | near->ul | near->ur | near->dl | near->dr);
    columns &= columns >> 1;
    columns &= columns >> 2 & PART1_ROW_0;
    const uint64_t all = columns * 15, ones = found & all;
    uint64_t behind = part1_down(ones);
    behind |= part1_down(behind);
    behind |= part1_down(behind);
    const uint64_t any = ones | behind, zero = columns & ~(any >> 3);
    const uint64_t interrupted = ones & ~behind;
    return (PAC_NAME(part1_runs)){zero, interrupted, all & ~behind & ~zero & ~interrupted};
}

PAC_FN size_t PAC_NAME(part1_cleanup_symbols)(part1_encoding *encoding)
{
    size_t count = 0, word = 0;
    for (ptrdiff_t stripe = 0; stripe < encoding->stripes; ++stripe) {
        const ptrdiff_t first = part1_stripe_at(encoding, stripe);
        for (ptrdiff_t i = first; i < first + encoding->words; ++i, ++word) {
            const uint64_t before = encoding->significant[i], plane = encoding->plane[word];
            const uint64_t members = encoding->inside[i] & ~before & ~encoding->visited[i];
            const uint64_t found = members & plane, signs = encoding->signs[word];
            encoding->changed[word] = found;
            if (members == 0)
                continue;
            const part1_near near = part1_neighbours(encoding, &encoding->significant[i], before | found, before);
            const PAC_NAME(part1_runs) runs = PAC_NAME(part1_find_runs)(&near, before, members, found);
            if (runs.zero == PART1_ROW_0) {
                memset(encoding->coding + count, PART1_RUN, 16);
                count += 16;
                continue;
            }
            part1_word_symbols coding, sign;
            if (found != 0)
                PAC_NAME(part1_signs)(encoding, i, signs, &near, found, &sign);
            part1_zero_contexts(encoding->orientation, &near, &coding);
            const uint64_t plain = ~(runs.zero | runs.interrupted);
            coding.context[0] =
                (coding.context[0] & plain) | runs.zero | (runs.interrupted & (PART1_ROW_0 << 1 | PART1_ROW_3));
            coding.context[1] = (coding.context[1] & plain) | (runs.interrupted & (PART1_ROW_0 << 2 | PART1_ROW_3));
            coding.context[2] &= plain;
            coding.context[3] &= plain;
            coding.context[4] = runs.zero;
            coding.context[5] = runs.interrupted;
            coding.decision = found;
            count = PAC_NAME(part1_code_word)(encoding, count, members & ~runs.silent, found, &coding, &sign);
            encoding->significant[i] = before | found;
            encoding->negative[i] |= found & signs;
        }
    }
    return PAC_NAME(part1_merge)(encoding, count);
}

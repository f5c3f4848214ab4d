/* The three coding passes of a plane with the MQ coder, per target.
 *
 * Source: T.800 D.3.
 *
 * Each pass visits its members alone: the lowest bit of a word is the next of the scan.
 */

PAC_FN inline uint32_t PAC_NAME(part1_sign)(part1_scratch *scratch, part1_mq *mq, uint32_t around)
{
    const uint32_t entry = part1_sign_coding[around >> 4];
    return part1_mq_decode(mq, &scratch->mq_states[entry & 0x7f]) ^ entry >> 7;
}

/* Significance propagation in one word. T.800 D.3.1, D.3.2. */
PAC_FN inline void PAC_NAME(part1_propagate)(part1_scratch *scratch, part1_mq *mq, ptrdiff_t at, uint64_t *columns,
                                             uint64_t *plane)
{
    const uint64_t before = scratch->significant[at], available = scratch->inside[at] & ~before;
    uint64_t ahead = part1_neighbourhood(scratch, &scratch->significant[at]) & available;
    uint64_t visited = ahead, found = 0, negative = 0;
    scratch->members[at] = before;
    while (ahead != 0) {
        const uint32_t position = (uint32_t)__builtin_ctzll(ahead);
        const uint32_t around = part1_around(columns, position);
        ahead &= ahead - 1;
        part1_mq_refill(mq, PART1_ENOUGH_2);
        if (part1_mq_decode(mq, &scratch->mq_states[scratch->zero_coding[around & 0xff]])) {
            const uint32_t sign = PAC_NAME(part1_sign)(scratch, mq, around);
            const uint64_t later = part1_later[position] & available;
            ahead |= later;
            visited |= later;
            found |= (uint64_t)1 << position;
            negative |= (uint64_t)sign << position;
            part1_tell(scratch, columns, position, sign);
        }
    }
    scratch->visited[at] = visited;
    scratch->significant[at] = before | found;
    scratch->negative[at] |= negative;
    *plane = found;
}

PAC_FN void PAC_NAME(part1_significance_pass)(part1_scratch *scratch)
{
    part1_mq mq = scratch->mq;
    uint64_t *plane = scratch->plane;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        uint64_t *const columns = part1_columns_at(scratch, stripe);
        for (ptrdiff_t word = 0; word < scratch->words; ++word)
            PAC_NAME(part1_propagate)(scratch, &mq, at + word, columns + 16 * word, plane++);
    }
    scratch->mq = mq;
}

/* Contexts of the members of a refinement pass, in order; returns how many there are. T.800 Table D.4. */
PAC_FN size_t PAC_NAME(part1_refinement_contexts)(part1_scratch *scratch)
{
    uint8_t *next = scratch->contexts;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        for (ptrdiff_t i = at; i < at + scratch->words; ++i) {
            const uint64_t members = scratch->members[i];
            if (members == 0)
                continue;
            const uint64_t refined = scratch->refined[i];
            uint64_t first = members & ~refined;
            const int count = __builtin_popcountll(members);
            memset(next, PART1_REFINEMENT + 2, 64);
            if (first != 0) {
                const uint64_t near = part1_neighbourhood(scratch, &scratch->significant[i]);
                scratch->refined[i] = refined | first;
                for (; first != 0; first &= first - 1) {
                    const uint64_t bit = first & (0 - first);
                    next[__builtin_popcountll(members & (bit - 1))] = PART1_REFINEMENT + ((near & bit) != 0);
                }
            }
            next += count;
        }
    }
    return (size_t)(next - scratch->contexts);
}

/* Spread bits, first in the lowest, over the members of a word. */
PAC_FN inline uint64_t PAC_NAME(part1_deposit)(uint64_t bits, uint64_t members)
{
#if PAC_AVX2
    return __builtin_ia32_pdep_di(bits, members);
#else
    uint64_t spread = 0;
    for (; members != 0; members &= members - 1, bits >>= 1)
        spread |= members & (0 - members) & (0 - (bits & 1));
    return spread;
#endif
}

/* The lowest bits of so many bytes, first in the lowest. */
PAC_FN inline uint64_t PAC_NAME(part1_gather)(const uint8_t *bytes, int count)
{
    uint64_t bits = 0;
    for (int i = 0; i < count; i += 8)
        bits |= (part1_load(bytes + i) & 0x0101010101010101u) * 0x8040201008040201u >> 56 << i;
    return bits;
}

/* T.800 D.3.3. */
PAC_FN void PAC_NAME(part1_refinement_pass)(part1_scratch *scratch)
{
    const size_t count = PAC_NAME(part1_refinement_contexts)(scratch);
    uint8_t *next = scratch->contexts;
    part1_mq mq = scratch->mq;
    for (size_t i = 0; i < count; ++i) {
        part1_mq_refill(&mq, PART1_ENOUGH_1);
        next[i] = (uint8_t)part1_mq_decode(&mq, &scratch->mq_states[next[i]]);
    }
    scratch->mq = mq;
    uint64_t *plane = scratch->plane;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        for (ptrdiff_t i = at; i < at + scratch->words; ++i, ++plane) {
            const uint64_t members = scratch->members[i];
            const int here = __builtin_popcountll(members);
            *plane |= PAC_NAME(part1_deposit)(PAC_NAME(part1_gather)(next, here), members);
            next += here;
        }
    }
}

/* Run mode in a column: how many of its samples stay insignificant from the top on. */
PAC_FN inline uint32_t PAC_NAME(part1_run)(part1_scratch *scratch, part1_mq *mq)
{
    part1_mq_refill(mq, PART1_ENOUGH_2);
    if (!part1_mq_decode(mq, &scratch->mq_states[PART1_RUN]))
        return 4;
    const uint32_t high = part1_mq_decode(mq, &scratch->mq_states[PART1_UNIFORM]);
    return 2 * high + part1_mq_decode(mq, &scratch->mq_states[PART1_UNIFORM]);
}

/* The members that are left after run columns that decode to zeros without renormalisation: on empty background they
 * are many, and can be foreseen. */
PAC_FN inline uint64_t PAC_NAME(part1_skip_runs)(const part1_scratch *scratch, part1_mq *mq, uint64_t ahead,
                                                 uint64_t runs)
{
    const uint64_t now = scratch->mq_states[PART1_RUN], q = now & (uint64_t)0xffff << 48;
    if (now & 1)
        return ahead;
    while (ahead != 0) {
        const uint32_t position = (uint32_t)__builtin_ctzll(ahead);
        if (!(runs >> position & 1) || mq->code < q || !((mq->interval - q) >> 63))
            break;
        mq->interval -= q;
        mq->code -= q;
        ahead &= ~((uint64_t)15 << position);
    }
    return ahead;
}

/* Columns, in their top row, whose four samples are all members without a significant neighbour. */
PAC_FN inline uint64_t PAC_NAME(part1_run_columns)(const part1_scratch *scratch, ptrdiff_t at, uint64_t members)
{
    uint64_t columns = members & ~part1_neighbourhood(scratch, &scratch->significant[at]);
    columns &= columns >> 1;
    return columns & columns >> 2 & 0x1111111111111111u;
}

/* Cleanup in one word. T.800 D.3.4. */
PAC_FN inline void PAC_NAME(part1_clean)(part1_scratch *scratch, part1_mq *mq, ptrdiff_t at, uint64_t *columns,
                                         uint64_t *plane)
{
    uint64_t ahead = scratch->inside[at] & ~scratch->significant[at] & ~scratch->visited[at];
    uint64_t runs = PAC_NAME(part1_run_columns)(scratch, at, ahead), found = 0, negative = 0;
    while (ahead != 0) {
        uint32_t position = (uint32_t)__builtin_ctzll(ahead);
        if (runs >> position & 1) {
            const uint64_t left = PAC_NAME(part1_skip_runs)(scratch, mq, ahead, runs);
            if (left != ahead) {
                ahead = left;
                continue;
            }
            const uint32_t zeros = PAC_NAME(part1_run)(scratch, mq);
            ahead &= ~(((((uint64_t)2 << zeros) - 1) & 15) << position);
            position += zeros;
            if (zeros == 4)
                continue;
            part1_mq_refill(mq, PART1_ENOUGH_1);
        } else {
            ahead &= ahead - 1;
            part1_mq_refill(mq, PART1_ENOUGH_2);
            const uint32_t near = part1_around(columns, position) & 0xff;
            if (!part1_mq_decode(mq, &scratch->mq_states[scratch->zero_coding[near]]))
                continue;
        }
        const uint32_t sign = PAC_NAME(part1_sign)(scratch, mq, part1_around(columns, position));
        found |= (uint64_t)1 << position;
        negative |= (uint64_t)sign << position;
        runs &= ~((uint64_t)0x10 << (position & 60)); /* the next column now has a neighbour */
        part1_tell(scratch, columns, position, sign);
    }
    scratch->significant[at] |= found;
    scratch->negative[at] |= negative;
    *plane |= found;
}

PAC_FN void PAC_NAME(part1_cleanup_pass)(part1_scratch *scratch)
{
    part1_mq mq = scratch->mq;
    uint64_t *plane = scratch->plane;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        uint64_t *const columns = part1_columns_at(scratch, stripe);
        for (ptrdiff_t word = 0; word < scratch->words; ++word)
            PAC_NAME(part1_clean)(scratch, &mq, at + word, columns + 16 * word, plane++);
    }
    scratch->mq = mq;
}

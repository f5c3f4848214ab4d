/* The MQ encoder, per target. Source: T.800 C.2 (ENCODE, RENORME). */

PAC_FN inline __attribute__((always_inline)) void PAC_NAME(part1_encode_decision)(part1_code *to, uint64_t *state,
                                                                                  uint32_t symbol)
{
    const uint64_t now = *state, q = now & (uint64_t)0xffff << 48;
    const uint64_t *row = (const uint64_t *)((const char *)part1_mq_rows + (now & 0x7ff0));
    const uint32_t is_lps = (symbol >> 7 ^ (uint32_t)now) & 1;
    uint64_t upper = to->interval - q, next = now;
    /* The MPS has the upper sub-interval unless that is the smaller one. */
    const bool in_lower = is_lps ^ (upper < q);
    next = upper >> 63 ? next : row[0];
    next = is_lps ? row[1] : next;
    const uint64_t interval = in_lower ? q : upper;
    const int shift = __builtin_clzll(interval);
    *state = next;
    to->interval = interval << shift;
    to->code = (to->code + (in_lower ? 0 : q >> 48)) << shift;
    to->pending += shift;
    if (to->pending >= 32)
        part1_code_write(to);
}

/* Columns of zeros that cost no renormalisation: on empty background they are many. Returns how many there are. */
PAC_FN inline size_t PAC_NAME(part1_encode_runs)(part1_code *to, uint64_t state, const uint8_t *symbols, size_t count)
{
    const uint64_t q = state & (uint64_t)0xffff << 48;
    size_t done = 0;
    if (state & 1)
        return 0;
    while (done < count && symbols[done] == PART1_RUN && (to->interval - q) >> 63 != 0) {
        to->interval -= q;
        to->code += q >> 48;
        ++done;
    }
    return done;
}

PAC_FN void PAC_NAME(part1_mq_encode)(part1_encoding *encoding, size_t count, bool runs)
{
    part1_code code = encoding->code;
    uint64_t *const states = encoding->mq_states;
    const uint8_t *const symbols = encoding->symbols;
    for (size_t i = 0; i < count; ++i) {
        const uint32_t symbol = symbols[i];
        if (runs && symbol == PART1_RUN) {
            const size_t done = PAC_NAME(part1_encode_runs)(&code, states[PART1_RUN], symbols + i, count - i);
            i += done;
            if (done > 0) {
                --i;
                continue;
            }
        } else if (runs && symbol >= PART1_INTERRUPTED) {
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_RUN], 0x80);
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_UNIFORM], symbol << 6);
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_UNIFORM], symbol << 7);
            continue;
        }
        PAC_NAME(part1_encode_decision)(&code, &states[symbol & 31], symbol);
    }
    encoding->code = code;
}

/* How many samples of the pass there are, and how many of them have a one in a plane. */
PAC_FN part1_counts PAC_NAME(part1_count)(const part1_encoding *encoding, const uint64_t *plane, const uint64_t *other)
{
    const ptrdiff_t words = encoding->words * encoding->stripes;
    part1_counts counts = {0, 0};
    for (ptrdiff_t i = 0; i < words; ++i) {
        const uint64_t ones = encoding->changed[i] & plane[i];
        counts.ones += (uint64_t)__builtin_popcountll(ones);
        counts.both += (uint64_t)__builtin_popcountll(ones & other[i]);
    }
    return counts;
}

/* The MQ encoder, per target. Source: T.800 C.2 (ENCODE, RENORME). */

PAC_FN inline __attribute__((always_inline)) void PAC_NAME(part1_encode_decision)(part1_code *to, uint64_t *state,
                                                                                  uint32_t symbol)
{
    const uint64_t now = *state, q = now & (uint64_t)0xffff << 48;
    const uint64_t *row = (const uint64_t *)((const char *)part1_mq_rows + (now & 0x7ff0));
    const uint64_t after_mps = row[0], after_lps = row[1];
    uint32_t is_lps = (symbol >> 7 ^ (uint32_t)now) & 1;
    /* The MPS has the upper sub-interval unless that is the smaller one. Compilers make branches of these selections,
     * which cannot be predicted. */
    uint64_t interval = to->interval, next = now, added = q >> 48;
#if defined(__x86_64__)
    uint8_t in_lower;
    __asm__("cmpq %[twice], %[interval]\n\t"
            "setb %[in_lower]\n\t"
            "subq %[q], %[interval]\n\t"
            "cmovns %[mps], %[next]\n\t"
            "testl %[is_lps], %[is_lps]\n\t"
            "cmovnz %[lps], %[next]\n\t"
            "xorb %b[is_lps], %[in_lower]\n\t"
            "cmovnz %[q], %[interval]\n\t"
            "cmovnz %[zero], %[added]"
            : [interval] "+&r"(interval), [next] "+&r"(next), [added] "+&r"(added), [in_lower] "=&q"(in_lower)
            : [q] "r"(q), [twice] "r"(q + q), [mps] "rm"(after_mps), [lps] "rm"(after_lps), [is_lps] "q"(is_lps),
              [zero] "r"((uint64_t)0)
            : "cc");
#else
    interval -= q;
    next = interval >> 63 ? next : after_mps;
    const bool in_lower = is_lps ^ (interval < q);
    next = is_lps ? after_lps : next;
    interval = in_lower ? q : interval;
    added = in_lower ? 0 : added;
#endif
    const int shift = __builtin_clzll(interval);
    *state = next;
    to->interval = interval << shift;
    to->code = (to->code + added) << shift;
    to->pending += shift;
    if (__builtin_expect(to->pending >= 32, 0))
        part1_code_write(to);
}

/* Columns of zeros that cost no renormalisation: on empty background they are many. Returns how many there are. */
PAC_FN inline ptrdiff_t PAC_NAME(part1_skip_runs)(part1_code *to, uint64_t state, const uint8_t *symbol,
                                                  const uint8_t *end)
{
    const uint64_t q = state & (uint64_t)0xffff << 48;
    const uint8_t *next = symbol;
    if (state & 1)
        return 0;
    for (; next < end && *next == PART1_RUN && (to->interval - q) >> 63 != 0; ++next) {
        to->interval -= q;
        to->code += q >> 48;
    }
    return next - symbol;
}

PAC_FN void PAC_NAME(part1_mq_encode)(part1_encoding *encoding, size_t count)
{
    part1_code code = encoding->code;
    for (size_t i = 0; i < count; ++i) {
        const uint32_t symbol = encoding->symbols[i];
        PAC_NAME(part1_encode_decision)(&code, &encoding->mq_states[symbol & 31], symbol);
    }
    encoding->code = code;
}

/* The same for symbols among which there are runs. */
PAC_FN void PAC_NAME(part1_mq_encode_runs)(part1_encoding *encoding, size_t count)
{
    part1_code code = encoding->code;
    uint64_t *const states = encoding->mq_states;
    for (const uint8_t *symbol = encoding->symbols, *const end = symbol + count; symbol < end; ++symbol) {
        if (*symbol == PART1_RUN) {
            symbol += PAC_NAME(part1_skip_runs)(&code, states[PART1_RUN], symbol, end);
            if (symbol == end)
                break;
        }
        if (*symbol >= PART1_INTERRUPTED) {
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_RUN], 0x80);
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_UNIFORM], (uint32_t)*symbol << 6);
            PAC_NAME(part1_encode_decision)(&code, &states[PART1_UNIFORM], (uint32_t)*symbol << 7);
        } else {
            PAC_NAME(part1_encode_decision)(&code, &states[*symbol & 31], *symbol);
        }
    }
    encoding->code = code;
}

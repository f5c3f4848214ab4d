/* The cleanup pass of a group of quads at once, encoder, per target: significance, exponents, contexts, codewords and
 * magnitude bits from quantiser indices of 16 bits. Nothing here depends on what was appended before.
 *
 * Source: T.814 7.3 read backwards.
 */

/* A group of quads before its codewords are known. Of each sample: 2 (mu - 1) + sign, and U, or 0 for both. */
typedef struct {
    HT_QUADS u;         /* in steps of 2^24 */
    HT_COLUMNS highest; /* bit U - 1 */
    HT_COLUMNS top, bottom, top_bound, bottom_bound;
} PAC_NAME(ht_measured);

/* What a group gives to append; pairs that are not there have no bits. */
typedef struct {
    _Alignas(4 * HT_LANES) ht_pair_code codes[HT_LANES / 2];
    uint64_t magnitudes[2][HT_LANES / 2]; /* of a pair: at most 120 bits, the lower 64 first */
    uint64_t lengths[HT_LANES / 2];       /* of the same */
} PAC_NAME(ht_group);

/* The samples of a row of columns: what is asked of each. */
typedef struct {
    HT_COLUMNS set;     /* mask of the significant ones */
    HT_COLUMNS doubled; /* 2 mu - 1, or 0 */
    HT_COLUMNS value;   /* 2 (mu - 1) + sign, or 0 */
} PAC_NAME(ht_samples);

PAC_FN inline PAC_NAME(ht_samples) PAC_NAME(ht_measure)(const int16_t *row)
{
    HT_COLUMNS index;
    memcpy(&index, row, sizeof index);
    const HT_COLUMNS magnitude = PAC_NAME(ht_absolute)(index), set = magnitude > 0;
    const HT_COLUMNS doubled = magnitude + magnitude + set;
    return (PAC_NAME(ht_samples)){set, doubled, doubled + (index > 0)};
}

/* A bit of each sample in the order of rho, shifted up. */
PAC_FN inline HT_QUADS PAC_NAME(ht_pattern)(HT_COLUMNS top, HT_COLUMNS bottom, int shift)
{
    return PAC_NAME(ht_weigh)(top, 1 << shift, 4 << shift) + PAC_NAME(ht_weigh)(bottom, 2 << shift, 8 << shift);
}

/* Codewords of pairs and their values of u. */
PAC_FN inline void PAC_NAME(ht_put_codes)(PAC_NAME(ht_group) * group, HT_QUADS entries, HT_QUADS u)
{
    const HT_PAIRS first = (HT_PAIRS)entries, second = first >> 32, values = (HT_PAIRS)u;
    const HT_PAIRS codes = ((first & 0x7007f) + (second & 0x70000) + ((second & 0x7f) << (first >> 16 & 7))) |
                           ((values | values >> 28) & 0xff000000);
    memcpy(group->codes, &codes, sizeof codes);
}

/* Samples of a column, columns of a quad, quads of a pair: the second behind the first. Returns whether some pair has
 * more than 56 bits. */
PAC_FN inline bool PAC_NAME(ht_put_magnitudes)(PAC_NAME(ht_group) * group, HT_COLUMNS top, HT_COLUMNS bottom,
                                               HT_COLUMNS top_length, HT_COLUMNS bottom_length)
{
    const HT_QUADS upper = (HT_QUADS)top, lower = (HT_QUADS)bottom, shift = (HT_QUADS)top_length;
    const HT_PAIRS left = (HT_PAIRS)((upper & 0xffff) | (lower & 0xffff) << (shift & 0xffff));
    const HT_PAIRS right = (HT_PAIRS)(upper >> 16 | lower >> 16 << (shift >> 16));
    const HT_QUADS both = (HT_QUADS)(top_length + bottom_length);
    const HT_PAIRS column = (HT_PAIRS)(both & 0xffff), quad = (HT_PAIRS)((both + (both >> 16)) & 0xffff);
    const HT_PAIRS first = (left & 0xffffffff) | (right & 0xffffffff) << (column & 0xffffffff);
    const HT_PAIRS second = left >> 32 | right >> 32 << (column >> 32);
    const HT_PAIRS first_length = quad & 0xffffffff, lengths = first_length + (quad >> 32);
    const HT_PAIRS low = first | second << first_length, high = second >> 1 >> (63 - first_length);
    memcpy(group->magnitudes[0], &low, sizeof low);
    memcpy(group->magnitudes[1], &high, sizeof high);
    memcpy(group->lengths, &lengths, sizeof lengths);
    return PAC_NAME(ht_lane_bits)((HT_SIGNED_QUADS)lengths > 56) != 0;
}

/* What a quad adds to the context of the next one, from bit 8 on. */
PAC_FN inline HT_QUADS PAC_NAME(ht_share_right)(HT_COLUMNS top, HT_COLUMNS bottom, bool first_row)
{
    if (first_row)
        return PAC_NAME(ht_weigh)(top | bottom, 0x100, 0) + PAC_NAME(ht_weigh)(top, 0, 0x200) +
               PAC_NAME(ht_weigh)(bottom, 0, 0x400);
    return PAC_NAME(ht_weigh)(top | bottom, 0, 0x200);
}

/* Of each quad the four samples of the line above: 2 mu - 1, joined by OR in both columns, with the context's share of
 * each column in its top bit. */
PAC_FN inline HT_QUADS PAC_NAME(ht_line_above)(const uint32_t *above)
{
    return PAC_NAME(ht_load_quads)(above) | PAC_NAME(ht_load_quads)(above - 1) >> 16 |
           PAC_NAME(ht_load_quads)(above + 1) << 16;
}

/* A number of as many bits as kappa says: one less than the largest above, if rho (from bit 4 on) has several bits. */
PAC_FN inline HT_QUADS PAC_NAME(ht_kappa)(HT_QUADS line, HT_QUADS rho)
{
    const HT_QUADS several = (HT_QUADS)((HT_SIGNED_QUADS)(rho & (rho - 16)) > 0);
    return ((line | line >> 16) >> 1 & 0x3fff & several) | 1;
}

/* Where a group is. `above` and `below` hold for each quad 2 mu - 1 of the bottom samples with their significance in
 * the top bits; one more lane of `above` is read on both sides. */
typedef struct {
    const int16_t *top, *bottom;
    const uint32_t *above;
    uint32_t *below;
} PAC_NAME(ht_place);

typedef struct {
    HT_QUADS index;                   /* of codewords: context << 8 | rho << 4 | eps */
    uint32_t significant, no_context; /* a bit for each quad: rho is not 0; the context is 0 */
} PAC_NAME(ht_patterns);

/* All that comes before the codewords. `left` is what the group before shares, and then what this one does. */
PAC_FN inline __attribute__((always_inline)) PAC_NAME(ht_patterns)
    PAC_NAME(ht_measure_group)(PAC_NAME(ht_measured) * group, const PAC_NAME(ht_place) * place, HT_QUADS *left,
                               const bool first_row)
{
    const PAC_NAME(ht_samples) top = PAC_NAME(ht_measure)(place->top), bottom = PAC_NAME(ht_measure)(place->bottom);
    const HT_COLUMNS marked = bottom.doubled | (bottom.set & (int16_t)0x8000);
    memcpy(place->below, &marked, sizeof marked);

    const HT_QUADS rho = PAC_NAME(ht_pattern)(top.set, bottom.set, 4);
    const HT_QUADS shared = PAC_NAME(ht_share_right)(top.set, bottom.set, first_row);
    HT_QUADS context = PAC_NAME(ht_move_right)(*left, shared), kappa = (HT_QUADS){0} + 1;
    *left = shared;
    if (!first_row) {
        const HT_QUADS line = PAC_NAME(ht_line_above)(place->above);
        context |= PAC_NAME(ht_weigh)((HT_COLUMNS)line >> 15, 0x100, 0x400);
        kappa = PAC_NAME(ht_kappa)(line, rho);
    }
    const HT_QUADS all = (HT_QUADS)(top.doubled | bottom.doubled);
    const HT_QUADS bound_power = PAC_NAME(ht_as_reals)(((all | all >> 16) & 0xffff) | kappa) & 0x7f800000;
    const HT_QUADS kappa_power = PAC_NAME(ht_as_reals)(kappa) & 0x7f800000;
    const HT_COLUMNS highest = PAC_NAME(ht_repeat_lower)(PAC_NAME(ht_from_reals)(bound_power));
    /* Exponents equal the largest one where its bit is set; with u = 0 there is no pattern. */
    const HT_COLUMNS largest = highest & (HT_COLUMNS)((HT_SIGNED_QUADS)bound_power > (HT_SIGNED_QUADS)kappa_power);
    const HT_QUADS eps = PAC_NAME(ht_pattern)((top.doubled & largest) > 0, (bottom.doubled & largest) > 0, 0);
    const HT_COLUMNS bound = (PAC_NAME(ht_repeat_upper)(bound_power) >> 7) - 126;
    *group = (PAC_NAME(ht_measured)){
        (bound_power - kappa_power) << 1, highest, top.value, bottom.value, bound & top.set, bound & bottom.set};
    return (PAC_NAME(ht_patterns)){context | rho | eps, PAC_NAME(ht_lane_bits)((HT_SIGNED_QUADS)rho > 0),
                                   PAC_NAME(ht_lane_bits)((HT_SIGNED_QUADS)context == 0)};
}

/* Codewords by their index, and what they leave of the magnitudes; returns as ht_put_magnitudes. */
PAC_FN inline bool PAC_NAME(ht_code_group)(PAC_NAME(ht_group) * group, const PAC_NAME(ht_measured) * measured,
                                           HT_QUADS entries)
{
    PAC_NAME(ht_put_codes)(group, entries, measured->u);
    const HT_COLUMNS known = PAC_NAME(ht_repeat_upper)(entries);
    const HT_COLUMNS top_bits = (HT_COLUMNS)((HT_QUADS){0} + 0x04000100);
    const HT_COLUMNS bottom_bits = (HT_COLUMNS)((HT_QUADS){0} + 0x08000200);
    const HT_COLUMNS top_known = (known & top_bits) == top_bits, bottom_known = (known & bottom_bits) == bottom_bits;
    return PAC_NAME(ht_put_magnitudes)(group, measured->top & ~(measured->highest & top_known),
                                       measured->bottom & ~(measured->highest & bottom_known),
                                       measured->top_bound + top_known, measured->bottom_bound + bottom_known);
}

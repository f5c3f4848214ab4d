/* The cleanup pass of a group of quads at once, encoder, per target: significance, exponents, contexts, codewords and
 * magnitude bits from quantiser indices of 16 bits. Nothing here depends on what was appended before.
 *
 * Source: T.814 7.3 read backwards.
 *
 * Vectors are the compiler's own. A lane of 32 bits is a quad, its lower half the left column; a lane of 64 bits is a
 * pair of quads.
 */
#if PAC_AVX512
#define HT_LANES 16
#elif PAC_AVX2
#define HT_LANES 8
#else
#define HT_LANES 4
#endif

#define HT_COLUMNS PAC_NAME(ht_columns)
#define HT_SIGNED_COLUMNS PAC_NAME(ht_signed_columns)
#define HT_QUADS PAC_NAME(ht_quads)
#define HT_SIGNED_QUADS PAC_NAME(ht_signed_quads)
#define HT_PAIRS PAC_NAME(ht_pairs)
#define HT_GROUP PAC_NAME(ht_group)

typedef uint16_t HT_COLUMNS __attribute__((vector_size(4 * HT_LANES)));
typedef int16_t HT_SIGNED_COLUMNS __attribute__((vector_size(4 * HT_LANES)));
typedef uint32_t HT_QUADS __attribute__((vector_size(4 * HT_LANES)));
typedef int32_t HT_SIGNED_QUADS __attribute__((vector_size(4 * HT_LANES)));
typedef uint64_t HT_PAIRS __attribute__((vector_size(4 * HT_LANES)));
typedef float PAC_NAME(ht_reals) __attribute__((vector_size(4 * HT_LANES)));

/* What a group gives to append. `lengths` counts the bits of every quad; those of a pair fit in `joined` if they are
 * at most 63. `codes`: both codewords:14, their length:8 at bit 16, both u:8 at bit 24. */
typedef struct {
    HT_PAIRS first, second, joined, joined_lengths, codes;
    HT_QUADS lengths;
    uint32_t significant, no_context; /* a bit for each quad: rho not 0; context 0 */
    bool joins;                       /* all pairs */
} HT_GROUP;

/* A group to measure. `above` and `below` hold for each quad 2 mu - 1 of the bottom samples with their significance in
 * the top bits; one more lane of `above` is read on both sides. */
typedef struct {
    const int16_t *top, *bottom;
    const uint32_t *above;
    uint32_t *below;
    uint32_t count; /* of quads that are there */
} PAC_NAME(ht_group_place);

PAC_FN inline HT_QUADS PAC_NAME(ht_load_quads)(const uint32_t *from)
{
    HT_QUADS quads;
    memcpy(&quads, from, sizeof quads);
    return quads;
}

/* The same 16 bits in both halves. */
PAC_FN inline HT_COLUMNS PAC_NAME(ht_to_columns)(HT_QUADS quads)
{
    return (HT_COLUMNS)(quads | quads << 16);
}

/* A bit of each sample, by masks of the rows: quads with the bits in the order of rho. */
PAC_FN inline HT_QUADS PAC_NAME(ht_gather_bits)(HT_SIGNED_COLUMNS top, HT_SIGNED_COLUMNS bottom)
{
    const HT_QUADS bits = (HT_QUADS)((top & 1) | (bottom & 2));
    return (bits | bits >> 14) & 15;
}

/* A real's bits tell the highest bit of an integer: its place in the exponent. */
PAC_FN inline HT_QUADS PAC_NAME(ht_as_real)(HT_QUADS integers)
{
    return (HT_QUADS) __builtin_convertvector((HT_SIGNED_QUADS)integers, PAC_NAME(ht_reals));
}

PAC_FN inline HT_QUADS PAC_NAME(ht_highest_bit)(HT_QUADS real)
{
    const PAC_NAME(ht_reals) power = (PAC_NAME(ht_reals))(real & 0x7f800000);
    return (HT_QUADS) __builtin_convertvector(power, HT_SIGNED_QUADS);
}

/* The quad to the left of each. */
PAC_FN inline HT_QUADS PAC_NAME(ht_move_right)(HT_QUADS before, HT_QUADS quads)
{
#if PAC_AVX512
    const HT_QUADS lanes = {15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30};
#elif PAC_AVX2
    const HT_QUADS lanes = {7, 8, 9, 10, 11, 12, 13, 14};
#else
    const HT_QUADS lanes = {3, 4, 5, 6};
#endif
    return __builtin_shuffle(before, quads, lanes);
}

/* A bit for each lane whose mask is set. */
PAC_FN inline uint32_t PAC_NAME(ht_lane_bits)(HT_SIGNED_QUADS mask)
{
#if PAC_AVX512
    return _mm512_movepi32_mask((__m512i)mask);
#elif PAC_AVX2
    return (uint32_t)_mm256_movemask_ps((__m256)mask);
#else
    return (uint32_t)((mask[0] & 1) | (mask[1] & 2) | (mask[2] & 4) | (mask[3] & 8));
#endif
}

PAC_FN inline HT_QUADS PAC_NAME(ht_first_lanes)(uint32_t count)
{
#if PAC_AVX512
    const HT_QUADS lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif PAC_AVX2
    const HT_QUADS lanes = {0, 1, 2, 3, 4, 5, 6, 7};
#else
    const HT_QUADS lanes = {0, 1, 2, 3};
#endif
    return (HT_QUADS)((HT_SIGNED_QUADS)lanes < (int32_t)count);
}

/* Codewords by context, rho and epsilon. */
PAC_FN inline HT_QUADS PAC_NAME(ht_look_up)(const uint16_t *table, HT_QUADS index)
{
    HT_QUADS entries;
    for (int n = 0; n < HT_LANES; ++n)
        entries[n] = table[index[n]];
    return entries;
}

/* Two samples of a column, or two columns of a quad: the second behind the first. */
PAC_FN inline void PAC_NAME(ht_put_magnitudes)(HT_GROUP *group, HT_COLUMNS top, HT_COLUMNS bottom,
                                               HT_COLUMNS top_length, HT_COLUMNS bottom_length)
{
    const HT_QUADS upper = (HT_QUADS)top, lower = (HT_QUADS)bottom, shift = (HT_QUADS)top_length;
    const HT_PAIRS left = (HT_PAIRS)((upper & 0xffff) | (lower & 0xffff) << (shift & 0xffff));
    const HT_PAIRS right = (HT_PAIRS)(upper >> 16 | lower >> 16 << (shift >> 16));
    const HT_QUADS both = (HT_QUADS)(top_length + bottom_length);
    const HT_PAIRS length = (HT_PAIRS)(both & 0xffff);
    group->first = (left & 0xffffffff) | (right & 0xffffffff) << (length & 0xffffffff);
    group->second = left >> 32 | right >> 32 << (length >> 32);
    group->lengths = (both + (both >> 16)) & 0xffff;
    const HT_PAIRS lengths = (HT_PAIRS)group->lengths;
    group->joined = group->first | group->second << (lengths & 0xffffffff);
    group->joined_lengths = (lengths & 0xffffffff) + (lengths >> 32);
    group->joins = PAC_NAME(ht_lane_bits)((HT_SIGNED_QUADS)group->joined_lengths > 63) == 0;
}

PAC_FN inline void PAC_NAME(ht_put_codes)(HT_GROUP *group, HT_QUADS entries, HT_QUADS u)
{
    const HT_PAIRS pairs = (HT_PAIRS)entries, values = (HT_PAIRS)u;
    const HT_PAIRS first_length = pairs >> 7 & 7, lengths = first_length + (pairs >> 39 & 7);
    const HT_PAIRS both = (pairs & 127) | (pairs >> 32 & 127) << first_length;
    group->codes = both | lengths << 16 | ((values | values >> 28) & 255) << 24;
}

/* Contexts from the row above; the share of the quad to the left comes with them. */
PAC_FN inline HT_QUADS PAC_NAME(ht_contexts)(HT_QUADS above, HT_QUADS left)
{
    return (above >> 15 & 1) | (above >> 29 & 4) | left;
}

/* What a quad adds to the context of the next one. */
PAC_FN inline HT_QUADS PAC_NAME(ht_share_right)(HT_QUADS rho, bool first_row)
{
    if (first_row)
        return ((rho | rho >> 1) & 1) | (rho >> 1 & 6);
    return (rho >> 1 | rho >> 2) & 2;
}

/* `left` is what the group before gave to its right; this one's is returned. */
PAC_FN inline __attribute__((always_inline)) HT_QUADS PAC_NAME(ht_measure_group)(HT_GROUP *group,
                                                                                 const PAC_NAME(ht_group_place) * place,
                                                                                 HT_QUADS left, const bool first_row)
{
    HT_SIGNED_COLUMNS top, bottom;
    memcpy(&top, place->top, sizeof top);
    memcpy(&bottom, place->bottom, sizeof bottom);
    const HT_SIGNED_COLUMNS top_magnitude = (top ^ top >> 15) - (top >> 15);
    const HT_SIGNED_COLUMNS bottom_magnitude = (bottom ^ bottom >> 15) - (bottom >> 15);
    const HT_SIGNED_COLUMNS top_set = top_magnitude > 0, bottom_set = bottom_magnitude > 0;
    const HT_COLUMNS top_doubled = (HT_COLUMNS)(top_magnitude + top_magnitude + top_set);
    const HT_COLUMNS bottom_doubled = (HT_COLUMNS)(bottom_magnitude + bottom_magnitude + bottom_set);
    const HT_COLUMNS marked = bottom_doubled | ((HT_COLUMNS)bottom_set & 0x8000);
    memcpy(place->below, &marked, sizeof marked);

    const HT_QUADS rho = PAC_NAME(ht_gather_bits)(top_set, bottom_set);
    const HT_QUADS given = PAC_NAME(ht_share_right)(rho, first_row);
    HT_QUADS context = PAC_NAME(ht_move_right)(left, given), near = (HT_QUADS){0} + 1;
    if (!first_row) {
        const HT_QUADS above = PAC_NAME(ht_load_quads)(place->above) | PAC_NAME(ht_load_quads)(place->above - 1) >> 16 |
                               PAC_NAME(ht_load_quads)(place->above + 1) << 16;
        context = PAC_NAME(ht_contexts)(above, context);
        const HT_QUADS several = (HT_QUADS)((HT_SIGNED_QUADS)(rho & (rho - 1)) > 0);
        near |= (above | above >> 16) >> 1 & 0x3fff & several; /* one bit shorter than the largest above */
    }
    context &= PAC_NAME(ht_first_lanes)(place->count);

    HT_QUADS all = (HT_QUADS)(top_doubled | bottom_doubled);
    all = ((all | all >> 16) & 0xffff) | near;
    const HT_QUADS real = PAC_NAME(ht_as_real)(all);
    const HT_QUADS u = (real >> 23) - (PAC_NAME(ht_as_real)(near) >> 23);
    const HT_COLUMNS bound = PAC_NAME(ht_to_columns)((real >> 23) - 126);
    const HT_COLUMNS highest = PAC_NAME(ht_to_columns)(PAC_NAME(ht_highest_bit)(real));
    const HT_COLUMNS largest = highest & (HT_COLUMNS)((HT_SIGNED_QUADS)u > 0);
    const HT_QUADS eps = PAC_NAME(ht_gather_bits)((HT_SIGNED_COLUMNS)(top_doubled & largest) > 0,
                                                  (HT_SIGNED_COLUMNS)(bottom_doubled & largest) > 0);

    const HT_QUADS index = (context << 8 | rho << 4 | eps) & PAC_NAME(ht_first_lanes)(place->count);
    const HT_QUADS entries = PAC_NAME(ht_look_up)(first_row ? ht_encode_0 : ht_encode_1, index);
    PAC_NAME(ht_put_codes)(group, entries, u);
    group->significant = PAC_NAME(ht_lane_bits)((HT_SIGNED_QUADS)rho > 0);
    group->no_context = PAC_NAME(ht_lane_bits)(context == 0) & ((1u << place->count) - 1);

    const HT_COLUMNS known = PAC_NAME(ht_to_columns)(entries >> 10);
    const HT_COLUMNS top_bits = (HT_COLUMNS)((HT_QUADS){0} + 0x00040001);
    const HT_COLUMNS bottom_bits = (HT_COLUMNS)((HT_QUADS){0} + 0x00080002);
    const HT_COLUMNS top_known = (HT_COLUMNS)((known & top_bits) == top_bits);
    const HT_COLUMNS bottom_known = (HT_COLUMNS)((known & bottom_bits) == bottom_bits);
    const HT_COLUMNS top_value = top_doubled + (HT_COLUMNS)top_set + ((HT_COLUMNS)top >> 15);
    const HT_COLUMNS bottom_value = bottom_doubled + (HT_COLUMNS)bottom_set + ((HT_COLUMNS)bottom >> 15);
    PAC_NAME(ht_put_magnitudes)
    (group, top_value & ~(highest & top_known), bottom_value & ~(highest & bottom_known),
     (bound & (HT_COLUMNS)top_set) + top_known, (bound & (HT_COLUMNS)bottom_set) + bottom_known);
    return given;
}

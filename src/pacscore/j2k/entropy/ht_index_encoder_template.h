/* The cleanup pass of one HT block, encoder, per target, from quantiser indices of 16 bits.
 *
 * Source: T.814 7.3 read backwards.
 */

#define HT_BYTE_LANES (HT_LANES < 8 ? HT_LANES : 8)
#define HT_MAX_GROUPS (HT_MAX_SIDE / 2 / HT_LANES)
#define HT_ROW PAC_NAME(ht_row)

/* The row of quads in work, and what the next one needs of it. Groups that have nothing to append are left out. */
typedef struct {
    int32_t groups, active; /* their number, and that of those that are not left out */
    PAC_NAME(ht_measured) measured[HT_MAX_GROUPS];
    PAC_NAME(ht_group) coded[HT_MAX_GROUPS];
    _Alignas(4 * HT_LANES) uint32_t indices[HT_MAX_GROUPS][HT_LANES];           /* of codewords */
    _Alignas(4 * HT_LANES) uint32_t bottoms[2][HT_MAX_SIDE / 2 + 2 * HT_LANES]; /* of this row and the last, by turns */
    bool is_long[HT_MAX_GROUPS];                                                /* some pair has more than 56 bits */
    /* A bit for each quad, HT_BYTE_LANES in a byte: rho is not 0; the context is 0. */
    uint8_t significant[HT_MAX_GROUPS * HT_LANES / HT_BYTE_LANES + 4];
    uint8_t no_context[HT_MAX_GROUPS * HT_LANES / HT_BYTE_LANES + 4];
} HT_ROW;

_Static_assert(sizeof(HT_ROW) <= sizeof((ht_scratch *)0)->row, "the scratch must hold a row");

/* Nothing is significant above the first row, nor beside any row. */
PAC_FN void PAC_NAME(ht_row_start)(HT_ROW *row, int32_t width)
{
    row->groups = (width + 2 * HT_LANES - 1) / (2 * HT_LANES);
    for (int parity = 0; parity < 2; ++parity) {
        row->bottoms[parity][HT_LANES - 1] = 0;
        row->bottoms[parity][HT_LANES + HT_LANES * row->groups] = 0;
    }
    memset(row->no_context + row->groups * HT_LANES / HT_BYTE_LANES, 0, 4);
}

/* Quads that are not there have nothing to append. */
PAC_FN inline void PAC_NAME(ht_cut)(PAC_NAME(ht_patterns) * patterns, int32_t count)
{
    patterns->index &= (HT_QUADS)(PAC_NAME(ht_numbers)() < count);
    patterns->no_context &= (1u << count) - 1;
}

PAC_FN inline void PAC_NAME(ht_keep_masks)(HT_ROW *row, int32_t group, const PAC_NAME(ht_patterns) * patterns)
{
#if PAC_AVX512
    const uint16_t significant = (uint16_t)patterns->significant, no_context = (uint16_t)patterns->no_context;
#else
    const uint8_t significant = (uint8_t)patterns->significant, no_context = (uint8_t)patterns->no_context;
#endif
    memcpy(row->significant + (size_t)group * sizeof significant, &significant, sizeof significant);
    memcpy(row->no_context + (size_t)group * sizeof no_context, &no_context, sizeof no_context);
}

PAC_FN inline __attribute__((always_inline)) void PAC_NAME(ht_measure_row)(HT_ROW *row, PAC_NAME(ht_place) place,
                                                                           int32_t width, const bool first_row)
{
    int16_t last[2][2 * HT_LANES];
    HT_QUADS left = {0};
    int32_t active = 0;
    for (int32_t n = 0; n < row->groups; ++n) {
        const int32_t columns = width - 2 * HT_LANES * n;
        int32_t count = HT_LANES;
        if (columns < 2 * HT_LANES) {
            memset(last, 0, sizeof last);
            memcpy(last[0], place.top, (size_t)columns * sizeof last[0][0]);
            memcpy(last[1], place.bottom, (size_t)columns * sizeof last[0][0]);
            place.top = last[0];
            place.bottom = last[1];
            count = (columns + 1) / 2;
        }
        PAC_NAME(ht_patterns)
        patterns = PAC_NAME(ht_measure_group)(row->measured + active, &place, &left, first_row);
        if (count < HT_LANES)
            PAC_NAME(ht_cut)(&patterns, count);
        memcpy(row->indices[active], &patterns.index, sizeof patterns.index);
        PAC_NAME(ht_keep_masks)(row, n, &patterns);
        active += first_row | (patterns.significant != 0) | (patterns.no_context != (1u << count) - 1);
        place.top += 2 * HT_LANES;
        place.bottom += 2 * HT_LANES;
        place.above += HT_LANES;
        place.below += HT_LANES;
    }
    row->active = active;
}

PAC_FN inline void PAC_NAME(ht_look_up_row)(HT_ROW *row, const uint32_t *table)
{
    for (int32_t n = 0; n < row->active; ++n)
        row->is_long[n] =
            PAC_NAME(ht_code_group)(row->coded + n, row->measured + n, PAC_NAME(ht_look_up)(table, row->indices[n]));
}

/* Of the events, those of quads with context 0. */
PAC_FN inline uint32_t PAC_NAME(ht_events)(uint32_t significant, uint32_t no_context)
{
#if PAC_AVX2
    return _pext_u32(significant, no_context);
#else
    uint32_t events = 0, count = 0;
    for (uint32_t left = no_context; left != 0; left &= left - 1)
        events |= (significant >> __builtin_ctz(left) & 1) << count++;
    return events;
#endif
}

PAC_FN inline void PAC_NAME(ht_append_events)(ht_writer *events, const HT_ROW *row)
{
    ht_writer local = *events;
    for (int32_t at = 0; at < row->groups * HT_LANES / HT_BYTE_LANES; at += 4) {
        uint32_t significant, no_context;
        memcpy(&significant, row->significant + at, 4);
        memcpy(&no_context, row->no_context + at, 4);
        ht_append(&local, PAC_NAME(ht_events)(significant, no_context), (uint32_t)__builtin_popcount(no_context));
    }
    *events = local;
}

PAC_FN inline void PAC_NAME(ht_append_magnitudes)(ht_writer *magsgn, const HT_ROW *row)
{
    ht_writer local = *magsgn;
    for (int32_t at = 0; at < row->active; ++at) {
        const PAC_NAME(ht_group) *group = row->coded + at;
        for (int n = 0; n < HT_LANES / 2; ++n)
            if (!row->is_long[at])
                ht_append(&local, group->magnitudes[0][n], (uint32_t)group->lengths[n]);
            else
                ht_append_long(&local, group->magnitudes[0][n], group->magnitudes[1][n], (uint32_t)group->lengths[n]);
    }
    *magsgn = local;
}

/* Codewords and U-VLC code of a pair. */
PAC_FN inline ht_code PAC_NAME(ht_join_codes)(const ht_pair_code *pair, const ht_u_pair_code *u)
{
    return (ht_code){pair->code | (uint64_t)u->code << pair->length, (uint32_t)pair->length + u->length};
}

PAC_FN inline void PAC_NAME(ht_append_codes)(ht_packer *vlc, const HT_ROW *row)
{
    ht_packer local = *vlc;
    for (const PAC_NAME(ht_group) *group = row->coded; group < row->coded + row->active; ++group)
        for (int n = 0; n < HT_LANES / 2; n += 2) {
            const ht_pair_code *pair = group->codes + n;
            const ht_code one = PAC_NAME(ht_join_codes)(pair, ht_u_pair_codes_1 + pair[0].u);
            const ht_code two = PAC_NAME(ht_join_codes)(pair + 1, ht_u_pair_codes_1 + pair[1].u);
            ht_pack(&local, one.bits | two.bits << one.length, one.length + two.length);
        }
    *vlc = local;
}

/* In the first row the event about both u follows those of the pair. */
PAC_FN void PAC_NAME(ht_append_first_codes)(ht_packer *vlc, ht_writer *events, const HT_ROW *row)
{
    for (int32_t q = 0; q < row->groups * HT_LANES; q += 2) {
        const ht_pair_code *pair = row->coded[q / HT_LANES].codes + q % HT_LANES / 2;
        const uint32_t significant = row->significant[q / HT_BYTE_LANES] >> q % HT_BYTE_LANES & 3;
        const uint32_t no_context = row->no_context[q / HT_BYTE_LANES] >> q % HT_BYTE_LANES & 3;
        const ht_u_pair_code *u = ht_u_pair_codes_0 + pair->u;
        ht_append(events, PAC_NAME(ht_events)(significant, no_context), (uint32_t)__builtin_popcount(no_context));
        ht_append(events, u->event & 1, u->event >> 1);
        const ht_code code = PAC_NAME(ht_join_codes)(pair, u);
        ht_pack(vlc, code.bits, code.length);
    }
}

/* Kept apart, so that each loop has the registers to itself. */
PAC_FN __attribute__((noinline)) void PAC_NAME(ht_code_first_row)(HT_ROW *row, const PAC_NAME(ht_place) * place,
                                                                  int32_t width)
{
    PAC_NAME(ht_measure_row)(row, *place, width, true);
    PAC_NAME(ht_look_up_row)(row, ht_encode_0);
}

PAC_FN __attribute__((noinline)) void PAC_NAME(ht_code_other_row)(HT_ROW *row, const PAC_NAME(ht_place) * place,
                                                                  int32_t width)
{
    PAC_NAME(ht_measure_row)(row, *place, width, false);
    PAC_NAME(ht_look_up_row)(row, ht_encode_1);
}

PAC_FN pac_status PAC_NAME(ht_encode_i16)(const int16_t *in, ptrdiff_t stride, int32_t width, int32_t height,
                                          uint8_t *out, size_t capacity, uint32_t *length, void *memory)
{
    ht_scratch *scratch = memory;
    if (!ht_shape_valid(width, height))
        return PAC_LIMIT;
    ht_coder coder;
    ht_coder_start(&coder, scratch);
    ht_packer vlc = ht_packer_from(&coder.vlc);
    ht_writer events;
    ht_writer_start(&events, scratch->events);
    HT_ROW *row = (HT_ROW *)scratch->row;
    PAC_NAME(ht_row_start)(row, width);
    for (int32_t y = 0; y < height; y += 2) {
        const int16_t *top = in + y * stride;
        const PAC_NAME(ht_place) place = {top, y + 1 < height ? top + stride : ht_no_samples,
                                          row->bottoms[~y >> 1 & 1] + HT_LANES, row->bottoms[y >> 1 & 1] + HT_LANES};
        if (y == 0) {
            PAC_NAME(ht_code_first_row)(row, &place, width);
            PAC_NAME(ht_append_first_codes)(&vlc, &events, row);
        } else {
            PAC_NAME(ht_code_other_row)(row, &place, width);
            PAC_NAME(ht_append_events)(&events, row);
            PAC_NAME(ht_append_codes)(&vlc, row);
        }
        PAC_NAME(ht_append_magnitudes)(&coder.magsgn, row);
    }
    coder.vlc = ht_packer_close(&vlc);
    ht_mel_encode_all(&coder.mel, scratch->events, ht_writer_finish(&events, scratch->events, 0));
    return PAC_NAME(ht_assemble)(&coder, scratch, out, capacity, length);
}

#undef HT_BYTE_LANES
#undef HT_MAX_GROUPS
#undef HT_ROW
#undef HT_LANES
#undef HT_COLUMNS
#undef HT_QUADS
#undef HT_PAIRS
#undef HT_REALS
#undef HT_SIGNED_QUADS
#undef HT_SIGNED_PAIRS

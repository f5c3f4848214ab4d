/* The cleanup pass of one HT block, encoder, per target, from quantiser indices of 16 bits.
 *
 * Source: T.814 7.3 read backwards.
 */

#define HT_BYTE_LANES (HT_LANES < 8 ? HT_LANES : 8)

/* A row of quads: its samples, and for each quad what the row above left and what this one leaves. */
typedef struct {
    const int16_t *top, *bottom;
    const uint32_t *above;
    uint32_t *below;
    int32_t width;
} PAC_NAME(ht_index_row);

/* What the vectors know of a row, at the block's scratch. */
typedef struct {
    int32_t count; /* of groups */
    PAC_NAME(ht_measured) * measured;
    PAC_NAME(ht_group) * groups;
    uint32_t *indices;                 /* of codewords */
    uint8_t *significant, *no_context; /* a bit for each quad, HT_BYTE_LANES in a byte */
} PAC_NAME(ht_row_codes);

PAC_FN inline __attribute__((always_inline)) void
PAC_NAME(ht_measure_row)(const PAC_NAME(ht_row_codes) * codes, const PAC_NAME(ht_index_row) * row, const bool first_row)
{
    int16_t last[2][2 * HT_LANES];
    HT_QUADS left = {0};
    for (int32_t n = 0; n < codes->count; ++n) {
        const int32_t q = HT_LANES * n, columns = row->width - 2 * q;
        PAC_NAME(ht_place) place = {row->top + 2 * q, row->bottom + 2 * q, row->above + q, row->below + q};
        if (columns < 2 * HT_LANES) {
            memset(last, 0, sizeof last);
            memcpy(last[0], place.top, (size_t)columns * sizeof last[0][0]);
            memcpy(last[1], place.bottom, (size_t)columns * sizeof last[0][0]);
            place.top = last[0];
            place.bottom = last[1];
        }
        const PAC_NAME(ht_patterns) patterns =
            PAC_NAME(ht_measure_group)(codes->measured + n, &place, &left, first_row);
        memcpy(codes->indices + q, &patterns.index, sizeof patterns.index);
#if PAC_AVX512
        memcpy(codes->significant + 2 * n, &(uint16_t){(uint16_t)patterns.significant}, 2);
        memcpy(codes->no_context + 2 * n, &(uint16_t){(uint16_t)patterns.no_context}, 2);
#else
        codes->significant[n] = (uint8_t)patterns.significant;
        codes->no_context[n] = (uint8_t)patterns.no_context;
#endif
    }
    for (int32_t q = (row->width + 1) / 2; q < codes->count * HT_LANES; ++q) {
        codes->indices[q] = 0;
        codes->no_context[q / HT_BYTE_LANES] &= (uint8_t)~(1 << q % HT_BYTE_LANES);
    }
}

PAC_FN inline void PAC_NAME(ht_code_row)(const PAC_NAME(ht_row_codes) * codes, const uint16_t *table)
{
    for (int32_t n = 0; n < codes->count; ++n)
        PAC_NAME(ht_code_group)(codes->groups + n, codes->measured + n,
                                PAC_NAME(ht_look_up)(table, codes->indices + HT_LANES * n));
}

PAC_FN __attribute__((noinline)) void PAC_NAME(ht_encode_first_groups)(const PAC_NAME(ht_row_codes) * codes,
                                                                       const PAC_NAME(ht_index_row) * row)
{
    PAC_NAME(ht_measure_row)(codes, row, true);
    PAC_NAME(ht_code_row)(codes, ht_encode_0);
}

PAC_FN __attribute__((noinline)) void PAC_NAME(ht_encode_other_groups)(const PAC_NAME(ht_row_codes) * codes,
                                                                       const PAC_NAME(ht_index_row) * row)
{
    PAC_NAME(ht_measure_row)(codes, row, false);
    PAC_NAME(ht_code_row)(codes, ht_encode_1);
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

PAC_FN inline void PAC_NAME(ht_append_events)(ht_writer *events, const PAC_NAME(ht_row_codes) * codes)
{
    ht_writer local = *events;
    for (int32_t at = 0; at < codes->count * HT_LANES; at += 4 * HT_BYTE_LANES) {
        uint32_t significant, no_context;
        memcpy(&significant, codes->significant + at / HT_BYTE_LANES, 4);
        memcpy(&no_context, codes->no_context + at / HT_BYTE_LANES, 4);
        ht_append(&local, PAC_NAME(ht_events)(significant, no_context), (uint32_t)__builtin_popcount(no_context));
    }
    *events = local;
}

PAC_FN inline void PAC_NAME(ht_append_magnitudes)(ht_writer *magsgn, const PAC_NAME(ht_row_codes) * codes)
{
    ht_writer local = *magsgn;
    for (const PAC_NAME(ht_group) *group = codes->groups; group < codes->groups + codes->count; ++group)
        if (!group->is_long)
            for (int n = 0; n < HT_LANES / 2; ++n)
                ht_append(&local, group->magnitudes[0][n], (uint32_t)group->lengths[n]);
        else
            for (int n = 0; n < HT_LANES / 2; ++n)
                ht_append_long(&local, group->magnitudes[0][n], group->magnitudes[1][n], (uint32_t)group->lengths[n]);
    *magsgn = local;
}

/* Codewords and U-VLC code of a pair. */
HT_INLINE ht_code PAC_NAME(ht_join_codes)(const ht_pair_code *pair, uint32_t u_code)
{
    return (ht_code){pair->code | (uint64_t)(u_code & 0xffff) << pair->length, pair->length + (u_code >> 16 & 255)};
}

PAC_FN inline void PAC_NAME(ht_append_codes)(ht_packer *vlc, const PAC_NAME(ht_row_codes) * codes)
{
    ht_packer local = *vlc;
    for (const PAC_NAME(ht_group) *group = codes->groups; group < codes->groups + codes->count; ++group)
        for (int n = 0; n < HT_LANES / 2; n += 2) {
            const ht_pair_code *pair = group->codes + n;
            const ht_code one = PAC_NAME(ht_join_codes)(pair, ht_u_pair_codes_1[pair[0].u]);
            const ht_code two = PAC_NAME(ht_join_codes)(pair + 1, ht_u_pair_codes_1[pair[1].u]);
            ht_pack(&local, one.bits | two.bits << one.length, one.length + two.length);
        }
    *vlc = local;
}

/* In the first row the event about both u follows those of the pair. */
PAC_FN void PAC_NAME(ht_append_first_codes)(ht_packer *vlc, ht_writer *events, const PAC_NAME(ht_row_codes) * codes)
{
    for (int32_t at = 0; at < codes->count * HT_LANES; at += 2) {
        const ht_pair_code *pair = codes->groups[at / HT_LANES].codes + at % HT_LANES / 2;
        const uint32_t significant = codes->significant[at / HT_BYTE_LANES] >> at % HT_BYTE_LANES & 3;
        const uint32_t no_context = codes->no_context[at / HT_BYTE_LANES] >> at % HT_BYTE_LANES & 3;
        const uint32_t u_code = ht_u_pair_codes_0[pair->u];
        ht_append(events, PAC_NAME(ht_events)(significant, no_context), (uint32_t)__builtin_popcount(no_context));
        ht_append(events, u_code >> 24 & 1, u_code >> 25);
        const ht_code code = PAC_NAME(ht_join_codes)(pair, u_code);
        ht_pack(vlc, code.bits, code.length);
    }
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
    memset(scratch->bottoms, 0, sizeof scratch->bottoms);
    memset(scratch->outside, 0, (size_t)width * sizeof *in);
    memset(scratch->no_context, 0, sizeof scratch->no_context);
    const PAC_NAME(ht_row_codes) codes = {(width + 2 * HT_LANES - 1) / (2 * HT_LANES),
                                          (PAC_NAME(ht_measured) *)scratch->measured,
                                          (PAC_NAME(ht_group) *)scratch->groups,
                                          scratch->indices,
                                          scratch->significant,
                                          scratch->no_context};
    for (int32_t y = 0; y < height; y += 2) {
        const int16_t *top = in + y * stride;
        const PAC_NAME(ht_index_row) row = {.top = top,
                                            .bottom = y + 1 < height ? top + stride : (const int16_t *)scratch->outside,
                                            .above = scratch->bottoms[!(y & 2)] + 1,
                                            .below = scratch->bottoms[!!(y & 2)] + 1,
                                            .width = width};
        if (y == 0) {
            PAC_NAME(ht_encode_first_groups)(&codes, &row);
            PAC_NAME(ht_append_first_codes)(&vlc, &events, &codes);
        } else {
            PAC_NAME(ht_encode_other_groups)(&codes, &row);
            PAC_NAME(ht_append_events)(&events, &codes);
            PAC_NAME(ht_append_codes)(&vlc, &codes);
        }
        PAC_NAME(ht_append_magnitudes)(&coder.magsgn, &codes);
    }
    coder.vlc = ht_packer_close(&vlc);
    ht_mel_encode_all(&coder.mel, scratch->events, ht_writer_finish(&events, scratch->events, 0));
    return PAC_NAME(ht_assemble)(&coder, scratch, out, capacity, length);
}

#undef HT_BYTE_LANES
#undef HT_LANES
#undef HT_COLUMNS
#undef HT_QUADS
#undef HT_PAIRS
#undef HT_REALS
#undef HT_SIGNED_QUADS
#undef HT_SIGNED_PAIRS

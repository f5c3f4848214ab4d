/* The cleanup pass of one HT block, encoder, per target, from quantiser indices of 16 bits.
 *
 * Source: T.814 7.3 read backwards.
 */

/* The streams, in registers. */
typedef struct {
    ht_packer magsgn, vlc;
    ht_writer events;
} PAC_NAME(ht_streams);

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

PAC_FN inline void PAC_NAME(ht_append_magnitudes)(ht_packer *magsgn, const HT_GROUP *group)
{
    if (group->joins)
        for (int n = 0; n < HT_LANES / 2; ++n)
            ht_pack(magsgn, group->joined[n], (uint32_t)group->joined_lengths[n]);
    else
        for (int n = 0; n < HT_LANES / 2; ++n) {
            ht_pack(magsgn, group->first[n], group->lengths[2 * n]);
            ht_pack(magsgn, group->second[n], group->lengths[2 * n + 1]);
        }
}

/* Codewords and U-VLC code of a pair. */
HT_INLINE ht_code PAC_NAME(ht_pair_code)(uint64_t codes, uint32_t u_code)
{
    const uint32_t length = codes >> 16 & 255;
    return (ht_code){(codes & 0xffff) | (uint64_t)(u_code & 0xffff) << length, length + (u_code >> 16 & 255)};
}

PAC_FN inline void PAC_NAME(ht_append_codes)(PAC_NAME(ht_streams) * streams, const HT_GROUP *group)
{
    ht_append(&streams->events, PAC_NAME(ht_events)(group->significant, group->no_context),
              (uint32_t)__builtin_popcount(group->no_context));
    for (int n = 0; n < HT_LANES / 2; n += 2) {
        const ht_code one = PAC_NAME(ht_pair_code)(group->codes[n], ht_u_pair_codes_1[group->codes[n] >> 24]);
        const ht_code two = PAC_NAME(ht_pair_code)(group->codes[n + 1], ht_u_pair_codes_1[group->codes[n + 1] >> 24]);
        ht_pack(&streams->vlc, one.bits | two.bits << one.length, one.length + two.length);
    }
}

/* In the first row the event about both u follows those of the pair. */
PAC_FN inline void PAC_NAME(ht_append_first_codes)(PAC_NAME(ht_streams) * streams, const HT_GROUP *group)
{
    for (int n = 0; n < HT_LANES / 2; ++n) {
        const uint32_t u_code = ht_u_pair_codes_0[group->codes[n] >> 24];
        const uint32_t no_context = group->no_context >> 2 * n & 3;
        ht_append(&streams->events, PAC_NAME(ht_events)(group->significant >> 2 * n, no_context),
                  (uint32_t)__builtin_popcount(no_context));
        ht_append(&streams->events, u_code >> 24 & 1, u_code >> 25);
        const ht_code code = PAC_NAME(ht_pair_code)(group->codes[n], u_code);
        ht_pack(&streams->vlc, code.bits, code.length);
    }
}

/* A row of quads: its samples, and for each quad what the row above left and what this one leaves. */
typedef struct {
    const int16_t *top, *bottom;
    const uint32_t *above;
    uint32_t *below;
    int32_t width;
} PAC_NAME(ht_index_row);

PAC_FN inline __attribute__((always_inline)) void
PAC_NAME(ht_encode_index_row)(PAC_NAME(ht_streams) * streams, const PAC_NAME(ht_index_row) * row, const bool first_row)
{
    int16_t last[2][2 * HT_LANES];
    HT_QUADS left = {0};
    for (int32_t x = 0; x < row->width; x += 2 * HT_LANES) {
        PAC_NAME(ht_group_place)
        place = {row->top + x, row->bottom + x, row->above + x / 2, row->below + x / 2, HT_LANES};
        const int32_t columns = row->width - x;
        if (columns < 2 * HT_LANES) {
            memset(last, 0, sizeof last);
            memcpy(last[0], place.top, (size_t)columns * sizeof last[0][0]);
            memcpy(last[1], place.bottom, (size_t)columns * sizeof last[0][0]);
            place.top = last[0];
            place.bottom = last[1];
            place.count = (uint32_t)(columns + 1) / 2;
        }
        HT_GROUP group;
        left = PAC_NAME(ht_measure_group)(&group, &place, left, first_row);
        if (first_row)
            PAC_NAME(ht_append_first_codes)(streams, &group);
        else
            PAC_NAME(ht_append_codes)(streams, &group);
        PAC_NAME(ht_append_magnitudes)(&streams->magsgn, &group);
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
    PAC_NAME(ht_streams)
    streams = {ht_packer_from(&coder.magsgn), ht_packer_from(&coder.vlc), {scratch->events, 0, 0}};
    memset(scratch->bottoms, 0, sizeof scratch->bottoms);
    memset(scratch->outside, 0, (size_t)width * sizeof *in);
    for (int32_t y = 0; y < height; y += 2) {
        const int16_t *top = in + y * stride;
        const PAC_NAME(ht_index_row) row = {.top = top,
                                            .bottom = y + 1 < height ? top + stride : (const int16_t *)scratch->outside,
                                            .above = scratch->bottoms[!(y & 2)] + 1,
                                            .below = scratch->bottoms[!!(y & 2)] + 1,
                                            .width = width};
        if (y == 0)
            PAC_NAME(ht_encode_index_row)(&streams, &row, true);
        else
            PAC_NAME(ht_encode_index_row)(&streams, &row, false);
    }
    coder.magsgn = ht_packer_close(&streams.magsgn);
    coder.vlc = ht_packer_close(&streams.vlc);
    const uint32_t events = ht_writer_finish(&streams.events, scratch->events, 0);
    ht_mel_encode_all(&coder.mel, scratch->events, events);
    return PAC_NAME(ht_assemble)(&coder, scratch, out, capacity, length);
}

#undef HT_LANES
#undef HT_COLUMNS
#undef HT_SIGNED_COLUMNS
#undef HT_QUADS
#undef HT_SIGNED_QUADS
#undef HT_PAIRS
#undef HT_GROUP

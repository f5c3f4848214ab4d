/* The cleanup pass of one HT block, per target and lanes: both steps, the second one row behind the first.
 *
 * Source: T.814 7.1 (layout of the cleanup segment) and 7.3.
 *
 * The first step is a chain of dependent look-ups that leaves most of the processor idle; the second is wide and does
 * not depend on it. So the samples of a group of quads are made between the look-ups for the row below them.
 */

PAC_FN HT_ALWAYS pac_status HT_NAME(ht_cleanup)(const pac_ht_block *block, const ht_output *output, ht_kind kind,
                                                ht_scratch *scratch)
{
    ht_magnitudes start = {.half_step = output->half_step};
    PAC_NAME(ht_reader) first = {.vlc = scratch->backward};
    ht_mel_decoder mel;
    const uint32_t bound = (uint32_t)block->missing_bitplanes + 2;
    const uint32_t widest = kind == HT_I16 ? 15 : HT_WIDEST;
    start.largest_bound = bound < widest ? bound : widest;
    if (!ht_open(block, scratch, &start, &mel, &first.end))
        return PAC_CORRUPT;
    first.rest = ht_load(first.vlc);
    first.events = ht_mel_more(&mel, HT_EVENT_BIT);
    HT_NAME(ht_lanes) lanes = HT_NAME(ht_lanes_start)(&start);

    const int32_t count = (block->width + 1) / 2;
    ht_clear_decoder(scratch, count, sizeof(HT_LINE_WORD));
    ht_row row = ht_row_of(block, output, 0, sizeof(HT_LINE_WORD), scratch);
    PAC_NAME(ht_first_row)(&first, &mel, row.quads, count);
    PAC_NAME(ht_reader) reader = first; /* whose address nobody has */
    for (int32_t y = 2; y < block->height; y += 2) {
        const ht_row next = ht_row_of(block, output, y, sizeof(HT_LINE_WORD), scratch);
        ht_contexts(next.quads, row.quads, count);
        reader.left = 0;
        for (int32_t q = 0; q < count; q += HT_GROUP) {
            uint32_t *quads = next.quads + q, *end = next.quads + count;
            HT_NAME(ht_places)(&lanes, &row, q);
            PAC_NAME(ht_next_pairs)(&reader, &mel, quads, end < quads + HT_GROUP / 2 ? end : quads + HT_GROUP / 2);
            HT_NAME(ht_samples)(&lanes, &row, q, kind);
            quads += HT_GROUP / 2;
            PAC_NAME(ht_next_pairs)(&reader, &mel, quads, end < quads + HT_GROUP / 2 ? end : quads + HT_GROUP / 2);
        }
        if (HT_NAME(ht_lanes_exceed)(&lanes))
            break;
        row = next;
    }
    for (int32_t q = 0; q < count; q += HT_GROUP) {
        HT_NAME(ht_places)(&lanes, &row, q);
        HT_NAME(ht_samples)(&lanes, &row, q, kind);
    }
    if (HT_NAME(ht_lanes_exceed)(&lanes))
        return start.largest_bound == bound ? PAC_CORRUPT : PAC_UNSUPPORTED;
    return PAC_OK;
}

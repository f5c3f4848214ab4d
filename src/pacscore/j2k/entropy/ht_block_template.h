/* One HT block, per target and word: the segment's layout, its rows of quads, its refinement.
 *
 * Source: T.814 7.1 (layout of the cleanup segment) and 7.3 to 7.6.
 */

PAC_FN pac_status HT_NAME(ht_cleanup)(const pac_ht_block *block, uint32_t plane, HT_WORD *samples, ptrdiff_t stride,
                                      ht_scratch *scratch)
{
    const uint32_t length = block->cleanup_length;
    const uint32_t suffix = ht_suffix_length(block->cleanup, length);
    if (suffix == 0)
        return PAC_CORRUPT;
    const uint8_t *codes = block->cleanup + (length - suffix);
    HT_NAME(ht_magnitudes) bits = {.magsgn = scratch->forward, .plane = plane};
    bits.end = ht_unstuff_forward(scratch->forward, block->cleanup, length - suffix, 0xff);
    bits.largest_bound = (uint32_t)block->missing_bitplanes + 2;
    PAC_NAME(ht_reader) reader = {.vlc = scratch->backward};
    reader.end = ht_unstuff_backward(scratch->backward, codes, suffix - 1, 4);
    ht_mel_start(&reader.mel, codes, codes + suffix - 2);

    const int32_t count = (block->width + 1) / 2;
    ht_clear_rows(scratch, count);
    ht_quad_rows *quads = &scratch->quads;
    for (int32_t y = 0; y < block->height; y += 2) {
        uint16_t *records = quads->records[y >> 1 & 1] + 1;
        if (y == 0) {
            PAC_NAME(ht_first_row)(&reader, records, quads->u, count);
        } else {
            ht_contexts_from_above(quads->contexts, quads->records[~y >> 1 & 1] + 1, count);
            PAC_NAME(ht_next_row)(&reader, quads->contexts, records, quads->u, count);
        }
        HT_WORD *top = samples + y * stride;
        HT_WORD *bottom = y + 1 < block->height ? top + stride : (HT_WORD *)scratch->outside;
        const HT_WORD *line = (const HT_WORD *)scratch->lines[~y >> 1 & 1] + 4;
        HT_WORD *below = (HT_WORD *)scratch->lines[y >> 1 & 1] + 4;
        const pac_status status =
            HT_NAME(ht_samples_row)(&bits, records, quads->u, line, below, top, bottom, block->width);
        if (status != PAC_OK)
            return status;
    }
    return PAC_OK;
}

PAC_FN pac_status HT_NAME(ht_decode)(const pac_ht_block *block, HT_WORD *samples, ptrdiff_t stride, void *scratch)
{
    const pac_status status = ht_check(block, HT_BITS - 2);
    if (status != PAC_OK)
        return status;
    const uint32_t plane = (uint32_t)(block->magnitude_bitplanes - 1 - block->missing_bitplanes);
    const pac_status cleanup = HT_NAME(ht_cleanup)(block, plane, samples, stride, scratch);
    if (cleanup == PAC_OK && block->passes > 1 && block->refinement_length > 0 && plane > 0)
        HT_NAME(ht_refine)(scratch, block, plane, samples, stride);
    return cleanup;
}

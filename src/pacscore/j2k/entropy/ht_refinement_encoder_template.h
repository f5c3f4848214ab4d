/* SigProp and MagRef of HT encoding, per target and word. Samples have one plane more than cleanup coded.
 *
 * Source: T.814 7.4 and 7.5 read backwards.
 */

PAC_FN void HT_NAME(ht_coded_significance)(ht_scratch *scratch, const pac_ht_refinement *block, const HT_WORD *samples,
                                           ptrdiff_t stride)
{
    const int32_t pitch = block->width + 2;
    memset(scratch->stripes, 0, (size_t)pitch * (size_t)((block->height + 3) / 4 + 2));
    for (int32_t y = 0; y < block->height; ++y) {
        uint8_t *stripe = scratch->stripes + pitch * (y / 4 + 1) + 1;
        const HT_WORD *row = samples + y * stride;
        for (int32_t x = 0; x < block->width; ++x)
            stripe[x] |= (uint8_t)(((row[x] & (~(HT_WORD)0 >> 1)) > 1) << (y & 3));
    }
}

PAC_FN void HT_NAME(ht_put_magref)(ht_writer *writer, const ht_scratch *scratch, const pac_ht_refinement *block,
                                   const HT_WORD *samples, ptrdiff_t stride)
{
    for (int32_t y = 0; y < block->height; y += 4) {
        const uint8_t *stripe = scratch->stripes + (block->width + 2) * (y / 4 + 1) + 1;
        for (int32_t x = 0; x < block->width; ++x) {
            ht_code code = {0, 0};
            for (uint32_t left = stripe[x]; left != 0; left &= left - 1)
                ht_join(&code, (uint32_t)samples[(y + __builtin_ctz(left)) * stride + x] & 1, 1);
            ht_append(writer, code.bits, code.length);
        }
    }
}

/* Up to four columns of a stripe: bits, then signs. */
PAC_FN ht_code HT_NAME(ht_put_sigprop_group)(uint8_t *stripe, int32_t pitch, const ht_stripe_walk *walk,
                                             const HT_WORD *samples, ptrdiff_t stride)
{
    ht_code code = {0, 0};
    uint8_t fresh[4] = {0};
    for (int32_t x = 0; x < walk->columns; ++x) {
        const uint32_t near = ht_near(stripe + x, pitch, walk->causal);
        const uint32_t free = ~stripe[x] & walk->rows;
        for (uint32_t row = 0; row < 4; ++row) {
            if ((free >> row & 1) == 0 || ((near | (uint32_t)fresh[x] << 1) >> row & 1) == 0)
                continue;
            const uint32_t bit = (uint32_t)samples[row * stride + x] & 1;
            fresh[x] |= (uint8_t)(bit << row);
            ht_join(&code, bit, 1);
        }
        stripe[x] |= fresh[x];
    }
    for (int32_t x = 0; x < walk->columns; ++x)
        for (uint32_t left = fresh[x]; left != 0; left &= left - 1)
            ht_join(&code, (uint32_t)(samples[__builtin_ctz(left) * stride + x] >> (HT_BITS - 1)), 1);
    return code;
}

PAC_FN pac_status HT_NAME(ht_encode_refinement)(const pac_ht_refinement *block, const HT_WORD *samples,
                                                ptrdiff_t stride, uint8_t *out, size_t capacity, uint32_t lengths[2],
                                                void *memory)
{
    ht_scratch *scratch = memory;
    if (!ht_shape_valid(block->width, block->height) || block->passes < 2 || block->passes > 3)
        return PAC_LIMIT;
    const int32_t pitch = block->width + 2;
    HT_NAME(ht_coded_significance)(scratch, block, samples, stride);
    ht_writer sigprop, magref;
    ht_writer_start(&sigprop, scratch->forward);
    ht_writer_start(&magref, scratch->backward);
    if (block->passes == 3)
        HT_NAME(ht_put_magref)(&magref, scratch, block, samples, stride);
    for (int32_t y = 0; y < block->height; y += 4) {
        uint8_t *stripe = scratch->stripes + pitch * (y / 4 + 1) + 1;
        for (int32_t x = 0; x < block->width; x += 4) {
            const ht_stripe_walk walk = ht_walk(block->width - x, block->height - y, block->vertically_causal);
            const ht_code code =
                HT_NAME(ht_put_sigprop_group)(stripe + x, pitch, &walk, samples + y * stride + x, stride);
            ht_append(&sigprop, code.bits, code.length);
        }
    }
    return PAC_NAME(ht_assemble_refinement)(&sigprop, &magref, scratch, out, capacity, lengths);
}

/* SigProp and MagRef of HT decoding, per target and word.
 *
 * Source: T.814 7.4 (significance propagation) and 7.5 (magnitude refinement).
 */

/* Note in stripes which samples are significant. */
PAC_FN void HT_NAME(ht_significance)(ht_scratch *scratch, const pac_ht_block *block, const HT_WORD *samples,
                                     ptrdiff_t stride)
{
    const int32_t pitch = block->width + 2;
    memset(scratch->stripes, 0, (size_t)pitch * (size_t)((block->height + 3) / 4 + 2));
    for (int32_t y = 0; y < block->height; ++y) {
        uint8_t *stripe = scratch->stripes + pitch * (y / 4 + 1) + 1;
        const HT_WORD *row = samples + y * stride;
        for (int32_t x = 0; x < block->width; ++x)
            stripe[x] |= (uint8_t)((row[x] != 0) << (y & 3));
    }
}

/* One bit for each significant sample: its next plane. */
PAC_FN void HT_NAME(ht_magref)(const ht_scratch *scratch, const pac_ht_block *block, uint32_t end, HT_WORD half,
                               HT_WORD *samples, ptrdiff_t stride)
{
    uint32_t position = 0;
    for (int32_t y = 0; y < block->height; y += 4) {
        const uint8_t *stripe = scratch->stripes + (block->width + 2) * (y / 4 + 1) + 1;
        for (int32_t x = 0; x < block->width; ++x) {
            uint64_t window = ht_window(scratch->backward, position);
            for (uint32_t left = stripe[x]; left != 0; left &= left - 1, ++position, window >>= 1) {
                HT_WORD *sample = samples + (y + __builtin_ctz(left)) * stride + x;
                *sample = *sample - half + (window & 1 ? 2 * half : 0);
            }
            if (position > end)
                position = end;
        }
    }
}

/* Up to four columns of a stripe: bits, then signs. Returns the bits taken. */
PAC_FN uint32_t HT_NAME(ht_sigprop_group)(uint8_t *stripe, int32_t pitch, const ht_stripe_walk *walk, uint64_t window,
                                          HT_WORD value, HT_WORD *samples, ptrdiff_t stride)
{
    uint32_t taken = 0;
    uint8_t fresh[4] = {0};
    for (int32_t x = 0; x < walk->columns; ++x) {
        const uint32_t near = ht_near(stripe + x, pitch, walk->causal);
        const uint32_t free = ~stripe[x] & walk->rows;
        for (uint32_t row = 1; row <= 8; row <<= 1) {
            if ((free & row) == 0 || ((near | (uint32_t)fresh[x] << 1) & row) == 0)
                continue;
            fresh[x] |= (uint8_t)(window >> taken & 1 ? row : 0);
            ++taken;
        }
        stripe[x] |= fresh[x];
    }
    for (int32_t x = 0; x < walk->columns; ++x)
        for (uint32_t left = fresh[x]; left != 0; left &= left - 1, ++taken)
            samples[__builtin_ctz(left) * stride + x] = value | (HT_WORD)(window >> taken & 1) << (HT_BITS - 1);
    return taken;
}

PAC_FN void HT_NAME(ht_sigprop)(ht_scratch *scratch, const pac_ht_block *block, uint32_t end, HT_WORD half,
                                HT_WORD *samples, ptrdiff_t stride)
{
    const int32_t pitch = block->width + 2;
    uint32_t position = 0;
    for (int32_t y = 0; y < block->height; y += 4) {
        uint8_t *stripe = scratch->stripes + pitch * (y / 4 + 1) + 1;
        for (int32_t x = 0; x < block->width; x += 4) {
            const ht_stripe_walk walk = ht_walk(block->width - x, block->height - y, block->vertically_causal);
            position += HT_NAME(ht_sigprop_group)(stripe + x, pitch, &walk, ht_window(scratch->forward, position),
                                                  3 * half, samples + y * stride + x, stride);
            if (position > end)
                position = end;
        }
    }
}

/* Both passes behind a cleanup pass at plane p0 >= 1. MagRef comes first here: it touches only what cleanup made
 * significant, and SigProp adds to the stripes. */
PAC_FN void HT_NAME(ht_refine)(ht_scratch *scratch, const pac_ht_block *block, HT_WORD *samples, ptrdiff_t stride)
{
    const HT_WORD half = (HT_WORD)1 << (ht_plane(block) - 1);
    const uint32_t length = block->refinement_length;
    const uint32_t taken = length < HT_MAX_REFINEMENT ? length : HT_MAX_REFINEMENT;
    HT_NAME(ht_significance)(scratch, block, samples, stride);
    if (block->passes == 3) {
        const uint8_t *bytes = block->refinement + (length - taken);
        const uint32_t end = ht_unstuff_backward(scratch->backward, bytes, taken, false);
        HT_NAME(ht_magref)(scratch, block, end, half, samples, stride);
    }
    const uint32_t end = ht_unstuff_forward(scratch->forward, block->refinement, taken, 0, HT_SLACK);
    HT_NAME(ht_sigprop)(scratch, block, end, half, samples, stride);
}

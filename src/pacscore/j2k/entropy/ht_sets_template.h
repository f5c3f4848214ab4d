/* The HT sets of one code-block, highest plane first, per target and word.
 *
 * Source: T.814 7.1 (sets of coding passes); T.800 J.14 (gains, informative).
 */

/* Samples as they are from a plane on; 16-bit indices where those fit. */
PAC_FN void HT_NAME(ht_from_plane)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride, int32_t plane,
                                   HT_WORD *out)
{
    const HT_WORD sign = (HT_WORD)1 << (HT_BITS - 1);
    for (int32_t y = 0; y < asked->height; ++y)
        for (int32_t x = 0; x < asked->width; ++x) {
            const HT_WORD sample = samples[y * stride + x];
            *out++ = (sample & sign) | (sample & ~sign) >> plane;
        }
}

PAC_FN void HT_NAME(ht_indices_from_plane)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride,
                                           int32_t plane, int16_t *out)
{
    for (int32_t y = 0; y < asked->height; ++y)
        for (int32_t x = 0; x < asked->width; ++x) {
            const HT_WORD sample = samples[y * stride + x];
            const int32_t magnitude = (int32_t)((sample & (~(HT_WORD)0 >> 1)) >> plane);
            *out++ = (int16_t)(sample >> (HT_BITS - 1) ? -magnitude : magnitude);
        }
}

/* A cleanup pass that ends at a plane. */
PAC_FN pac_status HT_NAME(ht_encode_to_plane)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride,
                                              int32_t plane, uint8_t *out, size_t capacity, uint32_t *length,
                                              ht_scratch *scratch)
{
    const int32_t width = asked->width, height = asked->height;
    if (asked->bits - plane <= HT_INDEX_BITS) {
        int16_t *indices = (int16_t *)scratch->words;
        HT_NAME(ht_indices_from_plane)(asked, samples, stride, plane, indices);
        return PAC_NAME(ht_encode_i16)(indices, width, width, height, out, capacity, length, scratch);
    }
    HT_WORD *words = (HT_WORD *)scratch->words;
    HT_NAME(ht_from_plane)(asked, samples, stride, plane, words);
    return HT_NAME(ht_encode)(words, width, width, height, out, capacity, length, scratch);
}

/* Four times the squared error of a magnitude, of which a decoder knows the planes from `plane` on. */
PAC_FN inline double HT_NAME(ht_error)(HT_WORD magnitude, int32_t plane, int32_t reversible)
{
    const HT_WORD below = magnitude & (((HT_WORD)1 << plane) - 1);
    const int64_t centre = plane > 0 ? (int64_t)1 << plane : !reversible;
    const double error = (double)((int64_t)(below << 1) + !reversible - centre);
    return error * error;
}

/* The error that is left behind each pass of the set whose cleanup pass ended at a plane, once its stripes say what is
 * significant behind SigProp. */
PAC_FN ht_set_errors HT_NAME(ht_measure_set)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride,
                                             int32_t plane, const ht_scratch *scratch)
{
    const int32_t reversible = asked->reversible;
    double unseen = 0, seen = 0, found_before = 0, found = 0, refined = 0;
    int32_t count = 0;
    for (int32_t y = 0; y < asked->height; ++y) {
        const uint8_t *stripe = scratch->stripes + (asked->width + 2) * (y / 4 + 1) + 1;
        for (int32_t x = 0; x < asked->width; ++x) {
            const HT_WORD magnitude = samples[y * stride + x] & (~(HT_WORD)0 >> 1);
            if (magnitude == 0)
                continue;
            if (magnitude >> plane != 0) {
                ++count;
                seen += HT_NAME(ht_error)(magnitude, plane, reversible);
                refined += plane > 0 ? HT_NAME(ht_error)(magnitude, plane - 1, reversible) : 0;
                continue;
            }
            const double whole = 2.0 * (double)magnitude + !reversible;
            if (plane > 0 && stripe[x] >> (y & 3) & 1) {
                found_before += whole * whole;
                found += HT_NAME(ht_error)(magnitude, plane - 1, reversible);
            } else
                unseen += whole * whole;
        }
    }
    return (ht_set_errors){{unseen + found_before + seen, unseen + found + seen, unseen + found + refined}, count};
}

PAC_FN double HT_NAME(ht_energy)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride)
{
    double energy = 0;
    for (int32_t y = 0; y < asked->height; ++y)
        for (int32_t x = 0; x < asked->width; ++x) {
            const HT_WORD magnitude = samples[y * stride + x] & (~(HT_WORD)0 >> 1);
            const double whole = magnitude != 0 ? 2.0 * (double)magnitude + !asked->reversible : 0;
            energy += whole * whole;
        }
    return energy;
}

/* One set: its bytes and passes; what is left of the error replaces *error. */
PAC_FN pac_status HT_NAME(ht_encode_set)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride,
                                         int32_t plane, uint8_t *out, size_t capacity, uint32_t lengths[3],
                                         ht_scratch *scratch)
{
    pac_status status = HT_NAME(ht_encode_to_plane)(asked, samples, stride, plane, out, capacity, &lengths[0], scratch);
    if (status || plane == 0)
        return status;
    const pac_ht_refinement refinement = {asked->width, asked->height, 3, asked->vertically_causal};
    HT_WORD *words = (HT_WORD *)scratch->words;
    HT_NAME(ht_from_plane)(asked, samples, stride, plane - 1, words);
    return HT_NAME(ht_encode_refinement)(&refinement, words, asked->width, out + lengths[0], capacity - lengths[0],
                                         &lengths[1], scratch);
}

PAC_FN pac_status HT_NAME(ht_encode_sets)(const pac_ht_sets *asked, const HT_WORD *samples, ptrdiff_t stride,
                                          uint8_t *out, size_t capacity, pac_coded_pass *passes, int32_t *count,
                                          void *memory)
{
    ht_scratch *scratch = memory;
    double error = HT_NAME(ht_energy)(asked, samples, stride);
    uint32_t total = 0;
    *count = 0;
    for (int32_t plane = asked->highest; plane >= 0; --plane) {
        uint32_t lengths[3] = {0};
        const pac_status status =
            HT_NAME(ht_encode_set)(asked, samples, stride, plane, out + total, capacity - total, lengths, scratch);
        if (status)
            return status;
        const ht_set_errors left = HT_NAME(ht_measure_set)(asked, samples, stride, plane, scratch);
        for (int32_t i = 0; i < (plane > 0 ? 3 : 1); ++i) {
            passes[(*count)++] = (pac_coded_pass){.length = total + lengths[0] + (i > 0 ? lengths[i] : 0),
                                                  .gain = (float)((error - left.behind[i]) / 4),
                                                  .ends_segment = i != 1};
            error = left.behind[i];
        }
        total += lengths[0] + lengths[2];
        /* the next cleanup pass says at least a bit more of each sample that this one has found */
        if (left.behind[0] < asked->least_gain * left.found / 8)
            break;
    }
    return PAC_OK;
}

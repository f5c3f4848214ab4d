/* Second step of HT decoding, sample by sample, per target and word: records, u and MagSgn bits to samples.
 *
 * Source: T.814 7.3.7 (exponents) and 7.3.8 (magnitudes and signs).
 */

typedef struct {
    const uint8_t *magsgn;
    uint32_t position, end; /* clamped, as the VLC reader's */
    uint32_t largest_bound; /* what the caller can do with */
    uint32_t largest;       /* U up to now; samples behind one that is above largest_bound are of no use */
    uint32_t plane;         /* p0, of the cleanup pass */
    float half_step;
} HT_NAME(ht_lanes);

PAC_FN inline HT_NAME(ht_lanes) HT_NAME(ht_lanes_start)(const ht_magnitudes *start)
{
    return (HT_NAME(ht_lanes)){.magsgn = start->magsgn,
                               .end = start->end,
                               .largest_bound = start->largest_bound,
                               .plane = start->plane,
                               .half_step = start->half_step};
}

PAC_FN inline bool HT_NAME(ht_lanes_exceed)(const HT_NAME(ht_lanes) * lanes)
{
    return lanes->largest > lanes->largest_bound;
}

/* 57 bits or more for a word of 32, 64 for a word of 64. */
PAC_FN inline uint64_t HT_NAME(ht_magsgn_window)(const uint8_t *magsgn, uint32_t position)
{
    const uint64_t low = ht_window(magsgn, position);
#if HT_BITS == 64
    return low | (uint64_t)magsgn[(position >> 3) + 8] << 1 << (63 - (position & 7));
#else
    return low;
#endif
}

/* Sample n of a quad: returns v, or gives no sample where rho has no bit n. */
PAC_FN inline HT_WORD HT_NAME(ht_sample)(HT_NAME(ht_lanes) * bits, uint32_t record, uint32_t bound, uint32_t n,
                                         HT_WORD *sample)
{
    const HT_WORD significant = -(HT_WORD)(record >> (HT_RHO + n) & 1);
    const uint32_t length = (bound - (record >> (HT_E_K + n) & 1)) & (uint32_t)significant;
    const uint64_t window = HT_NAME(ht_magsgn_window)(bits->magsgn, bits->position);
    HT_WORD v = (HT_WORD)window & (((HT_WORD)1 << length) - 1);
    v |= (HT_WORD)(record >> (HT_E_1 + n) & 1) << length;
    bits->position += length;
    const HT_WORD doubled = (v | 1) & significant; /* 2 mu - 1 */
    const HT_WORD magnitude = ((doubled + 2) << bits->plane) & (~(HT_WORD)0 >> 1);
    *sample = (magnitude | v << (HT_BITS - 1)) & significant;
    return doubled;
}

/* A word to what the caller wants, as the quantization room does it. */
PAC_FN inline void HT_NAME(ht_put)(const HT_NAME(ht_lanes) * lanes, HT_WORD word, void *row, int32_t x, ht_kind kind)
{
    if (kind == HT_WORDS) {
        ((HT_WORD *)row)[x] = word;
        return;
    }
    const int32_t negative = -(int32_t)(word >> (HT_BITS - 1));
    const int32_t magnitude = (int32_t)(word & (~(HT_WORD)0 >> 1));
    const int32_t index = (magnitude >> 1 ^ negative) - negative;
    if (kind == HT_F32)
        ((float *)row)[x] = (float)((magnitude ^ negative) - negative) * lanes->half_step;
    else if (kind == HT_I32)
        ((int32_t *)row)[x] = index;
    else
        ((int16_t *)row)[x] = (int16_t)index;
}

/* The quad at `q` of a row. */
PAC_FN HT_ALWAYS void HT_NAME(ht_quad)(HT_NAME(ht_lanes) * lanes, const ht_row *row, int32_t q, ht_kind kind)
{
    const uint32_t record = row->quads[q], rho = record >> HT_RHO & 15;
    const HT_WORD *line = (const HT_WORD *)row->line + 2 * q;
    HT_WORD *below = (HT_WORD *)row->below + 2 * q;
    const HT_WORD above = line[-1] | line[0] | line[1] | line[2];
    uint32_t kappa = 1;
    if ((rho & (rho - 1)) != 0 && above > 3) /* Emax - 1 = position of the top bit */
        kappa = 63 - (uint32_t)__builtin_clzll(above);
    uint32_t bound = kappa + (row->quads[HT_U + (q & ~1)] >> (q & 1 ? HT_U_SECOND : HT_U_FIRST) & 255);
    lanes->largest = bound > lanes->largest ? bound : lanes->largest;
    bound = bound < lanes->largest_bound ? bound : lanes->largest_bound;
    HT_WORD quad[4];
    HT_NAME(ht_sample)(lanes, record, bound, 0, &quad[0]);
    below[0] = HT_NAME(ht_sample)(lanes, record, bound, 1, &quad[1]);
    HT_NAME(ht_sample)(lanes, record, bound, 2, &quad[2]);
    below[1] = HT_NAME(ht_sample)(lanes, record, bound, 3, &quad[3]);
    if (lanes->position > lanes->end)
        lanes->position = lanes->end;
    HT_NAME(ht_put)(lanes, quad[0], row->top, 2 * q, kind);
    HT_NAME(ht_put)(lanes, quad[1], row->bottom, 2 * q, kind);
    if (2 * q + 1 < row->width) {
        HT_NAME(ht_put)(lanes, quad[2], row->top, 2 * q + 1, kind);
        HT_NAME(ht_put)(lanes, quad[3], row->bottom, 2 * q + 1, kind);
    }
}

PAC_FN HT_ALWAYS void HT_NAME(ht_places)(HT_NAME(ht_lanes) * lanes, const ht_row *row, int32_t q)
{
    (void)lanes, (void)row, (void)q; /* all is done in the second half */
}

/* The group of quads that starts at `q`. */
PAC_FN HT_ALWAYS void HT_NAME(ht_samples)(HT_NAME(ht_lanes) * lanes, const ht_row *row, int32_t q, ht_kind kind)
{
    const int32_t end = q + HT_GROUP < row->count ? q + HT_GROUP : row->count;
    for (; q < end; ++q)
        HT_NAME(ht_quad)(lanes, row, q, kind);
}

/* Second step of HT decoding, per target and word: records, u and MagSgn bits to samples, one row of quads.
 *
 * Source: T.814 7.3.7 (exponents) and 7.3.8 (magnitudes and signs).
 */

typedef struct {
    const uint8_t *magsgn;
    uint32_t position, end; /* clamped, as the VLC reader's */
    uint32_t plane;         /* p0, of the cleanup pass */
    uint32_t largest_bound; /* U is at most S_blk + 2 */
} HT_NAME(ht_magnitudes);

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
PAC_FN inline HT_WORD HT_NAME(ht_sample)(HT_NAME(ht_magnitudes) * bits, uint32_t record, uint32_t bound, uint32_t n,
                                         HT_WORD *sample)
{
    const HT_WORD significant = -(HT_WORD)(record >> (4 + n) & 1);
    const uint32_t length = (bound - (record >> (8 + n) & 1)) & (uint32_t)significant;
    const uint64_t window = HT_NAME(ht_magsgn_window)(bits->magsgn, bits->position);
    HT_WORD v = (HT_WORD)window & (((HT_WORD)1 << length) - 1);
    v |= (HT_WORD)(record >> (12 + n) & 1) << length;
    bits->position += length;
    const HT_WORD doubled = (v | 1) & significant; /* 2 mu - 1 */
    const HT_WORD magnitude = ((doubled + 2) << bits->plane) & (~(HT_WORD)0 >> 1);
    *sample = (magnitude | v << (HT_BITS - 1)) & significant;
    return doubled;
}

/* A row of quads. `line` are the exponents' sources of the row above and `below` those of this one; both have absent
 * samples before and behind. */
PAC_FN pac_status HT_NAME(ht_samples_row)(HT_NAME(ht_magnitudes) * bits, const uint16_t *records, const uint8_t *u,
                                          const HT_WORD *line, HT_WORD *below, HT_WORD *top, HT_WORD *bottom,
                                          int32_t width)
{
    for (int32_t x = 0; x < width; x += 2) {
        const uint32_t record = records[x >> 1], rho = record >> 4 & 15;
        const HT_WORD above = line[x - 1] | line[x] | line[x + 1] | line[x + 2];
        uint32_t kappa = 1;
        if ((rho & (rho - 1)) != 0 && above > 3) /* Emax - 1 = position of the top bit */
            kappa = 63 - (uint32_t)__builtin_clzll(above);
        const uint32_t bound = kappa + u[x >> 1];
        if (bound > bits->largest_bound)
            return PAC_CORRUPT;
        HT_WORD quad[4];
        HT_NAME(ht_sample)(bits, record, bound, 0, &quad[0]);
        below[x] = HT_NAME(ht_sample)(bits, record, bound, 1, &quad[1]);
        HT_NAME(ht_sample)(bits, record, bound, 2, &quad[2]);
        below[x + 1] = HT_NAME(ht_sample)(bits, record, bound, 3, &quad[3]);
        if (bits->position > bits->end)
            bits->position = bits->end;
        top[x] = quad[0];
        bottom[x] = quad[1];
        if (x + 1 < width) {
            top[x + 1] = quad[2];
            bottom[x + 1] = quad[3];
        }
    }
    return PAC_OK;
}

/* The cleanup pass of one HT block, encoder, per target and word.
 *
 * Source: T.814 7.3 read backwards.
 */

/* A row of quads: its samples, the exponents' sources of the row above and of this one, its records. */
typedef struct {
    const HT_WORD *top, *bottom;
    const HT_WORD *line;
    HT_WORD *below;
    const uint16_t *contexts; /* NULL in the first row */
    uint16_t *records;
    int32_t width;
} HT_NAME(ht_row);

typedef struct {
    HT_WORD v[4];
    uint32_t rho, eps, bound, u;
} HT_NAME(ht_quad);

/* 2 mu - 1, or 0. */
PAC_FN inline HT_WORD HT_NAME(ht_doubled)(HT_WORD sample)
{
    const HT_WORD magnitude = sample & (~(HT_WORD)0 >> 1);
    return (magnitude << 1) - (magnitude != 0);
}

PAC_FN inline void HT_NAME(ht_measure)(const HT_NAME(ht_row) * row, int32_t x, HT_NAME(ht_quad) * quad)
{
    const bool inside = x + 1 < row->width;
    const HT_WORD samples[4] = {row->top[x], row->bottom[x], inside ? row->top[x + 1] : 0,
                                inside ? row->bottom[x + 1] : 0};
    HT_WORD doubled[4], all = 0;
    quad->rho = 0;
    for (uint32_t n = 0; n < 4; ++n) {
        doubled[n] = HT_NAME(ht_doubled)(samples[n]);
        all |= doubled[n];
        quad->rho |= (uint32_t)(doubled[n] != 0) << n;
        quad->v[n] = doubled[n] - 1 + (samples[n] >> (HT_BITS - 1));
    }
    row->below[x] = doubled[1];
    row->below[x + 1] = doubled[3];
    const HT_WORD above = row->line[x - 1] | row->line[x] | row->line[x + 1] | row->line[x + 2];
    uint32_t kappa = 1;
    if ((quad->rho & (quad->rho - 1)) != 0 && above > 3)
        kappa = 63 - (uint32_t)__builtin_clzll(above);
    const uint32_t largest = all != 0 ? 64 - (uint32_t)__builtin_clzll(all) : 0;
    quad->bound = largest > kappa ? largest : kappa;
    quad->u = quad->bound - kappa;
    quad->eps = 0;
    if (quad->u > 0)
        for (uint32_t n = 0; n < 4; ++n)
            quad->eps |= (uint32_t)(doubled[n] >> (largest - 1) & 1) << n;
}

PAC_FN inline void HT_NAME(ht_put_magnitudes)(ht_writer *magsgn, const HT_NAME(ht_quad) * quad, uint32_t known)
{
    for (uint32_t n = 0; n < 4; ++n) {
        const uint32_t length = (quad->bound - (known >> n & 1)) & -(quad->rho >> n & 1);
        const uint64_t bits = (uint64_t)quad->v[n] & (((uint64_t)1 << length) - 1);
#if HT_BITS == 64
        if (length > 32) {
            ht_append(magsgn, bits & 0xffffffffu, 32);
            ht_append(magsgn, bits >> 32, length - 32);
            continue;
        }
#endif
        ht_append(magsgn, bits, length);
    }
}

/* MEL event, codeword, magnitudes; returns u. */
PAC_FN inline uint32_t HT_NAME(ht_put_quad)(ht_coder *coder, const HT_NAME(ht_row) * row, int32_t x, ht_code *code)
{
    const uint32_t left = row->records[(x >> 1) - 1];
    const uint32_t context = row->contexts == NULL ? ht_left_first(left) : row->contexts[x >> 1] | ht_left(left);
    HT_NAME(ht_quad) quad;
    HT_NAME(ht_measure)(row, x, &quad);
    row->records[x >> 1] = (uint16_t)(quad.rho << 4);
    if (context == 0)
        ht_mel_encode(&coder->mel, quad.rho != 0);
    const uint32_t *table = row->contexts == NULL ? ht_encode_0 : ht_encode_1;
    const uint32_t entry = table[context << 8 | quad.rho << 4 | quad.eps];
    ht_join(code, entry & 127, entry >> 16 & 7);
    HT_NAME(ht_put_magnitudes)(&coder->magsgn, &quad, entry >> 24);
    return quad.u;
}

PAC_FN void HT_NAME(ht_encode_row)(ht_coder *coder, const HT_NAME(ht_row) * row)
{
    for (int32_t x = 0; x < row->width; x += 4) {
        ht_code code = {0, 0};
        const uint32_t u0 = HT_NAME(ht_put_quad)(coder, row, x, &code);
        const uint32_t u1 = x + 2 < row->width ? HT_NAME(ht_put_quad)(coder, row, x + 2, &code) : 0;
        if (row->contexts == NULL)
            ht_join_first_u(&code, &coder->mel, u0, u1);
        else
            ht_join_u(&code, ht_u_codes[u0], ht_u_codes[u1]);
        ht_append(&coder->vlc, code.bits, code.length);
    }
}

/* Magnitudes that no decoder's words hold. */
PAC_FN bool HT_NAME(ht_too_large)(const HT_WORD *samples, ptrdiff_t stride, int32_t width, int32_t height)
{
    HT_WORD all = 0;
    for (int32_t y = 0; y < height; ++y)
        for (int32_t x = 0; x < width; ++x)
            all |= samples[y * stride + x];
    return HT_BITS == 64 && (all >> (HT_BITS - 2) & 1) != 0;
}

PAC_FN pac_status HT_NAME(ht_encode)(const HT_WORD *samples, ptrdiff_t stride, int32_t width, int32_t height,
                                     uint8_t *out, size_t capacity, uint32_t *length, void *memory)
{
    ht_scratch *scratch = memory;
    if (!ht_shape_valid(width, height))
        return PAC_LIMIT;
    if (HT_NAME(ht_too_large)(samples, stride, width, height))
        return PAC_UNSUPPORTED;
    ht_coder coder;
    ht_coder_start(&coder, scratch);
    const int32_t count = (width + 1) / 2;
    ht_clear_rows(scratch, count);
    HT_WORD *outside = (HT_WORD *)scratch->outside;
    memset(outside, 0, (size_t)width * sizeof *outside);
    ht_quad_rows *quads = &scratch->quads;
    for (int32_t y = 0; y < height; y += 2) {
        const int parity = y >> 1 & 1;
        const HT_WORD *top = samples + y * stride;
        if (y > 0)
            ht_contexts_from_above(quads->contexts, quads->records[!parity] + 1, count);
        const HT_NAME(ht_row) row = {.top = top,
                                     .bottom = y + 1 < height ? top + stride : outside,
                                     .line = (const HT_WORD *)scratch->lines[!parity] + 4,
                                     .below = (HT_WORD *)scratch->lines[parity] + 4,
                                     .contexts = y > 0 ? quads->contexts : NULL,
                                     .records = quads->records[parity] + 1,
                                     .width = width};
        HT_NAME(ht_encode_row)(&coder, &row);
    }
    return PAC_NAME(ht_assemble)(&coder, scratch, out, capacity, length);
}

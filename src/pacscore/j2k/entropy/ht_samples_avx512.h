/* Second step of HT decoding, sixteen quads at once in lanes of 16 bits, AVX-512: for U up to 15.
 *
 * Source: T.814 7.3.7 (exponents) and 7.3.8 (magnitudes and signs).
 *
 * As ht_samples_avx2.h has it, but bits are fetched for eight quads at once: these take at most 480, and one load of 64
 * bytes has them.
 */

typedef struct {
    const ht_controls *controls;
    const uint8_t *magsgn;
    __m512i position, end;  /* of the MagSgn bits, in all lanes of 32 bits */
    __m512i largest;        /* U up to now; samples behind one that is above largest_bound are of no use */
    uint32_t largest_bound; /* what the caller can do with */
    __m128i plane;
    __m512 half_step;
    struct {
        __m512i places;           /* of quads, in bits from the byte where their half of the group begins */
        __m512i offsets, lengths; /* of the samples' bits behind that */
        __mmask64 e_1, rho;       /* by sample */
        uint32_t starts[16];      /* the bits of quad 0 and of quad 8 begin there */
    } group;
} PAC_NAME(ht_lanes_16);

PAC_FN HT_ALWAYS PAC_NAME(ht_lanes_16) PAC_NAME(ht_lanes_start_16)(const ht_magnitudes *start)
{
    return (PAC_NAME(ht_lanes_16)){.controls = &ht_control_bytes,
                                   .magsgn = start->magsgn,
                                   .position = _mm512_setzero_si512(),
                                   .end = _mm512_set1_epi32((int32_t)start->end),
                                   .largest = _mm512_setzero_si512(),
                                   .largest_bound = start->largest_bound,
                                   .plane = _mm_cvtsi32_si128((int32_t)start->plane),
                                   .half_step = _mm512_set1_ps(start->half_step)};
}

PAC_FN HT_ALWAYS bool PAC_NAME(ht_lanes_exceed_16)(const PAC_NAME(ht_lanes_16) * lanes)
{
    return _mm512_cmpgt_epi32_mask(lanes->largest, _mm512_set1_epi32((int32_t)lanes->largest_bound)) != 0;
}

/* A control for byte shuffles, the same in all lanes of 128 bits. */
#define HT_CONTROL_512(name) _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)lanes->controls->name))

/* U of sixteen quads, in lanes of 32 bits. */
PAC_FN HT_ALWAYS __m512i PAC_NAME(ht_bounds_16)(const PAC_NAME(ht_lanes_16) * lanes, __m512i record,
                                                const uint16_t *line, const uint32_t *u)
{
    __m512i above = _mm512_or_si512(_mm512_loadu_si512(line - 1), _mm512_loadu_si512(line + 1));
    above = _mm512_or_si512(above, _mm512_srli_epi32(above, 16));
    above = _mm512_and_si512(above, _mm512_set1_epi32(0xffff));
    const __m512i one = _mm512_set1_epi32(1);
    const __m512i exponent = _mm512_sub_epi32(_mm512_set1_epi32(31), _mm512_lzcnt_epi32(above)); /* Emax - 1 */
    const __mmask16 several = _mm512_movepi32_mask(record); /* more than one in rho */
    const __m512i kappa = _mm512_mask_max_epi32(one, several, exponent, one);
    return _mm512_add_epi32(kappa, _mm512_shuffle_epi8(_mm512_loadu_si512(u), HT_CONTROL_512(u)));
}

/* Sums of all lanes of 32 bits up to each. */
PAC_FN HT_ALWAYS __m512i PAC_NAME(ht_sums_16)(__m512i values)
{
    const __m512i zero = _mm512_setzero_si512();
    values = _mm512_add_epi32(values, _mm512_alignr_epi32(values, zero, 15));
    values = _mm512_add_epi32(values, _mm512_alignr_epi32(values, zero, 14));
    values = _mm512_add_epi32(values, _mm512_alignr_epi32(values, zero, 12));
    return _mm512_add_epi32(values, _mm512_alignr_epi32(values, zero, 8));
}

/* First half of a group: where the bits of its samples are. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_places_16)(PAC_NAME(ht_lanes_16) * lanes, const ht_row *row, int32_t q)
{
    const __m512i record = _mm512_loadu_si512(row->quads + q);
    const __m512i bound =
        PAC_NAME(ht_bounds_16)(lanes, record, (const uint16_t *)row->line + 2 * q, row->quads + HT_U + q);
    lanes->largest = _mm512_max_epi32(lanes->largest, bound);
    const __m512i flags = _mm512_shuffle_epi8(record, HT_CONTROL_512(flags));
    const __m512i known = _mm512_shuffle_epi8(record, HT_CONTROL_512(known));
    const __mmask64 rho = _mm512_test_epi8_mask(flags, HT_CONTROL_512(low_bits));
    const __mmask64 e_k = _mm512_test_epi8_mask(flags, HT_CONTROL_512(high_bits));
    __m512i lengths = _mm512_shuffle_epi8(bound, HT_CONTROL_512(bound));
    lengths = _mm512_mask_sub_epi8(lengths, e_k, lengths, _mm512_set1_epi8(1));
    lengths = _mm512_maskz_mov_epi8(rho, lengths);

    __m512i sums = _mm512_add_epi8(lengths, _mm512_slli_epi32(lengths, 8));
    sums = _mm512_add_epi8(sums, _mm512_slli_epi32(sums, 16));
    const __m512i totals = _mm512_srli_epi32(sums, 24), behind = PAC_NAME(ht_sums_16)(totals);
    const __m512i begin = _mm512_add_epi32(lanes->position, _mm512_sub_epi32(behind, totals));
    const __m512i last = _mm512_set1_epi32(15);
    const __m512i position = _mm512_add_epi32(lanes->position, _mm512_permutexvar_epi32(last, behind));
    lanes->position = _mm512_min_epu32(position, lanes->end);

    const __m512i halves = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8);
    const __m512i start = _mm512_permutexvar_epi32(halves, begin);
    lanes->group.places = _mm512_sub_epi32(begin, _mm512_andnot_si512(_mm512_set1_epi32(7), start));
    _mm512_storeu_si512(lanes->group.starts, _mm512_srli_epi32(begin, 3));
    lanes->group.offsets = _mm512_sub_epi8(sums, lengths);
    lanes->group.lengths = lengths;
    lanes->group.e_1 = _mm512_test_epi8_mask(known, HT_CONTROL_512(low_bits));
    lanes->group.rho = rho;
}

/* v' of the samples of eight quads, of the lower or the upper half. */
PAC_FN HT_ALWAYS __m512i PAC_NAME(ht_values_16)(const PAC_NAME(ht_lanes_16) * lanes, int32_t upper)
{
    const __m512i quads = _mm512_load_si512(lanes->controls->quads[upper]);
    const __m256i offsets =
        upper ? _mm512_extracti64x4_epi64(lanes->group.offsets, 1) : _mm512_castsi512_si256(lanes->group.offsets);
    const __m256i lengths =
        upper ? _mm512_extracti64x4_epi64(lanes->group.lengths, 1) : _mm512_castsi512_si256(lanes->group.lengths);
    const __mmask32 e_1 = (__mmask32)(lanes->group.e_1 >> 32 * upper);
    const __mmask32 rho = (__mmask32)(lanes->group.rho >> 32 * upper);
    const __m512i one = _mm512_set1_epi16(1);
    const __m512i bytes = _mm512_loadu_si512(lanes->magsgn + lanes->group.starts[8 * upper]);
    const __m512i places = _mm512_permutexvar_epi16(quads, lanes->group.places);
    const __m512i at = _mm512_add_epi16(places, _mm512_cvtepu8_epi16(offsets)), word = _mm512_srli_epi16(at, 4);
    const __m512i low = _mm512_permutexvar_epi16(word, bytes);
    const __m512i high = _mm512_permutexvar_epi16(_mm512_add_epi16(word, one), bytes);
    const __m512i power = _mm512_sllv_epi16(one, _mm512_cvtepu8_epi16(lengths));
    __m512i v = _mm512_and_si512(_mm512_shrdv_epi16(low, high, at), _mm512_sub_epi16(power, one));
    v = _mm512_or_si512(v, _mm512_maskz_mov_epi16(e_1, power));
    return _mm512_mask_add_epi16(v, rho, v, _mm512_set1_epi16(2));
}

/* Sixteen samples to their row. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_put_wide_16)(const PAC_NAME(ht_lanes_16) * lanes, __m256i values, uint32_t *row,
                                               __mmask16 inside, ht_kind kind)
{
    const __m512i wide = _mm512_cvtepu16_epi32(values);
    const __m512i odd = _mm512_or_si512(wide, _mm512_min_epu32(wide, _mm512_set1_epi32(1)));
    const __m512i magnitude = _mm512_and_si512(_mm512_sll_epi32(odd, lanes->plane), _mm512_set1_epi32(0x7fffffff));
    __m512i word = _mm512_slli_epi32(wide, 31);
    if (kind == HT_WORDS) {
        word = _mm512_or_si512(word, magnitude);
    } else {
        const __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(magnitude), lanes->half_step);
        word = _mm512_xor_si512(word, _mm512_castps_si512(real));
    }
    _mm512_mask_storeu_epi32(row, inside, word);
}

/* 32 samples to their row, as many as lie inside. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_put_16)(const PAC_NAME(ht_lanes_16) * lanes, __m512i values, void *row, int32_t x,
                                          __mmask32 inside, ht_kind kind)
{
    const __mmask16 low = (__mmask16)inside, high = (__mmask16)(inside >> 16);
    if (kind == HT_F32 || kind == HT_WORDS) {
        uint32_t *wide = (uint32_t *)row + x;
        PAC_NAME(ht_put_wide_16)(lanes, _mm512_castsi512_si256(values), wide, low, kind);
        PAC_NAME(ht_put_wide_16)(lanes, _mm512_extracti64x4_epi64(values, 1), wide + 16, high, kind);
        return;
    }
    const __mmask32 negative = _mm512_test_epi16_mask(values, _mm512_set1_epi16(1));
    __m512i index = _mm512_srli_epi16(values, 1);
    index = _mm512_mask_sub_epi16(index, negative, _mm512_setzero_si512(), index);
    if (kind == HT_I16) {
        _mm512_mask_storeu_epi16((int16_t *)row + x, inside, index);
        return;
    }
    int32_t *wide = (int32_t *)row + x;
    _mm512_mask_storeu_epi32(wide, low, _mm512_cvtepi16_epi32(_mm512_castsi512_si256(index)));
    _mm512_mask_storeu_epi32(wide + 16, high, _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(index, 1)));
}

/* Second half of the group of quads that starts at `q`. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_samples_16)(PAC_NAME(ht_lanes_16) * lanes, const ht_row *row, int32_t q, ht_kind kind)
{
    const __m512i lower = PAC_NAME(ht_values_16)(lanes, 0), upper = PAC_NAME(ht_values_16)(lanes, 1);
    /* Samples 0 and 2 of the quads lie in the top row, 1 and 3 in the bottom one. */
    const __m512i top = _mm512_permutex2var_epi16(lower, _mm512_load_si512(lanes->controls->top), upper);
    const __m512i bottom = _mm512_permutex2var_epi16(lower, _mm512_load_si512(lanes->controls->bottom), upper);
    _mm512_storeu_si512((uint16_t *)row->below + 2 * q, _mm512_subs_epu16(bottom, _mm512_set1_epi16(2)));
    const int32_t left = row->width - 2 * q;
    const __mmask32 inside = left < 32 ? ((uint32_t)1 << left) - 1 : 0xffffffff;
    PAC_NAME(ht_put_16)(lanes, top, row->top, 2 * q, inside, kind);
    PAC_NAME(ht_put_16)(lanes, bottom, row->bottom, 2 * q, inside, kind);
}

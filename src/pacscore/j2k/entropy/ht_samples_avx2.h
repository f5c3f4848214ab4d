/* Second step of HT decoding, eight quads at once in lanes of 16 bits, AVX2: for U up to 15.
 *
 * Source: T.814 7.3.7 (exponents) and 7.3.8 (magnitudes and signs).
 *
 * A quad is four bytes where lengths are reckoned, in the order of its samples, and four lanes of 16 bits where bits
 * are fetched. There v' = 2 mu + sign stands for a sample, 0 for none. A pair of quads takes at most 120 bits: one
 * load of 16 bytes has them. The row's `line` holds v = v' - 2: its top bit stands where that of 2 mu - 1 does.
 */

typedef struct {
    const ht_controls *controls;
    const uint8_t *magsgn;
    __m256i position, end;  /* of the MagSgn bits, in all lanes of 64 bits */
    __m256i largest;        /* U up to now; samples behind one that is above largest_bound are of no use */
    uint32_t largest_bound; /* what the caller can do with */
    __m128i plane;
    __m256 half_step;
    struct {
        uint64_t starts[4] __attribute__((aligned(32))); /* bytes where the bits of pairs of quads begin */
        __m256i offsets, lengths;                        /* of the samples' bits behind that */
        __m256i e_1, two;                                /* ones where e_1 is, and 2 where a sample is significant */
    } group;
} PAC_NAME(ht_lanes_16);

PAC_FN HT_ALWAYS PAC_NAME(ht_lanes_16) PAC_NAME(ht_lanes_start_16)(const ht_magnitudes *start)
{
    const ht_controls *controls = &ht_control_bytes;
    HT_KEEP(controls); /* or they would be made anew for each group */
    return (PAC_NAME(ht_lanes_16)){.controls = controls,
                                   .magsgn = start->magsgn,
                                   .position = _mm256_setzero_si256(),
                                   .end = _mm256_set1_epi64x(start->end),
                                   .largest = _mm256_setzero_si256(),
                                   .largest_bound = start->largest_bound,
                                   .plane = _mm_cvtsi32_si128((int32_t)start->plane),
                                   .half_step = _mm256_set1_ps(start->half_step)};
}

PAC_FN HT_ALWAYS bool PAC_NAME(ht_lanes_exceed_16)(const PAC_NAME(ht_lanes_16) * lanes)
{
    const __m256i bound = _mm256_set1_epi32((int32_t)lanes->largest_bound);
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(lanes->largest, bound)) != 0;
}

/* A vector of the constants. */
#define HT_CONTROL(name) _mm256_load_si256((const __m256i *)lanes->controls->name)

/* All ones in the bytes whose bit, by the place in the quad, is set. */
#define HT_TEST(bytes, bits) _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bits), bits)

/* U of eight quads, in lanes of 32 bits. */
PAC_FN HT_ALWAYS __m256i PAC_NAME(ht_bounds_16)(const PAC_NAME(ht_lanes_16) * lanes, __m256i record,
                                                const uint16_t *line, const uint32_t *u)
{
    const __m256i west = _mm256_loadu_si256((const __m256i *)(line - 1));
    const __m256i east = _mm256_loadu_si256((const __m256i *)(line + 1));
    __m256i above = _mm256_or_si256(west, east);
    above = _mm256_or_si256(above, _mm256_srli_epi32(above, 16));
    above = _mm256_blend_epi16(above, _mm256_setzero_si256(), 0xaa);
    /* Emax - 1 is the exponent of that as a real number; what 0 gives is negative. */
    __m256i kappa = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(above)), 23);
    kappa = _mm256_sub_epi32(kappa, HT_CONTROL(bias));
    kappa = _mm256_and_si256(kappa, _mm256_srai_epi32(record, 31)); /* more than one in rho */
    kappa = _mm256_max_epi32(kappa, HT_CONTROL(one));
    const __m256i pairs = _mm256_loadu_si256((const __m256i *)u);
    return _mm256_add_epi32(kappa, _mm256_shuffle_epi8(pairs, HT_CONTROL(u)));
}

/* Where the samples of each pair of quads begin, and in `offsets` where each begins within the bytes of its pair. */
PAC_FN HT_ALWAYS __m256i PAC_NAME(ht_place_16)(PAC_NAME(ht_lanes_16) * lanes, __m256i lengths, __m256i *offsets)
{
    __m256i sums = _mm256_add_epi8(lengths, _mm256_slli_epi64(lengths, 8));
    sums = _mm256_add_epi8(sums, _mm256_slli_epi64(sums, 16));
    sums = _mm256_add_epi8(sums, _mm256_slli_epi64(sums, 32));
    const __m256i totals = _mm256_srli_epi64(sums, 56);
    const __m256i two = _mm256_add_epi64(totals, _mm256_slli_si256(totals, 8));
    const __m256i low = _mm256_permute4x64_epi64(two, 0x55);
    const __m256i behind = _mm256_add_epi64(two, _mm256_blend_epi32(_mm256_setzero_si256(), low, 0xf0));
    const __m256i start = _mm256_add_epi64(lanes->position, _mm256_sub_epi64(behind, totals));
    const __m256i position = _mm256_add_epi64(lanes->position, _mm256_permute4x64_epi64(behind, 0xff));
    lanes->position = _mm256_min_epu32(position, lanes->end);
    const __m256i phase = _mm256_and_si256(_mm256_shuffle_epi8(start, HT_CONTROL(first)), HT_CONTROL(phase));
    *offsets = _mm256_add_epi8(_mm256_sub_epi8(sums, lengths), phase);
    return _mm256_srli_epi64(start, 3);
}

/* Bits from the offsets on, 15 or more: `low` selects the first byte of each into the high half of a lane, `high` the
 * next two; `factor` is 256 >> (offset & 7). */
PAC_FN HT_ALWAYS __m256i PAC_NAME(ht_fetch_16)(__m256i bytes, __m256i low, __m256i high, __m256i factor)
{
    const __m256i front = _mm256_mulhi_epu16(_mm256_shuffle_epi8(bytes, low), factor);
    return _mm256_or_si256(front, _mm256_mullo_epi16(_mm256_shuffle_epi8(bytes, high), factor));
}

PAC_FN HT_ALWAYS __m256i PAC_NAME(ht_two_loads_16)(const uint8_t *low, const uint8_t *high)
{
    const __m128i first = _mm_loadu_si128((const __m128i *)low);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(first), _mm_loadu_si128((const __m128i *)high), 1);
}

/* First half of a group: where the bits of its samples are. The second half comes some time later: each is short
 * enough to be hidden behind the look-ups of the quads below. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_places_16)(PAC_NAME(ht_lanes_16) * lanes, const ht_row *row, int32_t q)
{
    const __m256i record = _mm256_loadu_si256((const __m256i *)(row->quads + q));
    const __m256i bound =
        PAC_NAME(ht_bounds_16)(lanes, record, (const uint16_t *)row->line + 2 * q, row->quads + HT_U + q);
    lanes->largest = _mm256_max_epi32(lanes->largest, bound);
    const __m256i flags = _mm256_shuffle_epi8(record, HT_CONTROL(flags));
    const __m256i known = _mm256_shuffle_epi8(record, HT_CONTROL(known));
    const __m256i rho = HT_TEST(flags, HT_CONTROL(low_bits)), e_k = HT_TEST(flags, HT_CONTROL(high_bits));
    __m256i lengths = _mm256_shuffle_epi8(bound, HT_CONTROL(bound));
    lengths = _mm256_and_si256(_mm256_add_epi8(lengths, e_k), rho);
    lanes->group.two = _mm256_and_si256(rho, HT_CONTROL(two));
    lanes->group.e_1 = HT_TEST(known, HT_CONTROL(low_bits));
    lanes->group.lengths = lengths;
    const __m256i starts = PAC_NAME(ht_place_16)(lanes, lengths, &lanes->group.offsets);
    _mm256_store_si256((__m256i *)lanes->group.starts, starts);
    HT_STORED(lanes->group); /* so that it does not occupy registers */
}

/* v' of the samples of eight quads: pairs 0 and 2 in the first vector, 1 and 3 in the second. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_values_16)(const PAC_NAME(ht_lanes_16) * lanes, __m256i values[2])
{
    const uint64_t *starts = lanes->group.starts;
    const __m256i offsets = lanes->group.offsets, lengths = lanes->group.lengths, e_1 = lanes->group.e_1;
    const __m256i bytes0 = PAC_NAME(ht_two_loads_16)(lanes->magsgn + starts[0], lanes->magsgn + starts[2]);
    const __m256i bytes1 = PAC_NAME(ht_two_loads_16)(lanes->magsgn + starts[1], lanes->magsgn + starts[3]);

    const __m256i zero = _mm256_setzero_si256(), none = _mm256_set1_epi8(-1);
    const __m256i at = _mm256_and_si256(_mm256_srli_epi16(offsets, 3), HT_CONTROL(nibble));
    const __m256i half = _mm256_shuffle_epi8(HT_CONTROL(halves), offsets);
    const __m256i half0 = _mm256_unpacklo_epi8(half, zero), half1 = _mm256_unpackhi_epi8(half, zero);
    __m256i v0 = PAC_NAME(ht_fetch_16)(bytes0, _mm256_unpacklo_epi8(none, at),
                                       _mm256_add_epi8(_mm256_unpacklo_epi8(at, at), HT_CONTROL(next)),
                                       _mm256_add_epi16(half0, half0));
    __m256i v1 = PAC_NAME(ht_fetch_16)(bytes1, _mm256_unpackhi_epi8(none, at),
                                       _mm256_add_epi8(_mm256_unpackhi_epi8(at, at), HT_CONTROL(next)),
                                       _mm256_add_epi16(half1, half1));

    /* Keep as many bits as the length says; add e_1 above them, and 2 to what is significant. */
    const __m256i low = _mm256_shuffle_epi8(HT_CONTROL(low_powers), lengths);
    const __m256i high = _mm256_shuffle_epi8(HT_CONTROL(high_powers), lengths);
    const __m256i more_low = _mm256_add_epi8(_mm256_and_si256(low, e_1), lanes->group.two);
    const __m256i more_high = _mm256_and_si256(high, e_1);
    v0 = _mm256_and_si256(v0, _mm256_add_epi16(_mm256_unpacklo_epi8(low, high), none));
    v1 = _mm256_and_si256(v1, _mm256_add_epi16(_mm256_unpackhi_epi8(low, high), none));
    values[0] = _mm256_add_epi16(v0, _mm256_unpacklo_epi8(more_low, more_high));
    values[1] = _mm256_add_epi16(v1, _mm256_unpackhi_epi8(more_low, more_high));
}

/* Eight samples as words: magnitude with its fraction bit, sign in the top bit. */
PAC_FN HT_ALWAYS __m256i PAC_NAME(ht_word_16)(const PAC_NAME(ht_lanes_16) * lanes, __m128i values)
{
    const __m256i wide = _mm256_cvtepu16_epi32(values);
    const __m256i odd = _mm256_or_si256(wide, _mm256_min_epu32(wide, HT_CONTROL(one)));
    const __m256i magnitude = _mm256_sll_epi32(odd, lanes->plane);
    return _mm256_or_si256(_mm256_and_si256(magnitude, HT_CONTROL(magnitude)), _mm256_slli_epi32(wide, 31));
}

/* Eight samples to their row. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_put_wide_16)(const PAC_NAME(ht_lanes_16) * lanes, __m128i values, void *row,
                                               ht_kind kind)
{
    const __m256i word = PAC_NAME(ht_word_16)(lanes, values);
    if (kind == HT_WORDS) {
        _mm256_storeu_si256(row, word);
        return;
    }
    const __m256i magnitude = _mm256_and_si256(word, HT_CONTROL(magnitude));
    const __m256 real = _mm256_mul_ps(_mm256_cvtepi32_ps(magnitude), lanes->half_step);
    const __m256i sign = _mm256_andnot_si256(HT_CONTROL(magnitude), word);
    _mm256_storeu_ps(row, _mm256_xor_ps(real, _mm256_castsi256_ps(sign)));
}

/* Sixteen samples to their row. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_put_16)(const PAC_NAME(ht_lanes_16) * lanes, __m256i values, void *row, ht_kind kind)
{
    const __m128i low = _mm256_castsi256_si128(values), high = _mm256_extracti128_si256(values, 1);
    if (kind == HT_F32 || kind == HT_WORDS) {
        PAC_NAME(ht_put_wide_16)(lanes, low, row, kind);
        PAC_NAME(ht_put_wide_16)(lanes, high, (uint32_t *)row + 8, kind);
        return;
    }
    const __m256i sign = _mm256_or_si256(_mm256_slli_epi16(values, 15), HT_CONTROL(ones));
    const __m256i index = _mm256_sign_epi16(_mm256_srli_epi16(values, 1), sign);
    if (kind == HT_I16) {
        _mm256_storeu_si256(row, index);
        return;
    }
    _mm256_storeu_si256(row, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(index)));
    _mm256_storeu_si256((__m256i *)row + 1, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(index, 1)));
}

/* Second half of the group of quads that starts at `q`. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_samples_16)(PAC_NAME(ht_lanes_16) * lanes, const ht_row *row, int32_t q, ht_kind kind)
{
    __m256i values[2];
    PAC_NAME(ht_values_16)(lanes, values);
    /* Samples 0 and 2 of the quads lie in the top row, 1 and 3 in the bottom one. */
    const __m256i pairs0 = _mm256_shuffle_epi8(values[0], HT_CONTROL(rows));
    const __m256i pairs1 = _mm256_shuffle_epi8(values[1], HT_CONTROL(rows));
    const __m256i top = _mm256_unpacklo_epi64(pairs0, pairs1), bottom = _mm256_unpackhi_epi64(pairs0, pairs1);
    const __m256i below = _mm256_subs_epu16(bottom, HT_CONTROL(twos));
    _mm256_storeu_si256((__m256i *)((uint16_t *)row->below + 2 * q), below);

    const size_t size = kind == HT_I16 ? 2 : 4;
    uint8_t *to_top = (uint8_t *)row->top + 2 * (size_t)q * size;
    uint8_t *to_bottom = (uint8_t *)row->bottom + 2 * (size_t)q * size;
    if (2 * q + 16 <= row->width) {
        PAC_NAME(ht_put_16)(lanes, top, to_top, kind);
        PAC_NAME(ht_put_16)(lanes, bottom, to_bottom, kind);
    } else {
        uint32_t group[2][16];
        PAC_NAME(ht_put_16)(lanes, top, group[0], kind);
        PAC_NAME(ht_put_16)(lanes, bottom, group[1], kind);
        memcpy(to_top, group[0], (size_t)(row->width - 2 * q) * size);
        memcpy(to_bottom, group[1], (size_t)(row->width - 2 * q) * size);
    }
}

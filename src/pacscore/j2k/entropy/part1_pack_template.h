/* From symbols as bits to symbols as bytes, per target. */

/* The bits of a word at the members, first in the lowest. */
#if PAC_AVX2
PAC_FN inline uint64_t PAC_NAME(part1_at)(uint64_t word, uint64_t members)
{
    return __builtin_ia32_pext_di(word, members);
}

/* Bytes whose bits are those of eight numbers of 32 bits. */
PAC_FN inline __m256i PAC_NAME(part1_transpose)(__m256i rows)
{
    const __m256i four = _mm256_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 4, 8, 12, 1, 5, 9,
                                          13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m256i x = _mm256_shuffle_epi8(rows, four), swap;
    x = _mm256_permutevar8x32_epi32(x, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    swap = _mm256_and_si256(_mm256_xor_si256(x, _mm256_srli_epi64(x, 7)), _mm256_set1_epi64x(0x00aa00aa00aa00aa));
    x = _mm256_xor_si256(x, _mm256_xor_si256(swap, _mm256_slli_epi64(swap, 7)));
    swap = _mm256_and_si256(_mm256_xor_si256(x, _mm256_srli_epi64(x, 14)), _mm256_set1_epi64x(0x0000cccc0000cccc));
    x = _mm256_xor_si256(x, _mm256_xor_si256(swap, _mm256_slli_epi64(swap, 14)));
    swap = _mm256_and_si256(_mm256_xor_si256(x, _mm256_srli_epi64(x, 28)), _mm256_set1_epi64x(0x00000000f0f0f0f0));
    return _mm256_xor_si256(x, _mm256_xor_si256(swap, _mm256_slli_epi64(swap, 28)));
}
#endif

/* Write the symbols of a word's members, `count` of them; up to 64 bytes may be spoiled. */
PAC_FN inline __attribute__((always_inline)) void PAC_NAME(part1_pack)(uint8_t *out, uint64_t members, int count,
                                                                       const part1_word_symbols *symbols)
{
#if PAC_AVX512
    const uint64_t *const bits = symbols->context;
    __m512i bytes = _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[0], members), 1);
    bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[1], members), 2));
    bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[2], members), 4));
    bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[3], members), 8));
    bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[4], members), 0x10));
    bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(PAC_NAME(part1_at)(bits[5], members), 0x60));
    const __mmask64 decision = PAC_NAME(part1_at)(symbols->decision, members);
    _mm512_storeu_si512(out, _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(decision, -128)));
    (void)count;
#elif PAC_AVX2
    uint64_t rows[7];
    for (int i = 0; i < 6; ++i)
        rows[i] = PAC_NAME(part1_at)(symbols->context[i], members);
    rows[6] = PAC_NAME(part1_at)(symbols->decision, members);
    for (int part = 0; part < count; part += 32) {
        const __m256i bits =
            _mm256_setr_epi32((int32_t)(rows[0] >> part), (int32_t)(rows[1] >> part), (int32_t)(rows[2] >> part),
                              (int32_t)(rows[3] >> part), (int32_t)(rows[4] >> part), (int32_t)(rows[5] >> part),
                              (int32_t)(rows[5] >> part), (int32_t)(rows[6] >> part));
        _mm256_storeu_si256((__m256i *)(out + part), PAC_NAME(part1_transpose)(bits));
    }
#else
    const uint64_t *const bits = symbols->context;
    for (int at = 0; at < 64; at += 8) {
        uint32_t here = members >> at & 0xff;
        if (here == 0)
            continue;
        const uint64_t rows = part1_transpose_8((bits[0] >> at & 0xff) | (bits[1] >> at & 0xff) << 8 |
                                                (bits[2] >> at & 0xff) << 16 | (bits[3] >> at & 0xff) << 24 |
                                                (bits[4] >> at & 0xff) << 32 | (bits[5] >> at & 0xff) << 40 |
                                                (bits[5] >> at & 0xff) << 48 | (symbols->decision >> at & 0xff) << 56);
        for (; here != 0; here &= here - 1)
            *out++ = (uint8_t)(rows >> 8 * __builtin_ctz(here));
    }
    (void)count;
#endif
}

/* Put signs behind the samples that become significant. Returns the number of symbols. */
PAC_FN size_t PAC_NAME(part1_merge)(part1_encoding *encoding, size_t count)
{
    uint8_t *next = encoding->symbols;
    const uint8_t *coding = encoding->coding, *sign = encoding->sign;
#if PAC_AVX2
    memset(encoding->coding + count, 0, 8);
    const uint8_t *const end = next + count;
    size_t signs = 0;
    for (size_t i = 0; i < count; i += 8) {
        const __m128i first = _mm_loadl_epi64((const __m128i *)(coding + i));
        const __m128i second = _mm_loadl_epi64((const __m128i *)(sign + i));
        const __m128i pairs = _mm_unpacklo_epi8(first, second);
        for (int half = 0; half < 2; ++half) {
            const uint64_t four =
                half == 0 ? (uint64_t)_mm_cvtsi128_si64(pairs) : (uint64_t)_mm_extract_epi64(pairs, 1);
            const uint64_t found = four & 0x0080008000800080u;
            const uint64_t kept = 0x00ff00ff00ff00ffu | ((found << 9) - (found << 1));
            const uint64_t symbols = __builtin_ia32_pext_di(four, kept);
            memcpy(next, &symbols, sizeof symbols);
            const size_t here = (size_t)__builtin_popcountll(found);
            next += 4 + here;
            signs += here;
        }
    }
    return (size_t)(end - encoding->symbols) + signs;
#else
    for (size_t i = 0; i < count; ++i) {
        next[0] = coding[i];
        next[1] = sign[i];
        next += 1 + (coding[i] >> 7);
    }
    return (size_t)(next - encoding->symbols);
#endif
}

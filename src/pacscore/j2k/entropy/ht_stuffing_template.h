/* Streams of bytes from plain bits, per target. Source: T.814 7.1 (bit streams of a block) read backwards. */

#if PAC_AVX512
#define HT_BULK 64
#elif PAC_AVX2
#define HT_BULK 32
#else
#define HT_BULK 8
#endif

/* Copy HT_BULK bytes from a bit position on; returns how many of them come before or are the first FF. */
PAC_FN inline uint32_t PAC_NAME(ht_copy_to_ff)(uint8_t *out, const uint8_t *plain, uint32_t position)
{
    const uint8_t *from = plain + (position >> 3);
#if PAC_AVX512
    const __m512i here = _mm512_loadu_si512(from), there = _mm512_loadu_si512(from + 8);
    const __m512i bytes = _mm512_shrdv_epi64(here, there, _mm512_set1_epi64(position & 7));
    _mm512_storeu_si512(out, bytes);
    const uint64_t found = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(-1));
#elif PAC_AVX2
    const __m256i here = _mm256_loadu_si256((const __m256i *)from);
    const __m256i there = _mm256_loadu_si256((const __m256i *)(from + 8));
    const __m128i down = _mm_cvtsi32_si128((int)(position & 7)), up = _mm_cvtsi32_si128((int)(64 - (position & 7)));
    const __m256i bytes = _mm256_or_si256(_mm256_srl_epi64(here, down), _mm256_sll_epi64(there, up));
    _mm256_storeu_si256((__m256i *)out, bytes);
    const uint64_t found = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(-1)));
#else
    const uint64_t there = (uint64_t)from[8] << 1 << (63 - (position & 7));
    const uint64_t bytes = ht_load(from) >> (position & 7) | there;
    ht_store(out, bytes);
    /* The lowest bit found is right; those above may not be. */
    const uint64_t found = (~bytes - 0x0101010101010101u) & bytes & 0x8080808080808080u;
    return found != 0 ? (uint32_t)__builtin_ctzll(found) / 8 + 1 : HT_BULK;
#endif
    return found != 0 ? (uint32_t)__builtin_ctzll(found) + 1 : HT_BULK;
}

/* MagSgn and SigProp from plain bits, whose slack fills the last byte. Returns the bytes written, behind which HT_BULK
 * more may be spoiled. */
PAC_FN uint32_t PAC_NAME(ht_stuff_forward)(uint8_t *out, const uint8_t *plain, uint32_t bits)
{
    uint8_t *next = out;
    uint32_t at = 0;
    while (at < bits) {
        const uint32_t taken = PAC_NAME(ht_copy_to_ff)(next, plain, at);
        next += taken;
        at += 8 * taken;
        if (next[-1] == 0xff && at < bits) {
            *next++ = (uint8_t)(ht_window(plain, at) & 0x7f);
            at += 7;
        }
    }
    return (uint32_t)(next - out) - (at - bits) / 8;
}

/* VLC and MagRef from plain bits, written downwards from `end`. */
PAC_FN ht_backward PAC_NAME(ht_stuff_backward)(uint8_t *end, const uint8_t *plain, uint32_t bits)
{
    uint8_t *next = end, before = 0xff;
    uint32_t at = 0;
    for (;;) {
        const uint64_t word = ht_window(plain, at);
        if (bits - at >= 56 && !ht_has_ff(word | 0x8080808080808080u)) {
            ht_store_backward(next - 8, word);
            next -= 7;
            at += 56;
            before = *next;
            continue;
        }
        const uint32_t left = bits - at;
        const uint8_t byte = (uint8_t)word;
        const bool stuffed = before > 0x8f && (byte & 0x7f) == 0x7f;
        if (left < (stuffed ? 7u : 8u))
            return (ht_backward){(uint32_t)(end - next), (uint8_t)(byte & ((1u << left) - 1)), left};
        before = stuffed ? 0x7f : byte;
        *--next = before;
        at += stuffed ? 7 : 8;
    }
}

#undef HT_BULK

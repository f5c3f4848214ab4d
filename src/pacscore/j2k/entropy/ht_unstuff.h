/* Segments of the HT block decoder with their stuffing undone: plain bits as ht_bits.h describes them.
 *
 * Source: T.814 7.1 (bit streams of a block).
 *
 * Eight bytes are taken at once. Bytes of seven bits are rare: their top bits are squeezed out one by one.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_UNSTUFF_H
#define PACSCORE_J2K_ENTROPY_HT_UNSTUFF_H

#include "j2k/entropy/ht_bits.h"

/* Bits in front of plain VLC bits, so that a window's bits under a mask are the offset of an entry of 32 bits. */
#define HT_LEAD 2

#define HT_TOP_BITS 0x8080808080808080u

typedef struct {
    uint8_t *next;    /* where the pending bits go */
    uint64_t pending; /* fewer than 64 */
    uint32_t count;
} ht_filler;

HT_INLINE void ht_fill_word(ht_filler *filler, uint64_t word)
{
    ht_store(filler->next, filler->pending | word << filler->count);
    filler->pending = word >> 1 >> (63 - filler->count);
    filler->next += 8;
}

/* The low `length` bits, 0 to 64, of a word without the bits of `drop`, which are among them. */
HT_INLINE void ht_fill_some(ht_filler *filler, uint64_t word, uint32_t length, uint64_t drop)
{
    while (drop != 0) {
        const uint64_t below = (drop & -drop) - 1;
        word = (word & below) | (word >> 1 & ~below);
        drop = (drop & (drop - 1)) >> 1;
        --length;
    }
    filler->pending |= word << filler->count;
    if (filler->count + length < 64) {
        filler->count += length;
        return;
    }
    ht_store(filler->next, filler->pending);
    filler->next += 8;
    filler->pending = word >> 1 >> (63 - filler->count);
    filler->count += length - 64;
}

/* Fill up the slack with ones or zeros; returns the number of bits before it. */
HT_INLINE uint32_t ht_fill_finish(ht_filler *filler, const uint8_t *plain, uint8_t fill, uint32_t slack)
{
    ht_store(filler->next, filler->pending | (fill ? ~(uint64_t)0 << filler->count : 0));
    memset(filler->next + 8, fill, slack);
    return (uint32_t)(filler->next - plain) * 8 + filler->count;
}

/* Fewer than eight bytes. */
HT_INLINE uint64_t ht_load_some(const uint8_t *bytes, uint32_t length)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < length; ++i)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

/* The top bits of the bytes that are FF. */
HT_INLINE uint64_t ht_ff_bytes(uint64_t word)
{
    return ((word & ~HT_TOP_BITS) + 0x0101010101010101u) & word & HT_TOP_BITS;
}

/* Eight bytes of a stream where the byte after FF holds seven bits. `stuffed` is the top bit of the first byte, if the
 * one before was FF; returns the same for the next. */
HT_INLINE uint64_t ht_fill_forward(ht_filler *filler, uint64_t word, uint64_t stuffed)
{
    const uint64_t ff = ht_ff_bytes(word), drop = ff << 8 | stuffed;
    if (drop == 0)
        ht_fill_word(filler, word);
    else
        ht_fill_some(filler, word, 64, drop);
    return ff >> 56;
}

/* MagSgn and SigProp. */
HT_INLINE uint32_t ht_unstuff_forward(uint8_t *plain, const uint8_t *bytes, uint32_t length, uint8_t fill,
                                      uint32_t slack)
{
    ht_filler filler = {plain, 0, 0};
    uint64_t stuffed = 0;
    for (; length >= 32; length -= 32, bytes += 32) {
        const uint64_t words[4] = {ht_load(bytes), ht_load(bytes + 8), ht_load(bytes + 16), ht_load(bytes + 24)};
        const uint64_t ff =
            ht_ff_bytes(words[0]) | ht_ff_bytes(words[1]) | ht_ff_bytes(words[2]) | ht_ff_bytes(words[3]);
        if ((ff | stuffed) == 0)
            for (int32_t i = 0; i < 4; ++i)
                ht_fill_word(&filler, words[i]);
        else
            for (int32_t i = 0; i < 4; ++i)
                stuffed = ht_fill_forward(&filler, words[i], stuffed);
    }
    for (; length >= 8; length -= 8, bytes += 8)
        stuffed = ht_fill_forward(&filler, ht_load(bytes), stuffed);
    const uint64_t word = ht_load_some(bytes, length);
    const uint64_t drop = (ht_ff_bytes(word) << 8 | stuffed) & (((uint64_t)1 << 8 * length) - 1);
    ht_fill_some(&filler, word, 8 * length, drop);
    return ht_fill_finish(&filler, plain, fill, slack);
}

/* The top bits of bytes that hold seven bits, in a word in reading order; `before` is the byte read before it. */
HT_INLINE uint64_t ht_short_bytes(uint64_t word, uint64_t before)
{
    const uint64_t ones = ((word & ~HT_TOP_BITS) + 0x0101010101010101u) & HT_TOP_BITS;
    const uint64_t last = word << 8 | before;
    return ones & last & (last << 1 | last << 2 | last << 3); /* after a byte above 8F */
}

/* VLC and MagRef: bytes come from the end, one holds seven bits if they are all ones and the byte read before it was
 * above 8F. `shared`, for VLC: four low bits of the first byte count as ones and are not read; HT_LEAD bits are put in
 * front. */
HT_INLINE uint32_t ht_unstuff_backward(uint8_t *plain, const uint8_t *bytes, uint32_t length, bool shared)
{
    ht_filler filler = {plain, 0, 0};
    uint64_t before = 0xff;
    if (shared && length > 0) {
        before = bytes[--length] | 0x0fu;
        const uint32_t count = (before & 0x7f) == 0x7f ? 3 : 4;
        filler.pending = (before >> 4 & ((1u << count) - 1)) << HT_LEAD;
        filler.count = HT_LEAD + count;
    }
    for (; length >= 8; length -= 8) {
        const uint64_t word = __builtin_bswap64(ht_load(bytes + length - 8));
        const uint64_t drop = ht_short_bytes(word, before);
        before = word >> 56;
        if (drop == 0)
            ht_fill_word(&filler, word);
        else
            ht_fill_some(&filler, word, 64, drop);
    }
    const uint64_t word = __builtin_bswap64(ht_load_some(bytes, length)) >> 1 >> (63 - 8 * length);
    ht_fill_some(&filler, word, 8 * length, ht_short_bytes(word, before));
    return ht_fill_finish(&filler, plain, 0, HT_SLACK);
}

#endif

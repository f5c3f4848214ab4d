/* Plain bits appended a word at a time, for the encoder's vectors. Source: T.814 7.1 (order of bits). */
#ifndef PACSCORE_J2K_ENTROPY_HT_PACKER_H
#define PACSCORE_J2K_ENTROPY_HT_PACKER_H

#include "j2k/entropy/ht_bits.h"

/* As ht_writer, but up to 63 bits wait before eight bytes are done. Keep it in a local variable: stores of bytes might
 * change any other. */
typedef struct {
    uint8_t *next;
    uint64_t pending;
    uint32_t count;
} ht_packer;

/* Append up to 63 bits; those above the length must be zero. No branch: lengths follow no pattern. */
HT_INLINE void ht_pack(ht_packer *packer, uint64_t bits, uint32_t length)
{
    packer->pending |= bits << packer->count;
    ht_store(packer->next, packer->pending);
    const uint64_t rest = bits >> (-packer->count & 63); /* only asked for where the count is not 0 */
    packer->count += length;
    packer->pending = packer->count > 63 ? rest : packer->pending;
    packer->next += packer->count >> 6 << 3;
    packer->count &= 63;
}

/* Append up to 120 bits, the lower 64 first. */
HT_INLINE void ht_append_long(ht_writer *writer, uint64_t low, uint64_t high, uint32_t length)
{
    const uint64_t first = writer->pending | low << writer->count;
    const uint64_t second = low >> 1 >> (63 - writer->count) | high << writer->count;
    ht_store(writer->next, first);
    ht_store(writer->next + 8, second);
    writer->count += length;
    writer->next += writer->count >> 3;
    writer->pending = (writer->count > 63 ? second : first) >> (writer->count & 56);
    writer->count &= 7;
}

HT_INLINE ht_packer ht_packer_from(const ht_writer *writer)
{
    return (ht_packer){writer->next, writer->pending, writer->count};
}

/* Back to fewer than eight pending bits. */
HT_INLINE ht_writer ht_packer_close(const ht_packer *packer)
{
    ht_store(packer->next, packer->pending);
    return (ht_writer){packer->next + (packer->count >> 3), packer->pending >> (packer->count & ~7u),
                       packer->count & 7};
}

/* ---- The end of a stream written backwards ---- */

typedef struct {
    uint32_t length; /* of whole bytes */
    uint8_t partial; /* the last byte, if some of its bits are used */
    uint32_t used;   /* how many, fewer than eight */
} ht_backward;

/* The first byte of the word last. */
HT_INLINE void ht_store_backward(uint8_t *bytes, uint64_t word)
{
    word = __builtin_bswap64(ht_little_endian(word));
    memcpy(bytes, &word, sizeof word);
}

#endif

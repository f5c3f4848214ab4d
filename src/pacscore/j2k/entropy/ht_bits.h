/* Bits of the HT block coder: plain bits by position and in order.
 *
 * Source: T.814 7.1 (bit streams of a block).
 *
 * A plain buffer holds the bits of a stream without stuffing, first bit in the lowest bit of the first byte, with
 * HT_SLACK bytes behind them, so that a load of eight bytes from any position up to the last bit stays inside.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_BITS_H
#define PACSCORE_J2K_ENTROPY_HT_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define HT_INLINE static inline __attribute__((always_inline))
#define HT_SLACK 64

/* Rare routines called from a loop whose state should stay in registers. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define HT_RARE __attribute__((noinline, no_caller_saved_registers, target("general-regs-only")))
#else
#define HT_RARE __attribute__((noinline))
#endif

HT_INLINE uint64_t ht_little_endian(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

HT_INLINE uint64_t ht_load(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return ht_little_endian(word);
}

HT_INLINE void ht_store(uint8_t *bytes, uint64_t word)
{
    word = ht_little_endian(word);
    memcpy(bytes, &word, sizeof word);
}

/* The bits from a position on; at least 57 of them are there. */
HT_INLINE uint64_t ht_window(const uint8_t *plain, uint32_t position)
{
    return ht_load(plain + (position >> 3)) >> (position & 7);
}

HT_INLINE bool ht_has_ff(uint64_t word)
{
    return ((~word - 0x0101010101010101u) & word & 0x8080808080808080u) != 0;
}

/* ---- Plain bits, in order ---- */

typedef struct {
    uint8_t *next;    /* where the pending bits go */
    uint64_t pending; /* fewer than eight bits between two calls */
    uint32_t count;   /* of pending bits */
} ht_writer;

HT_INLINE void ht_writer_start(ht_writer *writer, uint8_t *plain)
{
    *writer = (ht_writer){plain, 0, 0};
}

/* Append up to 56 bits; those above the length must be zero. */
HT_INLINE void ht_append(ht_writer *writer, uint64_t bits, uint32_t length)
{
    writer->pending |= bits << writer->count;
    ht_store(writer->next, writer->pending);
    writer->count += length;
    writer->next += writer->count >> 3;
    writer->pending >>= writer->count & ~7u;
    writer->count &= 7;
}

/* Fill up the slack with ones or zeros; returns the number of bits before it. */
HT_INLINE uint32_t ht_writer_finish(ht_writer *writer, const uint8_t *plain, uint8_t fill)
{
    const uint32_t bits = (uint32_t)(writer->next - plain) * 8 + writer->count;
    *writer->next = (uint8_t)(writer->pending | (uint64_t)fill << writer->count);
    memset(writer->next + 1, fill, HT_SLACK - 1);
    return bits;
}

#endif

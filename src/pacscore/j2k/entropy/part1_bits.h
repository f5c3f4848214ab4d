/* Bits of a codeword segment with their stuffing undone as a whole, before any is decoded.
 *
 * Source: T.800 C.3.4 (BYTEIN), D.6 (bits of bypass).
 *
 * The plain buffer holds the bits from the highest of the first byte on. Those of a segment of the MQ coder begin with
 * a zero bit, into which a first carry goes: after FF seven bits follow, and above them a carry into what came before.
 * The coder of C.3 adds that carry later, when it has consumed the FF; streams that an MQ encoder makes decode alike.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_BITS_H
#define PACSCORE_J2K_ENTROPY_PART1_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define PART1_INLINE static inline __attribute__((always_inline))

enum {
    PART1_MAX_BYTES =
        131072,         /* of a plain segment: 256 bits a sample, more than any encoder spends; the rest is unread */
    PART1_SLACK = 2048, /* ones behind it, more than a raw segment can have bits */
    PART1_BEYOND = 64   /* of them, bytes that the MQ decoder may read before it reads them again */
};

PART1_INLINE uint64_t part1_load(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

PART1_INLINE void part1_store(uint8_t *bytes, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(bytes, &word, sizeof word);
}

PART1_INLINE bool part1_has_ff(uint64_t word)
{
    return ((~word - 0x0101010101010101u) & word & 0x8080808080808080u) != 0;
}

typedef struct {
    uint8_t *first, *next; /* where the pending bits go */
    uint64_t pending;      /* from the highest bit on */
    uint32_t count;        /* of pending bits, fewer than eight */
    bool raw;
    bool after_ff, ended;
} part1_unstuffer;

PART1_INLINE void part1_unstuff_start(part1_unstuffer *to, uint8_t *plain, bool raw)
{
    *to = (part1_unstuffer){.first = plain, .next = plain, .count = raw ? 0 : 1, .raw = raw};
}

PART1_INLINE void part1_append(part1_unstuffer *to, uint64_t bits, uint32_t count)
{
    to->pending |= bits << (64 - to->count - count);
    to->count += count;
    if (to->count >= 8) {
        *to->next++ = (uint8_t)(to->pending >> 56);
        to->pending <<= 8;
        to->count -= 8;
    }
}

PART1_INLINE void part1_carry(part1_unstuffer *to)
{
    if (to->count > 0) {
        to->pending += (uint64_t)1 << (64 - to->count);
        if (to->pending != 0)
            return;
    }
    uint8_t *byte = to->next;
    while (byte > to->first && ++*--byte == 0)
        ;
}

static void part1_unstuff_byte(part1_unstuffer *to, uint8_t byte)
{
    if (!to->after_ff) {
        part1_append(to, byte, 8);
    } else if (byte > 0x8f) { /* a marker: nothing follows */
        to->ended = true;
        return;
    } else if (to->raw) {
        part1_append(to, byte & 0x7f, 7);
    } else {
        if (byte & 0x80)
            part1_carry(to);
        part1_append(to, byte & 0x7f, 7);
    }
    to->after_ff = byte == 0xff;
}

static inline void part1_unstuff(part1_unstuffer *to, const uint8_t *bytes, size_t length)
{
    const size_t room = PART1_MAX_BYTES - 16 - (size_t)(to->next - to->first);
    const uint8_t *const end = bytes + (length < room ? length : room);
    while (bytes != end && !to->ended) {
        while (end - bytes >= 8 && !to->after_ff) {
            const uint64_t word = part1_load(bytes);
            if (part1_has_ff(word))
                break;
            part1_store(to->next, to->pending | word >> to->count);
            to->pending = word << 1 << (63 - to->count);
            to->next += 8;
            bytes += 8;
        }
        for (int i = 0; i < 8 && bytes != end && !to->ended; ++i)
            part1_unstuff_byte(to, *bytes++);
    }
}

/* Fill up with ones; returns the first byte of nothing else. */
PART1_INLINE const uint8_t *part1_unstuff_finish(part1_unstuffer *to)
{
    *to->next++ = (uint8_t)(to->pending >> 56 | 0xffu >> to->count);
    memset(to->next, 0xff, PART1_SLACK);
    return to->next;
}

/* Raw bits of a segment of bypass. It has at most three for each sample, and as many ones stand behind the bytes. */
typedef struct {
    const uint8_t *plain;
    uint32_t position;
} part1_raw;

PART1_INLINE uint32_t part1_raw_bit(part1_raw *raw)
{
    const uint32_t at = raw->position++;
    return raw->plain[at >> 3] >> (7 - (at & 7)) & 1;
}

#endif

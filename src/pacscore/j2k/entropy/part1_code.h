/* The code that an encoder makes: plain bits first, stuffed when a codeword segment ends.
 *
 * Source: T.800 C.2 (FLUSH, BYTEOUT), D.4.1 (length of a pass), D.4.2 (predictable termination), D.6 (raw bits).
 *
 * The MQ coder narrows an interval [code, code + interval) of numbers, which are written as a string of bits as
 * part1_bits.h has it, but without the zero bit in front. Carries go into bits already written, before zeros are
 * stuffed: no carry is ever hidden in the byte after FF.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_CODE_H
#define PACSCORE_J2K_ENTROPY_PART1_CODE_H

#include "j2k/entropy/part1_bits.h"

typedef struct {
    uint64_t interval; /* the 16 bits of the standard on top */
    uint64_t code;     /* these 16 bits lowest, above them those not yet written, above them at most one carry */
    int64_t pending;   /* bits not yet written; -1 at the beginning, when the interval's highest bit is still 0 */
    uint8_t *next;     /* plain bytes */
} part1_code;

/* Where the code stood when a pass ended. */
typedef struct {
    part1_code code;
    uint8_t last; /* byte written */
} part1_mark;

PART1_INLINE void part1_code_start(part1_code *code, uint8_t *plain, bool raw)
{
    *code = (part1_code){.interval = (uint64_t)0x8000 << 48, .pending = raw ? 0 : -1, .next = plain};
}

/* Add the carry above the code to what is written. There is none before the first byte. */
PART1_INLINE void part1_code_carry(uint8_t *next)
{
    while (++*--next == 0)
        ;
}

/* Write 32 pending bits. */
PART1_INLINE void part1_code_write(part1_code *code)
{
    const uint64_t left = (uint64_t)code->pending - 16, bits = code->code >> left;
    if (__builtin_expect((bits >> 32) != 0, 0))
        part1_code_carry(code->next);
    for (int i = 0; i < 4; ++i)
        code->next[i] = (uint8_t)(bits >> (24 - 8 * i));
    code->next += 4;
    code->code &= ((uint64_t)1 << left) - 1;
    code->pending -= 32;
}

/* Write whole pending bytes and the carry, so that fewer than eight bits are left. */
static void part1_code_settle(part1_code *code)
{
    const uint64_t bits = code->code >> 16;
    if (bits >> (code->pending > 0 ? code->pending : 0) != 0 && code->pending >= 0) {
        part1_code_carry(code->next);
        code->code -= (uint64_t)1 << (16 + code->pending);
    }
    for (; code->pending >= 8; code->pending -= 8) {
        *code->next++ = (uint8_t)(code->code >> (8 + code->pending));
        code->code &= ((uint64_t)1 << (8 + code->pending)) - 1;
    }
}

PART1_INLINE part1_mark part1_code_mark(part1_code *code, const uint8_t *plain, bool raw)
{
    if (!raw)
        part1_code_settle(code);
    return (part1_mark){*code, code->next > plain ? code->next[-1] : 0};
}

/* Choose, of the numbers in the interval, the one that is followed by ones soonest; with predictable termination the
 * lowest. Then write it, and ones behind it. */
static void part1_mq_finish(part1_code *code, bool predictable)
{
    part1_code_settle(code);
    const int64_t count = 16 + code->pending;
    const uint64_t all = ((uint64_t)1 << count) - 1, end = code->code + (code->interval >> 48);
    if (!predictable)
        code->code = end > all ? all : code->code | (((uint64_t)1 << (63 - __builtin_clzll(code->code ^ end))) - 1);
    part1_store(code->next, code->code << (64 - count) | all >> 1 >> (count - 1) | (~(uint64_t)0 >> count));
    memset(code->next + 8, 0xff, 8);
}

/* The bits that suffice for all up to a mark, when ones follow: up to the first that makes the final number less than
 * the end of the interval. */
static size_t part1_mq_bits(const part1_mark *mark, const uint8_t *plain)
{
    const part1_code *code = &mark->code;
    const int64_t count = 16 + code->pending;
    const uint64_t end = code->code + (code->interval >> 48);
    const uint8_t *byte = code->next;
    const bool carried = byte > plain && byte[-1] != mark->last;
    if (end >> count != 0 && !carried) {
        while (byte > plain && byte[-1] == 0xff)
            --byte;
        return byte == plain ? 0 : 8 * (size_t)(byte - plain) - (size_t)__builtin_ctz(~(uint32_t)byte[-1]);
    }
    const uint64_t difference = part1_load(byte) ^ end << (64 - count);
    return 8 * (size_t)(byte - plain) + (size_t)__builtin_clzll(difference | 1) + 1;
}

/* Choose the number that FLUSH chooses, and write it. Source: T.800 C.2.9. */
static void part1_mq_flush(part1_code *code)
{
    part1_code_settle(code);
    const int64_t count = 16 + code->pending;
    const uint64_t all = ((uint64_t)1 << count) - 1, end = code->code + (code->interval >> 48);
    code->code |= 0xffff;
    if (code->code >= end)
        code->code -= 0x8000;
    part1_store(code->next, code->code << (64 - count) | all >> 1 >> (count - 1) | (~(uint64_t)0 >> count));
    memset(code->next + 8, 0xff, 8);
}

PART1_INLINE int64_t part1_bits_before_interval(const part1_mark *mark, const uint8_t *plain)
{
    return 8 * (mark->code.next - plain) + mark->code.pending;
}

/* The bits that predictable termination writes. */
PART1_INLINE size_t part1_predictable_bits(const part1_mark *mark, const uint8_t *plain)
{
    return (size_t)(part1_bits_before_interval(mark, plain) + 1);
}

/* The highest bits of bytes, one after another. */
static void part1_raw_write(part1_code *code, const uint8_t *bits, size_t count)
{
    for (size_t i = 0; i < count; i += 8) {
        const uint64_t here = count - i < 8 ? count - i : 8;
        const uint64_t byte = (part1_load(bits + i) >> 7 & 0x0101010101010101u) * 0x0102040810204080u >> 56;
        code->code = code->code << here | byte >> (8 - here);
        code->pending += (int64_t)here;
        if (code->pending >= 8) {
            code->pending -= 8;
            *code->next++ = (uint8_t)(code->code >> code->pending);
        }
    }
}

/* Fill up with ones, or with zeros and ones in turn. */
static void part1_raw_finish(part1_code *code, bool predictable)
{
    const uint64_t fill = predictable ? 0x5555555555555555u : ~(uint64_t)0;
    const int64_t count = code->pending;
    const uint64_t bits = count ? code->code << (64 - count) | fill >> count : fill;
    part1_store(code->next, bits);
    memset(code->next + 8, 0xff, 8);
}

/* Bytes of plain bits with a zero after FF. */
typedef struct {
    const uint8_t *plain;
    size_t at; /* bits used */
    uint8_t *next;
    bool after_ff;
} part1_stuffer;

static void part1_stuff_byte(part1_stuffer *stuffer)
{
    const uint32_t two = (uint32_t)stuffer->plain[stuffer->at >> 3] << 8 | stuffer->plain[(stuffer->at >> 3) + 1];
    const uint32_t shift = 8 - (stuffer->at & 7);
    *stuffer->next = (uint8_t)(stuffer->after_ff ? two >> shift >> 1 & 0x7f : two >> shift);
    stuffer->at += stuffer->after_ff ? 7 : 8;
    stuffer->after_ff = *stuffer->next++ == 0xff;
}

/* Write bytes until they hold so many bits. Up to seven more may be spoiled. */
static void part1_stuff(part1_stuffer *stuffer, size_t bits)
{
    while (stuffer->at < bits) {
        while (stuffer->at + 64 <= bits && !stuffer->after_ff) {
            const uint8_t *from = stuffer->plain + (stuffer->at >> 3);
            const uint64_t word = part1_load(from) << (stuffer->at & 7) | from[8] >> (8 - (stuffer->at & 7));
            if (part1_has_ff(word))
                break;
            part1_store(stuffer->next, word);
            stuffer->next += 8;
            stuffer->at += 64;
        }
        for (int i = 0; i < 8 && stuffer->at < bits; ++i)
            part1_stuff_byte(stuffer);
    }
}

/* Write as many bytes as FLUSH leaves where so many bits come before the 16 of the interval: the one that is begun, and
 * one more. */
static void part1_stuff_flushed(part1_stuffer *stuffer, int64_t bits)
{
    part1_stuff(stuffer, bits > 3 ? (size_t)bits - 2 : 1);
    part1_stuff_byte(stuffer);
}

#endif

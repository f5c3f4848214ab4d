/* The MQ decoder on plain bits, without branches.
 *
 * Source: T.800 C.3 (DECODE, RENORMD); Table C.2.
 *
 * Interval and code are 64 bits wide, the 16 of the standard on top. Under the unread bits of the code lies one marker
 * bit, so that no counter is kept: there are at least n unread bits where one of the low 48 - n bits is set.
 * The state of a context is a word of part1_mq_rows.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_MQ_H
#define PACSCORE_J2K_ENTROPY_PART1_MQ_H

#include "j2k/entropy/part1_bits.h"
#include "j2k/entropy/part1_tables.h"

enum { PART1_RUN = 17, PART1_UNIFORM = 18, PART1_CONTEXTS = 19, PART1_REFINEMENT = 14 };

/* Unread bits that suffice for one decision, and for two. */
#define PART1_ENOUGH_1 0xffffffffu
#define PART1_ENOUGH_2 0x3ffffu

typedef struct {
    uint64_t interval, code;
    const uint8_t *next, *end; /* of the plain bits; there are only ones some bytes before the end and behind it */
} part1_mq;

PART1_INLINE void part1_mq_start(part1_mq *mq, const uint8_t *plain, const uint8_t *end)
{
    *mq = (part1_mq){
        .interval = (uint64_t)0x8000 << 48,
        .code = (part1_load(plain) & ~(uint64_t)0xff) | 0x80,
        .next = plain + 7,
        .end = end,
    };
}

/* How far the decoder has shifted its code along the plain bits. */
PART1_INLINE int64_t part1_mq_position(const part1_mq *mq, const uint8_t *plain)
{
    return 8 * (int64_t)(mq->next - plain) + __builtin_ctzll(mq->code) - 63;
}

/* Initial states, T.800 Table D.7. */
static void part1_mq_reset(uint64_t *states)
{
    for (int i = 0; i < PART1_CONTEXTS; ++i)
        states[i] = (uint64_t)0x5601 << 48;
    states[0] = (uint64_t)0x0521 << 48 | 4 * 2 << 4;
    states[PART1_RUN] = (uint64_t)0x0ac1 << 48 | 3 * 2 << 4;
    states[PART1_UNIFORM] = (uint64_t)0x5601 << 48 | 46 * 2 << 4;
}

/* Make sure that there are enough unread bits for what the mask stands for. */
PART1_INLINE void part1_mq_refill(part1_mq *mq, uint64_t enough)
{
    if (__builtin_expect((mq->code & enough) != 0, 1))
        return;
    const uint32_t marker = (uint32_t)__builtin_ctzll(mq->code), bytes = marker >> 3, left = marker & 7;
    const uint8_t *const from = mq->next < mq->end ? mq->next : mq->end;
    mq->code ^= (uint64_t)1 << marker | (uint64_t)1 << left;
    mq->code |= part1_load(from) >> (64 - 8 * bytes) << left << 1;
    mq->next = from + bytes;
}

PART1_INLINE uint32_t part1_mq_decode(part1_mq *mq, uint64_t *state)
{
    const uint64_t now = *state, q = now & (uint64_t)0xffff << 48;
    const uint64_t *row = (const uint64_t *)((const char *)part1_mq_rows + (now & 0x7ff0));
    const uint64_t after_mps = row[0], after_lps = row[1];
    uint64_t interval = mq->interval, code = mq->code;
    /* The upper sub-interval, and the state after it and after the lower one. Where the upper one is the smaller, it
     * belongs to the LPS. Compilers make branches of these selections, which cannot be predicted. */
    uint64_t upper = now, lower = after_lps;
    uint8_t exchanged, in_lower;
#if defined(__x86_64__)
    __asm__("subq %[q], %[interval]\n\t"
            "cmovns %[mps], %[upper]\n\t"
            "cmpq %[q], %[interval]\n\t"
            "setb %[exchanged]\n\t"
            "cmovb %[mps], %[lower]\n\t"
            "cmovb %[lps], %[upper]"
            : [interval] "+&r"(interval), [upper] "+&r"(upper), [lower] "+&r"(lower), [exchanged] "=&q"(exchanged)
            : [q] "r"(q), [mps] "r"(after_mps), [lps] "r"(after_lps)
            : "cc");
    __asm__("subq %[q], %[code]\n\t"
            "setb %[in_lower]\n\t"
            "cmovb %[before], %[code]\n\t"
            "cmovb %[q], %[interval]\n\t"
            "cmovb %[lower], %[upper]"
            : [code] "+&r"(code), [interval] "+&r"(interval), [upper] "+&r"(upper), [in_lower] "=&q"(in_lower)
            : [q] "r"(q), [before] "r"(mq->code), [lower] "r"(lower)
            : "cc");
#else
    interval -= q;
    upper = interval >> 63 ? upper : after_mps;
    exchanged = interval < q;
    lower = exchanged ? after_mps : lower;
    upper = exchanged ? after_lps : upper;
    in_lower = code < q;
    code = in_lower ? code : code - q;
    interval = in_lower ? q : interval;
    upper = in_lower ? lower : upper;
#endif
    const int shift = __builtin_clzll(interval);
    *state = upper;
    mq->interval = interval << shift;
    mq->code = code << shift;
    return (uint32_t)(now ^ exchanged ^ in_lower) & 1;
}

#endif

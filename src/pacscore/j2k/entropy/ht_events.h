/* The MEL decoder of HT blocks, some events ahead.
 *
 * Source: T.814 7.3.3 (decoding of MEL symbols) and 7.1.3 (its bits).
 *
 * Decoded events are a word: the next one at bit HT_EVENT, where the decoding tables want it, others above it, a one
 * above the last. What was taken may linger below. So an event is taken without a branch: word & HT_EVENT_BIT, then
 * word >>= 1. Only a few are decoded ahead: nothing marks the end of the MEL bytes.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_EVENTS_H
#define PACSCORE_J2K_ENTROPY_HT_EVENTS_H

#include "j2k/entropy/ht_mel.h"

enum { HT_EVENT = 12, HT_EVENT_BIT = 1 << HT_EVENT, HT_EVENTS_AHEAD = 20 };

typedef struct {
    const uint8_t *next, *last; /* the last byte's low nibble is not its own and reads as ones */
    uint64_t bits;              /* next one on top */
    uint32_t count;             /* of bits at hand */
    uint32_t state;
    bool stuffed; /* the byte before was FF */
} ht_mel_decoder;

HT_INLINE void ht_mel_start(ht_mel_decoder *mel, const uint8_t *bytes, const uint8_t *last)
{
    *mel = (ht_mel_decoder){.next = bytes, .last = last};
}

/* Fewer events than a pair of quads may take, which is three. */
HT_INLINE bool ht_mel_low(uint64_t events)
{
    return events < (uint64_t)1 << (HT_EVENT + 3);
}

/* Bytes behind the last one read as FF. */
static HT_RARE void ht_mel_refill(ht_mel_decoder *mel)
{
    while (mel->count <= 56) {
        uint8_t byte = 0xff;
        if (mel->next <= mel->last) {
            byte = mel->next == mel->last ? (uint8_t)(*mel->next | 0x0f) : *mel->next;
            ++mel->next;
        }
        const uint32_t length = mel->stuffed ? 7 : 8;
        mel->bits |= (uint64_t)(byte & (0xffu >> (8 - length))) << (64 - mel->count - length);
        mel->count += length;
        mel->stuffed = byte == 0xff;
    }
}

/* Append runs until there are enough. A run has at most 32 events: the word holds them. */
static HT_RARE uint64_t ht_mel_more(ht_mel_decoder *mel, uint64_t word)
{
    uint32_t count = 63 - HT_EVENT - (uint32_t)__builtin_clzll(word);
    uint64_t events = (word >> HT_EVENT) ^ (uint64_t)1 << count;
    while (count < HT_EVENTS_AHEAD) {
        if (mel->count < 8)
            ht_mel_refill(mel);
        const uint32_t exponent = ht_mel_exponents[mel->state];
        uint32_t length = 1;
        if (mel->bits >> 63) {
            count += 1u << exponent;
            mel->state += mel->state < 12;
        } else {
            length += exponent;
            count += (uint32_t)(mel->bits >> (63 - exponent));
            events |= (uint64_t)1 << count++;
            mel->state -= mel->state > 0;
        }
        mel->bits <<= length;
        mel->count -= length;
    }
    return (events | (uint64_t)1 << count) << HT_EVENT;
}

#endif

/* The MEL coder of HT blocks: an adaptive run-length code for rare events.
 *
 * Source: T.814 7.3.3 (decoding of MEL symbols) and 7.1.3 (its bits).
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_MEL_H
#define PACSCORE_J2K_ENTROPY_HT_MEL_H

#include <stdbool.h>
#include <stdint.h>

#include "j2k/entropy/ht_bits.h"

static const uint8_t ht_mel_exponents[13] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5};

/* ---- Decoder ---- */

typedef struct {
    const uint8_t *next, *last; /* the last byte's low nibble is not its own and reads as ones */
    uint64_t bits;              /* next one on top */
    uint32_t count;             /* of bits at hand */
    uint32_t state;
    uint32_t pending; /* twice the zero events left in the run, plus 1 if a one event ends it */
    bool stuffed;     /* the byte before was FF */
} ht_mel_decoder;

HT_INLINE void ht_mel_start(ht_mel_decoder *mel, const uint8_t *bytes, const uint8_t *last)
{
    *mel = (ht_mel_decoder){.next = bytes, .last = last};
}

/* Bytes behind the last one read as FF. */
static inline void ht_mel_refill(ht_mel_decoder *mel)
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

static inline void ht_mel_next_run(ht_mel_decoder *mel)
{
    if (mel->count < 8)
        ht_mel_refill(mel);
    const uint32_t exponent = ht_mel_exponents[mel->state];
    uint32_t length = 1;
    if (mel->bits >> 63) {
        mel->pending = 2u << exponent;
        mel->state += mel->state < 12;
    } else {
        length += exponent;
        mel->pending = 2 * (uint32_t)(mel->bits >> (63 - exponent)) + 1;
        mel->state -= mel->state > 0;
    }
    mel->bits <<= length;
    mel->count -= length;
}

HT_INLINE bool ht_mel_event(ht_mel_decoder *mel)
{
    if (mel->pending == 0)
        ht_mel_next_run(mel);
    const bool event = mel->pending == 1;
    mel->pending -= event ? 1 : 2;
    return event;
}

/* ---- Encoder ---- */

typedef struct {
    uint8_t *bytes;
    uint32_t length;  /* of whole bytes */
    uint32_t partial; /* bits of the byte begun */
    uint32_t room;    /* bits that still fit in it */
    uint32_t state;
    uint32_t run; /* zero events not yet coded */
} ht_mel_encoder;

HT_INLINE void ht_mel_encoder_start(ht_mel_encoder *mel, uint8_t *bytes)
{
    *mel = (ht_mel_encoder){.bytes = bytes, .room = 8};
}

static inline void ht_mel_put(ht_mel_encoder *mel, uint32_t bits, uint32_t length)
{
    while (length-- > 0) {
        mel->partial = mel->partial << 1 | (bits >> length & 1);
        if (--mel->room == 0) {
            mel->bytes[mel->length++] = (uint8_t)mel->partial;
            mel->room = mel->partial == 0xff ? 7 : 8;
            mel->partial = 0;
        }
    }
}

HT_INLINE void ht_mel_encode(ht_mel_encoder *mel, bool event)
{
    const uint32_t exponent = ht_mel_exponents[mel->state];
    if (event) {
        ht_mel_put(mel, mel->run, exponent + 1);
        mel->run = 0;
        mel->state -= mel->state > 0;
    } else if (++mel->run == 1u << exponent) {
        ht_mel_put(mel, 1, 1);
        mel->run = 0;
        mel->state += mel->state < 12;
    }
}

/* Close an open run: a decoder reads a full one, whose surplus nobody asks for. */
HT_INLINE void ht_mel_encoder_finish(ht_mel_encoder *mel)
{
    if (mel->run > 0)
        ht_mel_put(mel, 1, 1);
}

#endif

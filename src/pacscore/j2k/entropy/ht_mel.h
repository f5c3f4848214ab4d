/* The MEL encoder of HT blocks: an adaptive run-length code for rare events.
 *
 * Source: T.814 7.3.3 (decoding of MEL symbols), read backwards, and 7.1.3 (its bits).
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_MEL_H
#define PACSCORE_J2K_ENTROPY_HT_MEL_H

#include <stdbool.h>
#include <stdint.h>

#include "j2k/entropy/ht_bits.h"

static const uint8_t ht_mel_exponents[13] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5};

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

/* Up to six bits. */
HT_INLINE void ht_mel_put(ht_mel_encoder *mel, uint32_t bits, uint32_t length)
{
    if (length < mel->room) {
        mel->partial = mel->partial << length | bits;
        mel->room -= length;
        return;
    }
    const uint32_t rest = length - mel->room, byte = mel->partial << mel->room | bits >> rest;
    mel->bytes[mel->length++] = (uint8_t)byte;
    mel->partial = bits & ((1u << rest) - 1);
    mel->room = 8 - (byte == 0xff) - rest;
}

HT_INLINE void ht_mel_encode_zeros(ht_mel_encoder *mel, uint32_t count)
{
    mel->run += count;
    while (mel->run >> ht_mel_exponents[mel->state] != 0) {
        mel->run -= 1u << ht_mel_exponents[mel->state];
        ht_mel_put(mel, 1, 1);
        mel->state += mel->state < 12;
    }
}

HT_INLINE void ht_mel_encode_one(ht_mel_encoder *mel)
{
    ht_mel_put(mel, mel->run, ht_mel_exponents[mel->state] + 1u);
    mel->run = 0;
    mel->state -= mel->state > 0;
}

HT_INLINE void ht_mel_encode(ht_mel_encoder *mel, bool event)
{
    if (event)
        ht_mel_encode_one(mel);
    else
        ht_mel_encode_zeros(mel, 1);
}

/* Events as plain bits. */
static inline void ht_mel_encode_all(ht_mel_encoder *mel, const uint8_t *events, uint32_t count)
{
    for (uint32_t at = 0; at < count;) {
        const uint32_t most = count - at < 56 ? count - at : 56;
        const uint32_t zeros = (uint32_t)__builtin_ctzll(ht_window(events, at) | UINT64_C(1) << most);
        ht_mel_encode_zeros(mel, zeros);
        at += zeros;
        if (zeros < most) {
            ht_mel_encode_one(mel);
            ++at;
        }
    }
}

/* Close an open run: a decoder reads a full one, whose surplus nobody asks for. */
HT_INLINE void ht_mel_encoder_finish(ht_mel_encoder *mel)
{
    if (mel->run > 0)
        ht_mel_put(mel, 1, 1);
}

#endif

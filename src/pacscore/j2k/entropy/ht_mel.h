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

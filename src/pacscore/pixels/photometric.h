/* Colour spaces of 8-bit samples, interleaved by pixel. Source: PS3.3 C.7.6.3.1.2. */
#ifndef PACSCORE_PIXELS_PHOTOMETRIC_H
#define PACSCORE_PIXELS_PHOTOMETRIC_H

#include <stdint.h>

#include "support/targets.h"

typedef struct {
    /* YBR_FULL to RGB: the exact value plus a half, rounded down, clamped. `in` may be `out`. */
    void (*ybr_full_to_rgb_u8)(const uint8_t *in, int64_t pixels, uint8_t *out);
    /* Y Y Cb Cr of two pixels to Y Cb Cr of each. */
    void (*expand_422_u8)(const uint8_t *in, int64_t pairs, uint8_t *out);
} pac_photometric_kernels;

void pac_photometric_kernels_init(pac_photometric_kernels *kernels, pac_target target);

#endif

/* The quantiser indices of a code-block, as block coders take them. Source: T.800 E.2, H.2. */
#ifndef PACSCORE_J2K_BLOCK_INDICES_H
#define PACSCORE_J2K_BLOCK_INDICES_H

#include "j2k/block_encoder.h"

enum { PAC_BLOCK_SAMPLES = 4096 };

/* 16-bit integers if they fit encode_i16, else words. */
typedef struct {
    const int16_t *narrow; /* NULL: encoder->words */
    ptrdiff_t stride;
    uint64_t magnitudes; /* bitwise OR */
} pac_block_indices;

/* Those of coefficients; what is returned lies in them or in the encoder. */
pac_block_indices pac_block_quantize(const pac_block_encoder *encoder, const pac_band *band,
                                     const pac_code_block *block, pac_coefficient_type type, const void *in,
                                     ptrdiff_t stride);

/* Narrow indices to 32-bit words. */
void pac_block_indices_widen(const pac_block_encoder *encoder, const pac_code_block *block, pac_block_indices *indices);

/* Lifts the coefficients of the regions of interest above all others. `wide`: words are of 64 bits. */
void pac_block_lift(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block, int32_t shift,
                    int wide, pac_block_indices *indices);

#endif

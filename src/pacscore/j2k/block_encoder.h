/* One code-block of a tile, from wavelet coefficients to the passes of Part 1 or to HT sets.
 * Source: T.800 Annexes C, D, E.2; T.814 Annexes A to C. */
#ifndef PACSCORE_J2K_BLOCK_ENCODER_H
#define PACSCORE_J2K_BLOCK_ENCODER_H

#include "j2k/packets/precincts.h"
#include "j2k/tile_kernels.h"
#include "support/arena.h"
#include "support/coefficient.h"

/* What rate control asks for, and the regions of interest: in band n, in its coordinates, the coefficients of
 * rectangles roi_first[n] to roi_first[n + 1]. */
typedef struct {
    const pac_rect *roi;
    const int32_t *roi_first; /* NULL: there are none */
    const double *weights;    /* NULL, or each pass tells its gain, and HT has several sets; of band n: what the squared
                                 error of the image has of a squared quantiser step */
    double slope_floor;       /* with weights: a block ends behind a plane that gains less for each byte; 0: never */
    int32_t set_planes;       /* of HT, with weights: sets end at so many of the lowest planes; 0: at all planes */
    int32_t survey;           /* of Part 1, with weights: do not encode yet */
} pac_block_settings;

/* What a thread needs to encode blocks; it owns the bytes and passes of those that it encoded. */
typedef struct {
    const pac_tile_kernels *kernels;
    pac_block_settings settings;
    uint64_t *words;  /* of one block, also used as 32-bit words */
    int16_t *indices; /* of one block */
    void *ht, *part1; /* scratch; NULL until it is needed */
    uint8_t *sets;    /* the HT sets of one block; the same */
    size_t sets_capacity;
    pac_arena coded;
} pac_block_encoder;

/* The encoder is all zeros, or finished. */
pac_status pac_block_encoder_init(pac_block_encoder *encoder, const pac_tile_kernels *kernels,
                                  const pac_block_settings *settings);
/* Gives back the memory that only encoding needs. */
void pac_block_encoder_finish(pac_block_encoder *encoder);
void pac_block_encoder_free(pac_block_encoder *encoder);

/* Fills what the block has for an encoder; one of zeros alone stays without passes. `stride` counts coefficients.
 * PAC_LIMIT: an index needs more planes than M_b. */
pac_status pac_block_encode(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                            pac_code_block *block, pac_coefficient_type type, const void *coefficients,
                            ptrdiff_t stride);

/* Encodes a block that has been surveyed. */
pac_status pac_block_encode_surveyed(pac_block_encoder *encoder, const pac_tile_component *component,
                                     const pac_band *band, pac_code_block *block);

/* Copies what a coder has made of a block. */
pac_status pac_block_keep(pac_block_encoder *encoder, pac_code_block *block, const pac_coded_pass *passes,
                          int32_t count, const uint8_t *coded, uint32_t length);

#endif

/* One code-block of a tile, from its pieces to wavelet coefficients. Source: T.800 Annexes B, D, E; T.814 clause 7. */
#ifndef PACSCORE_J2K_BLOCK_DECODER_H
#define PACSCORE_J2K_BLOCK_DECODER_H

#include "j2k/kept_tile.h"
#include "j2k/packets/precincts.h"
#include "j2k/tile_kernels.h"
#include "support/coefficient.h"

/* Where a code-block comes from. */
typedef struct {
    const pac_precincts *precincts;
    const uint8_t *data; /* the pieces' offsets count from here */
    const pac_tile_kernels *kernels;
    pac_kept_tile *kept; /* where coefficients stay, NULL if they need not */
} pac_block_source;

/* What a thread needs to decode blocks; allocated when first used. */
typedef struct {
    uint64_t *words; /* of one block, also used as 32-bit words */
    void *ht, *part1;
    uint8_t *refinement; /* joined pieces */
    pac_part1_segment *segments;
    pac_part1_finding finding; /* of the block decoded last, if it is one of Part 1 */
} pac_block_scratch;

void pac_block_scratch_free(pac_block_scratch *scratch);

/* What was decoded of a block: every plane down to `plane`, and of the next lower one so many passes. */
typedef struct {
    int32_t passes;  /* 0: none has bytes, and there are no words */
    int32_t plane;   /* at which the last cleanup pass ends; 0 is the lowest */
    int32_t refined; /* 0, 1 significance propagation, 2 magnitude refinement as well */
} pac_block_planes;

/* Decodes a block into the words of the scratch, of 64 bits where the component is wide, else 32; rows follow one
 * another. PAC_CORRUPT: the block is damaged; the planes are what is kept of it. */
pac_status pac_block_decode_words(const pac_block_source *source, const pac_tile_component *component,
                                  const pac_band *band, const pac_code_block *block, pac_block_scratch *scratch,
                                  pac_block_planes *planes);

/* Writes width x height coefficients, nothing beside them; `stride` counts coefficients. A block without passes gives
 * zeros. PAC_CORRUPT: the block is damaged; what the finding keeps of it is written, or zeros. PAC_LIMIT: a coefficient
 * does not fit PAC_I16. */
pac_status pac_block_decode(const pac_block_source *source, const pac_tile_component *component, const pac_band *band,
                            const pac_code_block *block, pac_coefficient_type type, void *out, ptrdiff_t stride,
                            pac_block_scratch *scratch);

#endif

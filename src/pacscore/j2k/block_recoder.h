/* One code-block from one block coder to the other: quantiser indices are carried over, to the same lowest plane and
 * pass. Source: T.800 Annexes C, D; T.814 clause 7, B.2, Annex C. */
#ifndef PACSCORE_J2K_BLOCK_RECODER_H
#define PACSCORE_J2K_BLOCK_RECODER_H

#include "j2k/block_decoder.h"
#include "j2k/block_encoder.h"

/* A code-block of the codestream that is read, and the one of that which is written. */
typedef struct {
    const pac_tile_component *component, *to_component;
    const pac_band *band, *to_band;
    pac_code_block *block, *to_block;
} pac_block_pair;

/* What a thread needs. */
typedef struct {
    pac_block_scratch scratch;
    pac_block_encoder encoder; /* owns what is coded */
    int32_t flush;             /* as pac_part1_coding has it */
} pac_block_recoder;

/* Fills what the written block has for an encoder; one of zeros alone stays without passes. Damage is kept with the
 * block that is read. planes: of what was decoded. PAC_LIMIT: the written band has too few planes. */
pac_status pac_block_recode(pac_block_recoder *recoder, const pac_block_source *source, const pac_block_pair *pair,
                            pac_block_planes *planes);

#endif

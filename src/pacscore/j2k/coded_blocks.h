/* All code-blocks of a tile as arrays: what packets told of them, what a coder made of them, and what is to be written
 * in their place. In the order of precincts, bands and blocks. Source: T.800 B.6, B.7, B.10. */
#ifndef PACSCORE_J2K_CODED_BLOCKS_H
#define PACSCORE_J2K_CODED_BLOCKS_H

#include "j2k/packets/precincts.h"

typedef struct {
    uint32_t length;           /* in bytes, of all passes */
    int32_t pieces;            /* as read; 0 where a coder made the block */
    uint16_t passes;           /* placeholders included; 0: it is in no packet */
    uint8_t missing_bitplanes; /* P */
    uint8_t kind;              /* pac_block_kind */
    uint16_t component;
    uint16_t resolution;
} pac_coded_block;

typedef struct {
    uint32_t length; /* bytes that begin in this pass */
    uint16_t layer;
    uint8_t ends_segment;
} pac_pass_bytes;

/* Opens every precinct, so that a tile has all its blocks; counts them. */
pac_status pac_coded_blocks_open(pac_precincts *state, int64_t *count);

/* A piece of a block, as a packet had it. */
typedef struct {
    uint64_t offset; /* in the data */
    uint32_t length;
    int32_t number; /* among all pieces of the tile, in the order of packets */
    uint16_t first_pass, passes;
    uint8_t kind; /* pac_piece_kind */
} pac_read_piece;

/* What packets told: blocks, and their pieces, block after block; NULL only counts those. */
int64_t pac_coded_blocks_pieces(const pac_precincts *state, pac_coded_block *blocks, pac_read_piece *pieces);

/* What a coder made: blocks, passes and bytes one after another; NULL only counts the latter two. */
typedef struct {
    int64_t passes;
    size_t bytes;
} pac_coded_total;

pac_coded_total pac_coded_blocks_read(const pac_precincts *state, pac_coded_block *blocks, pac_pass_bytes *passes,
                                      uint8_t *bytes);

/* Puts other blocks in place, as many as there are; `bytes` must live as long as the tile. Of the blocks given, passes,
 * missing_bitplanes and kind count. PAC_CORRUPT: a block has more planes or passes than it can. */
pac_status pac_coded_blocks_replace(pac_precincts *state, const pac_coded_block *blocks, const pac_pass_bytes *passes,
                                    const uint8_t *bytes);

#endif

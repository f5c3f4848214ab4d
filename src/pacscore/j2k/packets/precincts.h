/* Precincts and their code-blocks: what packets say about them, layer by layer. Source: T.800 B.6, B.7, B.10. */
#ifndef PACSCORE_J2K_PACKETS_PRECINCTS_H
#define PACSCORE_J2K_PACKETS_PRECINCTS_H

#include "j2k/packets/plan.h"
#include "j2k/packets/tag_tree.h"
#include "support/arena.h"
#include "support/coded_pass.h"
#include "support/status.h"

typedef enum { PAC_BLOCK_UNDECIDED = 0, PAC_BLOCK_HT, PAC_BLOCK_PART1 } pac_block_kind;

/* What a run of bytes of a code-block is. */
typedef enum {
    PAC_PIECE_LOST = 0,
    PAC_PIECE_PART1,
    PAC_PIECE_CLEANUP,
    PAC_PIECE_REFINEMENT,
    PAC_PIECE_PLACEHOLDER
} pac_piece_kind;

typedef struct {
    uint64_t offset; /* in the data */
    uint32_t length;
    int32_t next;        /* the block's next piece in pac_precincts.pieces, or -1 */
    uint16_t passes;     /* coding passes that begin in it */
    uint16_t first_pass; /* number of the first of them */
    uint8_t kind;        /* pac_piece_kind */
    uint8_t opens;       /* Part 1: a new codeword segment begins here */
    uint8_t absent;      /* its bytes have not arrived yet, or those of an earlier one of the block */
} pac_piece;

typedef struct {
    int32_t x, y; /* upper-left corner within the band */
    int32_t first_piece, last_piece;
    uint16_t width, height;
    uint16_t passes;           /* so far, placeholders included */
    uint8_t missing_bitplanes; /* P, from the tag tree */
    uint8_t length_bits;       /* Lblock */
    uint8_t included, kind;
    uint8_t damaged, planes_kept; /* what a decoder found: 1 + a pac_part1_flaw, and how many planes were sound */
    uint16_t at_hand, decoded;    /* where data arrives by and by: pieces that are there, and those of the last decoding
                                   */
    /* What an encoder makes. */
    const uint8_t *bytes;
    uint32_t length;
    pac_coded_pass *coded; /* `passes` of them */
    void *indices;         /* of a survey, until the block is encoded; else NULL */
    uint16_t first_sent;   /* HT: passes of sets before the first that is sent are not even told of */
} pac_code_block;

typedef struct {
    int32_t blocks_wide, blocks_high;
    pac_code_block *blocks;
    pac_tag_tree inclusion, missing_bitplanes;
} pac_precinct_band;

typedef struct {
    pac_precinct_band *bands; /* NULL until the precinct's first packet with a body */
    int32_t next_layer;
} pac_precinct;

typedef struct {
    const pac_tile_plan *plan;
    pac_precinct *precincts;
    pac_piece *pieces;
    int64_t piece_count, piece_capacity;
    int64_t block_count, block_limit;
    pac_arena arena;
} pac_precincts;

pac_status pac_precincts_init(pac_precincts *state, const pac_tile_plan *plan, int64_t block_limit);
void pac_precincts_free(pac_precincts *state);

/* Lays out the bands and code-blocks of a precinct, if that has not been done yet. */
pac_status pac_precinct_open(pac_precincts *state, int64_t precinct);

/* What the packets have told of a precinct so far, in memory that is used again. */
typedef struct {
    uint8_t *bytes; /* belongs to whoever saves */
    size_t size, capacity;
} pac_saved_precinct;

pac_status pac_precinct_save(const pac_precincts *state, int64_t precinct, pac_saved_precinct *saved);
/* Puts back what was saved, nothing where `saved->size` is 0; later pieces of its code-blocks are forgotten. */
void pac_precinct_restore(pac_precincts *state, int64_t precinct, const pac_saved_precinct *saved);

#endif

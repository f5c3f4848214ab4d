/* Which code-blocks of a tile do not decode, or not whole, in the order of precincts. Source: T.800 B.7. */
#ifndef PACSCORE_J2K_DAMAGED_BLOCKS_H
#define PACSCORE_J2K_DAMAGED_BLOCKS_H

#include "j2k/packets/precincts.h"

typedef struct {
    int32_t component, resolution, orientation;
    int32_t x, y; /* upper-left corner within the band */
    int32_t width, height;
    int32_t flaw;        /* pac_part1_flaw; 0 where nothing of the block decodes */
    int32_t planes_kept; /* from its first one on */
    int32_t plane;       /* number of the first one that is lost */
} pac_damaged_block;

/* Lists so many at most, or only counts them if `out` is NULL; returns how many. */
int64_t pac_damaged_blocks(const pac_precincts *state, pac_damaged_block *out, int64_t most);

#endif

/* What rate control asks of a tile's coded blocks, and tells them: in the order of precincts, bands and blocks, whoever
 * encoded them. Source: T.800 J.14 (informative). */
#ifndef PACSCORE_J2K_CODED_PASSES_H
#define PACSCORE_J2K_CODED_PASSES_H

#include "j2k/packets/precincts.h"

/* Goes through the blocks of a tile; begins with `state` alone. */
typedef struct {
    const pac_precincts *state;
    int64_t precinct, block; /* the next one's */
    int32_t band;            /* within the precinct */
} pac_block_walk;

/* The next block, or NULL. */
pac_code_block *pac_block_walk_next(pac_block_walk *walk);

/* Where the last block belongs to. */
static inline const pac_resolution *pac_block_walk_resolution(const pac_block_walk *walk)
{
    const pac_tile_plan *plan = walk->state->plan;
    return &plan->resolutions[plan->precinct_resolution[walk->precinct]];
}

/* Blocks without passes are left out. */
typedef struct {
    int64_t blocks, passes;
} pac_coded_count;

pac_coded_count pac_coded_passes_count(const pac_precincts *state);

/* One value a block: bands, as 3 * number of the resolution in the plan + number of the band, and counts of passes; one
 * a pass: lengths and gains. */
void pac_coded_passes_read(const pac_precincts *state, int32_t *bands, int32_t *counts, uint32_t *lengths,
                           float *gains);

/* Sets the layer of each pass. */
void pac_coded_passes_assign(const pac_precincts *state, const uint16_t *layers);

#endif

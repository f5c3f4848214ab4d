#include "j2k/coded_passes.h"

static const pac_precinct_band *band_of(const pac_block_walk *walk)
{
    return &walk->state->precincts[walk->precinct].bands[walk->band];
}

static int32_t resolution_of(const pac_block_walk *walk)
{
    return walk->state->plan->precinct_resolution[walk->precinct];
}

static int next_band(pac_block_walk *walk)
{
    walk->block = 0;
    if (++walk->band < walk->state->plan->resolutions[resolution_of(walk)].band_count)
        return 1;
    walk->band = 0;
    return ++walk->precinct < walk->state->plan->precinct_count;
}

pac_code_block *pac_block_walk_next(pac_block_walk *walk)
{
    if (walk->precinct >= walk->state->plan->precinct_count)
        return NULL;
    do {
        const pac_precinct *precinct = &walk->state->precincts[walk->precinct];
        const pac_precinct_band *band = precinct->bands ? band_of(walk) : NULL;
        const int64_t count = band && band->blocks ? (int64_t)band->blocks_wide * band->blocks_high : 0;
        if (walk->block < count)
            return &band->blocks[walk->block++];
    } while (next_band(walk));
    return NULL;
}

/* The next block that has passes, or NULL. */
static pac_code_block *next_block(pac_block_walk *walk)
{
    pac_code_block *block;
    do
        block = pac_block_walk_next(walk);
    while (block && !block->passes);
    return block;
}

pac_coded_count pac_coded_passes_count(const pac_precincts *state)
{
    pac_block_walk walk = {.state = state};
    pac_coded_count count = {0, 0};
    for (const pac_code_block *block; (block = next_block(&walk)); count.blocks++)
        count.passes += block->passes;
    return count;
}

void pac_coded_passes_read(const pac_precincts *state, int32_t *bands, int32_t *counts, uint32_t *lengths, float *gains)
{
    pac_block_walk walk = {.state = state};
    for (const pac_code_block *block; (block = next_block(&walk));) {
        *bands++ = 3 * resolution_of(&walk) + walk.band;
        *counts++ = block->passes;
        for (int32_t i = 0; i < block->passes; i++) {
            *lengths++ = block->coded[i].length;
            *gains++ = block->coded[i].gain;
        }
    }
}

void pac_coded_passes_assign(const pac_precincts *state, const uint16_t *layers)
{
    pac_block_walk walk = {.state = state};
    for (pac_code_block *block; (block = next_block(&walk));) {
        for (int32_t i = 0; i < block->passes; i++)
            block->coded[i].layer = *layers++;
        block->first_sent = 0;
        if (block->kind == PAC_BLOCK_HT)
            while (block->first_sent < block->passes && block->coded[block->first_sent].layer == PAC_NO_LAYER)
                block->first_sent++;
    }
}

#include "j2k/damaged_blocks.h"

static int64_t list_band(const pac_resolution *resolution, const pac_band *band, const pac_precinct_band *blocks,
                         pac_damaged_block *out, int64_t most)
{
    int64_t count = 0;
    for (int64_t i = 0; i < (int64_t)blocks->blocks_wide * blocks->blocks_high && count < most; i++) {
        const pac_code_block *block = &blocks->blocks[i];
        if (!block->damaged)
            continue;
        if (out)
            out[count] = (pac_damaged_block){
                .component = resolution->component,
                .resolution = resolution->resolution,
                .orientation = band->orientation,
                .x = block->x,
                .y = block->y,
                .width = block->width,
                .height = block->height,
                .flaw = block->damaged - 1,
                .planes_kept = block->planes_kept,
                .plane = band->magnitude_bitplanes - 1 - block->missing_bitplanes - block->planes_kept,
            };
        count++;
    }
    return count;
}

int64_t pac_damaged_blocks(const pac_precincts *state, pac_damaged_block *out, int64_t most)
{
    const pac_tile_plan *plan = state->plan;
    int64_t count = 0;
    for (int64_t p = 0; p < plan->precinct_count; p++) {
        const pac_precinct *precinct = &state->precincts[p];
        const pac_resolution *resolution = &plan->resolutions[plan->precinct_resolution[p]];
        for (int32_t b = 0; precinct->bands && b < resolution->band_count; b++)
            count += list_band(resolution, &resolution->bands[b], &precinct->bands[b], out ? out + count : NULL,
                               most - count);
    }
    return count;
}

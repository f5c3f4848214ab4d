#include "j2k/packets/precincts.h"

#include <stdlib.h>
#include <string.h>

pac_status pac_precincts_init(pac_precincts *state, const pac_tile_plan *plan, int64_t block_limit)
{
    *state = (pac_precincts){.plan = plan, .block_limit = block_limit};
    if (plan->precinct_count > block_limit)
        return PAC_LIMIT;
    state->precincts = calloc((size_t)plan->precinct_count + 1, sizeof *state->precincts);
    return state->precincts ? PAC_OK : PAC_NO_MEMORY;
}

void pac_precincts_free(pac_precincts *state)
{
    free(state->precincts);
    free(state->pieces);
    pac_arena_free(&state->arena);
    *state = (pac_precincts){0};
}

/* The precinct's share of a band, in band coordinates. */
static pac_rect band_share(const pac_resolution *resolution, const pac_band *band, int64_t precinct)
{
    int halved = resolution->resolution > 0;
    int32_t xe = resolution->precinct_width_exponent, ye = resolution->precinct_height_exponent;
    int64_t column = (resolution->rect.x0 >> xe) + precinct % resolution->precincts_wide;
    int64_t row = (resolution->rect.y0 >> ye) + precinct / resolution->precincts_wide;
    xe -= halved;
    ye -= halved;
    return (pac_rect){pac_max(band->rect.x0, column << xe), pac_max(band->rect.y0, row << ye),
                      pac_min(band->rect.x1, (column + 1) << xe), pac_min(band->rect.y1, (row + 1) << ye)};
}

static pac_status take_tree(pac_precincts *state, pac_tag_tree *tree, int32_t width, int32_t height)
{
    *tree = (pac_tag_tree){width, height, NULL};
    tree->nodes = pac_arena_take(&state->arena, (size_t)pac_tag_tree_node_count(width, height) * sizeof *tree->nodes);
    return tree->nodes ? PAC_OK : PAC_NO_MEMORY;
}

static void place_blocks(const pac_resolution *resolution, const pac_band *band, pac_rect share, pac_precinct_band *out)
{
    int32_t xe = resolution->block_width_exponent, ye = resolution->block_height_exponent;
    int64_t first_column = share.x0 >> xe, first_row = share.y0 >> ye;
    pac_code_block *block = out->blocks;
    for (int32_t row = 0; row < out->blocks_high; row++)
        for (int32_t column = 0; column < out->blocks_wide; column++, block++) {
            int64_t x0 = pac_max(share.x0, (first_column + column) << xe);
            int64_t x1 = pac_min(share.x1, (first_column + column + 1) << xe);
            int64_t y0 = pac_max(share.y0, (first_row + row) << ye);
            int64_t y1 = pac_min(share.y1, (first_row + row + 1) << ye);
            block->x = (int32_t)(x0 - band->rect.x0);
            block->y = (int32_t)(y0 - band->rect.y0);
            block->width = (uint16_t)(x1 - x0);
            block->height = (uint16_t)(y1 - y0);
            block->first_piece = block->last_piece = -1;
            block->length_bits = 3;
        }
}

static pac_status open_band(pac_precincts *state, const pac_resolution *resolution, const pac_band *band,
                            int64_t precinct, pac_precinct_band *out)
{
    pac_rect share = band_share(resolution, band, precinct);
    if (share.x1 <= share.x0 || share.y1 <= share.y0)
        return PAC_OK; /* no blocks, no tag tree, nothing in the packet */
    int32_t xe = resolution->block_width_exponent, ye = resolution->block_height_exponent;
    int64_t wide = pac_ceil_shift(share.x1, xe) - (share.x0 >> xe);
    int64_t high = pac_ceil_shift(share.y1, ye) - (share.y0 >> ye);
    if (wide > state->block_limit || high > state->block_limit / wide ||
        (state->block_count += wide * high) > state->block_limit)
        return PAC_LIMIT;
    out->blocks_wide = (int32_t)wide;
    out->blocks_high = (int32_t)high;
    out->blocks = pac_arena_take(&state->arena, (size_t)(wide * high) * sizeof *out->blocks);
    if (!out->blocks || take_tree(state, &out->inclusion, out->blocks_wide, out->blocks_high) ||
        take_tree(state, &out->missing_bitplanes, out->blocks_wide, out->blocks_high))
        return PAC_NO_MEMORY;
    place_blocks(resolution, band, share, out);
    return PAC_OK;
}

pac_status pac_precinct_open(pac_precincts *state, int64_t precinct)
{
    pac_precinct *here = &state->precincts[precinct];
    if (here->bands)
        return PAC_OK;
    const pac_resolution *resolution = &state->plan->resolutions[state->plan->precinct_resolution[precinct]];
    pac_precinct_band *bands = pac_arena_take(&state->arena, (size_t)resolution->band_count * sizeof *bands);
    if (!bands)
        return PAC_NO_MEMORY;
    for (int32_t b = 0; b < resolution->band_count; b++) {
        pac_status status =
            open_band(state, resolution, &resolution->bands[b], precinct - resolution->first_precinct, &bands[b]);
        if (status)
            return status;
    }
    here->bands = bands;
    return PAC_OK;
}

/* Copies blocks and tag trees of a band from or to `bytes`; returns the byte behind them. Only counts without bytes. */
static size_t copy_band(pac_precinct_band *band, uint8_t *bytes, int restore)
{
    const size_t blocks = (size_t)band->blocks_wide * (size_t)band->blocks_high * sizeof *band->blocks;
    const size_t nodes =
        (size_t)pac_tag_tree_node_count(band->blocks_wide, band->blocks_high) * sizeof *band->inclusion.nodes;
    void *parts[] = {band->blocks, band->inclusion.nodes, band->missing_bitplanes.nodes};
    const size_t sizes[] = {blocks, nodes, nodes};
    size_t size = 0;
    for (int i = 0; i < 3 && blocks; i++) {
        if (bytes && restore)
            memcpy(parts[i], bytes + size, sizes[i]);
        else if (bytes)
            memcpy(bytes + size, parts[i], sizes[i]);
        size += sizes[i];
    }
    return size;
}

static int32_t band_count(const pac_precincts *state, int64_t precinct)
{
    return state->plan->resolutions[state->plan->precinct_resolution[precinct]].band_count;
}

pac_status pac_precinct_save(const pac_precincts *state, int64_t precinct, pac_saved_precinct *saved)
{
    pac_precinct_band *bands = state->precincts[precinct].bands;
    size_t size = 0;
    for (int32_t b = 0; b < band_count(state, precinct); b++)
        size += copy_band(&bands[b], NULL, 0);
    if (size > saved->capacity) {
        uint8_t *bytes = realloc(saved->bytes, size);
        if (!bytes)
            return PAC_NO_MEMORY;
        saved->bytes = bytes;
        saved->capacity = size;
    }
    saved->size = 0;
    for (int32_t b = 0; b < band_count(state, precinct); b++)
        saved->size += copy_band(&bands[b], saved->bytes + saved->size, 0);
    return PAC_OK;
}

void pac_precinct_restore(pac_precincts *state, int64_t precinct, const pac_saved_precinct *saved)
{
    if (!saved->size)
        return;
    pac_precinct_band *bands = state->precincts[precinct].bands;
    size_t position = 0;
    for (int32_t b = 0; b < band_count(state, precinct); b++) {
        position += copy_band(&bands[b], saved->bytes + position, 1);
        const int64_t blocks = (int64_t)bands[b].blocks_wide * bands[b].blocks_high;
        for (int64_t i = 0; i < blocks; i++)
            if (bands[b].blocks[i].last_piece >= 0)
                state->pieces[bands[b].blocks[i].last_piece].next = -1;
    }
}

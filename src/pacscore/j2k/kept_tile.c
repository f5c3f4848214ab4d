#include "j2k/kept_tile.h"

#include <stdlib.h>

enum { ALIGNMENT = 64 };

pac_status pac_kept_tile_init(pac_kept_tile *kept, const pac_tile_plan *plan)
{
    kept->bands = calloc((size_t)plan->resolution_count * 3 + 1, sizeof *kept->bands);
    kept->resolutions = calloc((size_t)plan->resolution_count + 1, sizeof *kept->resolutions);
    return kept->bands && kept->resolutions ? PAC_OK : PAC_NO_MEMORY;
}

static void free_planes(pac_kept_plane *planes, int64_t count)
{
    for (int64_t i = 0; planes && i < count; i++) {
        free(planes[i].allocated);
        planes[i] = (pac_kept_plane){0};
    }
}

static void free_all_planes(pac_kept_tile *kept, const pac_tile_plan *plan)
{
    free_planes(kept->bands, (int64_t)plan->resolution_count * 3);
    free_planes(kept->resolutions, plan->resolution_count);
}

void pac_kept_tile_free(pac_kept_tile *kept, const pac_tile_plan *plan)
{
    free_all_planes(kept, plan);
    free(kept->bands);
    free(kept->resolutions);
    *kept = (pac_kept_tile){0};
}

pac_status pac_kept_plane_provide(pac_kept_plane *plane, int64_t width, int64_t height, pac_coefficient_type type)
{
    if (plane->memory)
        return PAC_OK;
    plane->stride = pac_plane_stride(width, type);
    const size_t size = (size_t)plane->stride * (size_t)height * pac_coefficient_size(type);
    plane->allocated = calloc(size + ALIGNMENT, 1); /* pages that are not written take no memory */
    if (!plane->allocated)
        return PAC_NO_MEMORY;
    const uintptr_t past = (uintptr_t)plane->allocated % ALIGNMENT;
    plane->memory = (uint8_t *)plane->allocated + (past ? ALIGNMENT - past : 0);
    return PAC_OK;
}

/* Calls for each code-block that a packet has told of; nonzero if any call gave that. */
typedef int visit_block(pac_code_block *block, void *state);

static int each_block(pac_precincts *precincts, int64_t precinct, visit_block *visit, void *state)
{
    const pac_tile_plan *plan = precincts->plan;
    const int32_t band_count = plan->resolutions[plan->precinct_resolution[precinct]].band_count;
    pac_precinct_band *bands = precincts->precincts[precinct].bands;
    int any = 0;
    for (int32_t b = 0; bands && b < band_count; b++) {
        const int64_t count = (int64_t)bands[b].blocks_wide * bands[b].blocks_high;
        for (int64_t i = 0; i < count; i++)
            if (bands[b].blocks[i].first_piece >= 0)
                any |= visit(&bands[b].blocks[i], state);
    }
    return any;
}

static int forget_block(pac_code_block *block, void *state)
{
    (void)state;
    block->decoded = 0;
    block->damaged = 0;
    return 0;
}

void pac_kept_tile_forget(pac_kept_tile *kept, pac_precincts *precincts)
{
    free_all_planes(kept, precincts->plan);
    for (int64_t p = 0; p < precincts->plan->precinct_count; p++)
        each_block(precincts, p, forget_block, NULL);
}

typedef struct {
    pac_piece *pieces;
    pac_byte_runs present;
    const pac_tile_part *run; /* where the last piece was found */
} arrival;

/* Whether all bytes of a piece are there; one that was lost has none. */
static int is_there(arrival *at, const pac_piece *piece)
{
    if (!piece->length || piece->kind == PAC_PIECE_LOST)
        return 1;
    if (!at->run || piece->offset < at->run->start || piece->offset >= at->run->stop)
        at->run = pac_find_run(at->present, piece->offset);
    return at->run && piece->length <= at->run->stop && piece->offset <= at->run->stop - piece->length;
}

/* Pieces can only be used in their order. */
static int arrive_at_block(pac_code_block *block, void *state)
{
    arrival *at = state;
    uint16_t count = 0;
    int absent = 0;
    for (int32_t i = block->first_piece; i >= 0; i = at->pieces[i].next) {
        absent |= !is_there(at, &at->pieces[i]);
        at->pieces[i].absent = (uint8_t)absent;
        count += !absent;
    }
    const int changed = count != block->at_hand;
    block->at_hand = count;
    return changed;
}

void pac_kept_tile_arrive(pac_kept_tile *kept, pac_precincts *precincts, pac_byte_runs present)
{
    const pac_tile_plan *plan = precincts->plan;
    arrival at = {precincts->pieces, present, NULL};
    for (int64_t p = 0; p < plan->precinct_count; p++) {
        if (!each_block(precincts, p, arrive_at_block, &at))
            continue;
        const int32_t first = plan->precinct_resolution[p];
        const int32_t component = plan->resolutions[first].component;
        for (int32_t r = first; r < plan->resolution_count && plan->resolutions[r].component == component; r++)
            kept->resolutions[r].whole = 0;
    }
}

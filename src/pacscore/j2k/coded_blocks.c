#include "j2k/coded_blocks.h"

#include <string.h>

#include "j2k/packets/block_lengths.h"

/* A block, and where it is. */
typedef struct {
    const pac_precincts *state;
    int64_t precinct, number;
    int32_t band;
} block_place;

static const pac_resolution *resolution_of(const block_place *at)
{
    return &at->state->plan->resolutions[at->state->plan->precinct_resolution[at->precinct]];
}

/* The next block, NULL behind the last; `at` begins as zeros but for the state. */
static pac_code_block *next_block(block_place *at)
{
    for (; at->precinct < at->state->plan->precinct_count; at->precinct++, at->band = 0) {
        const pac_precinct *precinct = &at->state->precincts[at->precinct];
        for (; precinct->bands && at->band < resolution_of(at)->band_count; at->band++, at->number = 0) {
            const pac_precinct_band *band = &precinct->bands[at->band];
            if (band->blocks && at->number < (int64_t)band->blocks_wide * band->blocks_high)
                return &band->blocks[at->number++];
        }
    }
    return NULL;
}

static pac_coded_block describe(const block_place *at, const pac_code_block *block, uint32_t length, int32_t pieces)
{
    const pac_resolution *resolution = resolution_of(at);
    return (pac_coded_block){
        length,
        pieces,
        block->passes,
        block->missing_bitplanes,
        block->kind,
        (uint16_t)resolution->component,
        (uint16_t)resolution->resolution,
    };
}

pac_status pac_coded_blocks_open(pac_precincts *state, int64_t *count)
{
    pac_status status = PAC_OK;
    for (int64_t k = 0; k < state->plan->precinct_count && !status; k++)
        status = pac_precinct_open(state, k);
    *count = 0;
    for (block_place at = {.state = state}; !status && next_block(&at);)
        ++*count;
    return status;
}

int64_t pac_coded_blocks_pieces(const pac_precincts *state, pac_coded_block *blocks, pac_read_piece *pieces)
{
    block_place at = {.state = state};
    int64_t count = 0;
    for (const pac_code_block *block; (block = next_block(&at));) {
        const int64_t first = count;
        uint32_t length = 0;
        for (int32_t i = block->first_piece; i >= 0; i = state->pieces[i].next, count++) {
            const pac_piece *piece = &state->pieces[i];
            length += piece->length;
            if (pieces)
                pieces[count] =
                    (pac_read_piece){piece->offset, piece->length, i, piece->first_pass, piece->passes, piece->kind};
        }
        if (blocks)
            *blocks++ = describe(&at, block, length, (int32_t)(count - first));
    }
    return count;
}

pac_coded_total pac_coded_blocks_read(const pac_precincts *state, pac_coded_block *blocks, pac_pass_bytes *passes,
                                      uint8_t *bytes)
{
    block_place at = {.state = state};
    pac_coded_total total = {0};
    for (const pac_code_block *block; (block = next_block(&at));) {
        const uint32_t length = block->passes ? block->length : 0;
        if (blocks)
            *blocks++ = describe(&at, block, length, 0);
        for (int32_t i = 0; i < block->passes && passes; i++) {
            const uint32_t before = i ? block->coded[i - 1].length : 0;
            *passes++ =
                (pac_pass_bytes){block->coded[i].length - before, block->coded[i].layer, block->coded[i].ends_segment};
        }
        if (bytes && length)
            memcpy(bytes + total.bytes, block->bytes, length);
        total.passes += block->passes;
        total.bytes += length;
    }
    return total;
}

/* Whether a segment ends with a pass; sets of HT that are placeholders end with that of the first cleanup pass. */
static int ends_segment(int32_t style, const pac_code_block *block, int32_t pass)
{
    if (block->kind != PAC_BLOCK_HT)
        return pac_segment_end(style, pass) == pass + 1;
    return pass % 3 != 1 && block->coded[pass].length;
}

static pac_status replace(pac_precincts *state, int32_t style, pac_code_block *block, const pac_coded_block *by,
                          const pac_pass_bytes *passes)
{
    uint32_t length = 0;
    block->passes = by->passes;
    block->first_sent = 0;
    if (!by->passes)
        return PAC_OK;
    block->missing_bitplanes = by->missing_bitplanes;
    block->kind = by->kind;
    block->coded = pac_arena_take(&state->arena, by->passes * sizeof *block->coded);
    if (!block->coded)
        return PAC_NO_MEMORY;
    for (int32_t i = 0; i < by->passes; i++) {
        length += passes[i].length;
        block->coded[i].length = length;
        block->coded[i].layer = passes[i].layer;
    }
    for (int32_t i = 0; i < by->passes; i++)
        block->coded[i].ends_segment = i == by->passes - 1 || ends_segment(style, block, i);
    block->length = length;
    return PAC_OK;
}

pac_status pac_coded_blocks_replace(pac_precincts *state, const pac_coded_block *blocks, const pac_pass_bytes *passes,
                                    const uint8_t *bytes)
{
    block_place at = {.state = state};
    for (pac_code_block *block; (block = next_block(&at)); blocks++) {
        const pac_resolution *resolution = resolution_of(&at);
        if (blocks->passes && blocks->missing_bitplanes > resolution->bands[at.band].magnitude_bitplanes)
            return PAC_CORRUPT;
        const int32_t style = state->plan->components[resolution->component].style;
        const pac_status status = replace(state, style, block, blocks, passes);
        if (status)
            return status;
        passes += blocks->passes;
        if (blocks->passes) {
            block->bytes = bytes;
            bytes += block->length;
        }
    }
    return PAC_OK;
}

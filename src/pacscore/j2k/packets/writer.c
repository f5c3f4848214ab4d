#include "j2k/packets/writer.h"

#include <stdlib.h>
#include <string.h>

enum {
    PACKET_OVERHEAD = 16,      /* SOP, EPH, the first bit, padding */
    HEADER_BYTES_A_BLOCK = 320 /* more than two paths of 14 nodes with 75 bits each, and the lengths, can take */
};

static pac_status make_room(pac_packet_sink *sink, size_t more)
{
    if (sink->capacity - sink->size >= more)
        return PAC_OK;
    size_t capacity = sink->capacity + sink->capacity / 2;
    if (capacity < sink->size + more)
        capacity = sink->size + more + 4096;
    uint8_t *bytes = realloc(sink->bytes, capacity);
    if (!bytes)
        return PAC_NO_MEMORY;
    sink->bytes = bytes;
    sink->capacity = capacity;
    return PAC_OK;
}

static size_t packet_bound(const pac_precinct *precinct, int32_t band_count, int *empty)
{
    size_t bound = PACKET_OVERHEAD;
    *empty = 1;
    for (int32_t b = 0; b < band_count; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        int64_t count = (int64_t)band->blocks_wide * band->blocks_high;
        bound += (size_t)count * HEADER_BYTES_A_BLOCK;
        for (int64_t i = 0; i < count; i++) {
            bound += band->blocks[i].length;
            if (band->blocks[i].passes)
                *empty = 0;
        }
    }
    return bound;
}

static void fill_trees(pac_precinct_band *band)
{
    for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++) {
        const pac_code_block *block = &band->blocks[i];
        band->inclusion.nodes[i].value = block->passes ? 0 : 1;
        band->missing_bitplanes.nodes[i].value = block->passes ? block->missing_bitplanes : UINT16_MAX;
    }
    pac_tag_tree_fill(&band->inclusion);
    pac_tag_tree_fill(&band->missing_bitplanes);
}

/* One HT cleanup pass: pass count, Lblock increments, length. */
static void write_block(const pac_code_block *block, pac_header_writer *bits)
{
    pac_write_bit(bits, 0);
    uint32_t length_bits = block->length_bits, needed = 32 - (uint32_t)__builtin_clz(block->length | 1);
    while (length_bits < needed) {
        pac_write_bit(bits, 1);
        length_bits++;
    }
    pac_write_bit(bits, 0);
    pac_write_bits(bits, block->length, length_bits);
}

static void write_band_header(pac_precinct_band *band, pac_header_writer *bits)
{
    fill_trees(band);
    const pac_code_block *block = band->blocks;
    for (int32_t y = 0; y < band->blocks_high; y++)
        for (int32_t x = 0; x < band->blocks_wide; x++, block++) {
            pac_tag_tree_write(&band->inclusion, x, y, 1, bits);
            if (!block->passes)
                continue;
            pac_tag_tree_write(&band->missing_bitplanes, x, y, block->missing_bitplanes + 1u, bits);
            write_block(block, bits);
        }
}

static uint8_t *write_bodies(const pac_precinct *precinct, int32_t band_count, uint8_t *next)
{
    for (int32_t b = 0; b < band_count; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++)
            if (band->blocks[i].passes) {
                memcpy(next, band->blocks[i].bytes, band->blocks[i].length);
                next += band->blocks[i].length;
            }
    }
    return next;
}

static pac_status write_packet(pac_precincts *state, int64_t number, int64_t counter, int sop, int eph,
                               pac_packet_sink *sink)
{
    pac_precinct *precinct = &state->precincts[number];
    int32_t band_count = state->plan->resolutions[state->plan->precinct_resolution[number]].band_count;
    int empty;
    pac_status status = make_room(sink, packet_bound(precinct, band_count, &empty));
    if (status)
        return status;
    uint8_t *start = sink->bytes + sink->size, *next = start;
    if (sop) {
        const uint8_t segment[6] = {0xFF, 0x91, 0, 4, (uint8_t)(counter >> 8), (uint8_t)counter};
        memcpy(next, segment, sizeof segment);
        next += sizeof segment;
    }
    pac_header_writer bits;
    pac_write_start(&bits, next, sink->bytes + sink->capacity);
    pac_write_bit(&bits, !empty);
    for (int32_t b = 0; b < band_count && !empty; b++)
        if (precinct->bands[b].blocks)
            write_band_header(&precinct->bands[b], &bits);
    pac_write_align(&bits);
    if (bits.overflow)
        return PAC_NO_SPACE;
    next = bits.next;
    if (eph) {
        *next++ = 0xFF;
        *next++ = 0x92;
    }
    next = write_bodies(precinct, band_count, next);
    sink->size += (size_t)(next - start);
    sink->lengths[counter] = (uint32_t)(next - start);
    return PAC_OK;
}

pac_status pac_packets_write(pac_precincts *state, int sop, int eph, pac_packet_sink *sink)
{
    const pac_tile_plan *plan = state->plan;
    int64_t counter = 0;
    for (int32_t r = 0; r < plan->run_count; r++)
        for (int64_t i = 0; i < plan->runs[r].precinct_count; i++) {
            int64_t precinct = plan->runs[r].precincts[i];
            if (state->precincts[precinct].next_layer++)
                continue; /* sent already by an earlier progression */
            pac_status status = write_packet(state, precinct, counter++, sop, eph, sink);
            if (status)
                return status;
        }
    return PAC_OK;
}

#include "j2k/packets/writer.h"

#include <stdlib.h>
#include <string.h>

enum {
    PACKET_OVERHEAD = 16,      /* SOP, EPH, the first bit, padding */
    HEADER_BYTES_A_BLOCK = 320 /* more than two paths of 14 nodes with 75 bits each, and the lengths, can take */
};

static int64_t block_count(const pac_precinct *precinct, int32_t bands)
{
    int64_t count = 0;
    for (int32_t b = 0; b < bands; b++)
        count += (int64_t)precinct->bands[b].blocks_wide * precinct->bands[b].blocks_high;
    return count;
}

static int32_t band_count(const pac_precincts *state, int64_t precinct)
{
    return state->plan->resolutions[state->plan->precinct_resolution[precinct]].band_count;
}

static int is_empty(const pac_precinct *precinct, int32_t bands)
{
    for (int32_t b = 0; b < bands; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++)
            if (band->blocks[i].passes)
                return 0;
    }
    return 1;
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

static pac_status write_header(pac_packet_list *list, pac_precinct *precinct, int32_t bands, int sop, int eph)
{
    pac_packet *packet = &list->packets[list->count];
    const int empty = is_empty(precinct, bands);
    uint8_t *start = list->headers + list->size, *next = start;
    if (sop) {
        const uint8_t segment[6] = {0xFF, 0x91, 0, 4, (uint8_t)(list->count >> 8), (uint8_t)list->count};
        memcpy(next, segment, sizeof segment);
        next += sizeof segment;
    }
    pac_header_writer bits;
    pac_write_start(&bits, next, list->headers + list->capacity);
    pac_write_bit(&bits, !empty);
    for (int32_t b = 0; b < bands && !empty; b++)
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
    packet->header = list->size;
    packet->header_length = packet->length = (uint32_t)(next - start);
    list->size += packet->header_length;
    list->count++;
    return PAC_OK;
}

/* Adds what the blocks take; a packet of 4 GiB cannot be told by a tile-part. */
static pac_status add_bodies(pac_packet *packet, const pac_precinct *precinct, int32_t bands)
{
    uint64_t length = packet->length;
    for (int32_t b = 0; b < bands; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++)
            length += band->blocks[i].passes ? band->blocks[i].length : 0;
    }
    packet->length = (uint32_t)length;
    return length > UINT32_MAX ? PAC_NO_SPACE : PAC_OK;
}

pac_status pac_packet_list_init(pac_packet_list *list, pac_precincts *state, int sop, int eph)
{
    const pac_tile_plan *plan = state->plan;
    int64_t blocks = 0;
    for (int64_t k = 0; k < plan->precinct_count; k++)
        blocks += block_count(&state->precincts[k], band_count(state, k));
    *list = (pac_packet_list){0};
    list->capacity = (size_t)blocks * HEADER_BYTES_A_BLOCK + (size_t)(plan->precinct_count + 1) * PACKET_OVERHEAD;
    list->headers = malloc(list->capacity);
    list->packets = malloc((size_t)(plan->precinct_count + 1) * sizeof *list->packets);
    if (!list->headers || !list->packets)
        return PAC_NO_MEMORY;
    for (int32_t r = 0; r < plan->run_count; r++)
        for (int64_t i = 0; i < plan->runs[r].precinct_count; i++) {
            const int64_t number = plan->runs[r].precincts[i];
            pac_precinct *precinct = &state->precincts[number];
            if (precinct->next_layer++)
                continue; /* sent already by an earlier progression */
            pac_packet *packet = &list->packets[list->count];
            packet->precinct = number;
            pac_status status = write_header(list, precinct, band_count(state, number), sop, eph);
            if (!status)
                status = add_bodies(packet, precinct, band_count(state, number));
            if (status)
                return status;
        }
    return PAC_OK;
}

void pac_packet_list_free(pac_packet_list *list)
{
    free(list->headers);
    free(list->packets);
    *list = (pac_packet_list){0};
}

/* What is asked for of a sequence of bytes. */
typedef struct {
    uint64_t at, from, to;
    uint8_t *out;
} byte_range;

static void write_part(byte_range *range, const uint8_t *bytes, uint32_t length)
{
    const uint64_t start = range->at, end = start + length;
    const uint64_t from = start > range->from ? start : range->from, to = end < range->to ? end : range->to;
    if (from < to)
        memcpy(range->out + (from - range->from), bytes + (from - start), to - from);
    range->at = end;
}

static void write_bodies(const pac_precinct *precinct, int32_t bands, byte_range *range)
{
    for (int32_t b = 0; b < bands; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++)
            if (band->blocks[i].passes)
                write_part(range, band->blocks[i].bytes, band->blocks[i].length);
    }
}

void pac_packets_write(const pac_packet_list *list, const pac_precincts *state, int64_t first, int64_t last,
                       uint64_t from, uint64_t to, uint8_t *out)
{
    byte_range range = {0, from, to, out};
    for (int64_t k = first; k < last && range.at < to; k++) {
        const pac_packet *packet = &list->packets[k];
        if (range.at + packet->length <= from) {
            range.at += packet->length;
            continue;
        }
        write_part(&range, list->headers + packet->header, packet->header_length);
        write_bodies(&state->precincts[packet->precinct], band_count(state, packet->precinct), &range);
    }
}

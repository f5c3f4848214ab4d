#include "j2k/packets/writer.h"

#include <stdlib.h>
#include <string.h>

#include "j2k/packets/byte_range.h"

enum {
    PACKET_OVERHEAD = 16, /* SOP, EPH, the first bit, padding */
    HEADER_BYTES_A_BLOCK =
        320,                 /* more than two paths of 14 nodes with 75 bits each can take, and the number of passes */
    HEADER_BYTES_A_PASS = 5, /* a length each, at most */
    MOST_PASSES = 164,       /* that a packet can tell of a block: T.800 Table B.4 */
    USUAL_LENGTH_BITS = 3,
    SOP_SIZE = 6
};

static int32_t band_count(const pac_precincts *state, int64_t precinct)
{
    return state->plan->resolutions[state->plan->precinct_resolution[precinct]].band_count;
}

static int64_t block_count(const pac_precinct_band *band)
{
    return (int64_t)band->blocks_wide * band->blocks_high;
}

/* Behind which of a block's passes the packets up to this layer end; -1: before the first. */
static int32_t passes_up_to(const pac_code_block *block, int32_t layer)
{
    int32_t passes = block->passes;
    while (passes > block->first_sent && block->coded[passes - 1].layer > layer)
        passes--;
    return passes;
}

static uint32_t bytes_up_to(const pac_code_block *block, int32_t passes)
{
    return passes ? block->coded[passes - 1].length : 0;
}

/* Whether a pass is only told of. */
static int is_placeholder(const pac_code_block *block, int32_t pass)
{
    return block->coded[pass].layer == PAC_NO_LAYER;
}

/* Bytes of passes [first, last) that are sent in one layer. Placeholders come in whole, since what is sent of an HT set
 * begins with its first pass, and what is not sent of one ends with its last. */
static int32_t past_placeholders(const pac_code_block *block, int32_t first, int32_t last)
{
    while (first < last && is_placeholder(block, first))
        first++;
    return first;
}

static uint32_t bytes_of(const pac_code_block *block, int32_t first, int32_t last)
{
    return bytes_up_to(block, last) - bytes_up_to(block, past_placeholders(block, first, last));
}

/* P; every set of HT that is left out at the beginning is one more. Source: T.814 7.1. */
static uint16_t missing_bitplanes(const pac_code_block *block)
{
    return (uint16_t)(block->missing_bitplanes + block->first_sent / 3);
}

/* ---- What is written before anything has been sent ---- */

static void reset_tree(pac_tag_tree *tree)
{
    const int64_t count = pac_tag_tree_node_count(tree->width, tree->height);
    for (int64_t i = 0; i < count; i++)
        tree->nodes[i] = (pac_tag_node){tree->nodes[i].value, 0, 0};
    pac_tag_tree_fill(tree);
}

static void reset_band(pac_precinct_band *band)
{
    for (int64_t i = 0; i < block_count(band); i++) {
        pac_code_block *block = &band->blocks[i];
        const uint16_t first = block->first_sent < block->passes ? block->coded[block->first_sent].layer : PAC_NO_LAYER;
        block->length_bits = USUAL_LENGTH_BITS;
        band->inclusion.nodes[i].value = first;
        band->missing_bitplanes.nodes[i].value = first == PAC_NO_LAYER ? UINT16_MAX : missing_bitplanes(block);
    }
    if (band->blocks) {
        reset_tree(&band->inclusion);
        reset_tree(&band->missing_bitplanes);
    }
}

static void reset(pac_precincts *state)
{
    for (int64_t k = 0; k < state->plan->precinct_count; k++) {
        state->precincts[k].next_layer = 0;
        for (int32_t b = 0; b < band_count(state, k); b++)
            reset_band(&state->precincts[k].bands[b]);
    }
}

/* ---- Headers ---- */

/* T.800 Table B.4. */
static void write_pass_count(uint32_t passes, pac_header_writer *bits)
{
    if (passes <= 2) {
        pac_write_bits(bits, passes == 1 ? 0 : 2, passes);
    } else if (passes <= 5) {
        pac_write_bits(bits, 0xC | (passes - 3), 4);
    } else if (passes <= 36) {
        pac_write_bits(bits, 0x1E0 | (passes - 6), 9);
    } else {
        pac_write_bits(bits, 0xFF80 | (passes - 37), 16);
    }
}

static uint32_t floor_log2(uint32_t n)
{
    return 31 - (uint32_t)__builtin_clz(n | 1);
}

/* Behind the passes from `pass` on that share a length: the rest of their codeword segment, as far as it is sent. */
static int32_t end_of_share(const pac_code_block *block, int32_t pass, int32_t last)
{
    while (!block->coded[pass++].ends_segment && pass < last) {
    }
    return pass;
}

/* What Lblock grows to, so that each length can be told. T.800 B.10.7.1. */
static uint32_t needed_length_bits(const pac_code_block *block, int32_t first, int32_t last)
{
    uint32_t needed = block->length_bits;
    for (int32_t pass = first, end; pass < last; pass = end) {
        end = end_of_share(block, pass, last);
        const uint32_t length = bytes_of(block, pass, end);
        const uint32_t bits = floor_log2(length) + 1, given = floor_log2((uint32_t)(end - pass));
        if (bits > needed + given)
            needed = bits - given;
    }
    return needed;
}

static void write_passes(pac_code_block *block, int32_t first, int32_t last, pac_header_writer *bits)
{
    write_pass_count((uint32_t)(last - first), bits);
    for (const uint32_t needed = needed_length_bits(block, first, last); block->length_bits < needed;
         block->length_bits++)
        pac_write_bit(bits, 1);
    pac_write_bit(bits, 0);
    for (int32_t pass = first, end; pass < last; pass = end) {
        end = end_of_share(block, pass, last);
        pac_write_bits(bits, bytes_of(block, pass, end), block->length_bits + floor_log2((uint32_t)(end - pass)));
    }
}

static void write_band_header(pac_precinct_band *band, int32_t layer, pac_header_writer *bits)
{
    pac_code_block *block = band->blocks;
    for (int32_t y = 0; y < band->blocks_high; y++)
        for (int32_t x = 0; x < band->blocks_wide; x++, block++) {
            const int32_t first = passes_up_to(block, layer - 1), last = passes_up_to(block, layer);
            const int included = first > block->first_sent;
            if (included)
                pac_write_bit(bits, last > first);
            else
                pac_tag_tree_write(&band->inclusion, x, y, (uint32_t)layer + 1, bits);
            if (last == first)
                continue;
            if (!included)
                pac_tag_tree_write(&band->missing_bitplanes, x, y, missing_bitplanes(block) + 1u, bits);
            write_passes(block, first, last, bits);
        }
}

/* What one packet has of its blocks. */
typedef struct {
    uint64_t bytes, passes, blocks;
    int32_t most_passes;
} contribution;

static contribution measure(const pac_precinct *precinct, int32_t bands, int32_t layer)
{
    contribution all = {0};
    for (int32_t b = 0; b < bands; b++)
        for (int64_t i = 0; i < block_count(&precinct->bands[b]); i++) {
            const pac_code_block *block = &precinct->bands[b].blocks[i];
            const int32_t first = passes_up_to(block, layer - 1), last = passes_up_to(block, layer);
            all.blocks++;
            all.passes += (uint64_t)(last - first);
            all.bytes += bytes_of(block, first, last);
            all.most_passes = last - first > all.most_passes ? last - first : all.most_passes;
        }
    return all;
}

/* How much of a packet's header is not packed. */
static uint32_t stays(const pac_packet_list *list, const pac_packet *packet)
{
    return list->framing.packed ? (list->framing.sop ? SOP_SIZE : 0) : packet->header_length;
}

/* An inclusion tree has at most two nodes a block, and each may tell of every layer so far, seven bits to a byte. */
static pac_status make_room(pac_packet_list *list, const contribution *all, int32_t layer)
{
    const size_t block = HEADER_BYTES_A_BLOCK + 2 * (size_t)layer / 7;
    const size_t needed =
        list->size + PACKET_OVERHEAD + (size_t)all->blocks * block + (size_t)all->passes * HEADER_BYTES_A_PASS;
    if (needed <= list->capacity)
        return PAC_OK;
    uint8_t *headers = realloc(list->headers, 2 * needed);
    if (!headers)
        return PAC_NO_MEMORY;
    list->headers = headers;
    list->capacity = 2 * needed;
    return PAC_OK;
}

static pac_status write_header(pac_packet_list *list, pac_precinct *precinct, int32_t bands)
{
    pac_packet *packet = &list->packets[list->count];
    const contribution all = measure(precinct, bands, packet->layer);
    pac_status status = make_room(list, &all, packet->layer);
    if (status || all.most_passes > MOST_PASSES)
        return status ? status : PAC_UNSUPPORTED;
    uint8_t *start = list->headers + list->size, *next = start;
    if (list->framing.sop) {
        const uint8_t segment[SOP_SIZE] = {0xFF, 0x91, 0, 4, (uint8_t)(list->count >> 8), (uint8_t)list->count};
        memcpy(next, segment, sizeof segment);
        next += sizeof segment;
    }
    pac_header_writer bits;
    pac_write_start(&bits, next, list->headers + list->capacity);
    pac_write_bit(&bits, all.passes > 0);
    for (int32_t b = 0; b < bands && all.passes; b++)
        if (precinct->bands[b].blocks)
            write_band_header(&precinct->bands[b], packet->layer, &bits);
    pac_write_align(&bits);
    next = bits.next;
    if (list->framing.eph) {
        *next++ = 0xFF;
        *next++ = 0x92;
    }
    packet->header = list->size;
    packet->header_length = (uint32_t)(next - start);
    const uint64_t length = all.bytes + stays(list, packet);
    packet->length = (uint32_t)length;
    list->size += packet->header_length;
    list->count++;
    /* a packet of 4 GiB cannot be told by a tile-part */
    return bits.overflow || length > UINT32_MAX ? PAC_NO_SPACE : PAC_OK;
}

/* A packet that an earlier progression has sent is passed over. */
static pac_status visit(pac_packet_list *list, pac_precincts *state, int64_t number, int32_t layer)
{
    pac_precinct *precinct = &state->precincts[number];
    if (layer != precinct->next_layer)
        return PAC_OK;
    precinct->next_layer++;
    list->packets[list->count].precinct = number;
    list->packets[list->count].layer = layer;
    return write_header(list, precinct, band_count(state, number));
}

static pac_status write_run(pac_packet_list *list, pac_precincts *state, const pac_packet_run *run)
{
    const int64_t outer = run->layers_outer ? run->layers : run->precinct_count;
    const int64_t inner = run->layers_outer ? run->precinct_count : run->layers;
    pac_status status = PAC_OK;
    for (int64_t i = 0; i < outer && !status; i++)
        for (int64_t j = 0; j < inner && !status; j++)
            status =
                visit(list, state, run->precincts[run->layers_outer ? j : i], (int32_t)(run->layers_outer ? i : j));
    return status;
}

pac_status pac_packet_list_init(pac_packet_list *list, pac_precincts *state, pac_packet_framing framing)
{
    const pac_tile_plan *plan = state->plan;
    *list = (pac_packet_list){.framing = framing};
    if (plan->precinct_count > INT32_MAX / plan->layers)
        return PAC_LIMIT;
    list->packets = malloc((size_t)(plan->precinct_count * plan->layers + 1) * sizeof *list->packets);
    if (!list->packets)
        return PAC_NO_MEMORY;
    reset(state);
    pac_status status = PAC_OK;
    for (int32_t r = 0; r < plan->run_count && !status; r++)
        status = write_run(list, state, &plan->runs[r]);
    return status;
}

void pac_packet_list_free(pac_packet_list *list)
{
    free(list->headers);
    free(list->packets);
    *list = (pac_packet_list){0};
}

/* ---- All bytes ---- */

size_t pac_packet_headers_write(const pac_packet_list *list, int64_t first, int64_t last, uint8_t *out)
{
    const uint32_t skipped = list->framing.sop ? SOP_SIZE : 0;
    size_t size = 0;
    for (int64_t k = first; k < last; k++) {
        const pac_packet *packet = &list->packets[k];
        const uint32_t length = packet->header_length - skipped;
        if (out)
            memcpy(out + size, list->headers + packet->header + skipped, length);
        size += length;
    }
    return size;
}

static void write_bodies(const pac_precinct *precinct, int32_t bands, int32_t layer, pac_byte_range *range)
{
    for (int32_t b = 0; b < bands; b++)
        for (int64_t i = 0; i < block_count(&precinct->bands[b]); i++) {
            const pac_code_block *block = &precinct->bands[b].blocks[i];
            const int32_t first = passes_up_to(block, layer - 1), last = passes_up_to(block, layer);
            const uint32_t length = bytes_of(block, first, last);
            if (length)
                pac_write_piece(range, block->bytes + bytes_up_to(block, last) - length, length);
        }
}

void pac_packets_write(const pac_packet_list *list, const pac_precincts *state, int64_t first, int64_t last,
                       uint64_t from, uint64_t to, uint8_t *out)
{
    pac_byte_range range = {0, from, to, out};
    for (int64_t k = first; k < last && range.at < to; k++) {
        const pac_packet *packet = &list->packets[k];
        if (range.at + packet->length <= from) {
            range.at += packet->length;
            continue;
        }
        pac_write_piece(&range, list->headers + packet->header, stays(list, packet));
        write_bodies(&state->precincts[packet->precinct], band_count(state, packet->precinct), packet->layer, &range);
    }
}

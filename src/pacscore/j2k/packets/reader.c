#include "j2k/packets/reader.h"

#include <stdlib.h>

#include "j2k/packets/block_lengths.h"

typedef pac_packet_reader cursor;

static pac_status fail(cursor *at, pac_status status, const char *what)
{
    at->report.what = what;
    return status;
}

static uint64_t part_stop(const cursor *at)
{
    if (at->part >= at->source.part_count)
        return at->position;
    const uint64_t stop = at->source.parts[at->part].stop;
    return at->limit && at->limit < stop ? at->limit : stop;
}

/* Moves on to the next tile-part that has bytes left; zero when there is none. */
static int find_bytes(cursor *at)
{
    while (at->part < at->source.part_count && at->position >= at->source.parts[at->part].stop)
        if (++at->part < at->source.part_count)
            at->position = at->source.parts[at->part].start;
    return at->part < at->source.part_count;
}

/* A packet never crosses the border of a tile-part; in the last one its missing bytes may have been cut off. */
static pac_status out_of_bytes(cursor *at, const char *what)
{
    int last = at->part >= at->source.part_count - 1;
    return fail(at, last ? PAC_TRUNCATED : PAC_CORRUPT, what);
}

/* How far the bytes of the tile-part are there from the position on. */
static uint64_t present_stop(const cursor *at)
{
    const uint64_t stop = part_stop(at);
    if (at->position < at->source.present_start || at->position > at->source.present_stop)
        return at->position;
    return stop < at->source.present_stop ? stop : at->source.present_stop;
}

/* Whether the tile-part has more bytes than are there; packed headers may go on in the next tile-part. */
static int may_wait(const cursor *at)
{
    return at->source.packed_headers ? at->source.more_parts : present_stop(at) < part_stop(at);
}

static pac_status skip_sop(cursor *at)
{
    const uint8_t *p = at->source.data + at->position;
    const uint64_t there = present_stop(at) - at->position;
    if (there < 6)
        return present_stop(at) < part_stop(at) && !at->source.no_sop ? PAC_WAITING : PAC_OK;
    if (p[0] == 0xFF && p[1] == 0x91 && p[2] == 0 && p[3] == 4)
        at->position += 6;
    return PAC_OK;
}

/* Inclusion, zero bit-planes, passes and lengths of one code-block. */
static pac_status read_block(cursor *at, pac_precinct_band *band, int32_t x, int32_t y, int32_t layer,
                             pac_block_lengths *lengths)
{
    pac_header_reader *bits = lengths->bits;
    pac_code_block *block = &band->blocks[(int64_t)y * band->blocks_wide + x];
    if (block->included) {
        if (!pac_read_bit(bits))
            return PAC_OK;
    } else {
        if (!pac_tag_tree_read(&band->inclusion, x, y, (uint32_t)layer + 1, bits))
            return PAC_OK;
        uint32_t planes = 0;
        while (!pac_tag_tree_read(&band->missing_bitplanes, x, y, planes + 1, bits))
            if (++planes > (uint32_t)lengths->magnitude_bitplanes || bits->exhausted)
                return fail(at, PAC_CORRUPT, "more zero bit-planes than M_b (T.800 B.10.5)");
        block->missing_bitplanes = (uint8_t)planes;
        block->included = 1;
    }
    const char *what = pac_block_lengths_read(lengths, block);
    return what ? fail(at, lengths->status, what) : PAC_OK;
}

static pac_status read_blocks(cursor *at, pac_precinct *precinct, const pac_resolution *resolution, int32_t layer,
                              pac_block_lengths *lengths)
{
    for (int32_t b = 0; b < resolution->band_count; b++) {
        pac_precinct_band *band = &precinct->bands[b];
        lengths->magnitude_bitplanes = resolution->bands[b].magnitude_bitplanes;
        for (int32_t y = 0; y < band->blocks_high; y++)
            for (int32_t x = 0; x < band->blocks_wide; x++) {
                pac_status status = read_block(at, band, x, y, layer, lengths);
                if (status)
                    return status;
                if (lengths->bits->exhausted)
                    return PAC_OK; /* reported by the caller */
            }
    }
    return PAC_OK;
}

/* The bodies follow one another in the order of the pieces; pieces that are not whole are lost. */
static pac_status place_bodies(cursor *at, int64_t first_piece, uint64_t body_length)
{
    pac_precincts *state = at->state;
    if (body_length && !find_bytes(at)) {
        if (at->source.more_parts)
            return PAC_WAITING;
        at->part = at->source.part_count;
    }
    uint64_t stop = part_stop(at), position = at->position;
    for (int64_t i = first_piece; i < state->piece_count; i++) {
        pac_piece *piece = &state->pieces[i];
        piece->offset = position;
        if (piece->length > stop - position) {
            piece->kind = PAC_PIECE_LOST;
            position = stop;
        } else
            position += piece->length;
    }
    if (body_length > stop - at->position) {
        pac_status status = out_of_bytes(at, "the body of a packet ends early (T.800 B.9)");
        at->position = stop;
        return status;
    }
    at->position += body_length;
    return PAC_OK;
}

static pac_status read_header(cursor *at, int64_t precinct, int32_t layer, pac_block_lengths *lengths)
{
    pac_status status = PAC_OK;
    const pac_resolution *resolution = &at->state->plan->resolutions[at->state->plan->precinct_resolution[precinct]];
    if (pac_read_bit(lengths->bits)) {
        status = pac_precinct_open(at->state, precinct);
        if (!status && (may_wait(at) || at->source.more_parts))
            status = pac_precinct_save(at->state, precinct, &at->saved);
        if (!status)
            status = read_blocks(at, &at->state->precincts[precinct], resolution, layer, lengths);
    }
    if (status && !(status == PAC_CORRUPT && lengths->bits->exhausted))
        return status; /* what is wrong behind the last byte is that there is no more */
    pac_read_align(lengths->bits);
    if (lengths->bits->exhausted)
        return may_wait(at) ? PAC_WAITING : out_of_bytes(at, "a packet header ends early (T.800 B.10)");
    return PAC_OK;
}

static pac_status skip_eph(cursor *at, pac_header_reader *bits)
{
    const int64_t there = bits->end - bits->next;
    if (there < 2 && may_wait(at) && !(at->source.packed_headers && there == 0)) /* EPH is packed with its header */
        return PAC_WAITING;
    if (there >= 2 && bits->next[0] == 0xFF && bits->next[1] == 0x92)
        bits->next += 2;
    return PAC_OK;
}

/* Takes back what a packet that has to wait has brought so far. */
static pac_status take_back(cursor *at, int64_t precinct, int64_t first_piece, uint64_t start, uint64_t packed)
{
    at->report.what = NULL;
    at->state->piece_count = first_piece;
    pac_precinct_restore(at->state, precinct, &at->saved);
    at->position = start;
    at->packed = packed;
    return PAC_WAITING;
}

/* Its header, from the bytes at hand, and where it is. */
static pac_status read_header_bytes(cursor *at, int64_t precinct, int32_t layer, pac_block_lengths *lengths,
                                    pac_packet_place *place)
{
    pac_header_reader *bits = lengths->bits;
    const pac_packet_source *source = &at->source;
    if (source->packed_headers) {
        bits->next = source->packed_headers + at->packed;
        bits->end = source->packed_headers + source->packed_size;
    } else {
        bits->next = source->data + at->position;
        bits->end = source->data + present_stop(at);
    }
    if (bits->next == bits->end)
        return may_wait(at) ? PAC_WAITING : out_of_bytes(at, "the packet headers end early (T.800 A.7.4)");
    const uint8_t *start = bits->next;
    uint64_t *position = source->packed_headers ? &at->packed : &at->position;
    pac_status status = read_header(at, precinct, layer, lengths);
    place->header = *position;
    place->header_length = (uint32_t)(bits->next - start);
    if (!status)
        status = skip_eph(at, bits);
    if (!status)
        *position += (uint64_t)(bits->next - start);
    return status;
}

static pac_status note_place(cursor *at, pac_packet_place place)
{
    if (at->place_count == at->place_capacity) {
        const int64_t capacity = at->place_capacity ? 2 * at->place_capacity : 256;
        pac_packet_place *places = realloc(at->places, (size_t)capacity * sizeof *places);
        if (!places)
            return PAC_NO_MEMORY;
        at->places = places;
        at->place_capacity = capacity;
    }
    at->places[at->place_count++] = place;
    return PAC_OK;
}

static pac_status read_packet(cursor *at, int64_t precinct, int32_t layer, int wanted)
{
    const pac_tile_plan *plan = at->state->plan;
    if (!find_bytes(at) && !at->source.packed_headers)
        return at->source.more_parts ? PAC_WAITING : fail(at, PAC_TRUNCATED, "the packets end early (T.800 B.9)");
    const uint64_t start = at->position, packed = at->packed;
    if (at->part < at->source.part_count && skip_sop(at))
        return PAC_WAITING;

    pac_header_reader bits = {0};
    const pac_resolution *resolution = &plan->resolutions[plan->precinct_resolution[precinct]];
    pac_block_lengths lengths = {.state = at->state,
                                 .bits = &bits,
                                 .style = plan->components[resolution->component].style,
                                 .keep = wanted && !at->source.leave_pieces,
                                 .placeholders = at->source.placeholders};
    const int64_t first_piece = at->state->piece_count;
    at->saved.size = 0;
    pac_packet_place place = {.start = start, .precinct = (int32_t)precinct, .layer = layer};
    pac_status status = read_header_bytes(at, precinct, layer, &lengths, &place);
    const int is_read = !status;
    if (is_read)
        status = place_bodies(at, first_piece, lengths.body_length);
    if (status == PAC_WAITING)
        return take_back(at, precinct, first_piece, start, packed);
    if (is_read) {
        place.stop = at->position;
        place.body = place.stop - lengths.body_length;
        place.part = (int32_t)pac_min(at->part, at->source.part_count - 1);
        place.first_piece = (int32_t)first_piece;
        return !status && at->source.list_places ? note_place(at, place) : status;
    }
    for (int64_t i = first_piece; i < at->state->piece_count; i++)
        at->state->pieces[i].kind = PAC_PIECE_LOST;
    return status;
}

static int is_wanted(const pac_tile_plan *plan, const pac_packet_source *source, const pac_resolution *resolution)
{
    int32_t resolutions = plan->components[resolution->component].resolution_count;
    return resolution->resolution < resolutions - source->discard_levels;
}

/* A packet that an earlier progression of a POC has sent already is passed over. */
static pac_status visit(cursor *at, int64_t precinct, int32_t layer)
{
    pac_precinct *here = &at->state->precincts[precinct];
    if (layer != here->next_layer)
        return PAC_OK;
    const pac_tile_plan *plan = at->state->plan;
    const pac_resolution *resolution = &plan->resolutions[plan->precinct_resolution[precinct]];
    int wanted = layer < at->source.wanted_layers && is_wanted(plan, &at->source, resolution);
    pac_status status = read_packet(at, precinct, layer, wanted);
    if (status) {
        at->report.precinct = status == PAC_WAITING ? -1 : precinct;
        return status;
    }
    here->next_layer++;
    if (wanted) {
        at->report.packets_read++;
        at->needed--;
    }
    return PAC_OK;
}

/* Goes on with a run where the last call left it. */
static pac_status read_run(cursor *at, const pac_packet_run *run)
{
    const int64_t outer = run->layers_outer ? run->layers : run->precinct_count;
    const int64_t inner = run->layers_outer ? run->precinct_count : run->layers;
    for (; at->outer < outer; at->outer++, at->inner = 0)
        for (; at->inner < inner; at->inner++) {
            if (!at->needed)
                return PAC_OK;
            const int64_t precinct = run->precincts[run->layers_outer ? at->inner : at->outer];
            pac_status status = visit(at, precinct, (int32_t)(run->layers_outer ? at->outer : at->inner));
            if (status)
                return status;
        }
    at->outer = 0;
    return PAC_OK;
}

static int64_t count_needed(const pac_tile_plan *plan, const pac_packet_source *source)
{
    int64_t precincts = 0;
    for (int32_t r = 0; r < plan->resolution_count; r++) {
        const pac_resolution *resolution = &plan->resolutions[r];
        if (is_wanted(plan, source, resolution))
            precincts += (int64_t)resolution->precincts_wide * resolution->precincts_high;
    }
    return precincts * pac_min(plan->layers, source->wanted_layers);
}

static uint64_t bytes_left(const cursor *at)
{
    uint64_t left = 0;
    for (int32_t part = at->part; part < at->source.part_count; part++) {
        uint64_t start = part == at->part ? at->position : at->source.parts[part].start;
        left += at->source.parts[part].stop - start;
    }
    return left;
}

void pac_packet_reader_init(pac_packet_reader *reader, pac_precincts *state, const pac_packet_source *source)
{
    *reader = (pac_packet_reader){.state = state, .source = *source, .report.precinct = -1};
    reader->needed = reader->report.packets_expected = count_needed(state->plan, source);
    if (source->part_count)
        reader->position = source->parts[0].start;
}

void pac_packet_reader_extend(pac_packet_reader *reader, const pac_tile_part *parts, int32_t part_count)
{
    const int32_t before = reader->source.part_count;
    reader->source.parts = parts;
    reader->source.part_count = part_count;
    if (reader->part == before && before < part_count) /* all bytes so far were read */
        reader->position = parts[before].start;
}

void pac_packet_reader_free(pac_packet_reader *reader)
{
    free(reader->places);
    free(reader->saved.bytes);
    *reader = (pac_packet_reader){0};
}

pac_status pac_packets_resume(pac_packet_reader *reader)
{
    const pac_tile_plan *plan = reader->state->plan;
    pac_status status = PAC_OK;
    for (; reader->run < plan->run_count && reader->needed; reader->run++)
        if ((status = read_run(reader, &plan->runs[reader->run])))
            break;
    if (!status && reader->needed) /* a tile-part may bring further changes */
        status = reader->source.more_parts
                     ? PAC_WAITING
                     : fail(reader, PAC_CORRUPT, "the progression order changes leave packets out (T.800 A.6.6)");
    reader->report.offset = reader->position;
    reader->report.bytes_left = bytes_left(reader);
    return status;
}

pac_status pac_packet_read_at(pac_packet_reader *reader, const pac_packet_place *place)
{
    if (place->layer != reader->state->precincts[place->precinct].next_layer)
        return PAC_WAITING;
    reader->part = place->part;
    reader->position = place->start;
    reader->limit = place->stop;
    pac_status status = visit(reader, place->precinct, place->layer);
    if (!status && reader->position != place->stop)
        status = fail(reader, PAC_CORRUPT, "a packet does not end where it was said to end");
    return status;
}

pac_status pac_packets_read(pac_precincts *state, const pac_packet_source *source, pac_packet_report *report)
{
    pac_packet_reader reader;
    pac_packet_reader_init(&reader, state, source);
    const pac_status status = pac_packets_resume(&reader);
    *report = reader.report;
    pac_packet_reader_free(&reader);
    return status;
}

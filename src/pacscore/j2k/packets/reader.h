/* Reads the packets of a tile: headers to code-block pieces; no block is decoded. Source: T.800 B.9, B.10; T.814 B.
 *
 * A reader may be given the data by and by: where a packet header reaches beyond what is present, it waits.
 */
#ifndef PACSCORE_J2K_PACKETS_READER_H
#define PACSCORE_J2K_PACKETS_READER_H

#include "j2k/packets/precincts.h"

typedef struct {
    uint64_t start, stop; /* of the packets of one tile-part, in the data */
} pac_tile_part;

typedef struct {
    const uint8_t *data;
    uint64_t present_start, present_stop; /* the bytes that are there; only headers need to be */
    const pac_tile_part *parts;
    int32_t part_count;
    const uint8_t *packed_headers; /* PPM or PPT, joined over the tile-parts; NULL where headers stand before bodies */
    uint64_t packed_size;
    int32_t discard_levels; /* the highest resolutions of each component that the view does not need */
    int32_t wanted_layers;
    int32_t list_places;  /* list where packets are */
    int32_t placeholders; /* passes without bytes are pieces too */
    int32_t leave_pieces; /* keep no pieces of code-blocks */
    int32_t more_parts;   /* tile-parts may follow the last one */
    int32_t no_sop;       /* where headers are packed: none stands before a body, so bodies need not be there */
} pac_packet_source;

typedef struct {
    int64_t packets_expected, packets_read; /* of those that the view needs */
    uint64_t offset;                        /* where reading stopped */
    int64_t precinct;                       /* of the packet that could not be read, or -1 */
    const char *what;                       /* why it could not be read, or NULL */
    uint64_t bytes_left;                    /* behind the last packet */
} pac_packet_report;

typedef struct {
    uint64_t start, stop; /* in the data; header, SOP included, and body, or without a packed header */
    uint64_t header;      /* where the header alone is, without SOP and EPH: in the data, or in the packed headers */
    uint64_t body;        /* in the data, up to `stop` */
    uint32_t header_length;
    int32_t precinct, layer, part;
    int32_t first_piece; /* where its pieces begin in pac_precincts.pieces */
} pac_packet_place;

/* Where reading stands. */
typedef struct {
    pac_precincts *state;
    pac_packet_source source; /* what is present and the tile-parts may change between two calls */
    pac_packet_report report;
    int32_t run;
    int64_t outer, inner; /* the next packet of the run */
    int32_t part;
    uint64_t position; /* in the data */
    uint64_t packed;   /* in the packed headers */
    uint64_t limit;    /* where a packet of known place stops; 0: not known */
    int64_t needed;    /* packets of the view still to come */
    pac_packet_place *places;
    int64_t place_count, place_capacity;
    pac_saved_precinct saved; /* as it was before the packet */
} pac_packet_reader;

void pac_packet_reader_init(pac_packet_reader *reader, pac_precincts *state, const pac_packet_source *source);
void pac_packet_reader_free(pac_packet_reader *reader);

/* PAC_OK: all that was needed is there. PAC_WAITING: the next header is not, or not all of it. PAC_TRUNCATED and
 * PAC_CORRUPT: what was read up to there stays usable. */
pac_status pac_packets_resume(pac_packet_reader *reader);

/* Gives it the tile-parts that are known by now, at least those before and in the same order; they outlive it. */
void pac_packet_reader_extend(pac_packet_reader *reader, const pac_tile_part *parts, int32_t part_count);

/* Reads one packet where it is known to be, if its precinct is ready for it and its header is present; else
 * PAC_WAITING. PAC_CORRUPT too if it does not end where it should. To be used instead of pac_packets_resume, not
 * beside it. */
pac_status pac_packet_read_at(pac_packet_reader *reader, const pac_packet_place *place);

/* All of it at once. */
pac_status pac_packets_read(pac_precincts *state, const pac_packet_source *source, pac_packet_report *report);

#endif

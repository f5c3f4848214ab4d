/* Reads the packets of a tile: headers to code-block pieces; no block is decoded. Source: T.800 B.9, B.10; T.814 B. */
#ifndef PACSCORE_J2K_PACKETS_READER_H
#define PACSCORE_J2K_PACKETS_READER_H

#include "j2k/packets/precincts.h"

typedef struct {
    uint64_t start, stop; /* of the packets of one tile-part, in the data */
} pac_tile_part;

typedef struct {
    const uint8_t *data;
    const pac_tile_part *parts;
    int32_t part_count;
    const uint8_t *packed_headers; /* PPM or PPT, joined over the tile-parts; NULL where headers stand before bodies */
    uint64_t packed_size;
    int32_t discard_levels; /* the highest resolutions of each component that the view does not need */
    int32_t wanted_layers;
} pac_packet_source;

typedef struct {
    int64_t packets_expected, packets_read; /* of those that the view needs */
    uint64_t offset;                        /* where reading stopped */
    int64_t precinct;                       /* of the packet that could not be read, or -1 */
    const char *what;                       /* why it could not be read, or NULL */
    uint64_t bytes_left;                    /* behind the last packet */
} pac_packet_report;

/* PAC_OK: all that was needed is there. PAC_TRUNCATED and PAC_CORRUPT: what was read up to there stays usable. */
pac_status pac_packets_read(pac_precincts *state, const pac_packet_source *source, pac_packet_report *report);

#endif

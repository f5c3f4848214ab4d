/* Writes the packets of a tile: first all headers, so that every length is known, then the packets to where they
 * belong. Source: T.800 B.9, B.10; T.814 B.2. */
#ifndef PACSCORE_J2K_PACKETS_WRITER_H
#define PACSCORE_J2K_PACKETS_WRITER_H

#include "j2k/packets/precincts.h"

typedef struct {
    int64_t precinct;
    int32_t layer;
    size_t header;          /* where its header, SOP and EPH included, begins among the headers */
    uint32_t header_length; /* in bytes */
    uint32_t length;        /* of all of it; without a header that is packed */
} pac_packet;

typedef struct {
    int32_t sop, eph; /* whether there are such markers */
    int32_t packed;   /* headers are put elsewhere, EPH with them: T.800 A.7.4 */
} pac_packet_framing;

typedef struct {
    pac_packet *packets; /* in order */
    int64_t count;
    uint8_t *headers; /* one after another */
    size_t size, capacity;
    pac_packet_framing framing;
} pac_packet_list;

/* Lists every packet in the order of the plan's runs. The precincts are open and the blocks coded; each pass is sent in
 * its layer. May be called again for other layers, after pac_packet_list_free. PAC_UNSUPPORTED: more passes of a block
 * in one layer than a packet can tell. */
pac_status pac_packet_list_init(pac_packet_list *list, pac_precincts *state, pac_packet_framing framing);
void pac_packet_list_free(pac_packet_list *list);

/* Writes the headers of packets [first, last) as PPM and PPT have them, unless `out` is NULL; returns their length. */
size_t pac_packet_headers_write(const pac_packet_list *list, int64_t first, int64_t last, uint8_t *out);

/* Writes bytes [from, to) of packets [first, last) one after another; several threads may share them out. */
void pac_packets_write(const pac_packet_list *list, const pac_precincts *state, int64_t first, int64_t last,
                       uint64_t from, uint64_t to, uint8_t *out);

#endif

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
    uint32_t length;        /* of all of it */
} pac_packet;

typedef struct {
    pac_packet *packets; /* in order */
    int64_t count;
    uint8_t *headers; /* one after another */
    size_t size, capacity;
} pac_packet_list;

/* Lists every packet in the order of the plan's runs. The precincts are open and the blocks coded; each pass is sent in
 * its layer. May be called again for other layers, after pac_packet_list_free. PAC_UNSUPPORTED: more passes of a block
 * in one layer than a packet can tell. */
pac_status pac_packet_list_init(pac_packet_list *list, pac_precincts *state, int sop, int eph);
void pac_packet_list_free(pac_packet_list *list);

/* Writes bytes [from, to) of packets [first, last) one after another; several threads may share them out. */
void pac_packets_write(const pac_packet_list *list, const pac_precincts *state, int64_t first, int64_t last,
                       uint64_t from, uint64_t to, uint8_t *out);

#endif

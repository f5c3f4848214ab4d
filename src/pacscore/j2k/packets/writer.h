/* Writes the packets of a tile, one quality layer. Source: T.800 B.9, B.10; T.814 B.2. */
#ifndef PACSCORE_J2K_PACKETS_WRITER_H
#define PACSCORE_J2K_PACKETS_WRITER_H

#include "j2k/packets/precincts.h"

typedef struct {
    uint8_t *bytes; /* the caller frees it */
    size_t size, capacity;
    uint32_t *lengths; /* of each packet, in order; as many as the plan has precincts; owned by the caller */
} pac_packet_sink;

/* Appends every packet in the order of the plan's runs. The precincts are open and the blocks coded. */
pac_status pac_packets_write(pac_precincts *state, int sop, int eph, pac_packet_sink *sink);

#endif

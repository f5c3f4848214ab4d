/* Packets of one codestream written into another: their headers and bodies stay, their order and framing do not.
 * Source: T.800 A.7.4, A.8, B.9. */
#ifndef PACSCORE_J2K_PACKETS_CARRIER_H
#define PACSCORE_J2K_PACKETS_CARRIER_H

#include "j2k/packets/writer.h"

typedef struct {
    uint64_t header, body; /* where they are; the header without SOP and EPH */
    uint32_t header_length, body_length;
} pac_carried_packet;

/* The caller guarantees that every packet lies within the bytes, which stay where they are. */
typedef struct {
    const uint8_t *bodies, *headers;   /* the bytes that they are in, maybe the same */
    const pac_carried_packet *packets; /* in the order in which they are written */
    int64_t count;
    pac_packet_framing framing;
} pac_carrier;

/* Bytes of packets [first, last) in the codestream. */
uint64_t pac_carrier_size(const pac_carrier *carrier, int64_t first, int64_t last);

/* As pac_packet_headers_write. */
size_t pac_carrier_headers_write(const pac_carrier *carrier, int64_t first, int64_t last, uint8_t *out);

/* As pac_packets_write. */
void pac_carrier_write(const pac_carrier *carrier, int64_t first, int64_t last, uint64_t from, uint64_t to,
                       uint8_t *out);

#endif

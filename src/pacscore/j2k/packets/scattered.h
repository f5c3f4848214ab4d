/* Packets whose places are known, read from whatever bytes of the data are there. Source: T.800 A.7.3, B.9. */
#ifndef PACSCORE_J2K_PACKETS_SCATTERED_H
#define PACSCORE_J2K_PACKETS_SCATTERED_H

#include "j2k/packets/reader.h"

/* Ascending runs of bytes that are there, none touching another. */
typedef struct {
    const pac_tile_part *runs;
    int64_t count;
} pac_byte_runs;

/* The last run that begins at or before a position, or NULL. */
const pac_tile_part *pac_find_run(pac_byte_runs present, uint64_t position);

/* Reads the packets that are ready for it, and marks those that it has read in `done`, one byte a packet. To be used
 * instead of pac_packets_resume, not beside it. PAC_CORRUPT or PAC_TRUNCATED: a packet is not what its place says. */
pac_status pac_packets_read_scattered(pac_packet_reader *reader, const pac_packet_place *places, int64_t count,
                                      pac_byte_runs present, uint8_t *done);

#endif

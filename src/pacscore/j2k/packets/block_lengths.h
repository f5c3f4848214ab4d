/* Coding passes and lengths of a code-block in a packet header. Source: T.800 B.10.6, B.10.7; T.814 B.2. */
#ifndef PACSCORE_J2K_PACKETS_BLOCK_LENGTHS_H
#define PACSCORE_J2K_PACKETS_BLOCK_LENGTHS_H

#include "j2k/packets/precincts.h"

typedef struct {
    pac_precincts *state;
    pac_header_reader *bits;
    int32_t style, magnitude_bitplanes;
    int32_t keep;         /* record the pieces, rather than only measure them */
    int32_t placeholders; /* passes without bytes are pieces too */
    uint64_t body_length; /* of the packet so far */
    pac_status status;    /* goes with the text that is returned */
} pac_block_lengths;

/* Returns NULL, or what is wrong. */
const char *pac_block_lengths_read(pac_block_lengths *lengths, pac_code_block *block);

/* Number of the pass after which the codeword segment that holds pass `pass` ends (exclusive). T.800 D.4.2, D.6. */
int32_t pac_segment_end(int32_t style, int32_t pass);

#endif

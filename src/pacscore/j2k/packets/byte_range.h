/* Some of the bytes of a sequence that is written piece by piece, so that several threads may share it out. */
#ifndef PACSCORE_J2K_PACKETS_BYTE_RANGE_H
#define PACSCORE_J2K_PACKETS_BYTE_RANGE_H

#include <stdint.h>
#include <string.h>

typedef struct {
    uint64_t at, from, to; /* where the next piece begins; what is wanted */
    uint8_t *out;          /* for the byte at `from` */
} pac_byte_range;

static inline void pac_write_piece(pac_byte_range *range, const uint8_t *bytes, uint32_t length)
{
    const uint64_t start = range->at, end = start + length;
    const uint64_t from = start > range->from ? start : range->from, to = end < range->to ? end : range->to;
    if (from < to)
        memcpy(range->out + (from - range->from), bytes + (from - start), to - from);
    range->at = end;
}

#endif

/* The encoder's contexts of quads from the records of their neighbours.
 *
 * Source: T.814 7.3.5 (context of a quad). Records as in ht_scratch.h: rho stands in bits 4 to 7.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_QUADS_H
#define PACSCORE_J2K_ENTROPY_HT_QUADS_H

#include <stdint.h>

#include "j2k/entropy/ht_bits.h"

/* First row: all of the context comes from the quad to the left. */
HT_INLINE uint32_t ht_left_first(uint32_t left)
{
    return ((left >> 4 | left >> 5) & 1) | (left >> 5 & 6);
}

/* Other rows: its share of the quad to the left. */
HT_INLINE uint32_t ht_left(uint32_t left)
{
    return (left >> 6 | left >> 7) << 1 & 2;
}

/* Other rows: the share of the row above, for all quads of a row. above[-1] and above[count] must be there. */
HT_INLINE void ht_contexts_from_above(uint16_t *contexts, const uint16_t *above, int32_t count)
{
    for (int32_t q = 0; q < count; ++q) {
        const uint32_t west = above[q - 1] >> 7 | above[q] >> 5;
        const uint32_t east = above[q] >> 7 | above[q + 1] >> 5;
        contexts[q] = (uint16_t)((west & 1) | (east & 1) << 2);
    }
}

#endif

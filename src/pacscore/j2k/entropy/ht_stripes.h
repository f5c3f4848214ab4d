/* Stripes of four rows as nibbles, one a column: the neighbourhoods of SigProp.
 *
 * Source: T.814 7.4.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_STRIPES_H
#define PACSCORE_J2K_ENTROPY_HT_STRIPES_H

#include <stdint.h>

#include "j2k/entropy/ht_bits.h"

typedef struct {
    int32_t columns; /* of a group, 1 to 4 */
    uint32_t rows;   /* of the stripe that lie in the block, as a nibble */
    int32_t causal;  /* the row below the stripe does not count */
} ht_stripe_walk;

HT_INLINE ht_stripe_walk ht_walk(int32_t columns_left, int32_t rows_left, int32_t causal)
{
    const uint32_t rows = rows_left < 4 ? (1u << rows_left) - 1 : 15;
    return (ht_stripe_walk){columns_left < 4 ? columns_left : 4, rows, causal};
}

/* Six rows of a column, from the last of the stripe above to the first of the one below. */
HT_INLINE uint32_t ht_six(const uint8_t *column, int32_t pitch, int32_t causal)
{
    const uint32_t below = causal ? 0 : column[pitch] & 1u;
    return (uint32_t)column[-pitch] >> 3 | (uint32_t)column[0] << 1 | below << 5;
}

/* Which samples of a column have a significant neighbour; those that the pass itself makes significant in this column
 * are the caller's. */
HT_INLINE uint32_t ht_near(const uint8_t *column, int32_t pitch, int32_t causal)
{
    const uint32_t sides = ht_six(column - 1, pitch, causal) | ht_six(column + 1, pitch, causal);
    const uint32_t own = ht_six(column, pitch, causal);
    const uint32_t near = sides | (sides | own) << 1 | (sides | own) >> 1;
    return near >> 1 & 15;
}

#endif

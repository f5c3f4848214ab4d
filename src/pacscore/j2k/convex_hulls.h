/* Where code-blocks may best be cut: the corners of the convex hulls of their bytes and gains.
 * Source: T.800 J.14 (informative). */
#ifndef PACSCORE_J2K_CONVEX_HULLS_H
#define PACSCORE_J2K_CONVEX_HULLS_H

#include <stdint.h>

/* Passes of blocks, one block after another: how many each has; the bytes of a block up to each, which do not fall;
 * what each takes away of the error. */
typedef struct {
    const int64_t *counts;
    int64_t block_count;
    const uint32_t *lengths;
    const double *gains;
} pac_passes_of_blocks;

/* A corner each, in the order of the passes: the pass, counted over all blocks, the block, and what it adds to the
 * corner before it. There is room for as many as there are passes. */
typedef struct {
    int64_t *passes, *blocks, *bytes;
    double *errors;
} pac_hull_corners;

/* Returns how many corners there are. `following`, one a pass: the first corner of the block that is not before the
 * pass, or the number of corners where there is none. */
int64_t pac_convex_hulls(const pac_passes_of_blocks *from, const pac_hull_corners *to, int64_t *following);

#endif

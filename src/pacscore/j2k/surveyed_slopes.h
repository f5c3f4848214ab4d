/* How the bytes and errors of a tile's blocks are distributed over slopes: what a byte takes away of the squared error.
 * Source: T.800 J.14 (informative). */
#ifndef PACSCORE_J2K_SURVEYED_SLOPES_H
#define PACSCORE_J2K_SURVEYED_SLOPES_H

#include "j2k/packets/precincts.h"

enum {
    PAC_SLOPE_PARTS = 16, /* classes of an octave */
    PAC_SLOPE_OCTAVES = 64,
    PAC_SLOPE_CLASSES = 2 * PAC_SLOPE_PARTS * PAC_SLOPE_OCTAVES
};

/* Class k has slopes from 2^(k / PARTS - OCTAVES) on; the first and the last all beyond. */
typedef struct {
    double bytes[PAC_SLOPE_CLASSES], errors[PAC_SLOPE_CLASSES];
} pac_slopes;

/* Of the corners of all blocks' convex hulls. Weights are those of bands, three to a resolution. */
void pac_slopes_of_passes(const pac_precincts *state, const double *weights, pac_slopes *slopes);

#endif

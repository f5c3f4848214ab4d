/* How many bits decisions take that are not coded yet. */
#ifndef PACSCORE_J2K_ENTROPY_PART1_ENTROPY_BITS_H
#define PACSCORE_J2K_ENTROPY_PART1_ENTROPY_BITS_H

#include <math.h>

/* The entropy of the decisions of so many samples, of which some are ones, in bits. Contexts save some of it. */
static inline double part1_entropy(double samples, double ones)
{
    const double zeros = samples - ones;
    if (ones <= 0 || zeros <= 0)
        return 0;
    return ones * log2(samples / ones) + zeros * log2(samples / zeros);
}

#endif

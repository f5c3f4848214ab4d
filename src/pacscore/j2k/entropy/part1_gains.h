/* What a pass of a Part 1 block gains, and what the passes of a plane most likely will: see part1.h for what a gain is.
 *
 * An error is a sum of squares, so that its drop is linear in what lies below the plane: sums over the samples suffice.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_GAINS_H
#define PACSCORE_J2K_ENTROPY_PART1_GAINS_H

#include "j2k/entropy/part1_entropy_bits.h"
#include "j2k/entropy/part1_encoder_scratch.h"

enum { PART1_PLANES_BELOW = 4 /* are looked at */ };

/* Of the entropy of decisions; little of it is too much, as slopes must not look worse than they are. */
#define PART1_CONTEXTS_LEAVE 0.7

typedef struct {
    uint64_t count, ones; /* samples of the pass; those with a one in the plane */
    uint64_t unlike; /* bits below, as far as they are looked at, that differ from that in the plane; each counts half
                        of the one above it, the lowest 1 */
} part1_tally;

static double part1_gain_of(const part1_tally *tally, bool refines, int32_t plane, bool reversible)
{
    const double count = (double)tally->count, ones = (double)tally->ones, unit = (double)((uint64_t)1 << plane);
    if (plane == 0 && reversible)
        return refines ? count - ones : count;
    const int32_t lowest = plane > PART1_PLANES_BELOW ? plane - PART1_PLANES_BELOW : 0;
    const double lowest_unit = (double)((uint64_t)1 << lowest);
    const double rest = (lowest_unit - 1) / 2 + (reversible ? 0 : 0.5); /* mean of what is not looked at */
    /* What lies below the plane, added where that has a one, else subtracted. */
    const double below = ones * (unit - lowest_unit) - lowest_unit * (double)tally->unlike + rest * (2 * ones - count);
    if (!refines) /* y^2 - (y - 3/2 unit)^2 for y = unit + below; all are ones */
        return unit * (3 * below + 0.75 * unit * count);
    /* from the middle of a parent interval to that of its upper or lower half */
    return unit * (below + 0.25 * unit * (3 * count - 4 * ones));
}

/* Gain for each byte of samples that are refined or become significant, if their bits are neither easily foretold nor
 * surprising. */
static double part1_slope_of(const part1_tally *tally, bool refines, double decisions, int32_t plane, bool reversible)
{
    const double count = (double)tally->count;
    const double bits = count + (refines ? 0 : PART1_CONTEXTS_LEAVE * part1_entropy(decisions, count));
    return bits > 0 ? 8 * part1_gain_of(tally, refines, plane, reversible) / bits : 0;
}

#endif

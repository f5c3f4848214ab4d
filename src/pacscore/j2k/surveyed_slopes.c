#include "j2k/surveyed_slopes.h"

#include "j2k/coded_passes.h"

#include <math.h>
#include <string.h>

typedef struct {
    double bytes, error; /* since the corner before */
} corner;

static void count(pac_slopes *slopes, const corner *at)
{
    const double place = PAC_SLOPE_PARTS * (log2(at->error / fmax(at->bytes, 1e-9)) + PAC_SLOPE_OCTAVES);
    const int32_t number = (int32_t)fmin(fmax(place, 0), PAC_SLOPE_CLASSES - 1);
    slopes->bytes[number] += at->bytes;
    slopes->errors[number] += at->error;
}

static void count_block(pac_slopes *slopes, const pac_code_block *block, double weight)
{
    corner hull[3 * 64];
    int32_t corners = 0;
    double length = 0;
    for (int32_t pass = 0; pass < block->passes; pass++) {
        corner next = {block->coded[pass].length - length, weight * (double)block->coded[pass].gain};
        length = block->coded[pass].length;
        for (; corners && hull[corners - 1].error * next.bytes <= next.error * hull[corners - 1].bytes; corners--) {
            next.bytes += hull[corners - 1].bytes;
            next.error += hull[corners - 1].error;
        }
        hull[corners++] = next;
    }
    for (int32_t i = 0; i < corners; i++)
        if (hull[i].error > 0)
            count(slopes, &hull[i]);
}

void pac_slopes_of_passes(const pac_precincts *state, const double *weights, pac_slopes *slopes)
{
    memset(slopes, 0, sizeof *slopes);
    pac_block_walk walk = {.state = state};
    for (const pac_code_block *block; (block = pac_block_walk_next(&walk));) {
        const int32_t resolution = state->plan->precinct_resolution[walk.precinct];
        if (block->passes <= 3 * 64)
            count_block(slopes, block, weights[3 * resolution + walk.band]);
    }
}

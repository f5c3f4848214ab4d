#include "j2k/convex_hulls.h"

/* Whether corner i, which is not the block's first, lies on or under the line from the one before it to a point that is
 * so much farther and gains so much more. */
static int lies_under(const pac_hull_corners *to, int64_t i, int64_t bytes, double error)
{
    return to->errors[i] * (double)bytes <= error * (double)to->bytes[i];
}

/* Adds the corners of one block to those before; returns how many there are then. */
static int64_t hull_of_block(const pac_passes_of_blocks *from, int64_t block, int64_t first_pass,
                             const pac_hull_corners *to, int64_t first_corner)
{
    int64_t end = first_corner, length = 0;
    double gain = 0;
    for (int64_t pass = first_pass; pass < first_pass + from->counts[block]; pass++) {
        int64_t bytes = (int64_t)from->lengths[pass] - length; /* since the last corner */
        gain += from->gains[pass];
        if (gain <= 0)
            continue;
        double error = gain;
        for (; end > first_corner && lies_under(to, end - 1, bytes, error); end--) {
            bytes += to->bytes[end - 1];
            error += to->errors[end - 1];
        }
        to->passes[end] = pass;
        to->blocks[end] = block;
        to->bytes[end] = bytes;
        to->errors[end++] = error;
        length = (int64_t)from->lengths[pass];
        gain = 0;
    }
    return end;
}

int64_t pac_convex_hulls(const pac_passes_of_blocks *from, const pac_hull_corners *to, int64_t *following)
{
    int64_t corners = 0, first = 0;
    for (int64_t block = 0; block < from->block_count; block++) {
        int64_t next = corners;
        corners = hull_of_block(from, block, first, to, corners);
        for (int64_t pass = first; pass < first + from->counts[block]; pass++) {
            while (next < corners && to->passes[next] < pass)
                next++;
            following[pass] = next < corners ? next : INT64_MAX;
        }
        first += from->counts[block];
    }
    for (int64_t pass = 0; pass < first; pass++)
        if (following[pass] == INT64_MAX)
            following[pass] = corners;
    return corners;
}

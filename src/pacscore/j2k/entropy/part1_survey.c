/* What the passes of a Part 1 block will most likely take and gain, before it is coded.
 *
 * A plane takes the entropy of where samples become significant, a sign for each, and a bit for every sample that is
 * refined; contexts save some, learning costs some. The shares of these were fitted to real images. Magnitudes are
 * taken for exponentially distributed between powers of two, as fast as the samples above and below a plane tell.
 */
#include "j2k/entropy/part1_coders.h"
#include "j2k/entropy/part1_entropy_bits.h"

#include <math.h>
#include <stdbool.h>

#if PAC_X86
#include <immintrin.h>
#endif

/* By plane: samples that reach it, and samples near to one that does. */
typedef struct {
    uint32_t samples[PAC_PART1_SURVEYED + 1], near[PAC_PART1_SURVEYED + 1];
} part1_heights;

/* The same in parts: samples, and columns of four of them. */
typedef struct {
    int16_t samples[PAC_PART1_SURVEYED][16], near[PAC_PART1_SURVEYED][16];
} part1_reach;

#define PAC_TEMPLATE "j2k/entropy/part1_survey_template.h"
#include "support/each_target.h"

/* Bits: parts of the entropy, of each sign, of each sample that is refined; and what a plane costs at least. */
#define PART1_OF_ENTROPY 0.9
#define PART1_OF_SIGN 1.15
#define PART1_OF_REFINEMENT 1.045
#define PART1_OF_PLANE 20.0

/* The mean gain of a sample that becomes significant, in squared units of its plane: y^2 - (y - 3/2)^2, 1 <= y < 2. */
static double part1_gain_of_found(double found, double above)
{
    const double ratio = (above + 0.5) / (found + above + 1);
    if (ratio > 0.98)
        return 2.25; /* the limit: evenly distributed */
    const double mean = 1 - 1 / log(ratio) - ratio / (1 - ratio);
    return 3 * mean - 2.25;
}

static int32_t part1_foretell(const pac_part1_coding *coding, const part1_heights *heights, pac_coded_pass *passes)
{
    double bits = 0;
    int32_t count = 0;
    for (int32_t plane = coding->bitplanes - 1; plane >= 0; --plane) {
        const double unit = (double)((uint64_t)1 << (plane + coding->lowest_plane)), square = unit * unit;
        const double refined = heights->samples[plane + 1], found = heights->samples[plane] - refined;
        bits += PART1_OF_PLANE + PART1_OF_SIGN * found;
        bits += PART1_OF_ENTROPY * part1_entropy(heights->near[plane] - refined, found);
        const double gain = square * found * part1_gain_of_found(found, refined);
        passes[count++] = (pac_coded_pass){.length = (uint32_t)(bits / 8), .gain = (float)gain};
        bits += PART1_OF_REFINEMENT * refined;
        passes[count++] = (pac_coded_pass){.length = (uint32_t)(bits / 8), .gain = (float)(0.257 * square * refined)};
    }
    return count;
}

#define PART1_SURVEY(target)                                                                                           \
    static int32_t part1_survey_##target(const pac_part1_coding *coding, const int16_t *indices, ptrdiff_t stride,     \
                                         pac_coded_pass *passes)                                                       \
    {                                                                                                                  \
        part1_heights heights = {{0}, {0}};                                                                            \
        part1_take_heights_##target(coding, indices, stride, &heights);                                                \
        return part1_foretell(coding, &heights, passes);                                                               \
    }

PART1_SURVEY(baseline)
#if PAC_X86
PART1_SURVEY(avx2)
PART1_SURVEY(avx512)
#endif

void pac_part1_survey_init(pac_part1_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->survey_i16, part1_survey, target);
}

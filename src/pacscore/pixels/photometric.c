#include "pixels/photometric.h"

#include <string.h>

#if PAC_X86
#include <immintrin.h>
#endif

/* Fixed point with so many bits behind the point. With the bias, that is larger than what rounding the factors can do
 * and smaller than the distance from a half to the next lower value, all 65,536 pairs of chroma give the exact result.
 */
enum { FRACTION = 22, BIAS = 64, CHUNK = 128 };
#define FIXED(factor) ((int32_t)((factor) * (1 << FRACTION) + 0.5))

#if PAC_X86
/* Where the bytes of 16 pixels in three registers go: [plane][register] when split, [register][plane] when joined. */
static const int8_t SPLIT[3][3][16] = {
    {{0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13}},
    {{1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14}},
    {{2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1},
     {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15}},
};
static const int8_t JOIN[3][3][16] = {
    {{0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5},
     {-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1},
     {-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1}},
    {{-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1},
     {5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10},
     {-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1}},
    {{-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1},
     {-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1},
     {10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15}},
};
#endif

#define PAC_TEMPLATE "pixels/photometric_template.h"
#include "support/each_target.h"

void pac_photometric_kernels_init(pac_photometric_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->ybr_full_to_rgb_u8, ybr_full_to_rgb_u8, target);
    PAC_SELECT(kernels->expand_422_u8, expand_422_u8, target);
}

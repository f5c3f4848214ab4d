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

#define PAC_TEMPLATE "pixels/photometric_template.h"
#include "support/each_target.h"

void pac_photometric_kernels_init(pac_photometric_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->ybr_full_to_rgb_u8, ybr_full_to_rgb_u8, target);
    PAC_SELECT(kernels->expand_422_u8, expand_422_u8, target);
}

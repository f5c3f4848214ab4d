#include "pyramid/reduction.h"

#if PAC_X86
#include <immintrin.h>
#endif

#if PAC_X86
/* The samples of two neighbouring pixels side by side: of 8 bits in four pixels, of 16 bits in two. */
static const int8_t PAIRS_U8[16] = {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11, -1, -1, -1, -1};
static const int8_t PAIRS_U16[16] = {0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1};
/* Two times six bytes of eight, two times three words of four, without the gaps. */
static const int8_t CLOSED[16] = {0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1};

#endif

#define PAC_TEMPLATE "pyramid/reduction_template.h"
#include "support/each_target.h"

void pac_reduction_kernels_init(pac_reduction_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->halve_u8, halve_u8, target);
    PAC_SELECT(kernels->halve_u16, halve_u16, target);
}

/* The last pixel of an odd row, which has no neighbour. */
static void reduce_last(const pac_reduction *what, const uint8_t *upper, const uint8_t *lower, uint8_t *out)
{
    const ptrdiff_t last = (what->columns - 1) * what->samples, to = what->columns / 2 * what->samples;
    for (ptrdiff_t s = 0; s < what->samples; s++)
        if (what->sample_size == 1)
            out[to + s] = (uint8_t)((upper[last + s] + lower[last + s] + 1) >> 1);
        else {
            const uint32_t sum = (uint32_t)((const uint16_t *)upper)[last + s] + ((const uint16_t *)lower)[last + s];
            ((uint16_t *)out)[to + s] = (uint16_t)((sum + 1) >> 1);
        }
}

void pac_reduce_by_two(const pac_reduction_kernels *kernels, const pac_reduction *what)
{
    const ptrdiff_t pixels = what->columns / 2;
    for (ptrdiff_t y = 0; y < what->rows; y += 2) {
        const uint8_t *upper = what->in + y * what->in_stride;
        const uint8_t *lower = y + 1 < what->rows ? upper + what->in_stride : upper;
        uint8_t *out = what->out + y / 2 * what->out_stride;
        if (what->sample_size == 1)
            kernels->halve_u8(upper, lower, pixels, what->samples, out);
        else
            kernels->halve_u16((const uint16_t *)upper, (const uint16_t *)lower, pixels, what->samples,
                               (uint16_t *)out);
        if (what->columns % 2)
            reduce_last(what, upper, lower, out);
    }
}

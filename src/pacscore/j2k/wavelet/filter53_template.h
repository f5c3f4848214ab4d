/* The reversible 5-3 filter. Source: T.800 F.3.8.1 (1D_FILTR_5-3R), F.4.8.1 (1D_FILTD_5-3R).
 *
 * A step changes a line of samples of one parity by its two neighbouring lines of the other parity. Inverse steps begin
 * with the even line, forward steps with the odd one, and they take turns.
 */
#define PAC_STEPS 2

PAC_FN inline void PAC_KIND_NAME(inverse_step)(int step, PAC_SAMPLE *restrict line, const PAC_SAMPLE *left,
                                               const PAC_SAMPLE *right, ptrdiff_t count)
{
    if (step == 0)
        for (ptrdiff_t i = 0; i < count; ++i)
            line[i] -= (left[i] + right[i] + 2) >> 2;
    else
        for (ptrdiff_t i = 0; i < count; ++i)
            line[i] += (left[i] + right[i]) >> 1;
}

PAC_FN inline void PAC_KIND_NAME(forward_step)(int step, PAC_SAMPLE *restrict line, const PAC_SAMPLE *left,
                                               const PAC_SAMPLE *right, ptrdiff_t count)
{
    if (step == 0)
        for (ptrdiff_t i = 0; i < count; ++i)
            line[i] -= (left[i] + right[i]) >> 1;
    else
        for (ptrdiff_t i = 0; i < count; ++i)
            line[i] += (left[i] + right[i] + 2) >> 2;
}

/* No scaling: lines are copied as they are. */
PAC_FN inline void PAC_KIND_NAME(scale_low)(PAC_SAMPLE *restrict to, const PAC_SAMPLE *restrict from, ptrdiff_t count,
                                            int inverse)
{
    (void)inverse;
    memcpy(to, from, (size_t)count * sizeof *to);
}

PAC_FN inline void PAC_KIND_NAME(scale_high)(PAC_SAMPLE *restrict to, const PAC_SAMPLE *restrict from, ptrdiff_t count,
                                             int inverse)
{
    PAC_KIND_NAME(scale_low)(to, from, count, inverse);
}

/* A single sample at an odd coordinate is doubled by the analysis. */
PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(single)(PAC_SAMPLE sample, int inverse)
{
    return inverse ? sample >> 1 : sample + sample;
}

#include "j2k/wavelet/level_template.h"

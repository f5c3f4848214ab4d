/* The irreversible 9-7 filter. Source: T.800 F.3.8.2 (1D_FILTR_9-7I), F.4.8.2 (1D_FILTD_9-7I), Table F.4.
 *
 * Steps as in filter53_template.h. The low-pass band has gain 1 at frequency 0, the high-pass band gain 2 at the
 * Nyquist frequency.
 */
#define PAC_STEPS 4

PAC_FN inline void PAC_KIND_NAME(lift97)(PAC_SAMPLE factor, PAC_SAMPLE *restrict line, const PAC_SAMPLE *left,
                                         const PAC_SAMPLE *right, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; ++i)
        line[i] += factor * (left[i] + right[i]);
}

PAC_FN inline void PAC_KIND_NAME(inverse_step)(int step, PAC_SAMPLE *restrict line, const PAC_SAMPLE *left,
                                               const PAC_SAMPLE *right, ptrdiff_t count)
{
    static const PAC_SAMPLE factors[4] = {(PAC_SAMPLE)-0.443506852043971, (PAC_SAMPLE)-0.882911075530934,
                                          (PAC_SAMPLE)0.052980118572961, (PAC_SAMPLE)1.586134342059924};
    PAC_KIND_NAME(lift97)(factors[step], line, left, right, count);
}

PAC_FN inline void PAC_KIND_NAME(forward_step)(int step, PAC_SAMPLE *restrict line, const PAC_SAMPLE *left,
                                               const PAC_SAMPLE *right, ptrdiff_t count)
{
    static const PAC_SAMPLE factors[4] = {(PAC_SAMPLE)-1.586134342059924, (PAC_SAMPLE)-0.052980118572961,
                                          (PAC_SAMPLE)0.882911075530934, (PAC_SAMPLE)0.443506852043971};
    PAC_KIND_NAME(lift97)(factors[step], line, left, right, count);
}

PAC_FN inline void PAC_KIND_NAME(scale97)(PAC_SAMPLE factor, PAC_SAMPLE *restrict to, const PAC_SAMPLE *restrict from,
                                          ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; ++i)
        to[i] = factor * from[i];
}

PAC_FN inline void PAC_KIND_NAME(scale_low)(PAC_SAMPLE *restrict to, const PAC_SAMPLE *restrict from, ptrdiff_t count,
                                            int inverse)
{
    const double k = 1.230174104914001;
    PAC_KIND_NAME(scale97)(inverse ? (PAC_SAMPLE)k : (PAC_SAMPLE)(1 / k), to, from, count);
}

PAC_FN inline void PAC_KIND_NAME(scale_high)(PAC_SAMPLE *restrict to, const PAC_SAMPLE *restrict from, ptrdiff_t count,
                                             int inverse)
{
    PAC_KIND_NAME(scale_low)(to, from, count, !inverse);
}

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(single)(PAC_SAMPLE sample, int inverse)
{
    return inverse ? sample / 2 : sample * 2;
}

#include "j2k/wavelet/level_template.h"

/* The filter for one sample and for a vector of them, and what else differs by the type of coefficients. */
#define PAC_INLINE PAC_FN inline __attribute__((always_inline))
#define PAC_VECTOR PAC_KIND_NAME(vector)
#define PAC_LANES ((int64_t)(sizeof(PAC_VECTOR) / sizeof(PAC_SAMPLE)))

typedef PAC_SAMPLE PAC_VECTOR __attribute__((vector_size(PAC_AVX512 ? 64 : PAC_AVX2 ? 32 : 16), may_alias));
/* Numbers of lanes. */
typedef PAC_LANE PAC_KIND_NAME(lanes) __attribute__((vector_size(PAC_AVX512 ? 64 : PAC_AVX2 ? 32 : 16)));
/* A vector in memory, anywhere. */
typedef PAC_VECTOR PAC_KIND_NAME(unaligned) __attribute__((aligned(sizeof(PAC_SAMPLE))));

#define PAC_NUMBER PAC_SAMPLE
#define PAC_NUMBER_NAME(name) PAC_KIND_NAME(name)
#include PAC_LIFTING
#undef PAC_NUMBER
#undef PAC_NUMBER_NAME

#define PAC_NUMBER PAC_VECTOR
#define PAC_NUMBER_NAME(name) PAC_KIND_NAME(PAC_PASTE(vector, name))
#include PAC_LIFTING
#undef PAC_NUMBER
#undef PAC_NUMBER_NAME

PAC_INLINE PAC_VECTOR PAC_KIND_NAME(load)(const PAC_SAMPLE *from)
{
    return *(const PAC_KIND_NAME(unaligned) *)from;
}

PAC_INLINE void PAC_KIND_NAME(store)(PAC_SAMPLE *to, PAC_VECTOR vector)
{
    *(PAC_KIND_NAME(unaligned) *)to = vector;
}

/* By what the low and the high band are multiplied. The low-pass band has gain 1 at frequency 0, the high-pass band
 * gain 2 at the Nyquist frequency. */
PAC_INLINE PAC_SAMPLE PAC_KIND_NAME(gain)(int inverse, int high)
{
    const double k = PAC_STEPS == 4 ? 1.230174104914001 : 1;
    return (PAC_SAMPLE)(inverse == high ? 1 / k : k);
}

/* A row or column of a single sample: one at an odd coordinate is doubled by the analysis. */
PAC_INLINE PAC_SAMPLE PAC_KIND_NAME(only)(int inverse, PAC_SAMPLE sample, int *overflow)
{
    const PAC_SAMPLE twice = (PAC_SAMPLE)(sample + sample);
#if PAC_STEPS == 2
    *overflow |= !inverse && sizeof sample == 2 && (twice ^ sample) < 0;
    return inverse ? sample >> 1 : twice;
#else
    (void)overflow;
    return inverse ? sample / 2 : twice;
#endif
}

/* Whether a lane is negative; asked of 16-bit lanes alone. */
PAC_INLINE int PAC_KIND_NAME(any_negative)(PAC_VECTOR vector)
{
    typedef int64_t words __attribute__((vector_size(sizeof(PAC_VECTOR)), may_alias));
    const words signs = (words)vector & (int64_t)0x8000800080008000;
    int64_t any = 0;
    for (size_t k = 0; sizeof(PAC_SAMPLE) == 2 && k < sizeof signs / sizeof any; ++k)
        any |= signs[k];
    return any != 0;
}

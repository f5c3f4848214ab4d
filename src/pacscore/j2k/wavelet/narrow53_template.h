/* The reversible 5-3 filter in 16 bits. Source: T.800 F.3.8.1 (1D_FILTR_5-3R), F.4.8.1 (1D_FILTD_5-3R).
 *
 * As in lift53_template.h, but no sum is wider than its terms, and a result that leaves 16 bits makes `overflow`
 * negative: then the two terms have one sign and their sum has the other.
 */
#define PAC_STEPS 2

PAC_FN inline int16_t PAC_KIND_NAME(sum)(int16_t a, int16_t b, int16_t *overflow)
{
    const int16_t sum = (int16_t)((uint16_t)a + (uint16_t)b);
    *overflow |= (int16_t)((a ^ sum) & (b ^ sum));
    return sum;
}

PAC_FN inline int16_t PAC_KIND_NAME(difference)(int16_t a, int16_t b, int16_t *overflow)
{
    const int16_t difference = (int16_t)((uint16_t)a - (uint16_t)b);
    *overflow |= (int16_t)((a ^ b) & (a ^ difference));
    return difference;
}

/* floor((a + b) / 2) */
PAC_FN inline int16_t PAC_KIND_NAME(half_sum)(int16_t a, int16_t b)
{
    return (int16_t)((a & b) + ((a ^ b) >> 1));
}

/* floor((a + b + 2) / 4): half of the half, rounded up. */
PAC_FN inline int16_t PAC_KIND_NAME(quarter_sum)(int16_t a, int16_t b)
{
    const int16_t half = PAC_KIND_NAME(half_sum)(a, b);
    return (int16_t)(half - (half >> 1));
}

PAC_FN inline int16_t PAC_KIND_NAME(lift)(int inverse, int step, int16_t here, int16_t left, int16_t right,
                                          int16_t *overflow)
{
    if (inverse)
        return step == 0 ? PAC_KIND_NAME(difference)(here, PAC_KIND_NAME(quarter_sum)(left, right), overflow)
                         : PAC_KIND_NAME(sum)(here, PAC_KIND_NAME(half_sum)(left, right), overflow);
    return step == 0 ? PAC_KIND_NAME(difference)(here, PAC_KIND_NAME(half_sum)(left, right), overflow)
                     : PAC_KIND_NAME(sum)(here, PAC_KIND_NAME(quarter_sum)(left, right), overflow);
}

/* Bands are not scaled. */
PAC_FN inline int16_t PAC_KIND_NAME(gain)(int inverse, int high)
{
    (void)inverse, (void)high;
    return 1;
}

PAC_FN inline int16_t PAC_KIND_NAME(scale)(int16_t sample, int16_t gain)
{
    (void)gain;
    return sample;
}

PAC_FN inline int16_t PAC_KIND_NAME(only)(int inverse, int16_t sample, int16_t *overflow)
{
    return inverse ? (int16_t)(sample >> 1) : PAC_KIND_NAME(sum)(sample, sample, overflow);
}

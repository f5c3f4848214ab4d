/* The reversible 5-3 filter. Source: T.800 F.3.8.1 (1D_FILTR_5-3R), F.4.8.1 (1D_FILTD_5-3R).
 *
 * A step changes a sample by its two neighbours. Synthesis begins with the even samples, analysis with the odd ones,
 * and they take turns. Sums wrap.
 */
#define PAC_STEPS 2

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(lift)(int inverse, int step, PAC_SAMPLE here, PAC_SAMPLE left, PAC_SAMPLE right,
                                             int16_t *overflow)
{
    (void)overflow;
    if (inverse)
        return step == 0 ? here - ((left + right + 2) >> 2) : here + ((left + right) >> 1);
    return step == 0 ? here - ((left + right) >> 1) : here + ((left + right + 2) >> 2);
}

/* Bands are not scaled. */
PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(gain)(int inverse, int high)
{
    (void)inverse, (void)high;
    return 1;
}

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(scale)(PAC_SAMPLE sample, PAC_SAMPLE gain)
{
    (void)gain;
    return sample;
}

/* A row or column of a single sample: one at an odd coordinate is doubled by the analysis. */
PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(only)(int inverse, PAC_SAMPLE sample, int16_t *overflow)
{
    (void)overflow;
    return inverse ? sample >> 1 : sample + sample;
}

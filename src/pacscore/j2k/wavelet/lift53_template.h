/* The reversible 5-3 filter. Source: T.800 F.3.8.1 (1D_FILTR_5-3R), F.4.8.1 (1D_FILTD_5-3R).
 *
 * A step changes a sample, or a vector of samples, by its two neighbours. Synthesis begins with the even samples,
 * analysis with the odd ones, and they take turns. Sums wrap.
 */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(lift)(int inverse, int step, PAC_NUMBER here, PAC_NUMBER left, PAC_NUMBER right,
                                            PAC_NUMBER *overflow)
{
    (void)overflow;
    if (inverse)
        return step == 0 ? here - ((left + right + 2) >> 2) : here + ((left + right) >> 1);
    return step == 0 ? here - ((left + right) >> 1) : here + ((left + right + 2) >> 2);
}

/* Bands are not scaled. */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(scale)(PAC_NUMBER number, PAC_SAMPLE gain)
{
    (void)gain;
    return number;
}

/* The reversible 5-3 filter in 16 bits. Source: T.800 F.3.8.1 (1D_FILTR_5-3R), F.4.8.1 (1D_FILTD_5-3R).
 *
 * As in lift53_template.h, but no sum is wider than its terms, and a result that leaves 16 bits makes `overflow`
 * negative: then the two terms have one sign and their sum has the other.
 */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(sum)(PAC_NUMBER a, PAC_NUMBER b, PAC_NUMBER *overflow)
{
    const PAC_NUMBER sum = (PAC_NUMBER)(a + b);
    *overflow |= (PAC_NUMBER)((a ^ sum) & (b ^ sum));
    return sum;
}

PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(difference)(PAC_NUMBER a, PAC_NUMBER b, PAC_NUMBER *overflow)
{
    const PAC_NUMBER difference = (PAC_NUMBER)(a - b);
    *overflow |= (PAC_NUMBER)((a ^ b) & (a ^ difference));
    return difference;
}

/* floor((a + b) / 2) */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(half_sum)(PAC_NUMBER a, PAC_NUMBER b)
{
    return (PAC_NUMBER)((a & b) + ((a ^ b) >> 1));
}

/* floor((a + b + 2) / 4): half of the half, rounded up. */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(quarter_sum)(PAC_NUMBER a, PAC_NUMBER b)
{
    const PAC_NUMBER half = PAC_NUMBER_NAME(half_sum)(a, b);
    return (PAC_NUMBER)(half - (half >> 1));
}

PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(lift)(int inverse, int step, PAC_NUMBER here, PAC_NUMBER left, PAC_NUMBER right,
                                            PAC_NUMBER *overflow)
{
    if (inverse)
        return step == 0 ? PAC_NUMBER_NAME(difference)(here, PAC_NUMBER_NAME(quarter_sum)(left, right), overflow)
                         : PAC_NUMBER_NAME(sum)(here, PAC_NUMBER_NAME(half_sum)(left, right), overflow);
    return step == 0 ? PAC_NUMBER_NAME(difference)(here, PAC_NUMBER_NAME(half_sum)(left, right), overflow)
                     : PAC_NUMBER_NAME(sum)(here, PAC_NUMBER_NAME(quarter_sum)(left, right), overflow);
}

/* Bands are not scaled. */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(scale)(PAC_NUMBER number, PAC_SAMPLE gain)
{
    (void)gain;
    return number;
}

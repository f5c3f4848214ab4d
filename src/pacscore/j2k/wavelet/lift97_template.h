/* The irreversible 9-7 filter. Source: T.800 F.3.8.2 (1D_FILTR_9-7I), F.4.8.2 (1D_FILTD_9-7I), Table F.4.
 *
 * Steps as in lift53_template.h.
 */
PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(lift)(int inverse, int step, PAC_NUMBER here, PAC_NUMBER left, PAC_NUMBER right,
                                            PAC_NUMBER *overflow)
{
    const double factors[4] = {-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971};
    const PAC_SAMPLE factor = (PAC_SAMPLE)(inverse ? -factors[3 - step] : factors[step]);
    (void)overflow;
    return here + factor * (left + right);
}

PAC_INLINE PAC_NUMBER PAC_NUMBER_NAME(scale)(PAC_NUMBER number, PAC_SAMPLE gain)
{
    return gain * number;
}

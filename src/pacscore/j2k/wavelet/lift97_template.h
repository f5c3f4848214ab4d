/* The irreversible 9-7 filter. Source: T.800 F.3.8.2 (1D_FILTR_9-7I), F.4.8.2 (1D_FILTD_9-7I), Table F.4.
 *
 * Steps as in lift53_template.h. The low-pass band has gain 1 at frequency 0, the high-pass band gain 2 at the Nyquist
 * frequency.
 */
#define PAC_STEPS 4

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(lift)(int inverse, int step, PAC_SAMPLE here, PAC_SAMPLE left, PAC_SAMPLE right,
                                             int16_t *overflow)
{
    const double factors[4] = {-1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971};
    const PAC_SAMPLE factor = (PAC_SAMPLE)(inverse ? -factors[3 - step] : factors[step]);
    (void)overflow;
    return here + factor * (left + right);
}

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(gain)(int inverse, int high)
{
    const double k = 1.230174104914001;
    return (PAC_SAMPLE)(inverse == high ? 1 / k : k);
}

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(scale)(PAC_SAMPLE sample, PAC_SAMPLE gain)
{
    return gain * sample;
}

PAC_FN inline PAC_SAMPLE PAC_KIND_NAME(only)(int inverse, PAC_SAMPLE sample, int16_t *overflow)
{
    (void)overflow;
    return inverse ? sample / 2 : sample * 2;
}

/* Ramps from PAC_VALUE to PAC_RESULT, in double precision. */

#define PAC_TYPED(name) PAC_NAME(PAC_PASTE(PAC_PASTE(name, PAC_RESULT_NAME), PAC_VALUE_NAME))

PAC_FN inline int32_t PAC_TYPED(level)(double slope, double offset, double largest, PAC_VALUE value)
{
    const double exact = slope * (double)value + offset;
    const double from_zero = exact > 0.0 ? exact : 0.0; /* and not a number is 0 */
    return (int32_t)(from_zero < largest ? from_zero : largest);
}

PAC_FN void PAC_TYPED(ramp)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const pac_ramp *ramp = (const pac_ramp *)conversion;
    const double slope = ramp->slope, offset = ramp->offset, largest = ramp->largest;
    const int32_t flip = ramp->inverse ? -1 : 0, add = ramp->inverse ? ramp->largest + 1 : 0;
    const PAC_VALUE *restrict values = in;
    PAC_RESULT *restrict results = out;
    for (int64_t i = 0; i < count; i++)
        results[i] = (PAC_RESULT)((PAC_TYPED(level)(slope, offset, largest, values[i]) ^ flip) + add);
}

PAC_FN void PAC_TYPED(exact_ramp)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const pac_ramp *ramp = (const pac_ramp *)conversion;
    const double slope = ramp->slope, offset = ramp->offset, largest = ramp->largest;
    const double *thresholds = ramp->thresholds;
    const PAC_VALUE *restrict values = in;
    PAC_RESULT *restrict results = out;
    for (int64_t i = 0; i < count; i++) {
        const double rising = slope < 0 ? -(double)values[i] : (double)values[i];
        int32_t level = PAC_TYPED(level)(slope, offset, largest, values[i]);
        while (level < ramp->largest && rising >= thresholds[level + 1])
            level++;
        while (level > 0 && rising < thresholds[level])
            level--;
        results[i] = (PAC_RESULT)(ramp->inverse ? ramp->largest - level : level);
    }
}

#undef PAC_TYPED

/* From PAC_VALUE to the fraction of white, in double precision, then rounded to a float. */

PAC_FN void PAC_NAME(PAC_PASTE(fraction, PAC_VALUE_NAME))(const pac_row_conversion *conversion, const void *in,
                                                          int64_t count, void *out)
{
    const pac_ramp *ramp = (const pac_ramp *)conversion;
    const double slope = ramp->slope, offset = ramp->offset;
    const PAC_VALUE *restrict values = in;
    float *restrict results = out;
    for (int64_t i = 0; i < count; i++) {
        const float fraction = (float)(slope * (double)values[i] + offset);
        const float from_zero = fraction > 0.0F ? fraction : 0.0F; /* and not a number is 0 */
        results[i] = from_zero < 1.0F ? from_zero : 1.0F;
    }
}

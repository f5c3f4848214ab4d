/* The range of values of one type, PAC_VALUE. PAC_KEY makes integers of PAC_BITS that are in the same order. */

#define PAC_TYPED(name) PAC_NAME(PAC_PASTE(name, PAC_VALUE_NAME))

PAC_FN inline PAC_BITS PAC_TYPED(key_of)(double value)
{
    const PAC_VALUE narrowed = (PAC_VALUE)(value < PAC_LOWEST ? PAC_LOWEST : value > PAC_HIGHEST ? PAC_HIGHEST : value);
    PAC_BITS bits;
    memcpy(&bits, &narrowed, sizeof bits);
    return PAC_KEY(bits);
}

PAC_FN inline double PAC_TYPED(value_of)(PAC_BITS key)
{
    const PAC_BITS bits = PAC_KEY(key); /* it is its own inverse */
    PAC_VALUE value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

PAC_FN void PAC_TYPED(range)(const void *in, int64_t count, double first, double last, double range[2])
{
    const PAC_BITS least = PAC_TYPED(key_of)(PAC_LOWEST), most = PAC_TYPED(key_of)(PAC_HIGHEST);
    const int has_padding = first <= PAC_HIGHEST && last >= PAC_LOWEST && first <= last;
    const PAC_BITS from = PAC_TYPED(key_of)(first), to = PAC_TYPED(key_of)(last);
    const PAC_BITS *values = in; /* of the same size, and not written */
    PAC_BITS low = most, high = least;
    for (int64_t at = 0; at < count; at += CHUNK) {
        const int32_t here = (int32_t)(count - at < CHUNK ? count - at : CHUNK);
        PAC_BITS lower[CHUNK], higher[CHUNK]; /* what does not count is the last to be found */
        for (int32_t i = 0; i < here; i++) {
            const PAC_BITS key = PAC_KEY(values[at + i]);
            lower[i] = key < least ? most : key;
            higher[i] = key > most ? least : key;
        }
        if (has_padding)
            for (int32_t i = 0; i < here; i++) {
                const PAC_BITS key = lower[i], other = higher[i];
                lower[i] = (key >= from) & (key <= to) ? most : key;
                higher[i] = (other >= from) & (other <= to) ? least : other;
            }
        for (int32_t i = 0; i < here; i++) {
            low = lower[i] < low ? lower[i] : low;
            high = higher[i] > high ? higher[i] : high;
        }
    }
    if (low > high) /* none counts */
        return;
    const double lowest = PAC_TYPED(value_of)(low), highest = PAC_TYPED(value_of)(high);
    range[0] = lowest < range[0] ? lowest : range[0];
    range[1] = highest > range[1] ? highest : range[1];
}

#undef PAC_TYPED
#undef PAC_VALUE
#undef PAC_BITS
#undef PAC_VALUE_NAME
#undef PAC_LOWEST
#undef PAC_HIGHEST

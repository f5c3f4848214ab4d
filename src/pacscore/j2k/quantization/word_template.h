/* Words of one width and their two kinds of coefficients. Source: T.800 E.1, E.2, H.1. */
#define PAC_INTEGER_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_INTEGER_KIND))
#define PAC_REAL_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_REAL_KIND))
#define PAC_SIGN ((PAC_WORD)1 << (PAC_WORD_BITS - 1))
#define PAC_MAGNITUDE (PAC_SIGN - 1)

/* Shift a magnitude of the region of interest down. Where the half bit is shifted out, every plane that is left was
 * decoded, and the lowest bit becomes the half bit. `threshold` is the least magnitude of the region. */
PAC_FN inline PAC_WORD PAC_INTEGER_NAME(shift_region)(PAC_WORD magnitude, int32_t roi_shift, PAC_WORD threshold)
{
    const PAC_WORD lost = magnitude & (((PAC_WORD)1 << roi_shift) - 1);
    const PAC_WORD shifted = (magnitude >> roi_shift) | (lost != 0);
    return magnitude >= threshold ? shifted : magnitude;
}

/* A shift that leaves no bit of an index is as good as none: there is no such magnitude. */
PAC_FN inline int32_t PAC_INTEGER_NAME(usable_shift)(int32_t roi_shift)
{
    return roi_shift > 0 && roi_shift < PAC_WORD_BITS - 2 ? roi_shift : 0;
}

PAC_FN inline PAC_INTEGER PAC_INTEGER_NAME(with_sign)(PAC_WORD word, PAC_WORD magnitude)
{
    const PAC_INTEGER negative = -(PAC_INTEGER)(word >> (PAC_WORD_BITS - 1));
    return ((PAC_INTEGER)magnitude ^ negative) - negative;
}

PAC_FN void PAC_INTEGER_NAME(dequantize)(const PAC_WORD *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                                         int32_t roi_shift, PAC_INTEGER *out, ptrdiff_t out_stride)
{
    const int32_t shift = PAC_INTEGER_NAME(usable_shift)(roi_shift);
    const PAC_WORD threshold = (PAC_WORD)2 << shift;
    for (int32_t y = 0; y < height; ++y) {
        const PAC_WORD *restrict from = words + y * words_stride;
        PAC_INTEGER *restrict to = out + y * out_stride;
        if (shift == 0)
            for (int32_t x = 0; x < width; ++x)
                to[x] = PAC_INTEGER_NAME(with_sign)(from[x], (from[x] & PAC_MAGNITUDE) >> 1);
        else
            for (int32_t x = 0; x < width; ++x) {
                const PAC_WORD m = PAC_INTEGER_NAME(shift_region)(from[x] & PAC_MAGNITUDE, shift, threshold);
                to[x] = PAC_INTEGER_NAME(with_sign)(from[x], m >> 1);
            }
    }
}

PAC_FN void PAC_REAL_NAME(dequantize)(const PAC_WORD *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                                      int32_t roi_shift, PAC_REAL half_step, PAC_REAL *out, ptrdiff_t out_stride)
{
    const int32_t shift = PAC_INTEGER_NAME(usable_shift)(roi_shift);
    const PAC_WORD threshold = (PAC_WORD)2 << shift;
    for (int32_t y = 0; y < height; ++y) {
        const PAC_WORD *restrict from = words + y * words_stride;
        PAC_REAL *restrict to = out + y * out_stride;
        if (shift == 0)
            for (int32_t x = 0; x < width; ++x)
                to[x] = (PAC_REAL)PAC_INTEGER_NAME(with_sign)(from[x], from[x] & PAC_MAGNITUDE) * half_step;
        else
            for (int32_t x = 0; x < width; ++x) {
                const PAC_WORD m = PAC_INTEGER_NAME(shift_region)(from[x] & PAC_MAGNITUDE, shift, threshold);
                to[x] = (PAC_REAL)PAC_INTEGER_NAME(with_sign)(from[x], m) * half_step;
            }
    }
}

PAC_FN PAC_WORD PAC_INTEGER_NAME(quantize)(const PAC_INTEGER *in, ptrdiff_t in_stride, int32_t width, int32_t height,
                                           PAC_WORD *words, ptrdiff_t words_stride)
{
    PAC_WORD all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const PAC_INTEGER *restrict from = in + y * in_stride;
        PAC_WORD *restrict to = words + y * words_stride;
        for (int32_t x = 0; x < width; ++x) {
            const PAC_WORD bits = (PAC_WORD)from[x], negative = 0 - (bits >> (PAC_WORD_BITS - 1));
            PAC_WORD magnitude = (bits ^ negative) - negative;
            magnitude -= magnitude >> (PAC_WORD_BITS - 1);
            all |= magnitude;
            to[x] = magnitude | (bits & PAC_SIGN);
        }
    }
    return all;
}

PAC_FN inline PAC_WORD PAC_REAL_NAME(bits)(PAC_REAL value)
{
    PAC_WORD bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* floor(|value|); not a number gives 0, what is too large the largest real below PAC_SIGN. Compared as integers, whose
 * order is that of positive reals: a comparison of reals might trap, and so it could not be vectorised. */
PAC_FN inline PAC_WORD PAC_REAL_NAME(saturated)(PAC_REAL value)
{
    const PAC_INTEGER infinity = (PAC_INTEGER)PAC_REAL_NAME(bits)((PAC_REAL)__builtin_inff());
    const PAC_INTEGER largest = (PAC_INTEGER)PAC_REAL_NAME(bits)(PAC_REAL_LARGEST);
    PAC_INTEGER bits = (PAC_INTEGER)(PAC_REAL_NAME(bits)(value) & PAC_MAGNITUDE);
    bits = bits > infinity ? 0 : bits;
    bits = bits > largest ? largest : bits;
    PAC_REAL magnitude;
    memcpy(&magnitude, &bits, sizeof magnitude);
    return (PAC_WORD)(PAC_INTEGER)magnitude;
}

PAC_FN PAC_WORD PAC_REAL_NAME(quantize)(const PAC_REAL *in, ptrdiff_t in_stride, int32_t width, int32_t height,
                                        PAC_REAL inverse_step, PAC_WORD *words, ptrdiff_t words_stride)
{
    PAC_WORD all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const PAC_REAL *restrict from = in + y * in_stride;
        PAC_WORD *restrict to = words + y * words_stride;
        for (int32_t x = 0; x < width; ++x) {
            const PAC_WORD magnitude = PAC_REAL_NAME(saturated)(from[x] * inverse_step);
            all |= magnitude;
            to[x] = magnitude | (PAC_REAL_NAME(bits)(from[x]) & (0 - magnitude) & PAC_SIGN); /* no sign on zeros */
        }
    }
    return all;
}

#undef PAC_INTEGER_NAME
#undef PAC_REAL_NAME
#undef PAC_SIGN
#undef PAC_MAGNITUDE

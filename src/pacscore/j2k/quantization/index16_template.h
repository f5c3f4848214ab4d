/* Quantiser indices of 16 bits. Narrowing keeps the low bits; whether they are enough, the magnitudes returned tell.
 *
 * Source: T.800 E.1, E.2, H.1. Included behind word_template.h, whose 32-bit functions it uses.
 */

PAC_FN uint32_t PAC_NAME(magnitudes_i16)(const int16_t *in, ptrdiff_t stride, int32_t width, int32_t height)
{
    uint16_t all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const int16_t *restrict from = in + y * stride;
        for (int32_t x = 0; x < width; ++x) {
            const uint16_t negative = (uint16_t)(from[x] >> 15);
            all |= (uint16_t)(((uint16_t)from[x] ^ negative) - negative);
        }
    }
    return all;
}

PAC_FN uint32_t PAC_NAME(quantize_i32_i16)(const int32_t *in, ptrdiff_t in_stride, int32_t width, int32_t height,
                                           int16_t *out, ptrdiff_t out_stride)
{
    uint32_t all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const int32_t *restrict from = in + y * in_stride;
        int16_t *restrict to = out + y * out_stride;
        for (int32_t x = 0; x < width; ++x) {
            const uint32_t negative = (uint32_t)(from[x] >> 31);
            all |= ((uint32_t)from[x] ^ negative) - negative;
            to[x] = (int16_t)from[x];
        }
    }
    return all;
}

PAC_FN uint32_t PAC_NAME(quantize_f32_i16)(const float *in, ptrdiff_t in_stride, int32_t width, int32_t height,
                                           float inverse_step, int16_t *out, ptrdiff_t out_stride)
{
    uint32_t all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const float *restrict from = in + y * in_stride;
        int16_t *restrict to = out + y * out_stride;
        for (int32_t x = 0; x < width; ++x) {
            const uint32_t magnitude = PAC_NAME(saturated_f32)(from[x] * inverse_step);
            all |= magnitude;
            to[x] = (int16_t)PAC_NAME(with_sign_i32)(PAC_NAME(bits_f32)(from[x]), magnitude);
        }
    }
    return all;
}

PAC_FN uint32_t PAC_NAME(dequantize_i16)(const uint32_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                                         int32_t roi_shift, int16_t *out, ptrdiff_t out_stride)
{
    const int32_t shift = PAC_NAME(usable_shift_i32)(roi_shift);
    const uint32_t threshold = UINT32_C(2) << shift;
    uint32_t all = 0;
    for (int32_t y = 0; y < height; ++y) {
        const uint32_t *restrict from = words + y * words_stride;
        int16_t *restrict to = out + y * out_stride;
        for (int32_t x = 0; x < width; ++x) {
            const uint32_t m = from[x] & INT32_MAX;
            const uint32_t magnitude = (shift == 0 ? m : PAC_NAME(shift_region_i32)(m, shift, threshold)) >> 1;
            all |= magnitude;
            to[x] = (int16_t)PAC_NAME(with_sign_i32)(from[x], magnitude);
        }
    }
    return all;
}

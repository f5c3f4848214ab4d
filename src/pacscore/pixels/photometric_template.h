/* Colour kernels, per target. */

PAC_FN inline uint8_t PAC_NAME(clamped)(int32_t value)
{
    value = value < 0 ? 0 : value;
    return (uint8_t)(value > 255 ? 255 : value);
}

PAC_FN void PAC_NAME(ybr_full_to_rgb_u8)(const uint8_t *in, int64_t pixels, uint8_t *out)
{
    int32_t luma[CHUNK], blue[CHUNK], red[CHUNK];
    uint8_t made[3][CHUNK];
    const int32_t half = (1 << (FRACTION - 1)) + BIAS;
    for (int64_t at = 0; at < pixels; at += CHUNK, in += 3 * CHUNK, out += 3 * CHUNK) {
        const int32_t count = (int32_t)(pixels - at < CHUNK ? pixels - at : CHUNK);
        for (int32_t i = 0; i < count; i++) {
            luma[i] = in[3 * i];
            blue[i] = in[3 * i + 1] - 128;
            red[i] = in[3 * i + 2] - 128;
        }
        for (int32_t i = 0; i < CHUNK; i++) {
            const int32_t green = half - FIXED(0.344136) * blue[i] - FIXED(0.714136) * red[i];
            made[0][i] = PAC_NAME(clamped)(luma[i] + ((FIXED(1.402) * red[i] + half) >> FRACTION));
            made[1][i] = PAC_NAME(clamped)(luma[i] + (green >> FRACTION));
            made[2][i] = PAC_NAME(clamped)(luma[i] + ((FIXED(1.772) * blue[i] + half) >> FRACTION));
        }
        for (int32_t i = 0; i < count; i++) {
            out[3 * i] = made[0][i];
            out[3 * i + 1] = made[1][i];
            out[3 * i + 2] = made[2][i];
        }
    }
}

PAC_FN void PAC_NAME(expand_422_u8)(const uint8_t *in, int64_t pairs, uint8_t *out)
{
    int64_t i = 0;
#if PAC_AVX2
    const __m128i first = _mm_setr_epi8(0, 2, 3, 1, 2, 3, 4, 6, 7, 5, 6, 7, 8, 10, 11, 9);
    const __m128i second = _mm_setr_epi8(10, 11, 12, 14, 15, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1);
    for (; i + 6 <= pairs; i += 4) { /* writes 8 bytes of the next pairs too */
        const __m128i four = _mm_loadu_si128((const __m128i *)(in + 4 * i));
        _mm_storeu_si128((__m128i *)(out + 6 * i), _mm_shuffle_epi8(four, first));
        _mm_storeu_si128((__m128i *)(out + 6 * i + 16), _mm_shuffle_epi8(four, second));
    }
#endif
    for (; i < pairs; i++) {
        const uint8_t *pair = in + 4 * i;
        const uint8_t pixels[6] = {pair[0], pair[2], pair[3], pair[1], pair[2], pair[3]};
        memcpy(out + 6 * i, pixels, sizeof pixels);
    }
}

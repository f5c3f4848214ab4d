/* Coefficients of one kind to samples and back. Source: T.800 G.1 (level shift).
 *
 * A sample's range less the level shift is [-2^(precision-1), 2^(precision-1)) whether signed or not: coefficients are
 * clamped before the shift is added, so that nothing overflows.
 */

PAC_FN void PAC_KIND_NAME(store_narrow)(const PAC_SAMPLE *restrict in, ptrdiff_t count, pac_sample_range range,
                                        pac_sample_type type, char *out, ptrdiff_t distance)
{
    const int32_t highest = (int32_t)(((uint32_t)1 << (range.precision - 1)) - 1), lowest = -highest - 1;
    int32_t chunk[CHUNK];
    PAC_KIND_NAME(round_narrow)(in, count, lowest, highest, (int32_t)level_shift(range), chunk);
    PAC_NAME(write_narrow)(chunk, count, type, range.is_signed, out, distance);
}

PAC_FN void PAC_KIND_NAME(store_wide)(const PAC_SAMPLE *restrict in, ptrdiff_t count, pac_sample_range range,
                                      pac_sample_type type, char *out, ptrdiff_t distance)
{
    const int64_t highest = ((int64_t)1 << (range.precision - 1)) - 1, lowest = -highest - 1;
    const int64_t shift = level_shift(range);
    int64_t chunk[CHUNK];
    for (ptrdiff_t i = 0; i < count; ++i)
        chunk[i] = PAC_KIND_NAME(rounded_wide)(in[i], lowest, highest) + shift;
    PAC_NAME(write_wide)(chunk, count, type, out, distance);
}

PAC_FN void PAC_KIND_NAME(store)(const PAC_SAMPLE *in, ptrdiff_t in_stride, int64_t width, int64_t height,
                                 pac_sample_range range, pac_sample_type type, void *out, ptrdiff_t row_stride_bytes,
                                 ptrdiff_t pixel_stride_bytes)
{
    for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; x += CHUNK) {
            const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
            char *to = (char *)out + y * row_stride_bytes + x * pixel_stride_bytes;
            if (range.precision <= NARROW_PRECISION)
                PAC_KIND_NAME(store_narrow)(in + y * in_stride + x, count, range, type, to, pixel_stride_bytes);
            else
                PAC_KIND_NAME(store_wide)(in + y * in_stride + x, count, range, type, to, pixel_stride_bytes);
        }
}

PAC_FN void PAC_KIND_NAME(load_narrow)(const char *in, pac_sample_type type, ptrdiff_t distance, ptrdiff_t count,
                                       pac_sample_range range, PAC_SAMPLE *restrict out, pac_sample_extent *extent)
{
    int32_t chunk[CHUNK];
    const int64_t bias = PAC_NAME(read_narrow)(chunk, count, type, in, distance, extent);
    const int32_t offset = (int32_t)(bias - level_shift(range));
    for (ptrdiff_t i = 0; i < count; ++i)
        out[i] = (PAC_SAMPLE)(chunk[i] + offset);
}

PAC_FN void PAC_KIND_NAME(load_wide)(const char *in, pac_sample_type type, ptrdiff_t distance, ptrdiff_t count,
                                     pac_sample_range range, PAC_SAMPLE *restrict out, pac_sample_extent *extent)
{
    int64_t chunk[CHUNK];
    const int64_t bias = PAC_NAME(read_wide)(chunk, count, type, in, distance, extent);
    const int64_t offset = bias - level_shift(range);
    for (ptrdiff_t i = 0; i < count; ++i)
        out[i] = (PAC_SAMPLE)(chunk[i] + offset);
}

PAC_FN pac_sample_extent PAC_KIND_NAME(load)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                             ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height,
                                             pac_sample_range range, PAC_SAMPLE *out, ptrdiff_t out_stride)
{
    /* A 32-bit container of 32-bit samples passes narrow chunks: its bias is its level shift. */
    const int narrow = type <= PAC_SAMPLE_I32 && range.precision <= NARROW_PRECISION + 1;
    pac_sample_extent extent = {INT64_MAX, INT64_MIN};
    for (int64_t y = 0; y < height; ++y)
        for (int64_t x = 0; x < width; x += CHUNK) {
            const ptrdiff_t count = width - x < CHUNK ? width - x : CHUNK;
            const char *from = (const char *)in + y * row_stride_bytes + x * pixel_stride_bytes;
            if (narrow)
                PAC_KIND_NAME(load_narrow)
            (from, type, pixel_stride_bytes, count, range, out + y * out_stride + x, &extent);
            else PAC_KIND_NAME(load_wide)(from, type, pixel_stride_bytes, count, range, out + y * out_stride + x,
                                          &extent);
        }
    return extent;
}

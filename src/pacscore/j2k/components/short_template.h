/* 16-bit coefficients: the reversible component transform, and samples. Source: T.800 G.1, G.2.
 *
 * Sums that leave 16 bits are found exactly by their signs; the means floor((a + b) / 2) need no 17th bit.
 */

PAC_FN inline int16_t PAC_NAME(floor_mean)(int16_t a, int16_t b)
{
    return (int16_t)((a & b) + ((int16_t)(a ^ b) >> 1));
}

/* The wrapped sum; the sign of `bad` is set where it is not the sum. */
PAC_FN inline int16_t PAC_NAME(sum)(int16_t a, int16_t b, int16_t *bad)
{
    const int16_t wrapped = (int16_t)(a + b);
    *bad = (int16_t)(*bad | ((a ^ wrapped) & (b ^ wrapped)));
    return wrapped;
}

PAC_FN inline int16_t PAC_NAME(difference)(int16_t a, int16_t b, int16_t *bad)
{
    const int16_t wrapped = (int16_t)(a - b);
    *bad = (int16_t)(*bad | ((a ^ b) & (a ^ wrapped)));
    return wrapped;
}

PAC_FN int32_t PAC_NAME(inverse_rct_i16)(int16_t *c0, int16_t *c1, int16_t *c2, ptrdiff_t stride, int64_t width,
                                         int64_t height)
{
    int16_t bad = 0;
    for (int64_t y = 0; y < height; ++y) {
        int16_t *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const int16_t u = b[x], v = c[x];
            const int16_t quarter = (int16_t)(PAC_NAME(floor_mean)(u, v) >> 1);
            const int16_t green = PAC_NAME(difference)(a[x], quarter, &bad);
            a[x] = PAC_NAME(sum)(v, green, &bad);
            b[x] = green;
            c[x] = PAC_NAME(sum)(u, green, &bad);
        }
    }
    return bad < 0;
}

PAC_FN int32_t PAC_NAME(forward_rct_i16)(int16_t *c0, int16_t *c1, int16_t *c2, ptrdiff_t stride, int64_t width,
                                         int64_t height)
{
    int16_t bad = 0;
    for (int64_t y = 0; y < height; ++y) {
        int16_t *restrict a = c0 + y * stride, *restrict b = c1 + y * stride, *restrict c = c2 + y * stride;
        for (int64_t x = 0; x < width; ++x) {
            const int16_t red = a[x], green = b[x], blue = c[x];
            a[x] = PAC_NAME(floor_mean)(PAC_NAME(floor_mean)(red, blue), green);
            b[x] = PAC_NAME(difference)(blue, green, &bad);
            c[x] = PAC_NAME(difference)(red, green, &bad);
        }
    }
    return bad < 0;
}

/* Containers of 8 and 16 bits, so at most 16 bits of precision. */
PAC_FN void PAC_NAME(store_short)(const int16_t *in, int64_t width, pac_sample_range range, pac_sample_type type,
                                  char *out, ptrdiff_t distance)
{
    const int16_t highest = (int16_t)((1 << (range.precision - 1)) - 1), lowest = (int16_t)(-highest - 1);
    const int16_t shift = (int16_t)level_shift(range);
    if (type <= PAC_SAMPLE_I8)
        PAC_NAME(write_short_8)(in, width, out, distance, lowest, highest, shift);
    else
        PAC_NAME(write_short_16)(in, width, out, distance, lowest, highest, shift);
}

/* Wider containers pass a chunk of 32-bit coefficients. */
PAC_FN void PAC_NAME(store_short_widened)(const int16_t *in, int64_t width, pac_sample_range range,
                                          pac_sample_type type, char *out, ptrdiff_t distance)
{
    int32_t chunk[CHUNK];
    for (int64_t x = 0; x < width; x += CHUNK) {
        const int64_t count = width - x < CHUNK ? width - x : CHUNK;
        for (int64_t i = 0; i < count; ++i)
            chunk[i] = in[x + i];
        PAC_NAME(store_i32)(chunk, CHUNK, count, 1, range, type, out + x * distance, 0, distance);
    }
}

PAC_FN void PAC_NAME(store_i16)(const int16_t *in, ptrdiff_t in_stride, int64_t width, int64_t height,
                                pac_sample_range range, pac_sample_type type, void *out, ptrdiff_t row_stride_bytes,
                                ptrdiff_t pixel_stride_bytes)
{
    for (int64_t y = 0; y < height; ++y) {
        char *row = (char *)out + y * row_stride_bytes;
        if (type <= PAC_SAMPLE_I16)
            PAC_NAME(store_short)(in + y * in_stride, width, range, type, row, pixel_stride_bytes);
        else
            PAC_NAME(store_short_widened)(in + y * in_stride, width, range, type, row, pixel_stride_bytes);
    }
}

PAC_FN pac_sample_extent PAC_NAME(load_short_widened)(const char *in, pac_sample_type type, ptrdiff_t distance,
                                                      int64_t width, pac_sample_range range, int16_t *out)
{
    int32_t chunk[CHUNK];
    pac_sample_extent extent = {INT64_MAX, INT64_MIN};
    for (int64_t x = 0; x < width; x += CHUNK) {
        const int64_t count = width - x < CHUNK ? width - x : CHUNK;
        const pac_sample_extent seen =
            PAC_NAME(load_i32)(in + x * distance, type, 0, distance, count, 1, range, chunk, CHUNK);
        extent.minimum = seen.minimum < extent.minimum ? seen.minimum : extent.minimum;
        extent.maximum = seen.maximum > extent.maximum ? seen.maximum : extent.maximum;
        for (int64_t i = 0; i < count; ++i)
            out[x + i] = (int16_t)chunk[i];
    }
    return extent;
}

PAC_FN pac_sample_extent PAC_NAME(load_i16)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                            ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height,
                                            pac_sample_range range, int16_t *out, ptrdiff_t out_stride)
{
    const int is_signed = is_signed_type(type);
    const int32_t shift = (int32_t)level_shift(range);
    pac_sample_extent extent = {INT64_MAX, INT64_MIN};
    for (int64_t y = 0; y < height && width > 0; ++y) {
        const char *row = (const char *)in + y * row_stride_bytes;
        int16_t *to = out + y * out_stride;
        pac_sample_extent seen = {INT64_MAX, INT64_MIN};
        if (type <= PAC_SAMPLE_I8)
            PAC_NAME(read_short_8)(to, width, row, pixel_stride_bytes, is_signed, shift, &seen);
        else if (type <= PAC_SAMPLE_I16)
            PAC_NAME(read_short_16)(to, width, row, pixel_stride_bytes, is_signed, shift, &seen);
        else
            seen = PAC_NAME(load_short_widened)(row, type, pixel_stride_bytes, width, range, to);
        extent.minimum = seen.minimum < extent.minimum ? seen.minimum : extent.minimum;
        extent.maximum = seen.maximum > extent.maximum ? seen.maximum : extent.maximum;
    }
    return extent;
}

/* Chunks to and from whichever container: the type chosen once a chunk. */

PAC_FN void PAC_NAME(write_narrow)(const int32_t *chunk, ptrdiff_t count, pac_sample_type type, int is_signed,
                                   char *out, ptrdiff_t distance)
{
    switch (type >> 1) {
    case 0:
        PAC_NAME(write_narrow_8)(chunk, count, out, distance, is_signed);
        break;
    case 1:
        PAC_NAME(write_narrow_16)(chunk, count, out, distance, is_signed);
        break;
    case 2:
        PAC_NAME(write_narrow_32)(chunk, count, out, distance, is_signed);
        break;
    default:
        PAC_NAME(write_narrow_64)(chunk, count, out, distance, is_signed);
    }
}

PAC_FN void PAC_NAME(write_wide)(const int64_t *chunk, ptrdiff_t count, pac_sample_type type, char *out,
                                 ptrdiff_t distance)
{
    switch (type >> 1) {
    case 0:
        PAC_NAME(write_wide_8)(chunk, count, out, distance);
        break;
    case 1:
        PAC_NAME(write_wide_16)(chunk, count, out, distance);
        break;
    case 2:
        PAC_NAME(write_wide_32)(chunk, count, out, distance);
        break;
    default:
        PAC_NAME(write_wide_64)(chunk, count, out, distance);
    }
}

/* Read samples less `bias`, which is returned, and widen the extent by them. */
PAC_FN int64_t PAC_NAME(read_narrow)(int32_t *chunk, ptrdiff_t count, pac_sample_type type, const char *in,
                                     ptrdiff_t distance, pac_sample_extent *extent)
{
    const int is_signed = is_signed_type(type);
    switch (type >> 1) {
    case 0:
        PAC_NAME(read_narrow_8)(chunk, count, in, distance, is_signed);
        break;
    case 1:
        PAC_NAME(read_narrow_16)(chunk, count, in, distance, is_signed);
        break;
    default:
        PAC_NAME(read_narrow_32)(chunk, count, in, distance, is_signed);
    }
    const int64_t bias = type == PAC_SAMPLE_U32 ? (int64_t)1 << 31 : 0;
    int32_t minimum = INT32_MAX, maximum = INT32_MIN;
    for (ptrdiff_t i = 0; i < count; ++i) {
        minimum = chunk[i] < minimum ? chunk[i] : minimum;
        maximum = chunk[i] > maximum ? chunk[i] : maximum;
    }
    extent->minimum = minimum + bias < extent->minimum ? minimum + bias : extent->minimum;
    extent->maximum = maximum + bias > extent->maximum ? maximum + bias : extent->maximum;
    return bias;
}

/* The same in 64 bits; there the bias of 2^63 wraps, and samples from 2^63 count as 2^63 - 1. */
PAC_FN int64_t PAC_NAME(read_wide)(int64_t *chunk, ptrdiff_t count, pac_sample_type type, const char *in,
                                   ptrdiff_t distance, pac_sample_extent *extent)
{
    const int is_signed = is_signed_type(type);
    switch (type >> 1) {
    case 0:
        PAC_NAME(read_wide_8)(chunk, count, in, distance, is_signed);
        break;
    case 1:
        PAC_NAME(read_wide_16)(chunk, count, in, distance, is_signed);
        break;
    case 2:
        PAC_NAME(read_wide_32)(chunk, count, in, distance, is_signed);
        break;
    default:
        PAC_NAME(read_wide_64)(chunk, count, in, distance, is_signed);
    }
    const int biased = type == PAC_SAMPLE_U64;
    const int64_t bias = biased ? INT64_MIN : 0;
    for (ptrdiff_t i = 0; i < count; ++i) {
        const int64_t sample = biased && chunk[i] >= 0 ? INT64_MAX : chunk[i] + bias;
        extent->minimum = sample < extent->minimum ? sample : extent->minimum;
        extent->maximum = sample > extent->maximum ? sample : extent->maximum;
    }
    return bias;
}

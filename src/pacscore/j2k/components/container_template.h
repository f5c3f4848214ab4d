/* Chunks to and from containers of PAC_BITS bits, at any address and any distance in bytes.
 *
 * Distances of one and of three containers (one component alone, three interleaved) are constants to the compiler.
 */
#define PAC_BITS_NAME(name) PAC_NAME(PAC_PASTE(name, PAC_BITS))
#define PAC_BYTES (PAC_BITS / 8)
#define PAC_ACCESS PAC_BITS_NAME(access)

typedef PAC_UNSIGNED PAC_ACCESS __attribute__((aligned(1), may_alias));

PAC_FN inline void PAC_BITS_NAME(write_narrow_at)(const int32_t *restrict chunk, ptrdiff_t count, char *restrict out,
                                                  ptrdiff_t distance, int is_signed)
{
    for (ptrdiff_t i = 0; i < count; ++i)
        *(PAC_ACCESS *)(out + i * distance) = is_signed ? (PAC_UNSIGNED)chunk[i] : (PAC_UNSIGNED)(uint32_t)chunk[i];
}

PAC_FN void PAC_BITS_NAME(write_narrow)(const int32_t *chunk, ptrdiff_t count, char *out, ptrdiff_t distance,
                                        int is_signed)
{
    is_signed = is_signed && PAC_BITS > 32; /* else the sign makes no difference */
    if (distance == PAC_BYTES)
        PAC_BITS_NAME(write_narrow_at)(chunk, count, out, PAC_BYTES, is_signed);
    else if (distance == 3 * PAC_BYTES)
        PAC_BITS_NAME(write_narrow_at)(chunk, count, out, 3 * PAC_BYTES, is_signed);
    else
        PAC_BITS_NAME(write_narrow_at)(chunk, count, out, distance, is_signed);
}

PAC_FN void PAC_BITS_NAME(write_wide)(const int64_t *restrict chunk, ptrdiff_t count, char *restrict out,
                                      ptrdiff_t distance)
{
    for (ptrdiff_t i = 0; i < count; ++i)
        *(PAC_ACCESS *)(out + i * distance) = (PAC_UNSIGNED)chunk[i];
}

#if PAC_BITS <= 32
/* Unsigned 32-bit samples come less 2^31, so that their order is that of signed numbers. */
PAC_FN inline void PAC_BITS_NAME(read_narrow_at)(int32_t *restrict chunk, ptrdiff_t count, const char *restrict in,
                                                 ptrdiff_t distance, int is_signed)
{
    const uint32_t bias = PAC_BITS == 32 ? (uint32_t)1 << 31 : 0;
    for (ptrdiff_t i = 0; i < count; ++i) {
        const PAC_UNSIGNED bits = *(const PAC_ACCESS *)(in + i * distance);
        chunk[i] = is_signed ? (PAC_SIGNED)bits : (int32_t)((uint32_t)bits - bias);
    }
}

PAC_FN void PAC_BITS_NAME(read_narrow)(int32_t *chunk, ptrdiff_t count, const char *in, ptrdiff_t distance,
                                       int is_signed)
{
    if (distance == PAC_BYTES && is_signed)
        PAC_BITS_NAME(read_narrow_at)(chunk, count, in, PAC_BYTES, 1);
    else if (distance == PAC_BYTES)
        PAC_BITS_NAME(read_narrow_at)(chunk, count, in, PAC_BYTES, 0);
    else if (distance == 3 * PAC_BYTES && !is_signed)
        PAC_BITS_NAME(read_narrow_at)(chunk, count, in, 3 * PAC_BYTES, 0);
    else
        PAC_BITS_NAME(read_narrow_at)(chunk, count, in, distance, is_signed);
}
#endif

/* Unsigned 64-bit samples come less 2^63. */
PAC_FN void PAC_BITS_NAME(read_wide)(int64_t *restrict chunk, ptrdiff_t count, const char *restrict in,
                                     ptrdiff_t distance, int is_signed)
{
    const uint64_t bias = PAC_BITS == 64 ? (uint64_t)1 << 63 : 0;
    for (ptrdiff_t i = 0; i < count; ++i) {
        const PAC_UNSIGNED bits = *(const PAC_ACCESS *)(in + i * distance);
        chunk[i] = is_signed ? (PAC_SIGNED)bits : (int64_t)((uint64_t)bits - bias);
    }
}

#if PAC_BITS <= 16
/* 16-bit coefficients to samples in one pass: clamp, add the shift. */
PAC_FN inline void PAC_BITS_NAME(write_short_at)(const int16_t *restrict in, ptrdiff_t count, char *restrict out,
                                                 ptrdiff_t distance, int16_t lowest, int16_t highest, int16_t shift)
{
    for (ptrdiff_t i = 0; i < count; ++i) {
        int16_t value = in[i] < lowest ? lowest : in[i];
        value = value > highest ? highest : value;
        *(PAC_ACCESS *)(out + i * distance) = (PAC_UNSIGNED)(value + shift);
    }
}

PAC_FN void PAC_BITS_NAME(write_short)(const int16_t *in, ptrdiff_t count, char *out, ptrdiff_t distance,
                                       int16_t lowest, int16_t highest, int16_t shift)
{
    if (distance == PAC_BYTES)
        PAC_BITS_NAME(write_short_at)(in, count, out, PAC_BYTES, lowest, highest, shift);
    else
        PAC_BITS_NAME(write_short_at)(in, count, out, distance, lowest, highest, shift);
}

/* Samples to 16-bit coefficients in one pass. Unsigned samples are biased, so that their order is that of signed
 * numbers: by a flip of the top bit. */
PAC_FN inline void PAC_BITS_NAME(read_short_at)(int16_t *restrict out, ptrdiff_t count, const char *restrict in,
                                                ptrdiff_t distance, int is_signed, int32_t shift,
                                                pac_sample_extent *extent)
{
    const int32_t bias = is_signed ? 0 : 1 << (PAC_BITS - 1);
    const PAC_UNSIGNED flip = (PAC_UNSIGNED)bias;
    const int16_t offset = (int16_t)(bias - shift);
    PAC_SIGNED minimum = (PAC_SIGNED)((1 << (PAC_BITS - 1)) - 1), maximum = (PAC_SIGNED)(-minimum - 1);
    for (ptrdiff_t i = 0; i < count; ++i) {
        const PAC_SIGNED sample = (PAC_SIGNED)(*(const PAC_ACCESS *)(in + i * distance) ^ flip);
        minimum = sample < minimum ? sample : minimum;
        maximum = sample > maximum ? sample : maximum;
        out[i] = (int16_t)(sample + offset);
    }
    extent->minimum = minimum + bias < extent->minimum ? minimum + bias : extent->minimum;
    extent->maximum = maximum + bias > extent->maximum ? maximum + bias : extent->maximum;
}

PAC_FN void PAC_BITS_NAME(read_short)(int16_t *out, ptrdiff_t count, const char *in, ptrdiff_t distance, int is_signed,
                                      int32_t shift, pac_sample_extent *extent)
{
    if (distance == PAC_BYTES)
        PAC_BITS_NAME(read_short_at)(out, count, in, PAC_BYTES, is_signed, shift, extent);
    else
        PAC_BITS_NAME(read_short_at)(out, count, in, distance, is_signed, shift, extent);
}
#endif

#undef PAC_BITS_NAME
#undef PAC_BYTES
#undef PAC_ACCESS
#undef PAC_BITS
#undef PAC_UNSIGNED
#undef PAC_SIGNED

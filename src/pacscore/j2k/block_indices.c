#include "j2k/block_indices.h"

enum { NARROW_LARGEST = 1 << 14 /* the largest magnitude that encode_i16 takes */ };

static void widen(const int16_t *in, ptrdiff_t stride, int32_t width, int32_t height, int32_t *out)
{
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            out[y * width + x] = in[y * stride + x];
}

static pac_block_indices from_i16(const pac_block_encoder *encoder, const pac_code_block *block, const int16_t *in,
                                  ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    pac_block_indices made = {in, stride, kernels->magnitudes_i16(in, stride, width, height)};
    if (made.magnitudes > NARROW_LARGEST) {
        int32_t *wide = (int32_t *)encoder->words + PAC_BLOCK_SAMPLES;
        widen(in, stride, width, height, wide);
        kernels->quantize_i32(wide, width, width, height, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

static pac_block_indices from_i32(const pac_block_encoder *encoder, const pac_code_block *block, const int32_t *in,
                                  ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    pac_block_indices made = {encoder->indices, width,
                              kernels->quantize_i32_i16(in, stride, width, height, encoder->indices, width)};
    if (made.magnitudes > NARROW_LARGEST) {
        kernels->quantize_i32(in, stride, width, height, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

static pac_block_indices from_f32(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block,
                                  const float *in, ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    const float inverse_step = (float)(1.0 / band->step);
    pac_block_indices made = {
        encoder->indices, width,
        kernels->quantize_f32_i16(in, stride, width, height, inverse_step, encoder->indices, width)};
    if (made.magnitudes > NARROW_LARGEST) {
        kernels->quantize_f32(in, stride, width, height, inverse_step, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

pac_block_indices pac_block_quantize(const pac_block_encoder *encoder, const pac_band *band,
                                     const pac_code_block *block, pac_coefficient_type type, const void *in,
                                     ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    switch (type) {
    case PAC_I16:
        return from_i16(encoder, block, in, stride);
    case PAC_I32:
        return from_i32(encoder, block, in, stride);
    case PAC_F32:
        return from_f32(encoder, band, block, in, stride);
    case PAC_I64:
        return (pac_block_indices){NULL, 0, kernels->quantize_i64(in, stride, width, height, encoder->words, width)};
    default:
        return (pac_block_indices){
            NULL, 0, kernels->quantize_f64(in, stride, width, height, 1.0 / band->step, encoder->words, width)};
    }
}

void pac_block_indices_widen(const pac_block_encoder *encoder, const pac_code_block *block, pac_block_indices *indices)
{
    const int32_t width = block->width, height = block->height;
    int32_t *values = (int32_t *)encoder->words + PAC_BLOCK_SAMPLES;
    widen(indices->narrow, indices->stride, width, height, values);
    encoder->kernels->quantization.quantize_i32(values, width, width, height, (uint32_t *)encoder->words, width);
    indices->narrow = NULL;
}

static int is_of_interest(const pac_block_settings *settings, const pac_band *band, int64_t x, int64_t y)
{
    for (int32_t i = settings->roi_first[band->number]; i < settings->roi_first[band->number + 1]; i++) {
        const pac_rect *rect = &settings->roi[i];
        if (rect->x0 <= x && x < rect->x1 && rect->y0 <= y && y < rect->y1)
            return 1;
    }
    return 0;
}

void pac_block_lift(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block, int32_t shift,
                    int wide, pac_block_indices *indices)
{
    uint32_t *words32 = (uint32_t *)encoder->words;
    uint64_t *words64 = encoder->words;
    if (indices->narrow)
        pac_block_indices_widen(encoder, block, indices);
    for (int32_t y = 0; y < block->height; y++)
        for (int32_t x = 0; x < block->width; x++) {
            if (!is_of_interest(&encoder->settings, band, band->rect.x0 + block->x + x, band->rect.y0 + block->y + y))
                continue;
            const ptrdiff_t at = (ptrdiff_t)y * block->width + x;
            if (wide) {
                const uint64_t magnitude = (words64[at] & INT64_MAX) << shift;
                words64[at] = (words64[at] & ~(uint64_t)INT64_MAX) | magnitude;
                indices->magnitudes |= magnitude;
            } else {
                const uint32_t magnitude = (words32[at] & INT32_MAX) << shift;
                words32[at] = (words32[at] & ~(uint32_t)INT32_MAX) | magnitude;
                indices->magnitudes |= magnitude;
            }
        }
}

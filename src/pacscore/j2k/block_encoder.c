#include "j2k/block_encoder.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_SAMPLES = 4096,
    MOST_SET_PASSES = 3 * 64,
    NARROW_LARGEST = 1 << 14 /* the largest magnitude that encode_i16 takes */
};

pac_status pac_block_encoder_init(pac_block_encoder *encoder, const pac_tile_kernels *kernels,
                                  const pac_block_settings *settings)
{
    memset(encoder, 0, sizeof *encoder);
    encoder->kernels = kernels;
    encoder->settings = *settings;
    encoder->words = aligned_alloc(64, BLOCK_SAMPLES * sizeof *encoder->words);
    encoder->indices = aligned_alloc(64, BLOCK_SAMPLES * sizeof *encoder->indices);
    return encoder->words && encoder->indices ? PAC_OK : PAC_NO_MEMORY;
}

void pac_block_encoder_finish(pac_block_encoder *encoder)
{
    free(encoder->words);
    free(encoder->indices);
    free(encoder->ht);
    free(encoder->part1);
    free(encoder->sets);
    encoder->words = NULL;
    encoder->indices = NULL;
    encoder->ht = NULL;
    encoder->part1 = NULL;
    encoder->sets = NULL;
    encoder->sets_capacity = 0;
}

void pac_block_encoder_free(pac_block_encoder *encoder)
{
    pac_block_encoder_finish(encoder);
    pac_arena_free(&encoder->coded);
}

/* A block's indices, as 16-bit integers if they fit encode_i16, else as words. */
typedef struct {
    const int16_t *narrow; /* NULL: encoder->words */
    ptrdiff_t stride;
    uint64_t magnitudes; /* bitwise OR */
} block_indices;

static void widen(const int16_t *in, ptrdiff_t stride, int32_t width, int32_t height, int32_t *out)
{
    for (int32_t y = 0; y < height; y++)
        for (int32_t x = 0; x < width; x++)
            out[y * width + x] = in[y * stride + x];
}

static block_indices from_i16(const pac_block_encoder *encoder, const pac_code_block *block, const int16_t *in,
                              ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    block_indices made = {in, stride, kernels->magnitudes_i16(in, stride, width, height)};
    if (made.magnitudes > NARROW_LARGEST) {
        int32_t *wide = (int32_t *)encoder->words + BLOCK_SAMPLES;
        widen(in, stride, width, height, wide);
        kernels->quantize_i32(wide, width, width, height, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

static block_indices from_i32(const pac_block_encoder *encoder, const pac_code_block *block, const int32_t *in,
                              ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    block_indices made = {encoder->indices, width,
                          kernels->quantize_i32_i16(in, stride, width, height, encoder->indices, width)};
    if (made.magnitudes > NARROW_LARGEST) {
        kernels->quantize_i32(in, stride, width, height, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

static block_indices from_f32(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block,
                              const float *in, ptrdiff_t stride)
{
    const pac_quantization_kernels *kernels = &encoder->kernels->quantization;
    const int32_t width = block->width, height = block->height;
    const float inverse_step = (float)(1.0 / band->step);
    block_indices made = {encoder->indices, width,
                          kernels->quantize_f32_i16(in, stride, width, height, inverse_step, encoder->indices, width)};
    if (made.magnitudes > NARROW_LARGEST) {
        kernels->quantize_f32(in, stride, width, height, inverse_step, (uint32_t *)encoder->words, width);
        made.narrow = NULL;
    }
    return made;
}

static block_indices quantize(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block,
                              pac_coefficient_type type, const void *in, ptrdiff_t stride)
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
        return (block_indices){NULL, 0, kernels->quantize_i64(in, stride, width, height, encoder->words, width)};
    default:
        return (block_indices){
            NULL, 0, kernels->quantize_f64(in, stride, width, height, 1.0 / band->step, encoder->words, width)};
    }
}

/* Narrow indices to 32-bit words. */
static void to_words(const pac_block_encoder *encoder, const pac_code_block *block, block_indices *indices)
{
    const int32_t width = block->width, height = block->height;
    int32_t *values = (int32_t *)encoder->words + BLOCK_SAMPLES;
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

/* Lifts the coefficients of the regions of interest above all others. Source: T.800 H.2. */
static void lift(const pac_block_encoder *encoder, const pac_band *band, const pac_code_block *block, int32_t shift,
                 int wide, block_indices *indices)
{
    uint32_t *words32 = (uint32_t *)encoder->words;
    uint64_t *words64 = encoder->words;
    if (indices->narrow)
        to_words(encoder, block, indices);
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

/* Copies what a coder has made of a block. */
static pac_status keep(pac_block_encoder *encoder, pac_code_block *block, const pac_coded_pass *passes, int32_t count,
                       const uint8_t *coded, uint32_t length)
{
    const size_t size = (size_t)count * sizeof *passes;
    block->coded = pac_arena_take(&encoder->coded, size);
    uint8_t *bytes = pac_arena_reserve(&encoder->coded, length + 1);
    if (!block->coded || !bytes)
        return PAC_NO_MEMORY;
    memcpy(block->coded, passes, size);
    memcpy(bytes, coded, length);
    pac_arena_keep(&encoder->coded, length);
    block->bytes = bytes;
    block->length = length;
    block->passes = (uint16_t)count;
    return PAC_OK;
}

/* One cleanup segment, at plane 0. */
static pac_status encode_ht(pac_block_encoder *encoder, const pac_band *band, pac_code_block *block,
                            const block_indices *indices, int32_t bits, int wide)
{
    const int32_t width = block->width, height = block->height;
    const size_t capacity = pac_ht_encode_bound(width, height, bits);
    if (!encoder->ht)
        encoder->ht = aligned_alloc(64, (pac_ht_scratch_size() + 63) & ~(size_t)63);
    pac_coded_pass *pass = pac_arena_take(&encoder->coded, sizeof *pass);
    uint8_t *bytes = pac_arena_reserve(&encoder->coded, capacity);
    if (!encoder->ht || !pass || !bytes)
        return PAC_NO_MEMORY;
    const pac_ht_kernels *ht = &encoder->kernels->ht;
    const uint32_t *words = (const uint32_t *)encoder->words;
    pac_status status;
    if (indices->narrow)
        status = ht->encode_i16(indices->narrow, indices->stride, width, height, bytes, capacity, &block->length,
                                encoder->ht);
    else if (wide)
        status = ht->encode64(encoder->words, width, width, height, bytes, capacity, &block->length, encoder->ht);
    else
        status = ht->encode32(words, width, width, height, bytes, capacity, &block->length, encoder->ht);
    if (status)
        return status;
    pac_arena_keep(&encoder->coded, block->length);
    *pass = (pac_coded_pass){.length = block->length, .ends_segment = 1};
    block->bytes = bytes;
    block->coded = pass;
    block->passes = 1;
    block->kind = PAC_BLOCK_HT;
    block->missing_bitplanes = (uint8_t)(band->magnitude_bitplanes - 1);
    return PAC_OK;
}

/* Room for the sets of a block; zero if there is none. */
static int provide_sets(pac_block_encoder *encoder, size_t capacity)
{
    if (capacity > encoder->sets_capacity) {
        free(encoder->sets);
        encoder->sets = malloc(capacity);
        encoder->sets_capacity = encoder->sets ? capacity : 0;
    }
    return encoder->sets != NULL;
}

/* A set at each plane, for rate control to choose from. */
static pac_status encode_ht_sets(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                                 pac_code_block *block, block_indices *indices, int32_t bits, int wide)
{
    const int32_t width = block->width, height = block->height;
    const int32_t planes = encoder->settings.set_planes;
    const int32_t highest = (planes && planes < bits ? planes : bits) - 1;
    const pac_ht_sets asked = {
        .width = width,
        .height = height,
        .bits = bits,
        .highest = highest,
        .vertically_causal = (component->style & PAC_STYLE_CAUSAL) != 0,
        .reversible = component->reversible,
        .least_gain = encoder->settings.slope_floor / encoder->settings.weights[band->number],
    };
    const size_t capacity = pac_ht_encode_sets_bound(width, height, bits);
    if (!encoder->ht)
        encoder->ht = aligned_alloc(64, (pac_ht_scratch_size() + 63) & ~(size_t)63);
    if (!encoder->ht || !provide_sets(encoder, capacity))
        return PAC_NO_MEMORY;
    if (indices->narrow)
        to_words(encoder, block, indices);
    const pac_ht_kernels *ht = &encoder->kernels->ht;
    pac_coded_pass passes[MOST_SET_PASSES];
    int32_t count;
    pac_status status =
        wide ? ht->encode_sets64(&asked, encoder->words, width, encoder->sets, capacity, passes, &count, encoder->ht)
             : ht->encode_sets32(&asked, (const uint32_t *)encoder->words, width, encoder->sets, capacity, passes,
                                 &count, encoder->ht);
    if (status)
        return status;
    block->kind = PAC_BLOCK_HT;
    block->missing_bitplanes = (uint8_t)(band->magnitude_bitplanes - 1 - highest);
    return keep(encoder, block, passes, count, encoder->sets, passes[count - 1].length);
}

static pac_status encode_part1(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                               pac_code_block *block, const block_indices *indices, int32_t bits, int wide)
{
    const pac_block_settings *settings = &encoder->settings;
    const pac_part1_coding coding = {
        .width = block->width,
        .height = block->height,
        .orientation = band->orientation,
        .style = component->style,
        .bitplanes = bits,
        .want_gains = settings->weights != NULL,
        .reversible = component->reversible,
        .least_gain = settings->weights ? settings->slope_floor / settings->weights[band->number] : 0,
    };
    const pac_part1_kernels *part1 = &encoder->kernels->part1;
    pac_part1_coded coded;
    pac_status status;
    if (!encoder->part1)
        encoder->part1 = aligned_alloc(64, pac_part1_encoder_scratch_size());
    if (!encoder->part1)
        return PAC_NO_MEMORY;
    if (indices->narrow)
        status = part1->encode_i16(&coding, indices->narrow, indices->stride, encoder->part1, &coded);
    else if (wide)
        status = part1->encode64(&coding, encoder->words, block->width, encoder->part1, &coded);
    else
        status = part1->encode32(&coding, (const uint32_t *)encoder->words, block->width, encoder->part1, &coded);
    if (status)
        return status;
    block->kind = PAC_BLOCK_PART1;
    block->missing_bitplanes = (uint8_t)(band->magnitude_bitplanes - bits);
    return keep(encoder, block, coded.passes, coded.pass_count, coded.bytes, coded.length);
}

pac_status pac_block_encode(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                            pac_code_block *block, pac_coefficient_type type, const void *coefficients,
                            ptrdiff_t stride)
{
    block_indices indices = quantize(encoder, band, block, type, coefficients, stride);
    if (!indices.magnitudes)
        return PAC_OK; /* never included */
    const int wide = pac_coefficient_size(type) > 4;
    if (component->roi_shift && encoder->settings.roi_first)
        lift(encoder, band, block, component->roi_shift, wide, &indices);
    const int32_t bits = 64 - __builtin_clzll(indices.magnitudes);
    if (bits > band->magnitude_bitplanes)
        return PAC_LIMIT;
    if (component->style & PAC_STYLE_HT && encoder->settings.weights)
        return encode_ht_sets(encoder, component, band, block, &indices, bits, wide);
    if (component->style & PAC_STYLE_HT)
        return encode_ht(encoder, band, block, &indices, bits, wide);
    return encode_part1(encoder, component, band, block, &indices, bits, wide);
}

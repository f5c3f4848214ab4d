#include "j2k/block_encoder.h"

#include "j2k/block_survey.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SET_PASSES = 3 * 64 };

pac_status pac_block_encoder_init(pac_block_encoder *encoder, const pac_tile_kernels *kernels,
                                  const pac_block_settings *settings)
{
    encoder->kernels = kernels;
    encoder->settings = *settings;
    encoder->words = aligned_alloc(64, PAC_BLOCK_SAMPLES * sizeof *encoder->words);
    encoder->indices = aligned_alloc(64, PAC_BLOCK_SAMPLES * sizeof *encoder->indices);
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

pac_status pac_block_keep(pac_block_encoder *encoder, pac_code_block *block, const pac_coded_pass *passes,
                          int32_t count, const uint8_t *coded, uint32_t length)
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
                            const pac_block_indices *indices, int32_t bits, int wide)
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
                                 pac_code_block *block, pac_block_indices *indices, int32_t bits, int wide)
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
        pac_block_indices_widen(encoder, block, indices);
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
    return pac_block_keep(encoder, block, passes, count, encoder->sets, passes[count - 1].length);
}

static pac_status encode_part1(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                               pac_code_block *block, const pac_block_indices *indices, int32_t bits, int wide)
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
    return pac_block_keep(encoder, block, coded.passes, coded.pass_count, coded.bytes, coded.length);
}

/* Encodes indices of some bits. `wide`: words are of 64 bits. */
static pac_status encode_indices(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                                 pac_code_block *block, pac_block_indices *indices, int wide)
{
    const int32_t bits = 64 - __builtin_clzll(indices->magnitudes);
    if (component->style & PAC_STYLE_HT && encoder->settings.weights)
        return encode_ht_sets(encoder, component, band, block, indices, bits, wide);
    if (component->style & PAC_STYLE_HT)
        return encode_ht(encoder, band, block, indices, bits, wide);
    return encode_part1(encoder, component, band, block, indices, bits, wide);
}

pac_status pac_block_encode(pac_block_encoder *encoder, const pac_tile_component *component, const pac_band *band,
                            pac_code_block *block, pac_coefficient_type type, const void *coefficients,
                            ptrdiff_t stride)
{
    pac_block_indices indices = pac_block_quantize(encoder, band, block, type, coefficients, stride);
    if (!indices.magnitudes)
        return PAC_OK; /* never included */
    const int wide = pac_coefficient_size(type) > 4;
    if (component->roi_shift && encoder->settings.roi_first)
        pac_block_lift(encoder, band, block, component->roi_shift, wide, &indices);
    if (64 - __builtin_clzll(indices.magnitudes) > band->magnitude_bitplanes)
        return PAC_LIMIT;
    if (encoder->settings.survey)
        return pac_block_survey(encoder, component, block, &indices, wide);
    return encode_indices(encoder, component, band, block, &indices, wide);
}

pac_status pac_block_encode_surveyed(pac_block_encoder *encoder, const pac_tile_component *component,
                                     const pac_band *band, pac_code_block *block)
{
    int wide;
    pac_block_indices indices = pac_block_surveyed(encoder, block, &wide);
    return encode_indices(encoder, component, band, block, &indices, wide);
}

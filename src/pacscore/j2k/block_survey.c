#include "j2k/block_survey.h"

#include <string.h>

enum { ALIGNMENT = 64 };

/* What is kept of a block; indices follow. */
typedef struct {
    uint64_t magnitudes;
    int32_t size; /* of an index, in bytes: 16-bit integers, or words */
    _Alignas(ALIGNMENT) uint8_t indices[];
} kept_indices;

/* Memory that is not zeroed, or NULL. */
static kept_indices *provide(pac_arena *arena, size_t size)
{
    uint8_t *const room = pac_arena_reserve(arena, size + ALIGNMENT);
    if (!room)
        return NULL;
    const size_t skipped = (size_t)(-(uintptr_t)room & (ALIGNMENT - 1));
    pac_arena_keep(arena, skipped + size);
    return (kept_indices *)(room + skipped);
}

static pac_status keep_indices(pac_block_encoder *encoder, pac_code_block *block, const pac_block_indices *indices,
                               int wide)
{
    const int32_t width = block->width, height = block->height, size = indices->narrow ? 2 : wide ? 8 : 4;
    const size_t row = (size_t)width * (size_t)size;
    kept_indices *kept = provide(&encoder->coded, sizeof *kept + row * (size_t)height);
    if (!kept)
        return PAC_NO_MEMORY;
    kept->magnitudes = indices->magnitudes;
    kept->size = size;
    block->indices = kept;
    if (!indices->narrow)
        memcpy(kept->indices, encoder->words, row * (size_t)height);
    for (int32_t y = 0; y < height && indices->narrow; y++)
        memcpy(kept->indices + (size_t)y * row, indices->narrow + y * indices->stride, row);
    return PAC_OK;
}

pac_block_indices pac_block_surveyed(const pac_block_encoder *encoder, const pac_code_block *block, int *wide)
{
    const kept_indices *const kept = block->indices;
    *wide = kept->size == 8;
    if (kept->size == 2)
        return (pac_block_indices){(const int16_t *)(const void *)kept->indices, block->width, kept->magnitudes};
    memcpy(encoder->words, kept->indices, (size_t)block->width * block->height * (size_t)kept->size);
    return (pac_block_indices){NULL, 0, kept->magnitudes};
}

pac_status pac_block_survey(pac_block_encoder *encoder, const pac_tile_component *component, pac_code_block *block,
                            pac_block_indices *indices, int wide)
{
    const pac_status status = keep_indices(encoder, block, indices, wide);
    if (status)
        return status;
    const int32_t bits = 64 - __builtin_clzll(indices->magnitudes);
    const int32_t width = block->width, height = block->height;
    const int32_t lowest = bits > PAC_PART1_SURVEYED ? bits - PAC_PART1_SURVEYED : 0;
    if (!indices->narrow) {
        for (int32_t i = 0; i < width * height; i++)
            encoder->indices[i] = (int16_t)(wide ? (encoder->words[i] & INT64_MAX) >> lowest
                                                 : (((uint32_t *)encoder->words)[i] & INT32_MAX) >> lowest);
        indices->narrow = encoder->indices;
        indices->stride = width;
    }
    const pac_part1_coding coding = {
        .width = width,
        .height = height,
        .bitplanes = bits - lowest,
        .lowest_plane = lowest,
        .reversible = component->reversible,
    };
    pac_coded_pass passes[2 * PAC_PART1_SURVEYED];
    const int32_t count = encoder->kernels->part1.survey_i16(&coding, indices->narrow, indices->stride, passes);
    block->kind = PAC_BLOCK_PART1;
    return pac_block_keep(encoder, block, passes, count, (const uint8_t *)"", 0);
}

#include "j2k/block_decoder.h"

#include <stdlib.h>
#include <string.h>

#include "j2k/packets/block_lengths.h"

enum { BLOCK_SAMPLES = 4096, REFINEMENT_CAPACITY = 1 << 16, MOST_SEGMENTS = 3 * 127 };

/* What is being decoded, and where to. */
typedef struct {
    const pac_block_source *source;
    const pac_tile_component *component;
    const pac_band *band;
    const pac_code_block *block;
    pac_block_scratch *scratch;
    void *out;
    ptrdiff_t stride;
    pac_coefficient_type type;
} target_block;

void pac_block_scratch_free(pac_block_scratch *scratch)
{
    free(scratch->words);
    free(scratch->refinement);
    free(scratch->segments);
    free(scratch->ht);
    free(scratch->part1);
    *scratch = (pac_block_scratch){0};
}

/* Allocates aligned memory that is not there yet; zero if there is none. */
static int provide(void *memory, size_t size)
{
    void **slot = memory;
    if (!*slot)
        *slot = aligned_alloc(64, (size + 63) & ~(size_t)63);
    return *slot != NULL;
}

/* Finds the last set whose cleanup pass has bytes, and what refines it; passes is 0 if there is none. */
static pac_status find_ht_set(const target_block *at, pac_ht_block *ht)
{
    const pac_piece *pieces = at->source->precincts->pieces;
    pac_block_scratch *scratch = at->scratch;
    int joined = 0;
    ht->passes = 0;
    for (int32_t i = at->block->first_piece; i >= 0; i = pieces[i].next) {
        const pac_piece *piece = &pieces[i];
        if (piece->absent)
            break;
        const uint8_t *bytes = at->source->data + piece->offset;
        const int32_t missing = at->block->missing_bitplanes + piece->first_pass / 3;
        if (piece->kind == PAC_PIECE_CLEANUP && piece->length) {
            ht->cleanup = bytes;
            ht->cleanup_length = piece->length;
            ht->refinement_length = 0;
            ht->missing_bitplanes = missing;
            ht->passes = 1;
            joined = 0;
        } else if (piece->kind == PAC_PIECE_REFINEMENT && ht->passes && ht->missing_bitplanes == missing) {
            /* one of another plane refines a set that has no bytes */
            if (piece->length > REFINEMENT_CAPACITY - ht->refinement_length)
                return PAC_CORRUPT;
            if (joined++ == 0)
                ht->refinement = bytes;
            else {
                if (!provide(&scratch->refinement, REFINEMENT_CAPACITY))
                    return PAC_NO_MEMORY;
                if (ht->refinement != scratch->refinement)
                    memcpy(scratch->refinement, ht->refinement, ht->refinement_length);
                memcpy(scratch->refinement + ht->refinement_length, bytes, piece->length);
                ht->refinement = scratch->refinement;
            }
            ht->refinement_length += piece->length;
            ht->passes += piece->passes;
        }
    }
    return ht->passes > 3 ? PAC_CORRUPT : PAC_OK;
}

/* The half of a step: words and what the HT decoder knows have one fraction bit. */
static double half_step(const target_block *at)
{
    return at->band->step * 0.5;
}

/* Words in the scratch to coefficients. */
static pac_status dequantize(const target_block *at)
{
    const pac_quantization_kernels *kernels = &at->source->kernels->quantization;
    const uint64_t *words64 = at->scratch->words;
    const uint32_t *words = (const uint32_t *)words64;
    const int32_t width = at->block->width, height = at->block->height, roi = at->component->roi_shift;
    switch (at->type) {
    case PAC_I16:
        return kernels->dequantize_i16(words, width, width, height, roi, at->out, at->stride) > INT16_MAX ? PAC_LIMIT
                                                                                                          : PAC_OK;
    case PAC_I32:
        kernels->dequantize_i32(words, width, width, height, roi, at->out, at->stride);
        return PAC_OK;
    case PAC_I64:
        kernels->dequantize_i64(words64, width, width, height, roi, at->out, at->stride);
        return PAC_OK;
    case PAC_F32:
        kernels->dequantize_f32(words, width, width, height, roi, (float)half_step(at), at->out, at->stride);
        return PAC_OK;
    default:
        kernels->dequantize_f64(words64, width, width, height, roi, half_step(at), at->out, at->stride);
        return PAC_OK;
    }
}

/* Straight to coefficients where the HT decoder can: one cleanup pass, at the lowest plane if reversible. */
static pac_status decode_ht_directly(const target_block *at, const pac_ht_block *ht)
{
    const pac_ht_kernels *kernels = &at->source->kernels->ht;
    if (at->component->roi_shift)
        return PAC_UNSUPPORTED;
    switch (at->type) {
    case PAC_I16:
        return kernels->decode_i16(ht, at->out, at->stride, at->scratch->ht);
    case PAC_I32:
        return kernels->decode_i32(ht, at->out, at->stride, at->scratch->ht);
    case PAC_F32:
        return kernels->decode_f32(ht, (float)half_step(at), at->out, at->stride, at->scratch->ht);
    default:
        return PAC_UNSUPPORTED;
    }
}

/* Finds the set to decode, with what the block and its band say; ht->passes is 0 if there is none. */
static pac_status open_ht(const target_block *at, pac_ht_block *ht)
{
    *ht = (pac_ht_block){.width = at->block->width,
                         .height = at->block->height,
                         .magnitude_bitplanes = at->band->magnitude_bitplanes,
                         .vertically_causal = (at->component->style & PAC_STYLE_CAUSAL) != 0};
    if (!provide(&at->scratch->ht, pac_ht_scratch_size()) ||
        !provide(&at->scratch->words, BLOCK_SAMPLES * sizeof *at->scratch->words))
        return PAC_NO_MEMORY;
    return find_ht_set(at, ht);
}

static pac_status ht_to_words(const target_block *at, const pac_ht_block *ht)
{
    const pac_ht_kernels *kernels = &at->source->kernels->ht;
    pac_block_scratch *scratch = at->scratch;
    return at->component->wide ? kernels->decode64(ht, scratch->words, ht->width, scratch->ht)
                               : kernels->decode32(ht, (uint32_t *)scratch->words, ht->width, scratch->ht);
}

static pac_status decode_ht(const target_block *at)
{
    pac_ht_block ht;
    pac_status status = open_ht(at, &ht);
    if (status || !ht.passes)
        return status ? status : PAC_TRUNCATED;
    status = decode_ht_directly(at, &ht);
    if (status != PAC_UNSUPPORTED)
        return status;
    status = ht_to_words(at, &ht);
    return status ? status : dequantize(at);
}

/* Passes that came without bytes, before the block was known to be one of Part 1: they open segments nevertheless. */
static int32_t list_placeholders(int32_t style, int32_t passes, pac_part1_segment *segments)
{
    int32_t count = 0;
    for (int32_t pass = 0, end; pass < passes; pass = end) {
        end = (int32_t)pac_min(pac_segment_end(style, pass), passes);
        segments[count++] = (pac_part1_segment){.passes = end - pass, .opens = 1};
    }
    return count;
}

/* Words in the scratch, the number of passes that they have, and the finding. A piece that was lost ends what can be
 * decoded of its block. Each piece has a pass, so MOST_SEGMENTS hold them. */
static pac_status part1_to_words(const target_block *at, int32_t *passes)
{
    pac_block_scratch *scratch = at->scratch;
    if (!provide(&scratch->segments, MOST_SEGMENTS * sizeof *scratch->segments) ||
        !provide(&scratch->part1, pac_part1_scratch_size()) ||
        !provide(&scratch->words, BLOCK_SAMPLES * sizeof *scratch->words))
        return PAC_NO_MEMORY;
    pac_part1_block part1 = {.segments = scratch->segments,
                             .width = at->block->width,
                             .height = at->block->height,
                             .missing_bitplanes = at->block->missing_bitplanes,
                             .magnitude_bitplanes = at->band->magnitude_bitplanes,
                             .style = at->component->style,
                             .orientation = at->band->orientation};
    const pac_piece *pieces = at->source->precincts->pieces;
    part1.segment_count = list_placeholders(part1.style, pieces[at->block->first_piece].first_pass, scratch->segments);
    for (int32_t i = at->block->first_piece; i >= 0 && part1.segment_count < MOST_SEGMENTS; i = pieces[i].next) {
        if (pieces[i].kind != PAC_PIECE_PART1 || pieces[i].absent)
            break;
        scratch->segments[part1.segment_count++] = (pac_part1_segment){
            at->source->data + pieces[i].offset, pieces[i].length, pieces[i].passes, pieces[i].opens};
    }
    if (!part1.segment_count)
        return PAC_TRUNCATED;
    *passes = 0;
    for (int32_t i = 0; i < part1.segment_count; i++)
        *passes += scratch->segments[i].passes;
    const pac_part1_kernels *kernels = &at->source->kernels->part1;
    return at->component->wide
               ? kernels->decode64(&part1, scratch->words, part1.width, scratch->part1, &scratch->finding)
               : kernels->decode32(&part1, (uint32_t *)scratch->words, part1.width, scratch->part1, &scratch->finding);
}

static pac_status decode_part1(const target_block *at)
{
    int32_t passes;
    pac_status status = part1_to_words(at, &passes);
    if (!status)
        status = dequantize(at);
    if (status)
        at->scratch->finding = (pac_part1_finding){PAC_PART1_SOUND, 0};
    return status;
}

/* Which planes so many passes of Part 1 have, below those that are missing. */
static pac_block_planes planes_of(const pac_band *band, int32_t missing, int32_t passes)
{
    if (passes <= 0)
        return (pac_block_planes){0};
    return (pac_block_planes){passes, band->magnitude_bitplanes - 1 - missing - (passes - 1) / 3, (passes - 1) % 3};
}

static pac_status ht_words(const target_block *at, pac_block_planes *planes)
{
    pac_ht_block ht;
    pac_status status = open_ht(at, &ht);
    if (status || !ht.passes)
        return status ? status : PAC_TRUNCATED;
    *planes = planes_of(at->band, ht.missing_bitplanes, ht.passes);
    return ht_to_words(at, &ht);
}

static pac_status part1_words(const target_block *at, pac_block_planes *planes)
{
    int32_t passes;
    pac_status status = part1_to_words(at, &passes);
    if (status)
        return status;
    const pac_part1_finding *finding = &at->scratch->finding;
    *planes = planes_of(at->band, at->block->missing_bitplanes, finding->flaw ? 3 * finding->planes - 2 : passes);
    return finding->flaw ? PAC_CORRUPT : PAC_OK;
}

pac_status pac_block_decode_words(const pac_block_source *source, const pac_tile_component *component,
                                  const pac_band *band, const pac_code_block *block, pac_block_scratch *scratch,
                                  pac_block_planes *planes)
{
    const target_block at = {source, component, band, block, scratch, NULL, 0, PAC_I32};
    *planes = (pac_block_planes){0};
    scratch->finding = (pac_part1_finding){PAC_PART1_SOUND, 0};
    const pac_status status = block->kind == PAC_BLOCK_PART1 ? part1_words(&at, planes) : ht_words(&at, planes);
    if (status && !scratch->finding.flaw)
        *planes = (pac_block_planes){0};
    return status == PAC_OK || status == PAC_NO_MEMORY ? status : status == PAC_TRUNCATED ? PAC_OK : PAC_CORRUPT;
}

pac_status pac_block_decode(const pac_block_source *source, const pac_tile_component *component, const pac_band *band,
                            const pac_code_block *block, pac_coefficient_type type, void *out, ptrdiff_t stride,
                            pac_block_scratch *scratch)
{
    const target_block at = {source, component, band, block, scratch, out, stride, type};
    scratch->finding = (pac_part1_finding){PAC_PART1_SOUND, 0};
    pac_status status = block->kind == PAC_BLOCK_PART1 ? decode_part1(&at) : decode_ht(&at);
    if (status == PAC_OK && scratch->finding.flaw)
        return PAC_CORRUPT;
    if (status == PAC_OK || status == PAC_LIMIT || status == PAC_NO_MEMORY)
        return status;
    const size_t size = pac_coefficient_size(type);
    for (int32_t y = 0; y < block->height; y++)
        memset((uint8_t *)out + (size_t)y * (size_t)stride * size, 0, block->width * size);
    return status == PAC_TRUNCATED ? PAC_OK : PAC_CORRUPT; /* truncated: no pass has bytes, nothing is wrong */
}

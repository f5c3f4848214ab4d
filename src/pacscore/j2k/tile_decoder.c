#include "j2k/tile_decoder.h"

#include <stdlib.h>
#include <string.h>

#include "j2k/packets/block_lengths.h"

enum { BLOCK_SAMPLES = 4096, REFINEMENT_CAPACITY = 1 << 16, MOST_SEGMENTS = 3 * 127, BATCH = 8 };

void pac_tile_kernels_init(pac_tile_kernels *kernels, pac_target target)
{
    pac_ht_kernels_init(&kernels->ht, target);
    pac_part1_kernels_init(&kernels->part1, target);
    pac_quantization_kernels_init(&kernels->quantization, target);
    pac_wavelet_kernels_init(&kernels->wavelet, target);
    pac_components_kernels_init(&kernels->components, target);
}

pac_status pac_tile_decoder_init(pac_tile_decoder *decoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->plan = plan;
    pac_tile_kernels_init(&decoder->kernels, target);
    decoder->planes = calloc((size_t)plan->component_count, sizeof *decoder->planes);
    if (!decoder->planes)
        return PAC_NO_MEMORY;
    return pac_precincts_init(&decoder->precincts, plan, block_limit);
}

void pac_tile_decoder_free(pac_tile_decoder *decoder)
{
    for (int32_t c = 0; decoder->planes && c < decoder->plan->component_count; c++)
        free(decoder->planes[c].samples);
    free(decoder->planes);
    free(decoder->tasks);
    pac_precincts_free(&decoder->precincts);
    memset(decoder, 0, sizeof *decoder);
}

pac_status pac_tile_read(pac_tile_decoder *decoder, const pac_packet_source *source, pac_packet_report *report)
{
    decoder->data = source->data;
    decoder->discard_levels = source->discard_levels;
    return pac_packets_read(&decoder->precincts, source, report);
}

static size_t coefficient_size(const pac_tile_component *component)
{
    return component->wide ? 8 : 4;
}

static pac_status allocate_plane(const pac_tile_plan *plan, const pac_tile_component *component, pac_plane *plane)
{
    pac_rect rect = plan->resolutions[component->first_resolution + plane->resolutions - 1].rect;
    int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    if (plane->samples || !width || !height)
        return PAC_OK;
    if ((uint64_t)width > SIZE_MAX / 16 / (uint64_t)height)
        return PAC_LIMIT;
    plane->stride = width;
    plane->samples = calloc((size_t)width * (size_t)height, coefficient_size(component));
    return plane->samples ? PAC_OK : PAC_NO_MEMORY;
}

static pac_status list_blocks(pac_tile_decoder *decoder, const pac_resolution *resolution, const pac_precinct *precinct,
                              int64_t *capacity)
{
    for (int32_t b = 0; precinct->bands && b < resolution->band_count; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        int64_t count = (int64_t)band->blocks_wide * band->blocks_high;
        for (int64_t i = 0; i < count; i++) {
            if (band->blocks[i].first_piece < 0)
                continue;
            if (decoder->task_count == *capacity) {
                *capacity = *capacity ? 2 * *capacity : 256;
                pac_block_task *tasks = realloc(decoder->tasks, (size_t)*capacity * sizeof *tasks);
                if (!tasks)
                    return PAC_NO_MEMORY;
                decoder->tasks = tasks;
            }
            decoder->tasks[decoder->task_count++] =
                (pac_block_task){resolution, &resolution->bands[b], &band->blocks[i]};
        }
    }
    return PAC_OK;
}

pac_status pac_tile_prepare(pac_tile_decoder *decoder)
{
    const pac_tile_plan *plan = decoder->plan;
    int64_t capacity = 0;
    for (int32_t c = 0; c < plan->component_count; c++) {
        const pac_tile_component *component = &plan->components[c];
        pac_plane *plane = &decoder->planes[c];
        int64_t before = decoder->task_count;
        plane->resolutions = component->resolution_count - decoder->discard_levels;
        for (int32_t r = 0; r < plane->resolutions; r++) {
            const pac_resolution *resolution = &plan->resolutions[component->first_resolution + r];
            int64_t count = (int64_t)resolution->precincts_wide * resolution->precincts_high;
            for (int64_t k = 0; k < count; k++) {
                pac_status status = list_blocks(
                    decoder, resolution, &decoder->precincts.precincts[resolution->first_precinct + k], &capacity);
                if (status)
                    return status;
            }
        }
        pac_status status = decoder->task_count > before ? allocate_plane(plan, component, plane) : PAC_OK;
        if (status)
            return status;
    }
    return PAC_OK;
}

/* What a thread needs to decode blocks. */
typedef struct {
    uint64_t *words;     /* BLOCK_SAMPLES of them, also used as 32-bit words */
    uint8_t *refinement; /* joined pieces */
    pac_part1_segment *segments;
    void *ht, *part1;
} block_scratch;

static void scratch_free(block_scratch *scratch)
{
    free(scratch->words);
    free(scratch->refinement);
    free(scratch->segments);
    free(scratch->ht);
    free(scratch->part1);
}

static pac_status scratch_init(block_scratch *scratch)
{
    scratch->words = aligned_alloc(64, BLOCK_SAMPLES * sizeof *scratch->words);
    scratch->refinement = malloc(REFINEMENT_CAPACITY);
    scratch->segments = malloc(MOST_SEGMENTS * sizeof *scratch->segments);
    scratch->ht = aligned_alloc(64, (pac_ht_scratch_size() + 63) & ~(size_t)63);
    scratch->part1 = aligned_alloc(64, (pac_part1_scratch_size() + 63) & ~(size_t)63);
    if (scratch->words && scratch->refinement && scratch->segments && scratch->ht && scratch->part1)
        return PAC_OK;
    scratch_free(scratch);
    return PAC_NO_MEMORY;
}

/* Finds the last set whose cleanup pass has bytes, and what refines it; passes is 0 if there is none. */
static pac_status find_ht_set(const pac_tile_decoder *decoder, const pac_code_block *block, block_scratch *scratch,
                              pac_ht_block *ht)
{
    int pieces = 0;
    ht->passes = 0;
    for (int32_t i = block->first_piece; i >= 0; i = decoder->precincts.pieces[i].next) {
        const pac_piece *piece = &decoder->precincts.pieces[i];
        const uint8_t *bytes = decoder->data + piece->offset;
        if (piece->kind == PAC_PIECE_CLEANUP && piece->length) {
            ht->cleanup = bytes;
            ht->cleanup_length = piece->length;
            ht->refinement_length = 0;
            ht->missing_bitplanes = block->missing_bitplanes + piece->first_pass / 3;
            ht->passes = 1;
            pieces = 0;
        } else if (piece->kind == PAC_PIECE_REFINEMENT && ht->passes) {
            if (ht->missing_bitplanes != block->missing_bitplanes + piece->first_pass / 3)
                continue; /* refines a set that has no bytes */
            if (piece->length > REFINEMENT_CAPACITY - ht->refinement_length)
                return PAC_CORRUPT;
            if (pieces++ == 0)
                ht->refinement = bytes;
            else {
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

static pac_status decode_ht(const pac_tile_decoder *decoder, const pac_block_task *task, block_scratch *scratch,
                            int *coded)
{
    const pac_tile_component *component = &decoder->plan->components[task->resolution->component];
    pac_ht_block ht = {.width = task->block->width,
                       .height = task->block->height,
                       .magnitude_bitplanes = task->band->magnitude_bitplanes,
                       .vertically_causal = (component->style & PAC_STYLE_CAUSAL) != 0};
    pac_status status = find_ht_set(decoder, task->block, scratch, &ht);
    *coded = ht.passes > 0;
    if (status || !ht.passes)
        return status;
    const pac_ht_kernels *kernels = &decoder->kernels.ht;
    return component->wide ? kernels->decode64(&ht, scratch->words, ht.width, scratch->ht)
                           : kernels->decode32(&ht, (uint32_t *)scratch->words, ht.width, scratch->ht);
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

/* A piece that was lost ends what can be decoded of its block. Each piece has a pass, so MOST_SEGMENTS hold them. */
static pac_status decode_part1(const pac_tile_decoder *decoder, const pac_block_task *task, block_scratch *scratch,
                               int *coded)
{
    const pac_tile_component *component = &decoder->plan->components[task->resolution->component];
    pac_part1_block part1 = {.segments = scratch->segments,
                             .width = task->block->width,
                             .height = task->block->height,
                             .missing_bitplanes = task->block->missing_bitplanes,
                             .magnitude_bitplanes = task->band->magnitude_bitplanes,
                             .style = component->style,
                             .orientation = task->band->orientation};
    const int32_t before = decoder->precincts.pieces[task->block->first_piece].first_pass;
    part1.segment_count = list_placeholders(part1.style, before, scratch->segments);
    for (int32_t i = task->block->first_piece; i >= 0 && part1.segment_count < MOST_SEGMENTS;) {
        const pac_piece *piece = &decoder->precincts.pieces[i];
        if (piece->kind != PAC_PIECE_PART1)
            break;
        scratch->segments[part1.segment_count++] =
            (pac_part1_segment){decoder->data + piece->offset, piece->length, piece->passes, piece->opens};
        i = piece->next;
    }
    *coded = part1.segment_count > 0;
    if (!*coded)
        return PAC_OK;
    const pac_part1_kernels *kernels = &decoder->kernels.part1;
    return component->wide ? kernels->decode64(&part1, scratch->words, part1.width, scratch->part1)
                           : kernels->decode32(&part1, (uint32_t *)scratch->words, part1.width, scratch->part1);
}

static void dequantize_block(const pac_tile_decoder *decoder, const pac_block_task *task, const block_scratch *scratch)
{
    const pac_tile_component *component = &decoder->plan->components[task->resolution->component];
    const pac_quantization_kernels *kernels = &decoder->kernels.quantization;
    const pac_plane *plane = &decoder->planes[task->resolution->component];
    int32_t width = task->block->width, height = task->block->height, roi = component->roi_shift;
    ptrdiff_t stride = plane->stride;
    void *out = (uint8_t *)plane->samples + (size_t)pac_band_offset(task, stride) * coefficient_size(component);
    const uint32_t *words = (const uint32_t *)scratch->words;
    double half_step = task->band->step * 0.5;
    if (component->wide && component->reversible)
        kernels->dequantize_i64(scratch->words, width, width, height, roi, out, stride);
    else if (component->wide)
        kernels->dequantize_f64(scratch->words, width, width, height, roi, half_step, out, stride);
    else if (component->reversible)
        kernels->dequantize_i32(words, width, width, height, roi, out, stride);
    else
        kernels->dequantize_f32(words, width, width, height, roi, (float)half_step, out, stride);
}

static pac_status decode_block(const pac_tile_decoder *decoder, const pac_block_task *task, block_scratch *scratch)
{
    int coded;
    pac_status status = task->block->kind == PAC_BLOCK_PART1 ? decode_part1(decoder, task, scratch, &coded)
                                                             : decode_ht(decoder, task, scratch, &coded);
    if (!status && coded)
        dequantize_block(decoder, task, scratch);
    return status;
}

pac_status pac_tile_decode_blocks(pac_tile_decoder *decoder)
{
    block_scratch scratch = {0};
    pac_status status = scratch_init(&scratch);
    if (status)
        return status;
    for (;;) {
        int64_t first = atomic_fetch_add(&decoder->next_task, BATCH);
        if (first >= decoder->task_count)
            break;
        for (int64_t i = first; i < pac_min(first + BATCH, decoder->task_count); i++) {
            if (decode_block(decoder, &decoder->tasks[i], &scratch)) {
                decoder->tasks[i].block->damaged = 1;
                atomic_fetch_add(&decoder->blocks_damaged, 1);
            }
        }
    }
    scratch_free(&scratch);
    return PAC_OK;
}

static void inverse_level(const pac_tile_kernels *kernels, const pac_tile_component *component, const pac_plane *plane,
                          pac_rect rect, void *scratch)
{
    const pac_wavelet_kernels *wavelet = &kernels->wavelet;
    if (component->reversible)
        component->wide ? wavelet->inverse53_i64(plane->samples, plane->stride, rect, scratch)
                        : wavelet->inverse53_i32(plane->samples, plane->stride, rect, scratch);
    else
        component->wide ? wavelet->inverse97_f64(plane->samples, plane->stride, rect, scratch)
                        : wavelet->inverse97_f32(plane->samples, plane->stride, rect, scratch);
}

static pac_status inverse_wavelet(pac_tile_decoder *decoder, int32_t c)
{
    const pac_tile_component *component = &decoder->plan->components[c];
    const pac_plane *plane = &decoder->planes[c];
    if (!plane->samples || plane->resolutions < 2)
        return PAC_OK;
    const pac_resolution *resolutions = &decoder->plan->resolutions[component->first_resolution];
    pac_rect rect = resolutions[plane->resolutions - 1].rect;
    void *scratch =
        malloc(pac_wavelet_scratch_size(pac_rect_width(rect), pac_rect_height(rect), coefficient_size(component)) + 1);
    if (!scratch)
        return PAC_NO_MEMORY;
    for (int32_t r = 1; r < plane->resolutions; r++)
        inverse_level(&decoder->kernels, component, plane, resolutions[r].rect, scratch);
    free(scratch);
    return PAC_OK;
}

static pac_status inverse_color(pac_tile_decoder *decoder)
{
    const pac_tile_component *component = decoder->plan->components;
    pac_plane *planes = decoder->planes;
    if (!decoder->plan->color_transform || (!planes[0].samples && !planes[1].samples && !planes[2].samples))
        return PAC_OK;
    for (int32_t c = 0; c < 3; c++) {
        pac_status status = allocate_plane(decoder->plan, &component[c], &planes[c]);
        if (status)
            return status;
    }
    pac_rect rect = decoder->plan->resolutions[component->first_resolution + planes[0].resolutions - 1].rect;
    int64_t width = pac_rect_width(rect), height = pac_rect_height(rect);
    ptrdiff_t stride = planes[0].stride;
    void *c0 = planes[0].samples, *c1 = planes[1].samples, *c2 = planes[2].samples;
    const pac_components_kernels *kernels = &decoder->kernels.components;
    if (component->reversible)
        component->wide ? kernels->inverse_rct_i64(c0, c1, c2, stride, width, height)
                        : kernels->inverse_rct_i32(c0, c1, c2, stride, width, height);
    else
        component->wide ? kernels->inverse_ict_f64(c0, c1, c2, stride, width, height)
                        : kernels->inverse_ict_f32(c0, c1, c2, stride, width, height);
    return PAC_OK;
}

static pac_status store_component(pac_tile_decoder *decoder, int32_t c, const pac_sample_window *to)
{
    const pac_tile_component *component = &decoder->plan->components[c];
    pac_plane *plane = &decoder->planes[c];
    pac_rect rect = decoder->plan->resolutions[component->first_resolution + plane->resolutions - 1].rect;
    int64_t width = pac_rect_width(to->window), height = pac_rect_height(to->window);
    if (!width || !height)
        return PAC_OK;
    pac_status status = allocate_plane(decoder->plan, component, plane);
    if (status)
        return status;
    int64_t first = (to->window.y0 - rect.y0) * plane->stride + (to->window.x0 - rect.x0);
    const void *in = (const uint8_t *)plane->samples + (size_t)first * coefficient_size(component);
    const pac_components_kernels *kernels = &decoder->kernels.components;
    ptrdiff_t stride = plane->stride, row = to->row_stride, pixel = to->pixel_stride;
    if (component->reversible)
        component->wide ? kernels->store_i64(in, stride, width, height, to->range, to->type, to->out, row, pixel)
                        : kernels->store_i32(in, stride, width, height, to->range, to->type, to->out, row, pixel);
    else
        component->wide ? kernels->store_f64(in, stride, width, height, to->range, to->type, to->out, row, pixel)
                        : kernels->store_f32(in, stride, width, height, to->range, to->type, to->out, row, pixel);
    return PAC_OK;
}

pac_status pac_tile_store(pac_tile_decoder *decoder, const pac_sample_window *windows)
{
    pac_status status = PAC_OK;
    for (int32_t c = 0; c < decoder->plan->component_count && !status; c++)
        status = inverse_wavelet(decoder, c);
    if (!status)
        status = inverse_color(decoder);
    for (int32_t c = 0; c < decoder->plan->component_count && !status; c++)
        status = store_component(decoder, c, &windows[c]);
    return status;
}

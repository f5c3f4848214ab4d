#include "j2k/tile_encoder.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SAMPLES = 4096, SEGMENT_CAPACITY = 1 << 16, BATCH = 8 };

pac_status pac_tile_encoder_init(pac_tile_encoder *encoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit, int32_t threads)
{
    memset(encoder, 0, sizeof *encoder);
    encoder->plan = plan;
    pac_tile_kernels_init(&encoder->kernels, target);
    encoder->planes = calloc((size_t)plan->component_count, sizeof *encoder->planes);
    encoder->arenas = calloc((size_t)threads, sizeof *encoder->arenas);
    encoder->arena_count = threads;
    if (!encoder->planes || !encoder->arenas)
        return PAC_NO_MEMORY;
    return pac_precincts_init(&encoder->precincts, plan, block_limit);
}

void pac_tile_encoder_free(pac_tile_encoder *encoder)
{
    for (int32_t c = 0; encoder->planes && c < encoder->plan->component_count; c++)
        free(encoder->planes[c].samples);
    for (int32_t i = 0; encoder->arenas && i < encoder->arena_count; i++)
        pac_arena_free(&encoder->arenas[i]);
    free(encoder->planes);
    free(encoder->arenas);
    free(encoder->tasks);
    pac_precincts_free(&encoder->precincts);
    memset(encoder, 0, sizeof *encoder);
}

pac_status pac_tile_load(pac_tile_encoder *encoder, int32_t c, const pac_sample_source *source,
                         pac_sample_extent *extent)
{
    const pac_tile_component *component = &encoder->plan->components[c];
    pac_plane *plane = &encoder->planes[c];
    int64_t width = pac_rect_width(component->rect), height = pac_rect_height(component->rect);
    plane->resolutions = component->resolution_count;
    plane->stride = width;
    plane->samples = malloc((size_t)width * (size_t)height * (component->wide ? 8 : 4) + 1);
    if (!plane->samples)
        return PAC_NO_MEMORY;
    const pac_components_kernels *kernels = &encoder->kernels.components;
    void *out = plane->samples;
    ptrdiff_t row = source->row_stride, pixel = source->pixel_stride;
    if (component->reversible)
        *extent =
            component->wide
                ? kernels->load_i64(source->in, source->type, row, pixel, width, height, source->range, out, width)
                : kernels->load_i32(source->in, source->type, row, pixel, width, height, source->range, out, width);
    else
        *extent =
            component->wide
                ? kernels->load_f64(source->in, source->type, row, pixel, width, height, source->range, out, width)
                : kernels->load_f32(source->in, source->type, row, pixel, width, height, source->range, out, width);
    return PAC_OK;
}

static void forward_color(pac_tile_encoder *encoder)
{
    const pac_tile_component *component = encoder->plan->components;
    int64_t width = pac_rect_width(component->rect), height = pac_rect_height(component->rect);
    ptrdiff_t stride = encoder->planes[0].stride;
    void *c0 = encoder->planes[0].samples, *c1 = encoder->planes[1].samples, *c2 = encoder->planes[2].samples;
    const pac_components_kernels *kernels = &encoder->kernels.components;
    if (component->reversible)
        component->wide ? kernels->forward_rct_i64(c0, c1, c2, stride, width, height)
                        : kernels->forward_rct_i32(c0, c1, c2, stride, width, height);
    else
        component->wide ? kernels->forward_ict_f64(c0, c1, c2, stride, width, height)
                        : kernels->forward_ict_f32(c0, c1, c2, stride, width, height);
}

static pac_status forward_wavelet(pac_tile_encoder *encoder, int32_t c)
{
    const pac_tile_component *component = &encoder->plan->components[c];
    const pac_plane *plane = &encoder->planes[c];
    const pac_resolution *resolutions = &encoder->plan->resolutions[component->first_resolution];
    const pac_wavelet_kernels *wavelet = &encoder->kernels.wavelet;
    void *scratch = malloc(pac_wavelet_scratch_size(pac_rect_width(component->rect), pac_rect_height(component->rect),
                                                    component->wide ? 8 : 4) +
                           1);
    if (!scratch)
        return PAC_NO_MEMORY;
    for (int32_t r = component->resolution_count - 1; r > 0; r--) {
        pac_rect rect = resolutions[r].rect;
        if (component->reversible)
            component->wide ? wavelet->forward53_i64(plane->samples, plane->stride, rect, scratch)
                            : wavelet->forward53_i32(plane->samples, plane->stride, rect, scratch);
        else
            component->wide ? wavelet->forward97_f64(plane->samples, plane->stride, rect, scratch)
                            : wavelet->forward97_f32(plane->samples, plane->stride, rect, scratch);
    }
    free(scratch);
    return PAC_OK;
}

static void list_precinct(pac_tile_encoder *encoder, int64_t number, pac_block_task **next)
{
    const pac_resolution *resolution = &encoder->plan->resolutions[encoder->plan->precinct_resolution[number]];
    const pac_precinct *precinct = &encoder->precincts.precincts[number];
    for (int32_t b = 0; b < resolution->band_count; b++) {
        const pac_precinct_band *band = &precinct->bands[b];
        for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++)
            *(*next)++ = (pac_block_task){resolution, &resolution->bands[b], &band->blocks[i]};
    }
}

pac_status pac_tile_transform(pac_tile_encoder *encoder)
{
    const pac_tile_plan *plan = encoder->plan;
    if (plan->color_transform)
        forward_color(encoder);
    pac_status status = PAC_OK;
    for (int32_t c = 0; c < plan->component_count && !status; c++)
        status = forward_wavelet(encoder, c);
    for (int64_t k = 0; k < plan->precinct_count && !status; k++)
        status = pac_precinct_open(&encoder->precincts, k);
    if (status)
        return status;
    encoder->task_count = encoder->precincts.block_count;
    encoder->tasks = malloc((size_t)encoder->task_count * sizeof *encoder->tasks + 1);
    if (!encoder->tasks)
        return PAC_NO_MEMORY;
    pac_block_task *next = encoder->tasks;
    for (int64_t k = 0; k < plan->precinct_count; k++)
        list_precinct(encoder, k, &next);
    return PAC_OK;
}

/* What a thread needs to encode blocks. */
typedef struct {
    uint64_t *words;
    uint8_t *bytes;
    size_t capacity;
    void *ht;
    pac_arena *arena;
} block_scratch;

static void scratch_free(block_scratch *scratch)
{
    free(scratch->words);
    free(scratch->bytes);
    free(scratch->ht);
}

static pac_status scratch_init(block_scratch *scratch, pac_arena *arena)
{
    scratch->arena = arena;
    scratch->capacity = SEGMENT_CAPACITY; /* Lcup is less */
    scratch->words = aligned_alloc(64, BLOCK_SAMPLES * sizeof *scratch->words);
    scratch->bytes = malloc(scratch->capacity);
    scratch->ht = aligned_alloc(64, (pac_ht_scratch_size() + 63) & ~(size_t)63);
    if (scratch->words && scratch->bytes && scratch->ht)
        return PAC_OK;
    scratch_free(scratch);
    return PAC_NO_MEMORY;
}

static int32_t bit_length(uint64_t value)
{
    return value ? 64 - __builtin_clzll(value) : 0;
}

/* Quantises the block to scratch and returns how many magnitude bits it has. */
static int32_t quantize_block(const pac_tile_encoder *encoder, const pac_block_task *task, block_scratch *scratch)
{
    const pac_tile_component *component = &encoder->plan->components[task->resolution->component];
    const pac_plane *plane = &encoder->planes[task->resolution->component];
    const pac_quantization_kernels *kernels = &encoder->kernels.quantization;
    int32_t width = task->block->width, height = task->block->height;
    int64_t first = pac_band_offset(task, plane->stride);
    double inverse_step = 1.0 / task->band->step;
    uint32_t *words = (uint32_t *)scratch->words;
    if (component->wide && component->reversible)
        return bit_length(kernels->quantize_i64((const int64_t *)plane->samples + first, plane->stride, width, height,
                                                scratch->words, width));
    if (component->wide)
        return bit_length(kernels->quantize_f64((const double *)plane->samples + first, plane->stride, width, height,
                                                inverse_step, scratch->words, width));
    if (component->reversible)
        return bit_length(
            kernels->quantize_i32((const int32_t *)plane->samples + first, plane->stride, width, height, words, width));
    return bit_length(kernels->quantize_f32((const float *)plane->samples + first, plane->stride, width, height,
                                            (float)inverse_step, words, width));
}

static pac_status encode_block(const pac_tile_encoder *encoder, const pac_block_task *task, block_scratch *scratch)
{
    pac_code_block *block = task->block;
    int32_t bits = quantize_block(encoder, task, scratch);
    if (!bits)
        return PAC_OK; /* never included */
    if (bits > task->band->magnitude_bitplanes)
        return PAC_LIMIT;
    int wide = encoder->plan->components[task->resolution->component].wide;
    const pac_ht_kernels *ht = &encoder->kernels.ht;
    pac_status status = wide ? ht->encode64(scratch->words, block->width, block->width, block->height, scratch->bytes,
                                            scratch->capacity, &block->length, scratch->ht)
                             : ht->encode32((const uint32_t *)scratch->words, block->width, block->width, block->height,
                                            scratch->bytes, scratch->capacity, &block->length, scratch->ht);
    if (status)
        return status;
    uint8_t *bytes = pac_arena_take(scratch->arena, block->length);
    if (!bytes)
        return PAC_NO_MEMORY;
    memcpy(bytes, scratch->bytes, block->length);
    block->bytes = bytes;
    block->passes = 1;
    block->missing_bitplanes = (uint8_t)(task->band->magnitude_bitplanes - 1); /* the cleanup pass is at plane 0 */
    return PAC_OK;
}

pac_status pac_tile_encode_blocks(pac_tile_encoder *encoder)
{
    block_scratch scratch = {0};
    int32_t number = atomic_fetch_add(&encoder->next_arena, 1);
    pac_status status = scratch_init(&scratch, &encoder->arenas[number]);
    while (!status && !atomic_load(&encoder->failed)) {
        int64_t first = atomic_fetch_add(&encoder->next_task, BATCH);
        if (first >= encoder->task_count)
            break;
        for (int64_t i = first; i < pac_min(first + BATCH, encoder->task_count) && !status; i++)
            status = encode_block(encoder, &encoder->tasks[i], &scratch);
    }
    if (status)
        atomic_store(&encoder->failed, 1);
    scratch_free(&scratch);
    return status;
}

pac_status pac_tile_write(pac_tile_encoder *encoder, int sop, int eph, pac_packet_sink *sink)
{
    return pac_packets_write(&encoder->precincts, sop, eph, sink);
}

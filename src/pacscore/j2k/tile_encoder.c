#include "j2k/tile_encoder.h"

#include "j2k/coded_passes.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_IN_GROUP = 3 };

pac_status pac_tile_encoder_init(pac_tile_encoder *encoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit, int32_t threads)
{
    memset(encoder, 0, sizeof *encoder);
    encoder->plan = plan;
    encoder->threads = threads;
    pac_tile_kernels_init(&encoder->kernels, target);
    pac_status status = pac_strip_queue_init(&encoder->queue, &encoder->precincts, threads);
    encoder->sources = calloc((size_t)plan->component_count, sizeof *encoder->sources);
    encoder->encoders = calloc((size_t)threads, sizeof *encoder->encoders);
    if (status || !encoder->sources || !encoder->encoders)
        return PAC_NO_MEMORY;
    return pac_precincts_init(&encoder->precincts, plan, block_limit);
}

void pac_tile_encoder_free(pac_tile_encoder *encoder)
{
    if (!encoder->plan)
        return;
    for (int32_t i = 0; encoder->encoders && i < encoder->threads; i++)
        pac_block_encoder_free(&encoder->encoders[i]);
    free(encoder->encoders);
    free(encoder->sources);
    pac_precincts_free(&encoder->precincts);
    pac_strip_queue_free(&encoder->queue);
    memset(encoder, 0, sizeof *encoder);
}

/* Components that are transformed together: those of the component transform, or one. */
typedef struct {
    pac_tile_encoder *encoder;
    int32_t first, count, color_transform;
    int64_t width, height;
    pac_coefficient_type type;
    pac_analysis *members;
    void *rows[MOST_IN_GROUP]; /* of the members, while they are being written */
} group;

static pac_coefficient_type type_of_group(const group *at)
{
    int32_t precision = 0;
    for (int32_t i = 0; i < at->count; i++)
        precision = (int32_t)pac_max(precision, at->encoder->sources[at->first + i].range.precision);
    return pac_coefficient_type_of(&at->encoder->plan->components[at->first], precision + at->color_transform);
}

static pac_sample_extent joined(pac_sample_extent a, pac_sample_extent b)
{
    return (pac_sample_extent){pac_min(a.minimum, b.minimum), pac_max(a.maximum, b.maximum)};
}

/* Row y of one component. */
static void load(const group *at, int32_t i, int64_t y)
{
    const pac_components_kernels *kernels = &at->encoder->kernels.components;
    pac_sample_source *from = &at->encoder->sources[at->first + i];
    const uint8_t *in = (const uint8_t *)from->in + y * from->row_stride;
    const ptrdiff_t pixel = from->pixel_stride;
    const int64_t width = at->width;
    void *row = at->rows[i];
    pac_sample_extent extent;
    switch (at->type) {
    case PAC_I16:
        extent = kernels->load_i16(in, from->type, 0, pixel, width, 1, from->range, row, 0);
        break;
    case PAC_I32:
        extent = kernels->load_i32(in, from->type, 0, pixel, width, 1, from->range, row, 0);
        break;
    case PAC_I64:
        extent = kernels->load_i64(in, from->type, 0, pixel, width, 1, from->range, row, 0);
        break;
    case PAC_F32:
        extent = kernels->load_f32(in, from->type, 0, pixel, width, 1, from->range, row, 0);
        break;
    default:
        extent = kernels->load_f64(in, from->type, 0, pixel, width, 1, from->range, row, 0);
    }
    from->extent = joined(from->extent, extent);
}

/* The component transform in place; nonzero if a result leaves 16 bits. */
static int32_t transform_color(const group *at)
{
    const pac_components_kernels *kernels = &at->encoder->kernels.components;
    void *const *rows = at->rows;
    const int64_t width = at->width;
    switch (at->type) {
    case PAC_I16:
        return kernels->forward_rct_i16(rows[0], rows[1], rows[2], 0, width, 1);
    case PAC_I32:
        kernels->forward_rct_i32(rows[0], rows[1], rows[2], 0, width, 1);
        return 0;
    case PAC_I64:
        kernels->forward_rct_i64(rows[0], rows[1], rows[2], 0, width, 1);
        return 0;
    case PAC_F32:
        kernels->forward_ict_f32(rows[0], rows[1], rows[2], 0, width, 1);
        return 0;
    default:
        kernels->forward_ict_f64(rows[0], rows[1], rows[2], 0, width, 1);
        return 0;
    }
}

/* Whether the members are red, green and blue of 8 bits, interleaved, for which there are kernels of their own. */
static int is_rgb8(const group *at)
{
    const pac_sample_source *from = &at->encoder->sources[at->first];
    int is = at->color_transform && (at->type == PAC_I16 || at->type == PAC_F32);
    for (int32_t i = 0; i < at->count; i++)
        is = is && from[i].type == PAC_SAMPLE_U8 && from[i].range.precision == 8 && !from[i].range.is_signed &&
             from[i].pixel_stride == 3 && from[i].row_stride == from->row_stride &&
             from[i].in == (const void *)((const uint8_t *)from->in + i);
    return is;
}

static void load_rgb8(const group *at, int64_t y)
{
    const pac_components_kernels *kernels = &at->encoder->kernels.components;
    pac_sample_source *from = &at->encoder->sources[at->first];
    const uint8_t *in = (const uint8_t *)from->in + y * from->row_stride;
    if (at->type == PAC_I16)
        kernels->load_rgb8_rct_i16(in, at->width, at->rows[0], at->rows[1], at->rows[2]);
    else
        kernels->load_rgb8_ict_f32(in, at->width, at->rows[0], at->rows[1], at->rows[2]);
    for (int32_t i = 0; i < MOST_IN_GROUP; i++)
        from[i].extent = (pac_sample_extent){0, 255};
}

/* One row of all members; nonzero if 16 bits do not suffice. */
static int32_t load_row(group *at, int64_t y, int rgb8)
{
    for (int32_t i = 0; i < at->count; i++)
        at->rows[i] = pac_analysis_row(&at->members[i]);
    if (rgb8) {
        load_rgb8(at, y);
        return 0;
    }
    for (int32_t i = 0; i < at->count; i++)
        load(at, i, y);
    return at->color_transform ? transform_color(at) : 0;
}

/* Loads and transforms every row, and encodes the blocks. *overflow: 16 bits do not suffice, and this was in vain. */
static pac_status push_rows(group *at, int32_t *overflow)
{
    const int rgb8 = is_rgb8(at);
    *overflow = 0;
    for (int64_t y = 0; y < at->height && !*overflow; y++) {
        *overflow = load_row(at, y, rgb8);
        for (int32_t i = 0; i < at->count; i++) {
            pac_analysis_advance(&at->members[i]);
            *overflow |= pac_analysis_overflowed(&at->members[i]);
        }
    }
    if (*overflow) {
        pac_strip_queue_cancel(&at->encoder->queue);
        return PAC_OK;
    }
    return pac_strip_queue_drain(&at->encoder->queue, at->members->encoder);
}

static pac_status encode_members(group *at, pac_block_encoder *blocks, int32_t *overflow)
{
    pac_tile_encoder *encoder = at->encoder;
    pac_status status = PAC_OK;
    int32_t ready = 0;
    for (; ready < at->count && !status; ready++) {
        pac_analysis *member = &at->members[ready];
        member->kernels = &encoder->kernels;
        member->queue = &encoder->queue;
        member->encoder = blocks;
        member->type = at->type;
        status = pac_analysis_init(member, encoder->plan, &encoder->plan->components[at->first + ready]);
        encoder->sources[at->first + ready].extent = (pac_sample_extent){INT64_MAX, INT64_MIN};
    }
    if (!status)
        status = push_rows(at, overflow);
    for (int32_t i = 0; i < ready; i++)
        pac_analysis_free(&at->members[i]);
    return status;
}

static void forget_blocks(const group *at)
{
    const pac_tile_encoder *encoder = at->encoder;
    for (int64_t k = 0; k < encoder->plan->precinct_count; k++) {
        const pac_resolution *resolution = &encoder->plan->resolutions[encoder->plan->precinct_resolution[k]];
        if (resolution->component < at->first || resolution->component >= at->first + at->count)
            continue;
        for (int32_t b = 0; b < resolution->band_count; b++) {
            const pac_precinct_band *band = &encoder->precincts.precincts[k].bands[b];
            for (int64_t i = 0; i < (int64_t)band->blocks_wide * band->blocks_high; i++) {
                band->blocks[i].passes = 0;
                band->blocks[i].indices = NULL;
            }
        }
    }
}

static pac_status encode_group(pac_tile_encoder *encoder, int32_t first, int32_t count, pac_analysis *members,
                               pac_block_encoder *blocks)
{
    const pac_rect rect = encoder->plan->components[first].rect;
    group at = {encoder, first,   count, count == MOST_IN_GROUP, pac_rect_width(rect), pac_rect_height(rect),
                PAC_I16, members, {0}};
    if (!at.width || !at.height)
        return PAC_OK;
    at.type = type_of_group(&at);
    int32_t overflow = 0;
    pac_status status = encode_members(&at, blocks, &overflow);
    if (status || !overflow)
        return status;
    forget_blocks(&at);
    at.type = PAC_I32;
    return encode_members(&at, blocks, &overflow);
}

static pac_status encode_groups(pac_tile_encoder *encoder, pac_block_encoder *blocks)
{
    const pac_tile_plan *plan = encoder->plan;
    pac_status status = PAC_OK;
    for (int64_t k = 0; k < plan->precinct_count && !status; k++)
        status = pac_precinct_open(&encoder->precincts, k);
    pac_analysis *members = malloc(MOST_IN_GROUP * sizeof *members);
    if (!members)
        return PAC_NO_MEMORY;
    for (int32_t c = 0, count; c < plan->component_count && !status; c += count) {
        count = c == 0 && plan->color_transform ? MOST_IN_GROUP : 1;
        status = encode_group(encoder, c, count, members, blocks);
    }
    free(members);
    return status;
}

static void fail(pac_tile_encoder *encoder, pac_status status)
{
    int none = PAC_OK;
    if (status)
        atomic_compare_exchange_strong(&encoder->status, &none, (int)status);
}

void pac_tile_encode(pac_tile_encoder *encoder)
{
    const int32_t number = atomic_fetch_add(&encoder->entered, 1);
    pac_block_encoder *blocks = &encoder->encoders[number];
    pac_status status = pac_block_encoder_init(blocks, &encoder->kernels, &encoder->settings);
    if (number == 0) {
        fail(encoder, status ? status : encode_groups(encoder, blocks));
        pac_strip_queue_close(&encoder->queue);
    } else if (!status)
        pac_strip_queue_help(&encoder->queue, blocks);
    pac_block_encoder_finish(blocks);
}

void pac_tile_encode_again(pac_tile_encoder *encoder, double slope_floor)
{
    encoder->settings.slope_floor = slope_floor;
    atomic_store(&encoder->entered, 0);
    atomic_store(&encoder->taken, 0);
}

static pac_status encode_surveyed(pac_tile_encoder *encoder, pac_block_encoder *blocks)
{
    pac_block_walk walk = {.state = &encoder->precincts};
    long long number = 0, mine = atomic_fetch_add(&encoder->taken, 1);
    for (pac_code_block *block; (block = pac_block_walk_next(&walk));) {
        if (!block->indices || number++ < mine)
            continue;
        const pac_resolution *resolution = pac_block_walk_resolution(&walk);
        const pac_tile_component *component = &encoder->plan->components[resolution->component];
        const pac_status status = pac_block_encode_surveyed(blocks, component, &resolution->bands[walk.band], block);
        if (status)
            return status;
        mine = atomic_fetch_add(&encoder->taken, 1);
    }
    return PAC_OK;
}

void pac_tile_encode_surveyed(pac_tile_encoder *encoder)
{
    const int32_t number = atomic_fetch_add(&encoder->entered, 1);
    pac_block_encoder *blocks = &encoder->encoders[number];
    pac_status status = pac_block_encoder_init(blocks, &encoder->kernels, &encoder->settings);
    fail(encoder, status ? status : encode_surveyed(encoder, blocks));
    pac_block_encoder_finish(blocks);
}

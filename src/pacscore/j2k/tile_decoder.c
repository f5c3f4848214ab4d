#include "j2k/tile_decoder.h"

#include <stdlib.h>
#include <string.h>

/* Rows that are to be converted wait for each other, up to so many bytes: they stay in the cache. */
enum { MOST_IN_GROUP = 3, WAITING = 16384 };

pac_status pac_tile_decoder_init(pac_tile_decoder *decoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->plan = plan;
    pac_tile_kernels_init(&decoder->kernels, target);
    return pac_precincts_init(&decoder->precincts, plan, block_limit);
}

void pac_tile_decoder_free(pac_tile_decoder *decoder)
{
    if (decoder->queue.threads)
        pac_block_queue_free(&decoder->queue);
    free(decoder->memory);
    pac_precincts_free(&decoder->precincts);
    memset(decoder, 0, sizeof *decoder);
}

pac_status pac_tile_read(pac_tile_decoder *decoder, const pac_packet_source *source, pac_packet_report *report)
{
    decoder->queue.source.data = source->data;
    decoder->discard_levels = source->discard_levels;
    return pac_packets_read(&decoder->precincts, source, report);
}

pac_status pac_tile_prepare(pac_tile_decoder *decoder, const pac_sample_window *windows, int32_t threads)
{
    const pac_block_source source = {&decoder->precincts, decoder->queue.source.data, &decoder->kernels, decoder->kept};
    if (decoder->queue.threads)
        pac_block_queue_free(&decoder->queue);
    atomic_store(&decoder->entered, 0);
    decoder->windows = windows;
    return pac_block_queue_init(&decoder->queue, &source, threads);
}

/* Components that are decoded together: those of a component transform, or one alone. */
typedef struct {
    pac_tile_decoder *decoder;
    int32_t first, count;
    int32_t color_transform, rgb8;
    pac_coefficient_type type;
    int64_t width, height;
    pac_synthesis members[MOST_IN_GROUP];
    uint8_t *rows; /* one of each member, where a row is changed or is zero */
    size_t row_size;
    uint8_t *samples; /* rows that are yet to be converted */
    size_t sample_size;
    int64_t waiting, most_waiting;
} group;

static pac_coefficient_type type_of_group(const group *at)
{
    const pac_tile_decoder *decoder = at->decoder;
    int32_t precision = 0;
    for (int32_t i = 0; i < at->count; i++)
        precision = (int32_t)pac_max(precision, decoder->windows[at->first + i].range.precision);
    const pac_coefficient_type type =
        pac_coefficient_type_of(&decoder->plan->components[at->first], precision + at->color_transform);
    return type == PAC_I16 && decoder->narrow_failed ? PAC_I32 : type;
}

static pac_status plan_members(group *at, pac_block_scratch *scratch)
{
    pac_tile_decoder *decoder = at->decoder;
    pac_status status = PAC_OK;
    memset(at->members, 0, sizeof at->members);
    for (int32_t i = 0; i < at->count && !status; i++) {
        const pac_tile_component *component = &decoder->plan->components[at->first + i];
        pac_synthesis *member = &at->members[i];
        *member = (pac_synthesis){.kernels = &decoder->kernels,
                                  .queue = &decoder->queue,
                                  .scratch = scratch,
                                  .type = at->type,
                                  .resolutions = component->resolution_count - decoder->discard_levels};
        status = pac_synthesis_init(member, decoder->plan, component, decoder->windows[at->first + i].window);
    }
    return status;
}

static pac_status place_members(group *at)
{
    pac_tile_decoder *decoder = at->decoder;
    at->row_size = ((size_t)at->width * pac_coefficient_size(at->type) + 63) & ~(size_t)63;
    const size_t samples_row = (size_t)at->width * at->sample_size;
    at->most_waiting = (int64_t)pac_max(1, (int64_t)(WAITING / samples_row));
    const int converts = decoder->windows[at->first].conversion != NULL;
    const size_t samples_size = converts ? (samples_row * (size_t)at->most_waiting + 63) & ~(size_t)63 : 0;
    size_t size = MOST_IN_GROUP * at->row_size + samples_size;
    for (int32_t i = 0; i < at->count; i++)
        size += pac_synthesis_memory(&at->members[i]);
    if (size > decoder->memory_size) {
        free(decoder->memory);
        decoder->memory = aligned_alloc(64, size);
        decoder->memory_size = decoder->memory ? size : 0;
        if (!decoder->memory)
            return PAC_NO_MEMORY;
    }
    at->rows = decoder->memory;
    at->samples = decoder->memory + MOST_IN_GROUP * at->row_size;
    uint8_t *next = at->samples + samples_size;
    for (int32_t i = 0; i < at->count; i++) {
        pac_synthesis_place(&at->members[i], next);
        next += pac_synthesis_memory(&at->members[i]);
    }
    return PAC_OK;
}

/* A row more waits; if there are enough of them, or no more come, they are converted. */
static void convert_waiting(group *at, const pac_sample_window *to, int64_t y)
{
    at->waiting++;
    if (at->waiting < at->most_waiting && y + 1 < to->window.y1)
        return;
    uint8_t *out = (uint8_t *)to->out + (y + 1 - at->waiting - to->window.y0) * to->row_stride;
    const int together = to->row_stride == at->width * to->pixel_stride;
    const int64_t steps = together ? 1 : at->waiting, count = together ? at->waiting * at->width : at->width;
    for (int64_t i = 0; i < steps; i++)
        to->conversion->convert(to->conversion, at->samples + (size_t)(i * at->width) * at->sample_size, count,
                                out + i * to->row_stride);
    at->waiting = 0;
}

static void store(group *at, int32_t i, int64_t y, const void *row)
{
    const pac_components_kernels *kernels = &at->decoder->kernels.components;
    const pac_sample_window *to = &at->decoder->windows[at->first + i];
    uint8_t *out = to->conversion ? at->samples + (size_t)(at->waiting * at->width) * at->sample_size
                                  : (uint8_t *)to->out + (y - to->window.y0) * to->row_stride;
    const ptrdiff_t width = at->width, stride = to->conversion ? (ptrdiff_t)at->sample_size : to->pixel_stride;
    switch (at->type) {
    case PAC_I16:
        kernels->store_i16(row, width, width, 1, to->range, to->type, out, 0, stride);
        break;
    case PAC_I32:
        kernels->store_i32(row, width, width, 1, to->range, to->type, out, 0, stride);
        break;
    case PAC_I64:
        kernels->store_i64(row, width, width, 1, to->range, to->type, out, 0, stride);
        break;
    case PAC_F32:
        kernels->store_f32(row, width, width, 1, to->range, to->type, out, 0, stride);
        break;
    default:
        kernels->store_f64(row, width, width, 1, to->range, to->type, out, 0, stride);
    }
    if (to->conversion)
        convert_waiting(at, to, y);
}

/* Undoes the component transform in place; nonzero if a result leaves 16 bits. */
static int32_t transform_color(const group *at, void *const rows[MOST_IN_GROUP])
{
    const pac_components_kernels *kernels = &at->decoder->kernels.components;
    const ptrdiff_t width = at->width;
    switch (at->type) {
    case PAC_I16:
        return kernels->inverse_rct_i16(rows[0], rows[1], rows[2], width, width, 1);
    case PAC_I32:
        kernels->inverse_rct_i32(rows[0], rows[1], rows[2], width, width, 1);
        return 0;
    case PAC_I64:
        kernels->inverse_rct_i64(rows[0], rows[1], rows[2], width, width, 1);
        return 0;
    case PAC_F32:
        kernels->inverse_ict_f32(rows[0], rows[1], rows[2], width, width, 1);
        return 0;
    default:
        kernels->inverse_ict_f64(rows[0], rows[1], rows[2], width, width, 1);
        return 0;
    }
}

/* Rows of the members, as they are in the wavelet's memory; zeros where a member has none. */
static void read_rows(group *at, int64_t y, const void *rows[MOST_IN_GROUP])
{
    for (int32_t i = 0; i < at->count; i++) {
        rows[i] = pac_synthesis_read(&at->members[i], y);
        if (!rows[i])
            rows[i] = memset(at->rows + (size_t)i * at->row_size, 0, at->row_size);
    }
}

/* Whether the members are red, green and blue of 8 bits, interleaved, for which there are kernels of their own. */
static int is_rgb8(const group *at)
{
    const pac_sample_window *to = &at->decoder->windows[at->first];
    int is = at->color_transform && (at->type == PAC_I16 || at->type == PAC_F32);
    for (int32_t i = 0; i < at->count; i++)
        is = is && !to[i].conversion && to[i].type == PAC_SAMPLE_U8 && to[i].range.precision == 8 &&
             !to[i].range.is_signed && to[i].pixel_stride == 3 && to[i].row_stride == to->row_stride &&
             to[i].out == (void *)((uint8_t *)to->out + i);
    return is;
}

static int32_t store_rgb8(const group *at, int64_t y, const void *const rows[MOST_IN_GROUP])
{
    const pac_components_kernels *kernels = &at->decoder->kernels.components;
    const pac_sample_window *to = &at->decoder->windows[at->first];
    uint8_t *out = (uint8_t *)to->out + (y - to->window.y0) * to->row_stride;
    if (at->type == PAC_I16)
        return kernels->store_rgb8_rct_i16(rows[0], rows[1], rows[2], at->width, out);
    kernels->store_rgb8_ict_f32(rows[0], rows[1], rows[2], at->width, out);
    return 0;
}

/* Undoes the component transform in copies of the rows, since the wavelet transform still needs its own. */
static int32_t copy_and_transform(const group *at, const void *rows[MOST_IN_GROUP])
{
    void *copies[MOST_IN_GROUP];
    for (int32_t i = 0; i < MOST_IN_GROUP; i++) {
        copies[i] = at->rows + (size_t)i * at->row_size;
        if (rows[i] != copies[i])
            memcpy(copies[i], rows[i], (size_t)at->width * pac_coefficient_size(at->type));
        rows[i] = copies[i];
    }
    return transform_color(at, copies);
}

/* One row of samples of all members; nonzero if 16 bits do not suffice. */
static int32_t make_row(group *at, int64_t y)
{
    const void *rows[MOST_IN_GROUP];
    read_rows(at, y, rows);
    int32_t overflow = 0;
    if (at->rgb8)
        overflow = store_rgb8(at, y, rows);
    else {
        if (at->color_transform)
            overflow = copy_and_transform(at, rows);
        for (int32_t i = 0; i < at->count; i++)
            store(at, i, y, rows[i]);
    }
    for (int32_t i = 0; i < at->count; i++)
        overflow |= pac_synthesis_overflowed(&at->members[i]);
    return overflow;
}

static pac_status make_rows(group *at)
{
    const pac_tile_decoder *decoder = at->decoder;
    const pac_rect window = decoder->windows[at->first].window;
    for (int64_t y = window.y0; y < window.y1; y++) {
        if (make_row(at, y))
            return PAC_LIMIT;
        const pac_status failed = (pac_status)atomic_load_explicit(&decoder->queue.failed, memory_order_relaxed);
        if (failed)
            return failed;
    }
    return PAC_OK;
}

/* Lists code-blocks for the windows of a group, as decode_as does. */
static pac_status list_group(group *at)
{
    const pac_rect window = at->decoder->windows[at->first].window;
    if (!pac_rect_width(window) || !pac_rect_height(window))
        return PAC_OK;
    at->type = type_of_group(at);
    const pac_status status = plan_members(at, NULL);
    for (int32_t i = 0; i < at->count; i++)
        pac_synthesis_free(&at->members[i]);
    return status;
}

static pac_status decode_as(group *at, pac_coefficient_type type, pac_block_scratch *scratch)
{
    pac_block_queue *queue = &at->decoder->queue;
    at->type = type;
    at->rgb8 = is_rgb8(at);
    at->sample_size = (size_t)1 << (at->decoder->windows[at->first].type >> 1);
    at->waiting = 0;
    atomic_store(&queue->failed, PAC_OK);
    pac_status status = plan_members(at, scratch);
    if (!status)
        status = place_members(at);
    if (!status) {
        pac_block_queue_open(queue);
        status = make_rows(at);
    }
    pac_block_queue_empty(queue);
    for (int32_t i = 0; i < at->count && !status; i++)
        pac_synthesis_keep(&at->members[i]);
    for (int32_t i = 0; i < at->count; i++)
        pac_synthesis_free(&at->members[i]);
    return status;
}

static pac_status decode_group(group *at, pac_block_scratch *scratch)
{
    pac_tile_decoder *decoder = at->decoder;
    const pac_rect window = decoder->windows[at->first].window;
    at->width = pac_rect_width(window);
    at->height = pac_rect_height(window);
    if (!at->width || !at->height)
        return PAC_OK;
    const pac_coefficient_type type = type_of_group(at);
    pac_status status = decode_as(at, type, scratch);
    if (status == PAC_LIMIT && type == PAC_I16) {
        decoder->narrow_failed = 1;
        if (decoder->kept)
            pac_kept_tile_forget(decoder->kept, &decoder->precincts);
        status = decode_as(at, PAC_I32, scratch);
    }
    return status;
}

/* Calls for each group of components, until one fails. */
static pac_status each_group(pac_tile_decoder *decoder, pac_block_scratch *scratch)
{
    pac_status status = PAC_OK;
    for (int32_t c = 0; c < decoder->plan->component_count && !status;) {
        const int32_t color = decoder->plan->color_transform && c == 0;
        group at = {.decoder = decoder, .first = c, .count = color ? MOST_IN_GROUP : 1, .color_transform = color};
        status = scratch ? decode_group(&at, scratch) : list_group(&at);
        c += at.count;
    }
    return status;
}

/* Copies where the pieces of the listed code-blocks are, or only counts them. */
static int64_t place_needed(const pac_tile_decoder *decoder, pac_tile_part *ranges)
{
    const pac_block_queue *queue = &decoder->queue;
    const pac_piece *pieces = decoder->precincts.pieces;
    int64_t count = 0;
    for (int64_t t = 0; t < queue->task_count; t++)
        for (int32_t i = queue->tasks[t]->first_piece; i >= 0; i = pieces[i].next) {
            if (!pieces[i].length || pieces[i].kind == PAC_PIECE_LOST)
                continue;
            if (ranges)
                ranges[count] = (pac_tile_part){pieces[i].offset, pieces[i].offset + pieces[i].length};
            count++;
        }
    return count;
}

pac_status pac_tile_list_needed(pac_tile_decoder *decoder, pac_tile_part **ranges, int64_t *count)
{
    pac_block_queue *queue = &decoder->queue;
    pac_status status = each_group(decoder, NULL);
    *count = 0;
    *ranges = NULL;
    if (!status) {
        *count = place_needed(decoder, NULL);
        *ranges = malloc(((size_t)*count + 1) * sizeof **ranges);
        status = *ranges ? PAC_OK : PAC_NO_MEMORY;
    }
    if (!status)
        place_needed(decoder, *ranges);
    for (int64_t t = 0; t < queue->task_count; t++)
        queue->tasks[t]->damaged = 0;
    pac_block_queue_empty(queue);
    return status;
}

pac_status pac_tile_decode(pac_tile_decoder *decoder)
{
    pac_block_scratch scratch = {0};
    pac_status status = PAC_OK;
    if (atomic_fetch_add(&decoder->entered, 1) == 0) {
        status = each_group(decoder, &scratch);
        pac_block_queue_close(&decoder->queue);
    } else
        pac_block_queue_help(&decoder->queue, &scratch);
    pac_block_scratch_free(&scratch);
    return status;
}

#include "j2k/strip_encoder.h"

#include <stdlib.h>
#include <string.h>

/* ---- The queue ---- */

pac_status pac_strip_queue_init(pac_strip_queue *queue, pac_precincts *precincts, int32_t threads)
{
    *queue = (pac_strip_queue){.precincts = precincts, .threads = threads};
    return pthread_mutex_init(&queue->lock, NULL) || pthread_cond_init(&queue->changed, NULL) ? PAC_NO_MEMORY : PAC_OK;
}

void pac_strip_queue_free(pac_strip_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->changed);
}

/* Takes the next block and encodes it; called and left with the lock held. */
static void encode_next(pac_strip_queue *queue, pac_block_encoder *encoder)
{
    pac_filling_strip *strip = queue->first;
    const pac_filling_band *band = strip->band;
    pac_code_block *block = strip->blocks[strip->taken++];
    if (strip->taken == strip->block_count)
        queue->first = strip->next;
    const int skip = queue->status != PAC_OK;
    queue->in_flight++;
    pthread_mutex_unlock(&queue->lock);
    const ptrdiff_t at = (block->y - strip->y0) * band->stride + block->x;
    const void *coefficients = strip->samples + at * (ptrdiff_t)pac_coefficient_size(band->type);
    const pac_tile_component *component = &queue->precincts->plan->components[band->resolution->component];
    const pac_status status =
        skip ? PAC_OK : pac_block_encode(encoder, component, band->band, block, band->type, coefficients, band->stride);
    pthread_mutex_lock(&queue->lock);
    if (status && !queue->status)
        queue->status = status;
    queue->in_flight--;
    strip->done++;
    if (queue->threads > 1 && (strip->done == strip->block_count || !queue->in_flight))
        pthread_cond_broadcast(&queue->changed);
}

void pac_strip_queue_help(pac_strip_queue *queue, pac_block_encoder *encoder)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->first || !queue->closed) {
        if (queue->first)
            encode_next(queue, encoder);
        else
            pthread_cond_wait(&queue->changed, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
}

pac_status pac_strip_queue_drain(pac_strip_queue *queue, pac_block_encoder *encoder)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->first || queue->in_flight) {
        if (queue->first)
            encode_next(queue, encoder);
        else
            pthread_cond_wait(&queue->changed, &queue->lock);
    }
    const pac_status status = queue->status;
    pthread_mutex_unlock(&queue->lock);
    return status;
}

void pac_strip_queue_cancel(pac_strip_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->first = NULL;
    while (queue->in_flight)
        pthread_cond_wait(&queue->changed, &queue->lock);
    queue->status = PAC_OK;
    pthread_mutex_unlock(&queue->lock);
}

void pac_strip_queue_close(pac_strip_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = 1;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

/* ---- A band ---- */

static int64_t grid_row(const pac_filling_band *filling, int64_t y)
{
    return (filling->band->rect.y0 + y) >> filling->resolution->block_height_exponent;
}

/* A precinct's share of the band. */
static const pac_precinct_band *precinct_band(const pac_filling_band *filling, const pac_precincts *precincts,
                                              int64_t number)
{
    const pac_resolution *resolution = filling->resolution;
    const pac_precinct *precinct = &precincts->precincts[resolution->first_precinct + number];
    return &precinct->bands[filling->band - resolution->bands];
}

/* The row of precincts that a row of the band lies in. */
static int64_t precinct_row(const pac_filling_band *filling, int64_t y)
{
    const pac_resolution *resolution = filling->resolution;
    const int32_t exponent = resolution->precinct_height_exponent - (resolution->resolution > 0);
    return ((filling->band->rect.y0 + y) >> exponent) - (resolution->rect.y0 >> resolution->precinct_height_exponent);
}

/* Most code-blocks in a row of them. */
static int64_t most_blocks(const pac_filling_band *filling)
{
    const pac_rect rect = filling->band->rect;
    const int32_t exponent = filling->resolution->block_width_exponent;
    return pac_ceil_shift(rect.x1, exponent) - (rect.x0 >> exponent);
}

pac_status pac_filling_band_init(pac_filling_band *filling, const pac_strip_queue *queue,
                                 const pac_resolution *resolution, const pac_band *band, pac_coefficient_type type)
{
    *filling = (pac_filling_band){.resolution = resolution, .band = band, .type = type};
    const int64_t width = pac_rect_width(band->rect), height = pac_rect_height(band->rect);
    if (!width || !height)
        return PAC_OK;
    const int64_t size = (int64_t)pac_coefficient_size(type), rows = (int64_t)1 << resolution->block_height_exponent;
    const int64_t row_size = ((width * size + 63) & ~(int64_t)63) | 64;
    const int64_t samples = row_size * pac_min(rows, height);
    const int64_t blocks = (most_blocks(filling) * (int64_t)sizeof(pac_code_block *) + 63) & ~(int64_t)63;
    filling->stride = row_size / size;
    filling->strip_count = queue->threads > 1 ? 2 : 1;
    filling->memory = aligned_alloc(64, (size_t)((samples + blocks) * filling->strip_count));
    if (!filling->memory)
        return PAC_NO_MEMORY;
    for (int32_t i = 0; i < filling->strip_count; i++) {
        pac_filling_strip *strip = &filling->strips[i];
        strip->band = filling;
        strip->samples = filling->memory + i * (samples + blocks);
        strip->blocks = (pac_code_block **)(strip->samples + samples);
    }
    return PAC_OK;
}

void pac_filling_band_free(pac_filling_band *filling)
{
    free(filling->memory);
}

static void wait_for_room(const pac_filling_strip *strip, pac_strip_queue *queue, pac_block_encoder *encoder)
{
    pthread_mutex_lock(&queue->lock);
    while (strip->done < strip->block_count) {
        if (queue->first)
            encode_next(queue, encoder);
        else
            pthread_cond_wait(&queue->changed, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
}

static void list_blocks(pac_filling_strip *strip, const pac_precincts *precincts)
{
    const pac_filling_band *filling = strip->band;
    const int64_t wide = filling->resolution->precincts_wide;
    const int64_t first = precinct_row(filling, strip->y0) * wide;
    strip->block_count = 0;
    for (int64_t number = first; number < first + wide; number++) {
        const pac_precinct_band *part = precinct_band(filling, precincts, number);
        if (!part->blocks)
            continue;
        const int64_t row = grid_row(filling, strip->y0) - grid_row(filling, part->blocks[0].y);
        for (int32_t i = 0; i < part->blocks_wide; i++)
            strip->blocks[strip->block_count++] = &part->blocks[row * part->blocks_wide + i];
    }
}

void *pac_filling_band_row(pac_filling_band *filling, pac_strip_queue *queue, pac_block_encoder *encoder)
{
    if (!filling->memory)
        return NULL;
    pac_filling_strip *strip = &filling->strips[filling->current];
    if (filling->y == 0 || grid_row(filling, filling->y) != grid_row(filling, filling->y - 1)) {
        wait_for_room(strip, queue, encoder);
        strip->y0 = filling->y;
    }
    const ptrdiff_t at = (filling->y - strip->y0) * filling->stride;
    return strip->samples + at * (ptrdiff_t)pac_coefficient_size(filling->type);
}

void pac_filling_band_advance(pac_filling_band *filling, pac_strip_queue *queue)
{
    if (!filling->memory)
        return;
    pac_filling_strip *strip = &filling->strips[filling->current];
    filling->y++;
    if (filling->y < pac_rect_height(filling->band->rect) &&
        grid_row(filling, filling->y) == grid_row(filling, strip->y0))
        return;
    filling->current = (filling->current + 1) % filling->strip_count;
    pthread_mutex_lock(&queue->lock);
    list_blocks(strip, queue->precincts);
    strip->taken = strip->done = 0;
    strip->next = NULL;
    if (queue->first)
        queue->last->next = strip;
    else
        queue->first = strip;
    queue->last = strip;
    if (queue->threads > 1)
        pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

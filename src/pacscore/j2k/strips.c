#include "j2k/strips.h"

#include <stdlib.h>
#include <string.h>

pac_status pac_block_queue_init(pac_block_queue *queue, const pac_block_source *source, int32_t threads)
{
    *queue = (pac_block_queue){.source = *source, .threads = threads};
    if (pthread_mutex_init(&queue->lock, NULL))
        return PAC_NO_MEMORY;
    if (pthread_cond_init(&queue->room, NULL) || pthread_cond_init(&queue->progress, NULL))
        return PAC_NO_MEMORY;
    return PAC_OK;
}

void pac_block_queue_free(pac_block_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    pthread_cond_destroy(&queue->room);
    pthread_cond_destroy(&queue->progress);
    free(queue->order);
    free(queue->tasks);
}

/* ---- Which blocks a window needs ---- */

static void set_columns(pac_strip *strip)
{
    const int32_t xe = strip->resolution->block_width_exponent;
    const int64_t origin = strip->band->rect.x0, width = pac_rect_width(strip->band->rect);
    strip->x0 = pac_max(((origin + strip->window.x0) >> xe << xe) - origin, 0);
    strip->x1 = pac_min((pac_ceil_shift(origin + strip->window.x1, xe) << xe) - origin, width);
    strip->stride = pac_plane_stride(strip->x1 - strip->x0, strip->type);
}

/* The rows of all of the band, where they stay. */
static pac_status keep(pac_strip *strip, pac_kept_tile *kept)
{
    const pac_rect rect = strip->band->rect;
    strip->kept = &kept->bands[strip->band->number];
    strip->x0 = 0;
    strip->x1 = pac_rect_width(rect);
    pac_status status = pac_kept_plane_provide(strip->kept, strip->x1, pac_rect_height(rect), strip->type);
    strip->stride = strip->kept->stride;
    return status;
}

static int64_t grid_row(const pac_strip *strip, int64_t y)
{
    return (strip->band->rect.y0 + y) >> strip->resolution->block_height_exponent;
}

static void set_rows(pac_strip *strip, int64_t scale, int64_t lead)
{
    const int32_t ye = strip->resolution->block_height_exponent;
    const int64_t origin = strip->band->rect.y0, first = grid_row(strip, strip->window.y0);
    for (int32_t k = 0; k < strip->row_count; k++) {
        pac_strip_row *row = &strip->rows[k];
        row->strip = strip;
        row->y0 = pac_max(((first + k) << ye) - origin, 0);
        row->y1 = pac_min(((first + k + 1) << ye) - origin, pac_rect_height(strip->band->rect));
        row->urgency = pac_max(row->y0, strip->window.y0) * scale - lead;
        row->uncovered = (row->y1 - row->y0) * (strip->x1 - strip->x0);
        const int64_t size = (row->y1 - row->y0) * strip->stride * (int64_t)pac_coefficient_size(strip->type);
        strip->slot_size = (size_t)pac_max((int64_t)strip->slot_size, size);
    }
}

/* Calls for each coded block that meets the window: counts it, or lists it behind those of its row. */
static void visit_precinct(const pac_strip *strip, const pac_precinct_band *band, pac_code_block **list)
{
    if (!band->blocks_wide || !band->blocks_high)
        return;
    const int64_t first = grid_row(strip, strip->window.y0);
    for (int32_t i = 0; i < band->blocks_high; i++) {
        pac_code_block *blocks = &band->blocks[(int64_t)i * band->blocks_wide];
        const int64_t k = grid_row(strip, blocks->y) - first;
        if (k < 0 || k >= strip->row_count)
            continue;
        pac_strip_row *row = &strip->rows[k];
        for (int32_t j = 0; j < band->blocks_wide; j++) {
            pac_code_block *block = &blocks[j];
            if (block->x + block->width <= strip->window.x0 || block->x >= strip->window.x1 || block->first_piece < 0)
                continue;
            row->coded += !list && (!strip->kept || block->at_hand);
            if (strip->kept && block->at_hand == block->decoded)
                continue;
            if (list)
                list[row->first_task + row->taken++] = block;
            else {
                row->tasks++;
                row->uncovered -= (int64_t)block->width * block->height;
            }
        }
    }
}

static void visit_precincts(const pac_strip *strip, const pac_precincts *precincts, pac_code_block **list)
{
    const pac_resolution *resolution = strip->resolution;
    const int64_t count = (int64_t)resolution->precincts_wide * resolution->precincts_high;
    const ptrdiff_t number = strip->band - resolution->bands;
    for (int64_t p = 0; p < count; p++) {
        const pac_precinct *precinct = &precincts->precincts[resolution->first_precinct + p];
        if (precinct->bands)
            visit_precinct(strip, &precinct->bands[number], list);
    }
}

/* Makes room for `more` further elements in a growing array. */
static int reserve(void *array, int64_t count, int64_t more, int64_t *capacity, size_t size)
{
    void **items = array;
    if (count + more <= *capacity)
        return 1;
    const int64_t wanted = pac_max(count + more, 2 * *capacity);
    void *grown = realloc(*items, (size_t)wanted * size);
    if (!grown)
        return 0;
    *items = grown;
    *capacity = wanted;
    return 1;
}

pac_status pac_strip_init(pac_strip *strip, pac_block_queue *queue, int64_t scale, int64_t lead)
{
    strip->row_count = 0;
    strip->current = -1;
    if (!pac_rect_width(strip->window) || !pac_rect_height(strip->window))
        return PAC_OK;
    set_columns(strip);
    pac_kept_tile *kept = queue->source.kept;
    const pac_status status = kept ? keep(strip, kept) : PAC_OK;
    if (status)
        return status;
    strip->row_count = (int32_t)(grid_row(strip, strip->window.y1 - 1) - grid_row(strip, strip->window.y0) + 1);
    strip->rows = calloc((size_t)strip->row_count, sizeof *strip->rows);
    if (!strip->rows)
        return PAC_NO_MEMORY;
    set_rows(strip, scale, lead);
    visit_precincts(strip, queue->source.precincts, NULL);
    int64_t tasks = 0;
    for (int32_t k = 0; k < strip->row_count; k++) {
        strip->rows[k].first_task = queue->task_count + tasks;
        tasks += strip->rows[k].tasks;
    }
    if (!reserve(&queue->tasks, queue->task_count, tasks, &queue->task_capacity, sizeof *queue->tasks) ||
        !reserve(&queue->order, queue->row_count, strip->row_count, &queue->row_capacity, sizeof *queue->order))
        return PAC_NO_MEMORY;
    visit_precincts(strip, queue->source.precincts, queue->tasks);
    queue->task_count += tasks;
    for (int32_t k = 0; k < strip->row_count; k++) {
        strip->rows[k].taken = 0;
        queue->order[queue->row_count++] = &strip->rows[k];
    }
    return PAC_OK;
}

/* ---- Decoding them ---- */

static uint8_t *slot_of(const pac_strip_row *row)
{
    const pac_strip *strip = row->strip;
    if (strip->kept)
        return strip->kept->memory + (size_t)(row->y0 * strip->stride) * pac_coefficient_size(strip->type);
    return strip->memory + (size_t)((row - strip->rows) % strip->slots) * strip->slot_size;
}

/* Takes the next block of a row and decodes it; called and left with the lock held. */
static void decode_next(pac_block_queue *queue, pac_strip_row *row, pac_block_scratch *scratch)
{
    const pac_strip *strip = row->strip;
    const ptrdiff_t size = (ptrdiff_t)pac_coefficient_size(strip->type);
    uint8_t *slot = slot_of(row);
    if (row->taken == 0 && row->uncovered && !strip->kept)
        memset(slot, 0, (size_t)((row->y1 - row->y0) * strip->stride * size));
    pac_code_block *block = queue->tasks[row->first_task + row->taken++];
    if (strip->kept)
        block->damaged = 0;
    queue->in_flight++;
    pthread_mutex_unlock(&queue->lock);

    void *out = slot + ((block->y - row->y0) * strip->stride + (block->x - strip->x0)) * size;
    const pac_status status = pac_block_decode(&queue->source, strip->component, strip->band, block, strip->type, out,
                                               strip->stride, scratch);

    pthread_mutex_lock(&queue->lock);
    block->decoded = block->at_hand;
    if (status == PAC_CORRUPT && !block->damaged) {
        block->damaged = (uint8_t)(1 + scratch->finding.flaw);
        block->planes_kept = (uint8_t)scratch->finding.planes;
        queue->blocks_damaged++;
    } else if (status && status != PAC_CORRUPT)
        atomic_store(&queue->failed, status);
    queue->in_flight--;
    row->done++;
}

/* The most urgent row that has blocks left and a slot. */
static pac_strip_row *find_row(const pac_block_queue *queue)
{
    for (int64_t i = 0; queue->open && i < queue->row_count; i++) {
        pac_strip_row *row = queue->order[i];
        const int32_t above = (int32_t)(row - row->strip->rows) - pac_max(row->strip->current, 0);
        if (row->taken < row->tasks && above < row->strip->slots)
            return row;
    }
    return NULL;
}

/* Decodes what is missing of a row, and frees the slots of those above it. */
static void enter_row(pac_strip *strip, pac_block_queue *queue, int32_t k, pac_block_scratch *scratch)
{
    pac_strip_row *row = &strip->rows[k];
    pthread_mutex_lock(&queue->lock);
    strip->current = k;
    if (queue->threads > 1)
        pthread_cond_broadcast(&queue->room);
    while (row->taken < row->tasks)
        decode_next(queue, row, scratch);
    while (row->done < row->tasks) { /* others have its last blocks: work ahead meanwhile */
        pac_strip_row *ahead = find_row(queue);
        if (ahead)
            decode_next(queue, ahead, scratch);
        else
            pthread_cond_wait(&queue->progress, &queue->lock);
    }
    pthread_mutex_unlock(&queue->lock);
}

const void *pac_strip_read(pac_strip *strip, pac_block_queue *queue, int64_t y, pac_block_scratch *scratch)
{
    if (!strip->row_count)
        return NULL;
    const int32_t k = (int32_t)(grid_row(strip, y) - grid_row(strip, strip->window.y0));
    pac_strip_row *row = &strip->rows[k];
    if (!row->coded)
        return NULL;
    if (k != strip->current)
        enter_row(strip, queue, k, scratch);
    const ptrdiff_t at = (y - row->y0) * strip->stride + (strip->window.x0 - strip->x0);
    return slot_of(row) + at * (ptrdiff_t)pac_coefficient_size(strip->type);
}

/* ---- Helping threads ---- */

static int more_urgent(const void *a, const void *b)
{
    const pac_strip_row *const *p = a, *const *q = b;
    return ((*p)->urgency > (*q)->urgency) - ((*p)->urgency < (*q)->urgency);
}

void pac_block_queue_open(pac_block_queue *queue)
{
    if (queue->threads == 1)
        return;
    qsort(queue->order, (size_t)queue->row_count, sizeof *queue->order, more_urgent);
    pthread_mutex_lock(&queue->lock);
    queue->open = 1;
    pthread_cond_broadcast(&queue->room);
    pthread_mutex_unlock(&queue->lock);
}

void pac_block_queue_empty(pac_block_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->open = 0;
    while (queue->in_flight)
        pthread_cond_wait(&queue->progress, &queue->lock);
    queue->row_count = queue->task_count = 0;
    pthread_mutex_unlock(&queue->lock);
}

void pac_block_queue_help(pac_block_queue *queue, pac_block_scratch *scratch)
{
    pthread_mutex_lock(&queue->lock);
    while (!queue->closed) {
        pac_strip_row *row = find_row(queue);
        if (!row) {
            pthread_cond_wait(&queue->room, &queue->lock);
            continue;
        }
        decode_next(queue, row, scratch);
        if (row->done == row->tasks || !queue->in_flight)
            pthread_cond_signal(&queue->progress);
    }
    pthread_mutex_unlock(&queue->lock);
}

void pac_block_queue_close(pac_block_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = 1;
    pthread_cond_broadcast(&queue->room);
    pthread_mutex_unlock(&queue->lock);
}

/* Strips: the coefficients of a band, one row of code-blocks at a time, decoded when they are needed.
 *
 * A view asks for the rows of a band from top to bottom. A strip holds so many rows of code-blocks at once as it has
 * slots: one where one thread does everything, some more where others decode ahead. Source: T.800 B.7.
 */
#ifndef PACSCORE_J2K_STRIPS_H
#define PACSCORE_J2K_STRIPS_H

#include <pthread.h>
#include <stdatomic.h>

#include "j2k/block_decoder.h"

struct pac_strip;

/* One row of code-blocks, as far as the view needs it. */
typedef struct {
    struct pac_strip *strip;
    int64_t y0, y1;    /* its rows of coefficients, within the band */
    int64_t urgency;   /* about the row of the finest resolution that needs it first */
    int64_t uncovered; /* coefficients of the slot that no task writes */
    int64_t first_task;
    int32_t tasks, taken, done;
    int32_t coded; /* blocks that have coefficients, now or when the tasks are done */
} pac_strip_row;

typedef struct pac_strip {
    const pac_tile_component *component;
    const pac_resolution *resolution;
    const pac_band *band;
    pac_rect window; /* what the view needs, within the band */
    int64_t x0, x1;  /* the columns of the code-blocks that it meets */
    ptrdiff_t stride;
    pac_coefficient_type type;
    int32_t row_count, slots, current; /* the view is in row `current` and will not come back to earlier ones */
    pac_strip_row *rows;
    size_t slot_size; /* bytes */
    uint8_t *memory;
    pac_kept_plane *kept; /* the memory of all rows, where coefficients stay */
} pac_strip;

/* Code-blocks to decode, in rows; several threads may take from it. The fields below `lock` are guarded by it. */
typedef struct {
    pac_block_source source;
    int32_t threads;
    atomic_int failed; /* pac_status of the first failure: PAC_NO_MEMORY, or PAC_LIMIT from pac_block_decode */
    pthread_mutex_t lock;
    pthread_cond_t room, progress; /* there may be something to take; a block is done */
    pac_strip_row **order;         /* most urgent first */
    pac_code_block **tasks;
    int64_t row_count, task_count, row_capacity, task_capacity;
    int64_t blocks_damaged;
    int32_t in_flight, open, closed;
} pac_block_queue;

pac_status pac_block_queue_init(pac_block_queue *queue, const pac_block_source *source, int32_t threads);
void pac_block_queue_free(pac_block_queue *queue);

/* Makes the strip for a window of a band and lists its rows and code-blocks; `slots` and `memory` are set later.
 * `scale` is how many rows of the finest resolution a row of the band stands for, and the view is `lead` rows of the
 * finest resolution ahead when it needs one. */
pac_status pac_strip_init(pac_strip *strip, pac_block_queue *queue, int64_t scale, int64_t lead);

/* Between these two calls the rows that were listed may be taken. */
void pac_block_queue_open(pac_block_queue *queue);
void pac_block_queue_empty(pac_block_queue *queue);

/* Row y of the band, first column of the window; NULL if all of it is zero. Decodes what is missing. */
const void *pac_strip_read(pac_strip *strip, pac_block_queue *queue, int64_t y, pac_block_scratch *scratch);

/* Decodes blocks ahead of the reading thread until the queue is closed. */
void pac_block_queue_help(pac_block_queue *queue, pac_block_scratch *scratch);
void pac_block_queue_close(pac_block_queue *queue);

#endif

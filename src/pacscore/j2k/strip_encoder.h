/* Strips that fill: the coefficients of a band arrive row by row, and when a row of code-blocks is whole it is encoded.
 *
 * One thread fills the strips, others may encode; the filling one encodes as well where it would have to wait. A band
 * has one strip where one thread does everything, else two that take turns. Source: T.800 B.7.
 */
#ifndef PACSCORE_J2K_STRIP_ENCODER_H
#define PACSCORE_J2K_STRIP_ENCODER_H

#include <pthread.h>

#include "j2k/block_encoder.h"

struct pac_filling_band;

/* One row of code-blocks. The counts are guarded by the queue's lock once it is full. */
typedef struct pac_filling_strip {
    struct pac_filling_band *band;
    struct pac_filling_strip *next; /* in the queue */
    uint8_t *samples;
    int64_t y0; /* of its first row, within the band */
    pac_code_block **blocks;
    int32_t block_count, taken, done; /* not yet full, or encoded, where done == block_count */
} pac_filling_strip;

typedef struct pac_filling_band {
    const pac_resolution *resolution;
    const pac_band *band;
    pac_coefficient_type type;
    ptrdiff_t stride;
    int64_t y; /* the row that comes next, within the band */
    int32_t strip_count, current;
    pac_filling_strip strips[2];
    uint8_t *memory;
} pac_filling_band;

/* Full strips whose blocks nobody has taken yet. */
typedef struct {
    pac_precincts *precincts;
    int32_t threads;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pac_filling_strip *first, *last;
    int32_t in_flight, closed;
    pac_status status; /* the first failure; then no further block is encoded */
} pac_strip_queue;

pac_status pac_strip_queue_init(pac_strip_queue *queue, pac_precincts *precincts, int32_t threads);
void pac_strip_queue_free(pac_strip_queue *queue);
/* Encodes until the queue is closed. */
void pac_strip_queue_help(pac_strip_queue *queue, pac_block_encoder *encoder);
/* Waits until every full strip is encoded, and returns the first failure. */
pac_status pac_strip_queue_drain(pac_strip_queue *queue, pac_block_encoder *encoder);
/* Forgets what is not yet encoded; waits for what is being encoded. */
void pac_strip_queue_cancel(pac_strip_queue *queue);
void pac_strip_queue_close(pac_strip_queue *queue);

pac_status pac_filling_band_init(pac_filling_band *filling, const pac_strip_queue *queue,
                                 const pac_resolution *resolution, const pac_band *band, pac_coefficient_type type);
void pac_filling_band_free(pac_filling_band *filling);
/* Where the next row is to be written; waits until there is room. NULL if the band is empty. */
void *pac_filling_band_row(pac_filling_band *filling, pac_strip_queue *queue, pac_block_encoder *encoder);
/* That row has been written. */
void pac_filling_band_advance(pac_filling_band *filling, pac_strip_queue *queue);

#endif

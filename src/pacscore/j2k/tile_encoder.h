/* Encodes one tile: row by row, samples, component and wavelet transforms, code-blocks, which are those of
 * Part 1 or of HT.
 *
 * First the sources are set; then pac_tile_encode in as many threads at once as init was told; then the precincts have
 * what packets are made of. Where the settings ask for a survey, that is all that pac_tile_encode does. Then come, as
 * often as one likes, pac_tile_encode_again and in as many threads pac_tile_encode_surveyed.
 */
#ifndef PACSCORE_J2K_TILE_ENCODER_H
#define PACSCORE_J2K_TILE_ENCODER_H

#include <stdatomic.h>

#include "j2k/analysis.h"

/* Where the samples of one tile-component come from; `in` is its upper-left sample. */
typedef struct {
    const void *in;
    ptrdiff_t row_stride, pixel_stride; /* in bytes */
    pac_sample_type type;
    pac_sample_range range;
    pac_sample_extent extent; /* of the samples that have been read */
} pac_sample_source;

typedef struct {
    const pac_tile_plan *plan;
    pac_tile_kernels kernels;
    int64_t block_limit;
    pac_precincts precincts;
    pac_sample_source *sources;  /* one a component */
    pac_block_settings settings; /* as init leaves them, or set before pac_tile_encode */
    pac_strip_queue queue;
    pac_block_encoder *encoders; /* one a thread; they own the coded bytes */
    int32_t threads;
    atomic_int entered;
    atomic_llong taken; /* of the blocks that were surveyed */
    atomic_int status;  /* of the transform and of the blocks, once all threads are back */
} pac_tile_encoder;

pac_status pac_tile_encoder_init(pac_tile_encoder *encoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit, int32_t threads);
/* Called by each thread once. The first to come transforms the samples, the others encode code-blocks for it; where it
 * comes first and alone, it does everything. Failures are in `status`; PAC_LIMIT: an index needs more planes than M_b.
 */
void pac_tile_encode(pac_tile_encoder *encoder);

/* Lets the blocks that were surveyed be encoded, down to another slope; one thread calls it while no other does
 * anything.
 */
void pac_tile_encode_again(pac_tile_encoder *encoder, double slope_floor);
/* Called by each thread once: encodes blocks. */
void pac_tile_encode_surveyed(pac_tile_encoder *encoder);
void pac_tile_encoder_free(pac_tile_encoder *encoder);

#endif

/* Encodes one tile: samples, component and wavelet transforms, code-blocks, packets. HT blocks, one quality layer.
 *
 * The calls come in the order of their declarations; pac_tile_encode_blocks may run in several threads at once.
 */
#ifndef PACSCORE_J2K_TILE_ENCODER_H
#define PACSCORE_J2K_TILE_ENCODER_H

#include <stdatomic.h>

#include "j2k/packets/writer.h"
#include "j2k/tile_kernels.h"

/* Coefficients of a tile-component; the bands lie as wavelet.h says. */
typedef struct {
    void *samples; /* int32, int64, float or double as the component is wide or reversible; NULL if nothing is coded */
    ptrdiff_t stride;
    int32_t resolutions; /* how many of the lowest ones are there */
} pac_plane;

typedef struct {
    const pac_resolution *resolution;
    const pac_band *band;
    pac_code_block *block;
} pac_block_task;

/* Index of a block's first coefficient in the plane: the bands of a level lie around the next lower resolution. */
static inline int64_t pac_band_offset(const pac_block_task *task, ptrdiff_t stride)
{
    int64_t x = task->block->x, y = task->block->y;
    if (task->resolution->resolution > 0) {
        pac_rect lower = task->resolution[-1].rect;
        x += task->band->orientation & 1 ? pac_rect_width(lower) : 0;
        y += task->band->orientation & 2 ? pac_rect_height(lower) : 0;
    }
    return y * stride + x;
}

/* Where the samples of one tile-component come from; `in` is its upper-left sample. */
typedef struct {
    const void *in;
    ptrdiff_t row_stride, pixel_stride; /* in bytes */
    pac_sample_type type;
    pac_sample_range range;
} pac_sample_source;

typedef struct {
    const pac_tile_plan *plan;
    pac_tile_kernels kernels;
    pac_precincts precincts;
    pac_plane *planes;
    pac_block_task *tasks;
    int64_t task_count;
    pac_arena *arenas; /* coded bytes, one arena a thread */
    int32_t arena_count;
    atomic_llong next_task;
    atomic_int next_arena, failed;
} pac_tile_encoder;

pac_status pac_tile_encoder_init(pac_tile_encoder *encoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit, int32_t threads);
/* Reads one component; the extent tells whether its samples are in range. */
pac_status pac_tile_load(pac_tile_encoder *encoder, int32_t component, const pac_sample_source *source,
                         pac_sample_extent *extent);
/* Forward transforms, and the list of code-blocks. */
pac_status pac_tile_transform(pac_tile_encoder *encoder);
/* At most `threads` calls. PAC_LIMIT: a coefficient needs more planes than M_b. */
pac_status pac_tile_encode_blocks(pac_tile_encoder *encoder);
pac_status pac_tile_write(pac_tile_encoder *encoder, int sop, int eph, pac_packet_sink *sink);
void pac_tile_encoder_free(pac_tile_encoder *encoder);

#endif

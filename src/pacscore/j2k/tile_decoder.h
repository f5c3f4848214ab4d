/* Decodes one tile: packets, then code-blocks, then wavelet and component transforms, then samples.
 *
 * The calls come in the order of their declarations; pac_tile_decode_blocks may run in several threads at once.
 * After PAC_TRUNCATED or PAC_CORRUPT from reading, the caller may go on with what there is.
 */
#ifndef PACSCORE_J2K_TILE_DECODER_H
#define PACSCORE_J2K_TILE_DECODER_H

#include <stdatomic.h>

#include "j2k/components/components.h"
#include "j2k/entropy/ht.h"
#include "j2k/entropy/part1.h"
#include "j2k/packets/reader.h"
#include "j2k/quantization/quantization.h"
#include "j2k/wavelet/wavelet.h"

typedef struct {
    pac_ht_kernels ht;
    pac_part1_kernels part1;
    pac_quantization_kernels quantization;
    pac_wavelet_kernels wavelet;
    pac_components_kernels components;
} pac_tile_kernels;

void pac_tile_kernels_init(pac_tile_kernels *kernels, pac_target target);

/* Where the samples of one component go: `window` in coordinates of its wanted resolution, `out` its first sample. */
typedef struct {
    pac_rect window;
    void *out;
    ptrdiff_t row_stride, pixel_stride; /* in bytes */
    pac_sample_type type;
    pac_sample_range range;
} pac_sample_window;

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

typedef struct {
    const pac_tile_plan *plan;
    pac_tile_kernels kernels;
    pac_precincts precincts;
    const uint8_t *data;
    pac_plane *planes;
    pac_block_task *tasks;
    int64_t task_count;
    int32_t discard_levels;
    atomic_llong next_task, blocks_damaged;
} pac_tile_decoder;

pac_status pac_tile_decoder_init(pac_tile_decoder *decoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit);
pac_status pac_tile_read(pac_tile_decoder *decoder, const pac_packet_source *source, pac_packet_report *report);
/* Lists the code-blocks that have data and allocates the coefficients. */
pac_status pac_tile_prepare(pac_tile_decoder *decoder);
pac_status pac_tile_decode_blocks(pac_tile_decoder *decoder);
/* Inverse transforms and output; one window a component. */
pac_status pac_tile_store(pac_tile_decoder *decoder, const pac_sample_window *windows);
void pac_tile_decoder_free(pac_tile_decoder *decoder);

#endif

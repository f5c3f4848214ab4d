/* Encodes one tile: samples, component and wavelet transforms, code-blocks, packets. HT blocks, one quality layer.
 *
 * The calls come in the order of their declarations; pac_tile_encode_blocks may run in several threads at once.
 */
#ifndef PACSCORE_J2K_TILE_ENCODER_H
#define PACSCORE_J2K_TILE_ENCODER_H

#include "j2k/packets/writer.h"
#include "j2k/tile_decoder.h"

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

/* Decodes one tile: packets, then, row by row, code-blocks, wavelet and component transforms, samples.
 *
 * First pac_tile_read; then pac_tile_decode in as many threads at once as pac_tile_prepare was told; then the fields
 * that it filled. After PAC_TRUNCATED or PAC_CORRUPT from reading, the caller may go on with what there is. More
 * windows may be decoded of a tile that was read: pac_tile_list_needed, pac_tile_prepare and pac_tile_decode for each.
 */
#ifndef PACSCORE_J2K_TILE_DECODER_H
#define PACSCORE_J2K_TILE_DECODER_H

#include "j2k/packets/reader.h"
#include "j2k/synthesis.h"
#include "support/row_conversion.h"

/* Where the samples of one component go: `window` in coordinates of its wanted resolution, `out` its first sample.
 * With a conversion, `out` gets what that makes of the rows of samples, and the strides are those of its results.
 */
typedef struct {
    pac_rect window;
    void *out;
    ptrdiff_t row_stride, pixel_stride; /* in bytes */
    pac_sample_type type;
    pac_sample_range range;
    const pac_row_conversion *conversion; /* or NULL */
} pac_sample_window;

typedef struct {
    const pac_tile_plan *plan;
    pac_tile_kernels kernels;
    pac_precincts precincts;
    pac_block_queue queue;
    pac_kept_tile *kept; /* NULL: no coefficient stays; else they do, and pac_kept_tile_arrive goes before a picture */
    const pac_sample_window *windows; /* one a component */
    int32_t discard_levels;
    int32_t narrow_failed; /* PAC_I16 was tried in vain; may be set beforehand, so that it is not tried */
    atomic_int entered;
    uint8_t *memory; /* strips and rows, from group to group */
    size_t memory_size;
} pac_tile_decoder;

pac_status pac_tile_decoder_init(pac_tile_decoder *decoder, const pac_tile_plan *plan, pac_target target,
                                 int64_t block_limit);
pac_status pac_tile_read(pac_tile_decoder *decoder, const pac_packet_source *source, pac_packet_report *report);
/* After reading, and of a kept tile before each picture; the windows live until pac_tile_decode has returned. */
pac_status pac_tile_prepare(pac_tile_decoder *decoder, const pac_sample_window *windows, int32_t threads);
/* After preparing: the bytes of the code-blocks that the windows need, as many as `count`; the caller frees them. What
 * an earlier picture has found damaged is forgotten. */
pac_status pac_tile_list_needed(pac_tile_decoder *decoder, pac_tile_part **ranges, int64_t *count);
/* Called by each thread once. The first to come makes the samples, the others decode code-blocks for it. */
pac_status pac_tile_decode(pac_tile_decoder *decoder);
void pac_tile_decoder_free(pac_tile_decoder *decoder);

#endif

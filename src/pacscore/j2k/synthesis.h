/* The inverse wavelet transform of a tile-component, pulled row by row. Source: T.800 F.3.
 *
 * Each resolution asks the next lower one and its own bands for the rows that it needs, and makes no more than the
 * view needs of it: a window with a margin, at whose edges the picture seems to end. The margin is what this spoils.
 */
#ifndef PACSCORE_J2K_SYNTHESIS_H
#define PACSCORE_J2K_SYNTHESIS_H

#include "j2k/strips.h"

typedef struct {
    pac_wavelet_level wavelet; /* unused at the lowest resolution */
    pac_rect wanted;           /* what the next higher resolution reads */
    pac_rect made;             /* that and the margin */
    pac_strip strips[3];       /* HL, LH, HH; at the lowest resolution LL alone */
    const pac_resolution *resolution;
    pac_kept_plane *known;  /* its samples are there already: neither they nor what is below them is made */
    pac_kept_plane *filled; /* what is made is kept here */
} pac_synthesis_level;

typedef struct {
    const pac_tile_kernels *kernels;
    pac_block_queue *queue;
    pac_block_scratch *scratch;
    pac_coefficient_type type;
    int32_t resolutions;
    pac_synthesis_level *levels;
} pac_synthesis;

/* Plans the windows and lists the code-blocks for `window` of the highest of the resolutions, which is not empty.
 * Kernels, queue, scratch, type and resolutions are set before. */
pac_status pac_synthesis_init(pac_synthesis *synthesis, const pac_tile_plan *plan, const pac_tile_component *component,
                              pac_rect window);
void pac_synthesis_free(pac_synthesis *synthesis);

/* Bytes of memory that it works in, a multiple of 64, and where that is. */
size_t pac_synthesis_memory(pac_synthesis *synthesis);
void pac_synthesis_place(pac_synthesis *synthesis, uint8_t *memory);

/* Row y of the highest resolution, from the window's first column on; NULL if all of it is zero. Rows are read from top
 * to bottom, and stay as they are until the next one is read. */
const void *pac_synthesis_read(pac_synthesis *synthesis, int64_t y);

/* After all rows were read: what was kept on the way is whole. */
void pac_synthesis_keep(pac_synthesis *synthesis);

/* Whether a PAC_I16 sum has left 16 bits so far. */
int pac_synthesis_overflowed(const pac_synthesis *synthesis);

#endif

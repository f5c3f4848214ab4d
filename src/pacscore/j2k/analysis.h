/* The forward wavelet transform of a tile-component, pushed row by row. Source: T.800 F.4.
 *
 * Rows of the highest resolution arrive from top to bottom; each level hands the rows that are final to the next lower
 * resolution and to the strips of its bands.
 */
#ifndef PACSCORE_J2K_ANALYSIS_H
#define PACSCORE_J2K_ANALYSIS_H

#include "j2k/strip_encoder.h"

enum { PAC_MOST_LEVELS = 33 };

typedef struct {
    pac_wavelet_level wavelet; /* unused at the lowest resolution */
    pac_filling_band bands[3]; /* HL, LH, HH; at the lowest resolution LL alone */
} pac_analysis_level;

typedef struct {
    const pac_tile_kernels *kernels;
    pac_strip_queue *queue;
    pac_block_encoder *encoder;
    const pac_resolution *resolutions;
    pac_coefficient_type type;
    int32_t top; /* the highest resolution */
    pac_analysis_level levels[PAC_MOST_LEVELS];
    uint8_t *memory;
} pac_analysis;

/* Kernels, queue, encoder and type are set before. */
pac_status pac_analysis_init(pac_analysis *analysis, const pac_tile_plan *plan, const pac_tile_component *component);
void pac_analysis_free(pac_analysis *analysis);

/* Where the next row of the highest resolution, which is not empty, is to be written; and that it has been. */
void *pac_analysis_row(pac_analysis *analysis);
void pac_analysis_advance(pac_analysis *analysis);

/* Whether a PAC_I16 sum has left 16 bits so far. */
int pac_analysis_overflowed(const pac_analysis *analysis);

#endif

/* What a tile consists of, computed once from the headers and never changed: Annex B in numbers.
 *
 * Source: T.800 B.3 to B.12.
 */
#ifndef PACSCORE_J2K_PACKETS_PLAN_H
#define PACSCORE_J2K_PACKETS_PLAN_H

#include <stdint.h>

#include "support/coefficient.h"
#include "support/rect.h"

/* Code-block styles, T.800 Table A.19 and T.814 Table A.3. */
enum {
    PAC_STYLE_BYPASS = 0x01,
    PAC_STYLE_RESET = 0x02,
    PAC_STYLE_TERMALL = 0x04,
    PAC_STYLE_CAUSAL = 0x08,
    PAC_STYLE_PREDICTABLE = 0x10,
    PAC_STYLE_SEGSYM = 0x20,
    PAC_STYLE_HT = 0x40,
    PAC_STYLE_MIXED = 0x80
};

typedef struct {
    pac_rect rect;               /* in band coordinates */
    double step;                 /* Delta_b; 1 where the coding is reversible */
    int32_t number;              /* within the tile, three to a resolution */
    int32_t orientation;         /* bit 0: horizontally high, bit 1: vertically high */
    int32_t magnitude_bitplanes; /* M_b, ROI shift included */
} pac_band;

typedef struct {
    pac_rect rect;
    int64_t first_precinct; /* number of its first precinct within the tile */
    int32_t component, resolution;
    int32_t precinct_width_exponent, precinct_height_exponent;
    int32_t block_width_exponent, block_height_exponent; /* xcb', ycb' */
    int32_t precincts_wide, precincts_high;
    int32_t band_count;
    pac_band bands[3];
} pac_resolution;

typedef struct {
    pac_rect rect;
    int32_t first_resolution, resolution_count; /* in pac_tile_plan.resolutions, lowest first */
    int32_t style, roi_shift;
    int32_t reversible; /* 5-3 rather than 9-7 */
    int32_t wide;       /* 64-bit coefficients rather than 32-bit ones */
} pac_tile_component;

/* What the coefficients of components with samples of this precision are computed in; where components are transformed
 * together, their greatest precision and one bit. PAC_I16 may turn out not to suffice; then PAC_I32 does. HT blocks are
 * coded so fast that it pays to try; those of Part 1 take far longer than the wavelet, so that PAC_I16 is only for
 * precisions whose coefficients hardly ever leave it. */
static inline pac_coefficient_type pac_coefficient_type_of(const pac_tile_component *component, int32_t precision)
{
    if (!component->reversible)
        return component->wide ? PAC_F64 : PAC_F32;
    if (component->wide)
        return PAC_I64;
    return precision <= (component->style & PAC_STYLE_HT ? 16 : 14) ? PAC_I16 : PAC_I32;
}

/* A stretch of packets: for each layer all precincts, or for each precinct all layers. */
typedef struct {
    const int32_t *precincts;
    int64_t precinct_count;
    int32_t layers;
    int32_t layers_outer;
} pac_packet_run;

typedef struct {
    const pac_tile_component *components;
    const pac_resolution *resolutions;
    const int32_t *precinct_resolution; /* for each precinct, the index of its resolution */
    const pac_packet_run *runs;
    int64_t precinct_count;
    int32_t component_count, resolution_count, run_count;
    int32_t layers;
    int32_t color_transform; /* RCT or ICT on components 0 to 2 */
} pac_tile_plan;

#endif

/* The kernels that a tile needs, all of one CPU target. */
#ifndef PACSCORE_J2K_TILE_KERNELS_H
#define PACSCORE_J2K_TILE_KERNELS_H

#include "j2k/components/components.h"
#include "j2k/entropy/ht.h"
#include "j2k/entropy/part1.h"
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

#endif

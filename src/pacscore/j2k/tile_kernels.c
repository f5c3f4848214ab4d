#include "j2k/tile_kernels.h"

void pac_tile_kernels_init(pac_tile_kernels *kernels, pac_target target)
{
    pac_ht_kernels_init(&kernels->ht, target);
    pac_part1_kernels_init(&kernels->part1, target);
    pac_quantization_kernels_init(&kernels->quantization, target);
    pac_wavelet_kernels_init(&kernels->wavelet, target);
    pac_components_kernels_init(&kernels->components, target);
}

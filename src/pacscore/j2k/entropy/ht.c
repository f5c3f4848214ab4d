#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_scratch.h"

void pac_ht_kernels_init(pac_ht_kernels *kernels, pac_target target)
{
    pac_ht_decoder_init(kernels, target);
    pac_ht_encoder_init(kernels, target);
}

size_t pac_ht_scratch_size(void)
{
    return (sizeof(ht_scratch) + 63) & ~(size_t)63;
}

size_t pac_ht_encode_bound(int32_t width, int32_t height, int32_t bits)
{
    const size_t magsgn = ((size_t)width * (size_t)height * (size_t)(bits + 1) + 7) / 8;
    return magsgn + magsgn / 15 + HT_MAX_SCUP + 16;
}

size_t pac_ht_encode_sets_bound(int32_t width, int32_t height, int32_t bits)
{
    size_t bound = 0;
    for (int32_t n = 1; n <= bits; ++n)
        bound += pac_ht_encode_bound(width, height, n) + pac_ht_encode_bound(width, height, 2);
    return bound;
}

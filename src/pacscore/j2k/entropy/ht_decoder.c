/* HT block decoder: what does not depend on target or word, and the table's entries. */
#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_mel.h"
#include "j2k/entropy/ht_quads.h"
#include "j2k/entropy/ht_scratch.h"
#include "j2k/entropy/ht_stripes.h"
#include "j2k/entropy/ht_tables.h"

/* Planes, passes and lengths as T.814 bounds them. */
static pac_status ht_check(const pac_ht_block *block, int32_t largest_bitplanes)
{
    if (!ht_shape_valid(block->width, block->height) || block->passes < 1 || block->passes > 3)
        return PAC_CORRUPT;
    if (block->missing_bitplanes < 0 || block->magnitude_bitplanes <= block->missing_bitplanes)
        return PAC_CORRUPT;
    if (block->cleanup_length < 2 || block->cleanup_length > HT_MAX_LCUP)
        return PAC_CORRUPT;
    return block->magnitude_bitplanes > largest_bitplanes ? PAC_UNSUPPORTED : PAC_OK;
}

/* Scup, or 0 where it is impossible. */
static uint32_t ht_suffix_length(const uint8_t *cleanup, uint32_t length)
{
    const uint32_t suffix = (uint32_t)cleanup[length - 1] << 4 | (cleanup[length - 2] & 15);
    return suffix < 2 || suffix > HT_MAX_SCUP || suffix > length ? 0 : suffix;
}

#define HT_NAME(name) PAC_NAME(PAC_PASTE(name, HT_BITS))
#define PAC_TEMPLATE "j2k/entropy/ht_decoder_template.h"
#include "support/each_target.h"

void pac_ht_decoder_init(pac_ht_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->decode32, ht_decode_32, target);
    PAC_SELECT(kernels->decode64, ht_decode_64, target);
}

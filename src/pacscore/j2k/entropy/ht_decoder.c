/* HT block decoder: what does not depend on target or kind of samples, and the table's entries. */
#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_rows.h"
#include "j2k/entropy/ht_stripes.h"

#if PAC_X86
#include <immintrin.h>

#include "j2k/entropy/ht_controls.h"
#endif

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

/* p0 */
static uint32_t ht_plane(const pac_ht_block *block)
{
    return (uint32_t)(block->magnitude_bitplanes - 1 - block->missing_bitplanes);
}

/* Whether passes follow that change anything. */
static bool ht_is_refined(const pac_ht_block *block)
{
    return block->passes > 1 && block->refinement_length > 0 && ht_plane(block) > 0;
}

/* What ends at plane 0 is a whole index. */
static pac_status ht_check_integers(const pac_ht_block *block)
{
    const pac_status status = ht_check(block, 30);
    return status == PAC_OK && ht_plane(block) > 0 ? PAC_UNSUPPORTED : status;
}

/* Take the cleanup segment apart. Scup may be impossible. */
static bool ht_open(const pac_ht_block *block, ht_scratch *scratch, ht_magnitudes *magnitudes, ht_mel_decoder *mel,
                    uint32_t *vlc_end)
{
    const uint32_t length = block->cleanup_length;
    const uint8_t *end = block->cleanup + length;
    const uint32_t suffix = (uint32_t)end[-1] << 4 | (end[-2] & 15);
    if (suffix < 2 || suffix > HT_MAX_SCUP || suffix > length)
        return false;
    magnitudes->plane = ht_plane(block);
    magnitudes->magsgn = scratch->forward;
    magnitudes->end = ht_unstuff_forward(scratch->forward, block->cleanup, length - suffix, 0xff, HT_MAGSGN_SLACK);
    *vlc_end = ht_unstuff_backward(scratch->backward, end - suffix, suffix - 1, true);
    ht_mel_start(mel, end - suffix, end - 2);
    return true;
}

/* The u values of a pair of any kind, as an entry of ht_u_values; mode as in ht_u_pairs. */
static HT_RARE uint32_t ht_u_pair(uint32_t mode, uint64_t window)
{
    const uint32_t entry = ht_u_pairs[mode << 6 | (window & 63)];
    const uint32_t prefixes = entry & 7, suffixes = entry >> 3 & 15, first = entry >> 7 & 7;
    window >>= prefixes;
    const uint32_t suffix0 = (uint32_t)window & ((1u << first) - 1);
    const uint32_t suffix1 = (uint32_t)(window & ((1u << suffixes) - 1)) >> first;
    uint32_t length = prefixes + suffixes, u0 = (entry >> 10 & 7) + suffix0, u1 = (entry >> 13) + suffix1;
    window >>= suffixes;
    if (suffix0 >= 28) {
        u0 += 4 * (uint32_t)(window & 15);
        window >>= 4;
        length += 4;
    }
    if (suffix1 >= 28) {
        u1 += 4 * (uint32_t)(window & 15);
        length += 4;
    }
    return length | u0 << HT_U_FIRST | u1 << HT_U_SECOND;
}

#define HT_NAME(name) PAC_NAME(PAC_PASTE(name, HT_BITS))
#define HT_ALWAYS inline __attribute__((always_inline))
#define HT_KEEP(value) __asm__("" : "+r"(value)) /* reckoned here, not joined with what follows */
#define HT_STORED(value) __asm__("" : "+m"(value))
#define PAC_TEMPLATE "j2k/entropy/ht_decoder_template.h"
#include "support/each_target.h"

void pac_ht_decoder_init(pac_ht_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->decode_i16, ht_decode_i16, target);
    PAC_SELECT(kernels->decode_i32, ht_decode_i32, target);
    PAC_SELECT(kernels->decode_f32, ht_decode_f32, target);
    PAC_SELECT(kernels->decode32, ht_decode_32, target);
    PAC_SELECT(kernels->decode64, ht_decode_64, target);
}

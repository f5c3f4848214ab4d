/* The HT block coder: one code-block's bytes <-> its samples.
 *
 * Source: T.814 clause 7 (decoding) and Annexes A to C.
 *
 * Samples are sign-magnitude words of 32 or 64 bits, the sign in the top bit. The decoder returns magnitudes with one
 * fraction bit: 2q + 2^pl for a quantiser index q != 0 whose lowest decoded plane is pl, 0 for q = 0. The encoder takes
 * magnitudes without it.
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_H
#define PACSCORE_J2K_ENTROPY_HT_H

#include <stddef.h>
#include <stdint.h>

#include "support/coded_pass.h"
#include "support/status.h"
#include "support/targets.h"

typedef struct {
    const uint8_t *cleanup;      /* the cleanup segment of the HT set to decode */
    const uint8_t *refinement;   /* its SigProp and MagRef bytes, joined; may be NULL when there are none */
    uint32_t cleanup_length;     /* Lcup, in bytes */
    uint32_t refinement_length;  /* Lref, in bytes; 0: cleanup alone is decoded */
    int32_t width, height;       /* 1 to 1024 each, at most 4096 samples */
    int32_t missing_bitplanes;   /* S_blk: planes above the first coded one, and one for each earlier set */
    int32_t magnitude_bitplanes; /* M_b and the shift of a region of interest */
    int32_t passes;              /* Z_blk: 1 cleanup, 2 and SigProp, 3 and MagRef */
    int32_t vertically_causal;   /* SigProp does not look below its stripe */
} pac_ht_block;

/* What both refinement passes of an encoder need beside the samples. */
typedef struct {
    int32_t width, height;
    int32_t passes; /* 2 or 3 */
    int32_t vertically_causal;
} pac_ht_refinement;

/* The sets of a code-block that rate control chooses from: one whose cleanup pass ends at each plane from some one on.
 */
typedef struct {
    int32_t width, height;
    int32_t bits;    /* of the greatest magnitude, at least 1 */
    int32_t highest; /* plane where the first set's cleanup pass ends, below `bits` */
    int32_t vertically_causal;
    int32_t reversible; /* magnitudes are whole; else a decoder finds them half a step off zero, on average */
    double least_gain;  /* in squared steps: sets end where a byte more can only take away less error */
} pac_ht_sets;

/* Kernels of one CPU target. All of them leave the samples' content unspecified on error, never write outside the
 * block, read only the given bytes, and use a scratch of pac_ht_scratch_size() bytes, aligned to 64, one per thread.
 *
 * decode: 32 serves magnitude_bitplanes up to 30, 64 up to 62 (else PAC_UNSUPPORTED). PAC_CORRUPT: bytes or planes
 *     contradict the standard. Strides count samples.
 * decode_i16, _i32, _f32: straight to wavelet coefficients, for blocks without a region of interest: quantiser indices
 *     as integers, or sign * m * half_step for a magnitude m with its fraction bit. PAC_UNSUPPORTED: refinement passes
 *     change the block, or for integers its cleanup pass ends above plane 0, or for 16 bits a quad has U above 15; then
 *     decode32 knows whether the block is sound. These too serve magnitude_bitplanes up to 30.
 * encode: writes one cleanup segment for the magnitudes as they are (below 2^31 and 2^62); *length gets its bytes.
 *     encode_i16 takes them in two's complement, up to 2^14, and not all zero, which the caller knows.
 *     PAC_NO_SPACE: capacity too small. A segment always stays within the limits for Lcup and Scup: 4096 samples of
 *     64 bits and their stuffing take less than 36,000 bytes, the codes of at most 1,230 quads less than 3,600.
 * encode_refinement: the samples have one plane more than those that encode took; writes SigProp and MagRef, joined.
 *     lengths: of SigProp, and of both.
 * encode_sets: writes the sets one after another, the highest plane first, and *count passes: all
 *     three of each set, but only a cleanup pass at plane 0. Their gains are those of a decoder that goes through all.
 */
typedef struct {
    pac_status (*decode_i16)(const pac_ht_block *block, int16_t *out, ptrdiff_t stride, void *scratch);
    pac_status (*decode_i32)(const pac_ht_block *block, int32_t *out, ptrdiff_t stride, void *scratch);
    pac_status (*decode_f32)(const pac_ht_block *block, float half_step, float *out, ptrdiff_t stride, void *scratch);
    pac_status (*decode32)(const pac_ht_block *block, uint32_t *samples, ptrdiff_t stride, void *scratch);
    pac_status (*decode64)(const pac_ht_block *block, uint64_t *samples, ptrdiff_t stride, void *scratch);
    pac_status (*encode_i16)(const int16_t *indices, ptrdiff_t stride, int32_t width, int32_t height, uint8_t *out,
                             size_t capacity, uint32_t *length, void *scratch);
    pac_status (*encode32)(const uint32_t *samples, ptrdiff_t stride, int32_t width, int32_t height, uint8_t *out,
                           size_t capacity, uint32_t *length, void *scratch);
    pac_status (*encode64)(const uint64_t *samples, ptrdiff_t stride, int32_t width, int32_t height, uint8_t *out,
                           size_t capacity, uint32_t *length, void *scratch);
    pac_status (*encode_refinement32)(const pac_ht_refinement *block, const uint32_t *samples, ptrdiff_t stride,
                                      uint8_t *out, size_t capacity, uint32_t lengths[2], void *scratch);
    pac_status (*encode_refinement64)(const pac_ht_refinement *block, const uint64_t *samples, ptrdiff_t stride,
                                      uint8_t *out, size_t capacity, uint32_t lengths[2], void *scratch);
    pac_status (*encode_sets32)(const pac_ht_sets *asked, const uint32_t *samples, ptrdiff_t stride, uint8_t *out,
                                size_t capacity, pac_coded_pass *passes, int32_t *count, void *scratch);
    pac_status (*encode_sets64)(const pac_ht_sets *asked, const uint64_t *samples, ptrdiff_t stride, uint8_t *out,
                                size_t capacity, pac_coded_pass *passes, int32_t *count, void *scratch);
} pac_ht_kernels;

/* Fill the table with the kernels of a target. */
void pac_ht_kernels_init(pac_ht_kernels *kernels, pac_target target);

/* Bytes of scratch memory that every kernel works with. */
size_t pac_ht_scratch_size(void);

/* A capacity that always suffices for encode with magnitudes of so many bits, and for encode_refinement. */
size_t pac_ht_encode_bound(int32_t width, int32_t height, int32_t bits);

/* The same for encode_sets. */
size_t pac_ht_encode_sets_bound(int32_t width, int32_t height, int32_t bits);

#endif

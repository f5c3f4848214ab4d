/* The Part 1 block decoder: one code-block's bytes -> its samples.
 *
 * Source: T.800 Annexes C and D.
 *
 * Samples are sign-magnitude words of 32 or 64 bits, the sign in the top bit, magnitudes with one fraction bit: 2q +
 * 2^pl for a quantiser index q != 0 whose lowest decoded plane is pl, 0 for q = 0. Where the last plane is incomplete,
 * pl differs from sample to sample.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_H
#define PACSCORE_J2K_ENTROPY_PART1_H

#include <stddef.h>
#include <stdint.h>

#include "support/status.h"
#include "support/targets.h"

/* Bytes of a codeword segment, or of its continuation in a later packet. */
typedef struct {
    const uint8_t *bytes; /* may be NULL where there are none */
    uint32_t length;
    int32_t passes; /* coding passes that it adds */
    int32_t opens;  /* begins a codeword segment; else it goes on with the one before */
} pac_part1_segment;

typedef struct {
    const pac_part1_segment *segments; /* in order, cut as the style says (T.800 D.4.2, D.6) */
    int32_t segment_count;
    int32_t width, height;       /* 1 to 1024 each, at most 4096 samples */
    int32_t missing_bitplanes;   /* P, from the tag tree */
    int32_t magnitude_bitplanes; /* M_b and the shift of a region of interest */
    int32_t style;               /* code-block style as in COD; bits above segmentation symbols are ignored */
    int32_t orientation;         /* 0 LL, 1 HL, 2 LH, 3 HH */
} pac_part1_block;

/* Kernels of one CPU target. Both leave the samples' content unspecified on error, never write outside the block, read
 * only the given bytes, and use a scratch of pac_part1_scratch_size() bytes, aligned to 64, one per thread.
 *
 * decode: 32 serves magnitude_bitplanes up to 30, 64 up to 62 (else PAC_UNSUPPORTED). PAC_CORRUPT: sizes, planes or
 *     passes contradict the standard, segments their style, or a segmentation symbol is wrong. Bytes past the end of a
 *     segment read as FF. Predictable termination is not checked. Strides count samples.
 */
typedef struct {
    pac_status (*decode32)(const pac_part1_block *block, uint32_t *samples, ptrdiff_t stride, void *scratch);
    pac_status (*decode64)(const pac_part1_block *block, uint64_t *samples, ptrdiff_t stride, void *scratch);
} pac_part1_kernels;

/* Fill the table with the kernels of a target. */
void pac_part1_kernels_init(pac_part1_kernels *kernels, pac_target target);

/* Bytes of scratch memory that every kernel works with. */
size_t pac_part1_scratch_size(void);

#endif

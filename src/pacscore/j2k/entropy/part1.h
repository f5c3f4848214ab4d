/* The Part 1 block coder: one code-block's bytes <-> its samples.
 *
 * Source: T.800 Annexes C and D.
 *
 * Samples are sign-magnitude words of 32 or 64 bits, the sign in the top bit. The decoder returns magnitudes with one
 * fraction bit: 2q + 2^pl for a quantiser index q != 0 whose lowest decoded plane is pl, 0 for q = 0. Where the last
 * plane is incomplete, pl differs from sample to sample. The encoder takes magnitudes without it.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_H
#define PACSCORE_J2K_ENTROPY_PART1_H

#include <stddef.h>
#include <stdint.h>

#include "support/coded_pass.h"
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

/* What the bytes of a block may be found to be wrong in. */
typedef enum {
    PAC_PART1_SOUND = 0,
    PAC_PART1_SYMBOL,      /* a segmentation symbol is wrong, T.800 D.5 */
    PAC_PART1_TERMINATION, /* a segment does not end as predictable termination ends it, T.800 D.4.2 */
    PAC_PART1_MARKER       /* passes need what lies behind FF and a byte above 8F, T.800 D.4.1 */
} pac_part1_flaw;

typedef struct {
    pac_part1_flaw flaw; /* the first one */
    int32_t planes;      /* from the top plane down; the samples have no others */
} pac_part1_finding;

/* How a block is to be encoded. */
typedef struct {
    int32_t width, height; /* 1 to 1024 each, at most 4096 samples */
    int32_t orientation;   /* 0 LL, 1 HL, 2 LH, 3 HH */
    int32_t style;         /* code-block style as in COD; bits above segmentation symbols are ignored */
    int32_t bitplanes;     /* that hold all magnitudes, at least one; the highest is the first that is coded */
    int32_t lowest_plane;  /* the last that is coded, below `bitplanes`; 0 codes everything */
    int32_t want_gains;    /* else they are 0 */
    int32_t reversible;    /* indices are integers, not intervals of reals; only gains depend on it */
    int32_t flush;         /* MQ codewords end as FLUSH ends them, not as soon as possible, unless predictably */
    double least_gain;     /* with gains: coding stops behind a plane that gains less for each byte; 0: it does not */
} pac_part1_coding;

enum { PAC_PART1_SURVEYED = 15 /* planes at most */ };

/* A block as it was encoded; bytes and passes lie in the scratch. */
typedef struct {
    const uint8_t *bytes;
    const pac_coded_pass *passes;
    uint32_t length;
    int32_t pass_count;
} pac_part1_coded;

/* Kernels of one CPU target. Decoders leave the samples' content unspecified on error, never write outside the block,
 * and read only the given bytes. Strides count samples. A scratch, aligned to 64, is one thread's.
 *
 * decode: 32 serves magnitude_bitplanes up to 30, 64 up to 62 (else PAC_UNSUPPORTED). PAC_CORRUPT: sizes, planes or
 *     passes contradict the standard, or segments their style. A flaw is no error: the samples have the planes before
 *     the one in which it lies or may lie. Bytes past the end of a segment read as FF. The scratch has
 *     pac_part1_scratch_size() bytes.
 * encode: 32 takes magnitudes below 2^31, 64 below 2^62; i16 two's complement, below 2^15. Bits above `bitplanes` do
 * not count. PAC_NO_SPACE, where so many bits come out that no image has them. The scratch has
 * pac_part1_encoder_scratch_size() bytes. The bytes up to a pass's length, followed by FF, decode to all that was coded
 * up to it. A gain is how much less the sum of (index - decoded index)^2 is after a pass than before it, where a
 * decoder takes the middle of what a sample may be. Indices of reals are taken for the middle of their interval, too;
 * reversible ones are exact once plane 0 is known. Of a sample's bits below the plane the four highest are looked at
 * and the rest taken for their mean: a sample's part in the gain of plane p is exact for p <= 4, else off by at most
 * 0.1 * 4^p, either way alike.
 * survey: does not encode, but estimates length and gain of what becomes significant in a plane and of what is refined
 * in it, two passes a plane; returns how many. At most PAC_PART1_SURVEYED bitplanes; `lowest_plane` is that of bit 0 of
 * the indices. Sizes are those that encode takes.
 */
typedef struct {
    pac_status (*decode32)(const pac_part1_block *block, uint32_t *samples, ptrdiff_t stride, void *scratch,
                           pac_part1_finding *finding);
    pac_status (*decode64)(const pac_part1_block *block, uint64_t *samples, ptrdiff_t stride, void *scratch,
                           pac_part1_finding *finding);
    pac_status (*encode_i16)(const pac_part1_coding *coding, const int16_t *indices, ptrdiff_t stride, void *scratch,
                             pac_part1_coded *coded);
    pac_status (*encode32)(const pac_part1_coding *coding, const uint32_t *samples, ptrdiff_t stride, void *scratch,
                           pac_part1_coded *coded);
    pac_status (*encode64)(const pac_part1_coding *coding, const uint64_t *samples, ptrdiff_t stride, void *scratch,
                           pac_part1_coded *coded);
    int32_t (*survey_i16)(const pac_part1_coding *coding, const int16_t *indices, ptrdiff_t stride,
                          pac_coded_pass *passes);
} pac_part1_kernels;

/* Fill the table with the kernels of a target. */
void pac_part1_kernels_init(pac_part1_kernels *kernels, pac_target target);

/* Bytes of scratch memory that decoding works with, and encoding. */
size_t pac_part1_scratch_size(void);
size_t pac_part1_encoder_scratch_size(void);

#endif

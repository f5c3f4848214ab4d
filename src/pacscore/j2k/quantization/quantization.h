/* Between the words of a code-block and wavelet coefficients. Source: T.800 Annex E, H.1 (maxshift).
 *
 * Strides are in elements; the caller guarantees natural alignment and that input and output do not overlap.
 * A word is a sign in its top bit and a magnitude below. Towards the decoder the magnitude has one fraction bit:
 * m = 2q + 2^pl, pl the lowest decoded plane of that sample, and m = 0 for q = 0: so m is the middle of what q may
 * stand for. Towards the encoder the magnitude is q itself.
 */
#ifndef PACSCORE_J2K_QUANTIZATION_QUANTIZATION_H
#define PACSCORE_J2K_QUANTIZATION_QUANTIZATION_H

#include <stddef.h>
#include <stdint.h>

#include "support/targets.h"

typedef struct {
    /* Reversible: sign * floor(m / 2), after the region of interest was shifted down by roi_shift (0: none). */
    void (*dequantize_i32)(const uint32_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                           int32_t roi_shift, int32_t *out, ptrdiff_t out_stride);
    void (*dequantize_i64)(const uint64_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                           int32_t roi_shift, int64_t *out, ptrdiff_t out_stride);
    /* Irreversible: sign * m * half_step, half_step being half of the band's step size. */
    void (*dequantize_f32)(const uint32_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                           int32_t roi_shift, float half_step, float *out, ptrdiff_t out_stride);
    void (*dequantize_f64)(const uint64_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                           int32_t roi_shift, double half_step, double *out, ptrdiff_t out_stride);

    /* Reversible: magnitude and sign. All return the bitwise OR of the magnitudes, so that its highest bit tells how
     * many planes the block has. What does not fit (the most negative integer) saturates. */
    uint32_t (*quantize_i32)(const int32_t *in, ptrdiff_t in_stride, int32_t width, int32_t height, uint32_t *words,
                             ptrdiff_t words_stride);
    uint64_t (*quantize_i64)(const int64_t *in, ptrdiff_t in_stride, int32_t width, int32_t height, uint64_t *words,
                             ptrdiff_t words_stride);
    /* Irreversible: q = floor(|y| * inverse_step). Not a number gives 0; what is too large saturates. */
    uint32_t (*quantize_f32)(const float *in, ptrdiff_t in_stride, int32_t width, int32_t height, float inverse_step,
                             uint32_t *words, ptrdiff_t words_stride);
    uint64_t (*quantize_f64)(const double *in, ptrdiff_t in_stride, int32_t width, int32_t height, double inverse_step,
                             uint64_t *words, ptrdiff_t words_stride);

    /* The same with indices of 16 bits in two's complement. They return the bitwise OR of the magnitudes before
     * narrowing: where that is 2^15 or more, what was written is not the index. */
    uint32_t (*dequantize_i16)(const uint32_t *words, ptrdiff_t words_stride, int32_t width, int32_t height,
                               int32_t roi_shift, int16_t *out, ptrdiff_t out_stride);
    uint32_t (*quantize_i32_i16)(const int32_t *in, ptrdiff_t in_stride, int32_t width, int32_t height, int16_t *out,
                                 ptrdiff_t out_stride);
    uint32_t (*quantize_f32_i16)(const float *in, ptrdiff_t in_stride, int32_t width, int32_t height,
                                 float inverse_step, int16_t *out, ptrdiff_t out_stride);
    /* Indices that have 16 bits already: only the bitwise OR of their magnitudes. */
    uint32_t (*magnitudes_i16)(const int16_t *in, ptrdiff_t stride, int32_t width, int32_t height);
} pac_quantization_kernels;

void pac_quantization_kernels_init(pac_quantization_kernels *kernels, pac_target target);

#endif

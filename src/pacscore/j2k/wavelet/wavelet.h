/* One decomposition level of the wavelet transforms, in place. Source: T.800 F.3 (synthesis), F.4 (analysis).
 *
 * `samples` is the upper-left sample of a resolution that covers `rect` in its own coordinates; rows lie `stride`
 * samples apart. Before an inverse, and after a forward, transform the rectangle holds the four bands as
 *
 *     LL HL
 *     LH HH
 *
 * where low columns and rows are those of even absolute coordinate (pac_wavelet_low_count of them). Any size and any
 * parity, empty included; a row or column of one sample follows the rule for single samples.
 * 5-3 serves the reversible path (wrap-around arithmetic), 9-7 the irreversible one; every target returns the same
 * bits. The caller guarantees natural alignment only, and `scratch` of pac_wavelet_scratch_size bytes that overlaps
 * nothing.
 */
#ifndef PACSCORE_J2K_WAVELET_WAVELET_H
#define PACSCORE_J2K_WAVELET_WAVELET_H

#include <stddef.h>
#include <stdint.h>

#include "support/rect.h"
#include "support/targets.h"

typedef struct {
    void (*inverse53_i32)(int32_t *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*inverse53_i64)(int64_t *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*inverse97_f32)(float *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*inverse97_f64)(double *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*forward53_i32)(int32_t *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*forward53_i64)(int64_t *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*forward97_f32)(float *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
    void (*forward97_f64)(double *samples, ptrdiff_t stride, pac_rect rect, void *scratch);
} pac_wavelet_kernels;

void pac_wavelet_kernels_init(pac_wavelet_kernels *kernels, pac_target target);

/* Bytes of scratch for any rectangle of at most this size, for samples of `sample_size` bytes. Grows with the size. */
size_t pac_wavelet_scratch_size(int64_t width, int64_t height, size_t sample_size);

/* How many coordinates of [from, to) are even: the columns or rows of the low band. */
static inline int64_t pac_wavelet_low_count(int64_t from, int64_t to)
{
    return ((to + 1) >> 1) - ((from + 1) >> 1);
}

#endif

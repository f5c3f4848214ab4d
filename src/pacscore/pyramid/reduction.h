/* Half of a picture in each direction: the mean of every 2 x 2 pixels, a half rounded up. */
#ifndef PACSCORE_PYRAMID_REDUCTION_H
#define PACSCORE_PYRAMID_REDUCTION_H

#include <stddef.h>
#include <stdint.h>

#include "support/targets.h"

/* Two rows of twice as many pixels, of 1 or 3 samples each that lie together, make one. */
typedef struct {
    void (*halve_u8)(const uint8_t *upper, const uint8_t *lower, ptrdiff_t pixels, ptrdiff_t samples, uint8_t *out);
    void (*halve_u16)(const uint16_t *upper, const uint16_t *lower, ptrdiff_t pixels, ptrdiff_t samples, uint16_t *out);
} pac_reduction_kernels;

void pac_reduction_kernels_init(pac_reduction_kernels *kernels, pac_target target);

/* A picture of rows of samples of 1 or 2 bytes. Where rows or columns are odd, the last one counts twice: the mean is
 * that of the pixels that are there. `out` has half as many of both, rounded up; strides are in bytes. */
typedef struct {
    const uint8_t *in;
    ptrdiff_t in_stride;
    uint8_t *out;
    ptrdiff_t out_stride;
    ptrdiff_t rows, columns, samples;
    ptrdiff_t sample_size;
} pac_reduction;

void pac_reduce_by_two(const pac_reduction_kernels *kernels, const pac_reduction *what);

#endif

/* Between coefficients of the finest resolution and samples. Source: T.800 Annex G.
 *
 * Planes have rows `stride` elements apart. The component transforms work in place on three planes of one shape that
 * do not overlap. Integer arithmetic wraps; every target returns the same bits.
 */
#ifndef PACSCORE_J2K_COMPONENTS_COMPONENTS_H
#define PACSCORE_J2K_COMPONENTS_COMPONENTS_H

#include <stddef.h>
#include <stdint.h>

#include "support/targets.h"

typedef enum {
    PAC_SAMPLE_U8 = 0,
    PAC_SAMPLE_I8 = 1,
    PAC_SAMPLE_U16 = 2,
    PAC_SAMPLE_I16 = 3,
    PAC_SAMPLE_U32 = 4,
    PAC_SAMPLE_I32 = 5,
    PAC_SAMPLE_U64 = 6,
    PAC_SAMPLE_I64 = 7
} pac_sample_type;

/* What a component's samples may be: [0, 2^precision) or, signed, [-2^(precision-1), 2^(precision-1)).
 * precision is 1..38. */
typedef struct {
    int32_t precision;
    int32_t is_signed;
} pac_sample_range;

/* Least and greatest sample that a load saw; maximum < minimum for an empty rectangle. Unsigned 64-bit samples above
 * INT64_MAX count as INT64_MAX. */
typedef struct {
    int64_t minimum;
    int64_t maximum;
} pac_sample_extent;

typedef struct {
    /* Reversible component transform, G.2; irreversible component transform, G.3. In 16 bits: nonzero, and meaningless
     * planes, if a result leaves them. */
    int32_t (*inverse_rct_i16)(int16_t *c0, int16_t *c1, int16_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*inverse_rct_i32)(int32_t *c0, int32_t *c1, int32_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*inverse_rct_i64)(int64_t *c0, int64_t *c1, int64_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*inverse_ict_f32)(float *c0, float *c1, float *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*inverse_ict_f64)(double *c0, double *c1, double *c2, ptrdiff_t stride, int64_t width, int64_t height);
    int32_t (*forward_rct_i16)(int16_t *c0, int16_t *c1, int16_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*forward_rct_i32)(int32_t *c0, int32_t *c1, int32_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*forward_rct_i64)(int64_t *c0, int64_t *c1, int64_t *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*forward_ict_f32)(float *c0, float *c1, float *c2, ptrdiff_t stride, int64_t width, int64_t height);
    void (*forward_ict_f64)(double *c0, double *c1, double *c2, ptrdiff_t stride, int64_t width, int64_t height);

    /* Coefficients to samples: round (floor(x + 1/2)), clamp to the range, undo the level shift, write as `type`, which
     * must hold the range. Output strides are in bytes and may have any value; any float is legal, not a number counts
     * as 0. */
    void (*store_i16)(const int16_t *in, ptrdiff_t in_stride, int64_t width, int64_t height, pac_sample_range range,
                      pac_sample_type type, void *out, ptrdiff_t row_stride_bytes, ptrdiff_t pixel_stride_bytes);
    void (*store_i32)(const int32_t *in, ptrdiff_t in_stride, int64_t width, int64_t height, pac_sample_range range,
                      pac_sample_type type, void *out, ptrdiff_t row_stride_bytes, ptrdiff_t pixel_stride_bytes);
    void (*store_i64)(const int64_t *in, ptrdiff_t in_stride, int64_t width, int64_t height, pac_sample_range range,
                      pac_sample_type type, void *out, ptrdiff_t row_stride_bytes, ptrdiff_t pixel_stride_bytes);
    void (*store_f32)(const float *in, ptrdiff_t in_stride, int64_t width, int64_t height, pac_sample_range range,
                      pac_sample_type type, void *out, ptrdiff_t row_stride_bytes, ptrdiff_t pixel_stride_bytes);
    void (*store_f64)(const double *in, ptrdiff_t in_stride, int64_t width, int64_t height, pac_sample_range range,
                      pac_sample_type type, void *out, ptrdiff_t row_stride_bytes, ptrdiff_t pixel_stride_bytes);

    /* Samples to coefficients: apply the level shift, and report the extent of the samples. A sample beyond the range
     * gives some coefficient or other; the caller refuses by the extent. 16-bit coefficients are for precisions up to
     * 16. */
    pac_sample_extent (*load_i16)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                  ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height, pac_sample_range range,
                                  int16_t *out, ptrdiff_t out_stride);
    pac_sample_extent (*load_i32)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                  ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height, pac_sample_range range,
                                  int32_t *out, ptrdiff_t out_stride);
    pac_sample_extent (*load_i64)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                  ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height, pac_sample_range range,
                                  int64_t *out, ptrdiff_t out_stride);
    pac_sample_extent (*load_f32)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                  ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height, pac_sample_range range,
                                  float *out, ptrdiff_t out_stride);
    pac_sample_extent (*load_f64)(const void *in, pac_sample_type type, ptrdiff_t row_stride_bytes,
                                  ptrdiff_t pixel_stride_bytes, int64_t width, int64_t height, pac_sample_range range,
                                  double *out, ptrdiff_t out_stride);

    /* One row of interleaved red, green, blue of 8 bits, unsigned: component transform, then store; load, then
     * component transform. In 16 bits nonzero, and meaningless bytes, if a result of the transform leaves them. */
    int32_t (*store_rgb8_rct_i16)(const int16_t *c0, const int16_t *c1, const int16_t *c2, int64_t width, uint8_t *out);
    void (*store_rgb8_ict_f32)(const float *c0, const float *c1, const float *c2, int64_t width, uint8_t *out);
    void (*load_rgb8_rct_i16)(const uint8_t *in, int64_t width, int16_t *c0, int16_t *c1, int16_t *c2);
    void (*load_rgb8_ict_f32)(const uint8_t *in, int64_t width, float *c0, float *c1, float *c2);
} pac_components_kernels;

void pac_components_kernels_init(pac_components_kernels *kernels, pac_target target);

#endif

/* RLE Lossless: byte planes, each a PackBits segment. Source: PS3.5 G.3 to G.5. */
#ifndef PACSCORE_CODECS_RLE_H
#define PACSCORE_CODECS_RLE_H

#include <stddef.h>
#include <stdint.h>

enum { PAC_RLE_MOST_SEGMENTS = 15 };

/* One segment: `bytes` from a header's offset to the next one's. */
typedef struct {
    const uint8_t *bytes;
    size_t length;
} pac_rle_segment;

/* Samples of `size` bytes, interleaved by pixel, little endian; segment s * size + b is byte b of sample s, counted
 * from the most significant. */
typedef struct {
    int64_t rows, columns;
    int32_t samples, size; /* samples * size is at most PAC_RLE_MOST_SEGMENTS */
} pac_rle_shape;

/* Fills `out`; returns -1, or the number of the first segment that ends too early: what it lacks is zeros. What a
 * segment holds beyond its plane is padding. */
int32_t pac_rle_decode(const pac_rle_segment *segments, const pac_rle_shape *shape, uint8_t *out);

/* Bytes that a segment takes at most. */
size_t pac_rle_bound(const pac_rle_shape *shape);
/* Writes a segment, each row by itself, padded to an even length, and returns its length. `row` has room for a row of
 * one byte a pixel and 16 more. */
size_t pac_rle_encode(const uint8_t *in, const pac_rle_shape *shape, int32_t segment, uint8_t *row, uint8_t *out);

#endif

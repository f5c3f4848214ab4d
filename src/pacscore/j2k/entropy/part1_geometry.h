/* How a Part 1 block lies in bitmaps, and how its style orders its passes.
 *
 * A stripe of four rows is cut into words of 16 columns; bit 4c + r of a word is row r of its column c, so that the
 * order of bits is that of the scan. Source: T.800 D.1, D.4, D.6.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_GEOMETRY_H
#define PACSCORE_J2K_ENTROPY_PART1_GEOMETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PART1_MAX_SIDE = 1024,
    PART1_MAX_SAMPLES = 4096,
    PART1_MAX_PLANES = 62,
    PART1_MAX_PASSES = 3 * PART1_MAX_PLANES - 2,
    PART1_BITMAP = 3 * 258, /* words of a bitmap with a border of zeros: 4 x 1024 samples have most */
    PART1_WORDS = 256,      /* the same without borders */
};

enum {
    PART1_BYPASS = 0x01,
    PART1_RESET = 0x02,
    PART1_TERMALL = 0x04,
    PART1_CAUSAL = 0x08,
    PART1_PREDICTABLE = 0x10,
    PART1_SEGMENTATION_SYMBOLS = 0x20,
    PART1_FIRST_RAW_PASS = 10
};

/* Rows of all columns of a word. */
#define PART1_ROW_0 0x1111111111111111u
#define PART1_ROW_3 0x8888888888888888u

static inline bool part1_is_raw(int32_t style, int32_t pass)
{
    return (style & PART1_BYPASS) && pass >= PART1_FIRST_RAW_PASS && pass % 3 != 0;
}

/* Whether a codeword segment ends with a pass that others follow. Source: T.800 Table D.9. */
static inline bool part1_ends_segment(int32_t style, int32_t pass)
{
    return (style & PART1_TERMALL) || ((style & PART1_BYPASS) && pass >= PART1_FIRST_RAW_PASS - 1 && pass % 3 != 1);
}

/* The samples of a word that lie inside the block. */
static inline uint64_t part1_inside(int32_t width, int32_t height, ptrdiff_t stripe, ptrdiff_t word)
{
    const ptrdiff_t columns = width - 16 * word, rows = height - 4 * stripe;
    const uint64_t wide = columns >= 16 ? ~(uint64_t)0 : ((uint64_t)1 << 4 * columns) - 1;
    return wide & (PART1_ROW_0 * (rows >= 4 ? 15u : (1u << rows) - 1));
}

#endif

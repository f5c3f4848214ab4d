/* One decomposition level of the wavelet transforms, row by row. Source: T.800 F.3 (synthesis), F.4 (analysis).
 *
 * Low columns and rows are those of even absolute coordinate (pac_wavelet_low_count of them). Any size and any parity;
 * a row or column of one sample follows the rule for single samples. 5-3 serves the reversible path (wrap-around
 * arithmetic), 9-7 the irreversible one; every target returns the same bits.
 */
#ifndef PACSCORE_J2K_WAVELET_WAVELET_H
#define PACSCORE_J2K_WAVELET_WAVELET_H

#include <stddef.h>
#include <stdint.h>

#include "support/coefficient.h"
#include "support/rect.h"
#include "support/targets.h"

/* A level keeps a ring of rows. All rows are counted from 0 at rect.y0.
 *
 * `rect` is the finer resolution in its own coordinates, or a window of it: then the picture is taken to end there, and
 * the caller ignores the samples near the cut. After the last row the caller lets as many virtual rows arrive as the
 * delay tells.
 */
typedef struct {
    pac_rect rect;
    pac_coefficient_type type;
    int32_t overflow; /* PAC_I16: a result left 16 bits, and what was computed is of no use */
    int64_t arrived;  /* rows so far, virtual ones included */
    size_t row_size;  /* bytes from row to row of the ring */
    uint8_t *ring;
    uint8_t *even, *odd; /* room for the two halves of a row */
    uint8_t *zeros;      /* a half of a row that is absent */
} pac_wavelet_level;

/* How many rows behind the last arrived one a row is final. */
static inline int64_t pac_wavelet_delay(pac_coefficient_type type)
{
    return pac_coefficient_is_real(type) ? 4 : 2;
}

/* Rows that take part in the steps of one arrival, which is all that the ring has. */
static inline int64_t pac_wavelet_ring_rows(pac_coefficient_type type)
{
    return pac_wavelet_delay(type) + 2;
}

/* A row of the level: to be written just before it arrives (analysis), to be read when it is final and until another
 * row has arrived. */
static inline void *pac_wavelet_row(const pac_wavelet_level *level, int64_t y)
{
    const uint64_t slot = pac_coefficient_is_real(level->type) ? (uint64_t)y % 6 : (uint64_t)y % 4;
    return level->ring + (size_t)slot * level->row_size;
}

/* Bytes of memory for a level, a multiple of 64. */
size_t pac_wavelet_level_size(int64_t width, pac_coefficient_type type);
/* `memory` is aligned to 64 bytes and outlives the level. */
void pac_wavelet_level_init(pac_wavelet_level *level, pac_coefficient_type type, pac_rect rect, void *memory);

/* Of coefficient type t. Rows given by the caller have natural alignment and overlap nothing of the level. */
typedef void (*pac_wavelet_arrive_inverse)(pac_wavelet_level *level, const void *low, const void *high);
typedef void (*pac_wavelet_arrive_forward)(pac_wavelet_level *level);
typedef void (*pac_wavelet_split_forward)(pac_wavelet_level *level, int64_t y, void *low, void *high);

typedef struct {
    /* Synthesis: the next row arrives as its low and its high half, of LL and HL if its absolute y is even, else of LH
     * and HH. A half is read whole before the row is written. NULL stands for zeros. Virtual rows ignore both. */
    pac_wavelet_arrive_inverse arrive_inverse[PAC_COEFFICIENT_TYPES];
    /* Analysis: the next row, which the caller has written to pac_wavelet_row(level, level->arrived), arrives. */
    pac_wavelet_arrive_forward arrive_forward[PAC_COEFFICIENT_TYPES];
    /* Analysis: parts a final row in its two halves. The row's content is lost. */
    pac_wavelet_split_forward split_forward[PAC_COEFFICIENT_TYPES];
} pac_wavelet_kernels;

void pac_wavelet_kernels_init(pac_wavelet_kernels *kernels, pac_target target);

/* How many coordinates of [from, to) are even: the columns or rows of the low band. */
static inline int64_t pac_wavelet_low_count(int64_t from, int64_t to)
{
    return ((to + 1) >> 1) - ((from + 1) >> 1);
}

#endif

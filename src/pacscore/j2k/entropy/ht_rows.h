/* What the two steps of the HT decoder share: records of quads, rows of them, and where samples go.
 *
 * Source: T.814 7.3.5 (context of a quad), 7.3.6 (U-VLC).
 */
#ifndef PACSCORE_J2K_ENTROPY_HT_ROWS_H
#define PACSCORE_J2K_ENTROPY_HT_ROWS_H

#include "j2k/entropy/ht_events.h"
#include "j2k/entropy/ht_scratch.h"
#include "j2k/entropy/ht_tables.h"
#include "j2k/entropy/ht_unstuff.h"

/* Records are entries of ht_decode_0 and ht_decode_1, u are entries of ht_u_values: the first bits of their parts. */
enum {
    HT_RHO = 16,
    HT_E_K = 20,
    HT_E_1 = 24,
    HT_U_FIRST = 16,
    HT_U_SECOND = 24,
    HT_U_TWO_MORE = 2 << HT_U_FIRST | 2 << HT_U_SECOND,
    HT_U_OFF = 1 << 8,
    HT_U_ROW = 1 << 11, /* the same, of any but the first row: a row of ht_u_values for the second quad of a pair */
    HT_U_RARE = 1 << 6,
    HT_LEFT_FIRST = 7 << 9, /* share of the quad to the left in a context of the first row */
    HT_LEFT = 1 << 10,      /* and of any other row */
    HT_ABSENT = 1 << 13     /* context of a quad beyond the edge */
};

typedef enum { HT_I16, HT_I32, HT_F32, HT_WORDS } ht_kind;

typedef struct {
    void *samples;
    ptrdiff_t stride; /* in samples */
    size_t size;      /* of one, in bytes */
    float half_step;
} ht_output;

/* What the second step starts from. */
typedef struct {
    const uint8_t *magsgn;  /* plain bits */
    uint32_t end;           /* of them */
    uint32_t largest_bound; /* U that the block and its samples allow */
    uint32_t plane;         /* p0 */
    float half_step;
} ht_magnitudes;

typedef struct {
    uint32_t *quads;      /* the planes of its first quad */
    const void *line;     /* exponents' sources of the samples right above, and absent ones before and behind */
    void *below;          /* those of the bottom samples */
    void *top, *bottom;   /* where the samples go */
    int32_t count, width; /* in quads and in samples */
} ht_row;

/* The row of quads that starts with row y of samples. The row below an odd height goes nowhere. */
HT_INLINE ht_row ht_row_of(const pac_ht_block *block, const ht_output *output, int32_t y, size_t line_word,
                           ht_scratch *scratch)
{
    const int32_t parity = y >> 1 & 1;
    uint8_t *top = (uint8_t *)output->samples + y * output->stride * (ptrdiff_t)output->size;
    return (ht_row){.quads = scratch->rows[parity].planes + HT_BEFORE,
                    .line = (const uint8_t *)scratch->lines[!parity] + HT_LINE_BEFORE * line_word,
                    .below = (uint8_t *)scratch->lines[parity] + HT_LINE_BEFORE * line_word,
                    .top = top,
                    .bottom = y + 1 < block->height ? top + output->stride * (ptrdiff_t)output->size
                                                    : (uint8_t *)scratch->outside,
                    .count = (block->width + 1) / 2,
                    .width = block->width};
}

/* Nothing is significant above the first row, nor beside any row. */
HT_INLINE void ht_clear_decoder(ht_scratch *scratch, int32_t count, size_t line_word)
{
    const size_t quads = HT_BEFORE + (size_t)count + HT_BEHIND;
    for (int32_t parity = 0; parity < 2; ++parity) {
        uint32_t *planes = scratch->rows[parity].planes;
        for (int32_t plane = 0; plane <= HT_CONTEXTS; plane += HT_DECODER_QUADS)
            memset(planes + plane, 0, quads * sizeof *planes);
        planes[HT_CONTEXTS + HT_BEFORE + count] = HT_ABSENT;
        memset(scratch->lines[parity], 0, 2 * quads * line_word);
    }
}

/* The share of the row above in the contexts of a row. */
HT_INLINE void ht_contexts(uint32_t *restrict row, const uint32_t *restrict above, int32_t count)
{
    for (int32_t q = 0; q < count; q += 8)
        for (int32_t i = q; i < q + 8; ++i)
            row[HT_CONTEXTS + i] = (above[i] >> 8 & 0xa00) | (above[i - 1] >> 10 & 0x200) | (above[i + 1] >> 6 & 0x800);
    row[HT_CONTEXTS + count] = HT_ABSENT;
}

#endif

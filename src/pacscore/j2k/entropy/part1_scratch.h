/* Working memory of one Part 1 block: bitmaps in scan order, neighbourhoods, decoded planes.
 *
 * Bitmaps have a word of zeros at either end of a stripe and a stripe of zeros above and below. A neighbourhood is 16
 * bits as part1_tables.h has them, four to a word: a column of a stripe.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_SCRATCH_H
#define PACSCORE_J2K_ENTROPY_PART1_SCRATCH_H

#include "j2k/entropy/part1.h"
#include "j2k/entropy/part1_geometry.h"
#include "j2k/entropy/part1_mq.h"

enum { PART1_COLUMNS = 3 * 1026 }; /* of neighbourhoods: 1024 x 4 samples have most */

typedef struct {
    uint64_t mq_states[PART1_CONTEXTS];
    part1_mq mq;
    part1_raw raw;
    int64_t plain_bits;         /* of the segment, the ones behind it left out */
    bool has_marker;            /* the segment was cut where it held one */
    const uint8_t *zero_coding; /* by significance of the neighbours */
    const uint64_t *spread;     /* by row and sign */
    uint64_t below;             /* all ones unless the style is vertically causal */
    int32_t width, height;
    ptrdiff_t words, stripes;               /* of the block */
    ptrdiff_t bitmap_stride, column_stride; /* from stripe to stripe */
    ptrdiff_t outer[4];                     /* by row: to the column of the stripe above or below */
    uint64_t *plane;                        /* bits of the plane being decoded, without borders */
    uint64_t significant[PART1_BITMAP];
    uint64_t negative[PART1_BITMAP];
    uint64_t refined[PART1_BITMAP]; /* once at least */
    uint64_t visited[PART1_BITMAP]; /* by significance propagation in this plane */
    uint64_t members[PART1_BITMAP]; /* of refinement: significant before this plane */
    uint64_t inside[PART1_BITMAP];  /* the block's own samples */
    uint64_t columns[PART1_COLUMNS];
    uint8_t contexts[PART1_MAX_SAMPLES + 64]; /* of the members of a refinement pass; then their bits */
    uint64_t planes[PART1_MAX_PLANES * PART1_WORDS];
    uint8_t plain[PART1_MAX_BYTES + PART1_SLACK];
} part1_scratch;

/* Where a stripe begins. */
PART1_INLINE ptrdiff_t part1_bitmap_at(const part1_scratch *scratch, ptrdiff_t stripe)
{
    return (stripe + 1) * scratch->bitmap_stride + 1;
}

PART1_INLINE uint64_t *part1_columns_at(part1_scratch *scratch, ptrdiff_t stripe)
{
    return scratch->columns + (stripe + 1) * scratch->column_stride + 1;
}

/* The samples of three words side by side that are left of, at and right of the middle one's. */
PART1_INLINE uint64_t part1_beside(const uint64_t *word)
{
    return word[0] << 4 | word[-1] >> 60 | word[0] >> 4 | word[1] << 60;
}

/* Which samples of a word have a significant neighbour. */
PART1_INLINE uint64_t part1_neighbourhood(const part1_scratch *scratch, const uint64_t *word)
{
    const uint64_t *const above = word - scratch->bitmap_stride, *const below = word + scratch->bitmap_stride;
    const uint64_t beside = part1_beside(word), three = beside | word[0];
    return beside | (three << 1 & 0xeeeeeeeeeeeeeeeeu) | (three >> 1 & 0x7777777777777777u) |
           ((part1_beside(above) | above[0]) >> 3 & 0x1111111111111111u) |
           ((part1_beside(below) | below[0]) << 3 & 0x8888888888888888u & scratch->below);
}

/* The neighbourhood of the sample at a position of a word whose columns are given. */
PART1_INLINE uint32_t part1_around(const uint64_t *columns, uint32_t position)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    uint16_t bits;
    memcpy(&bits, (const char *)columns + 2 * position, sizeof bits);
    return bits;
#else
    return columns[position >> 2] >> 16 * (position & 3) & 0xffff;
#endif
}

/* Tell its neighbours of a new significant sample. */
PART1_INLINE void part1_tell(const part1_scratch *scratch, uint64_t *columns, uint32_t position, uint32_t sign)
{
    const uint64_t *const add = scratch->spread + 12 * (position & 3) + 6 * sign;
    uint64_t *const own = columns + (position >> 2), *const outer = own + scratch->outer[position & 3];
    own[-1] |= add[0];
    own[0] |= add[1];
    own[1] |= add[2];
    outer[-1] |= add[3];
    outer[0] |= add[4];
    outer[1] |= add[5];
}

#endif

/* Working memory of a Part 1 block that is encoded: bitmaps in scan order, the symbols of a pass, and the code. */
#ifndef PACSCORE_J2K_ENTROPY_PART1_ENCODER_SCRATCH_H
#define PACSCORE_J2K_ENTROPY_PART1_ENCODER_SCRATCH_H

#include "j2k/entropy/part1.h"
#include "j2k/entropy/part1_code.h"
#include "j2k/entropy/part1_geometry.h"
#include "j2k/entropy/part1_mq.h"

enum {
    PART1_MAX_SYMBOLS = 2 * PART1_MAX_SAMPLES + 64, /* of a pass: a sample has two at most; a run counts as one */
    PART1_MOST_PLAIN = 131072,                      /* behind so many bytes no further pass begins */
    PART1_PASS_PLAIN = 32768,                       /* more than a pass can add: 15 bits a decision */
    PART1_MOST_BYTES = 262144                       /* of both together, stuffed */
};

/* A symbol is a decision, in bit 7, and its context. One byte stands for a run that is interrupted: a decision in the
 * run context and the two of its length. */
#define PART1_INTERRUPTED 0xe0u /* and the length */

typedef struct {
    uint64_t mq_states[32]; /* by context; the last ones have none */
    part1_code code;
    int32_t width, height, orientation;
    uint64_t below; /* all ones unless the style is vertically causal */
    ptrdiff_t words, stripes, bitmap_stride;
    const uint64_t *plane; /* the bits that are being coded, without borders */
    uint64_t significant[PART1_BITMAP];
    uint64_t negative[PART1_BITMAP]; /* of the significant ones */
    uint64_t refined[PART1_BITMAP];  /* once at least */
    uint64_t visited[PART1_BITMAP];  /* by significance propagation in this plane */
    uint64_t inside[PART1_BITMAP];   /* the block's own samples */
    uint64_t changed[PART1_WORDS];   /* that the pass made significant, or refined */
    uint64_t signs[PART1_WORDS];     /* of all samples */
    uint64_t planes[(PART1_MAX_PLANES + 2) * PART1_WORDS];
    uint8_t coding[PART1_MAX_SAMPLES + 128]; /* symbols of zero coding or of runs, and in the same place that of a */
    uint8_t sign[PART1_MAX_SAMPLES + 128];   /* sign, which counts where the first one's decision is 1 */
    uint8_t symbols[PART1_MAX_SYMBOLS + 64]; /* in order */
    part1_mark marks[PART1_MAX_PASSES];
    pac_coded_pass passes[PART1_MAX_PASSES];
    uint8_t plain[PART1_MOST_PLAIN + PART1_PASS_PLAIN];
    uint8_t bytes[PART1_MOST_BYTES];
} part1_encoding;

/* Where a stripe begins. */
PART1_INLINE ptrdiff_t part1_stripe_at(const part1_encoding *encoding, ptrdiff_t stripe)
{
    return (stripe + 1) * encoding->bitmap_stride + 1;
}

#endif

/* Working memory of one HT block. Sizes hold for every shape that ht_shape_valid admits. */
#ifndef PACSCORE_J2K_ENTROPY_HT_SCRATCH_H
#define PACSCORE_J2K_ENTROPY_HT_SCRATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_bits.h"

enum {
    HT_MAX_SIDE = 1024,
    HT_MAX_SAMPLES = 4096,
    HT_ROW_QUADS = HT_MAX_SIDE / 2 + 8, /* a row of quads, one absent quad before it, two or more behind it */
    HT_LINE_BEFORE = 16,                /* absent samples before a row */
    HT_LINE = HT_MAX_SIDE + 64,         /* a row of samples, absent ones before it and behind it */
    HT_MAGSGN_SLACK = 320,              /* ones behind the MagSgn bits, which samples of one group of quads may take */
    HT_MAX_LCUP = 65534,
    HT_MAX_SCUP = 4079,
    HT_MAX_REFINEMENT = 1280, /* more than SigProp's 8,192 bits or MagRef's 4,096 take with stuffing */
    HT_STRIPES = 4096         /* columns of stripes, one absent column and stripe on each side */
};

/* A row of the decoder's quads, absent ones before and behind them. It works in groups of up to 16 quads. */
enum { HT_BEFORE = 8, HT_BEHIND = 16, HT_DECODER_QUADS = HT_BEFORE + HT_MAX_SIDE / 2 + HT_BEHIND };

/* Three planes of a row, at constant distances: entries of ht_decode_0 or ht_decode_1; entries of ht_u_values where the
 * first quad of each pair is; shares of the row above in the contexts, as the decoding tables place them. */
enum { HT_RECORDS = 0, HT_U = HT_DECODER_QUADS, HT_CONTEXTS = 2 * HT_DECODER_QUADS };

typedef struct {
    uint32_t planes[3 * HT_DECODER_QUADS];
} ht_quads;

/* The encoder's: quads of two rows and what the lower one needs to know of the upper one. A record holds length:3,
 * u_off:1, rho:4, e_k:4, e_1:4. */
typedef struct {
    uint16_t records[2][HT_ROW_QUADS];
    uint16_t contexts[HT_ROW_QUADS];
    uint8_t u[HT_ROW_QUADS];
} ht_quad_rows;

typedef struct {
    ht_quad_rows quads;
    ht_quads rows[2];
    uint64_t lines[2][HT_LINE];  /* 2 mu - 1 of the bottom samples of two rows of quads, 0 where insignificant */
    uint64_t outside[HT_LINE];   /* the row below an odd height: read as zero, or written and dropped */
    uint8_t stripes[HT_STRIPES]; /* significance, a nibble for each column of a stripe */
    uint8_t forward[HT_MAX_LCUP + HT_SLACK + HT_MAGSGN_SLACK]; /* plain MagSgn or SigProp bits */
    uint8_t backward[HT_MAX_SCUP + 2 * HT_SLACK];              /* plain VLC or MagRef bits */
    uint8_t forward_bytes[HT_MAX_LCUP];                        /* the same with stuffing, encoder only */
    uint8_t backward_bytes[HT_MAX_SCUP + HT_SLACK];
    uint8_t mel_bytes[512];
    uint64_t words[HT_MAX_SAMPLES];  /* a block from some plane on, encoder of sets only */
    uint8_t events[256 + HT_SLACK];  /* MEL events of a block as plain bits, encoder only */
    _Alignas(64) uint8_t row[32768]; /* a row of the encoder of 16-bit indices, laid out by each target */
} ht_scratch;

HT_INLINE bool ht_shape_valid(int32_t width, int32_t height)
{
    return width >= 1 && height >= 1 && width <= HT_MAX_SIDE && height <= HT_MAX_SIDE &&
           width * height <= HT_MAX_SAMPLES;
}

/* Before the first row: nothing is significant above it, nor beside any row. */
HT_INLINE void ht_clear_rows(ht_scratch *scratch, int32_t quads)
{
    const size_t columns = 2 * (size_t)quads + 8;
    for (int parity = 0; parity < 2; ++parity) {
        memset(scratch->quads.records[parity], 0, (size_t)(quads + 4) * sizeof scratch->quads.records[0][0]);
        memset(scratch->lines[parity], 0, columns * sizeof scratch->lines[0][0]);
    }
}

/* Each file of the coder fills its entries of the table. */
void pac_ht_decoder_init(pac_ht_kernels *kernels, pac_target target);
void pac_ht_encoder_init(pac_ht_kernels *kernels, pac_target target);

#endif

/* HT block encoder: what does not depend on target or word, and the table's entries.
 *
 * Source: T.814 7 read backwards; the choice of codewords, the end of each stream and the byte that MEL and VLC may
 * share are the encoder's own (T.814 Annex C is silent about them).
 */
#include "j2k/entropy/ht.h"
#include "j2k/entropy/ht_mel.h"
#include "j2k/entropy/ht_packer.h"
#include "j2k/entropy/ht_quads.h"
#include "j2k/entropy/ht_scratch.h"
#include "j2k/entropy/ht_stripes.h"
#include "j2k/entropy/ht_tables.h"

#if PAC_X86
#include <immintrin.h>
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "vectors are taken apart in this order");

typedef struct {
    ht_writer magsgn, vlc;
    ht_mel_encoder mel;
} ht_coder;

static void ht_coder_start(ht_coder *coder, ht_scratch *scratch)
{
    ht_writer_start(&coder->magsgn, scratch->forward);
    ht_writer_start(&coder->vlc, scratch->backward);
    ht_append(&coder->vlc, 15, 4); /* the place of Scup's low bits */
    ht_mel_encoder_start(&coder->mel, scratch->mel_bytes);
}

typedef struct {
    uint64_t bits;
    uint32_t length;
} ht_code;

HT_INLINE void ht_join(ht_code *code, uint32_t bits, uint32_t length)
{
    code->bits |= (uint64_t)bits << code->length;
    code->length += length;
}

/* Of a pair of quads: both codewords, their bits, second u << 4 | first u. */
typedef struct {
    uint16_t code;
    uint8_t length, u;
    uint32_t unused;
} ht_pair_code;

/* Of a set: four times the squared error that is left behind cleanup, SigProp and MagRef; what cleanup has found. */
typedef struct {
    double behind[3];
    double found;
} ht_set_errors;

enum { HT_INDEX_BITS = 14 }; /* of magnitudes that encode_i16 takes for certain */

static const int16_t ht_no_samples[HT_MAX_SIDE]; /* the row below an odd height */

/* U-VLC bits of a pair, from two entries of ht_u_codes. */
HT_INLINE void ht_join_u(ht_code *code, uint32_t first, uint32_t second)
{
    ht_join(code, first & 7, first >> 3 & 3);
    ht_join(code, second & 7, second >> 3 & 3);
    ht_join(code, first >> 5 & 31, first >> 10 & 7);
    ht_join(code, second >> 5 & 31, second >> 10 & 7);
    ht_join(code, first >> 13 & 15, first >> 17);
    ht_join(code, second >> 13 & 15, second >> 17);
}

/* The same in the first row of quads, where a MEL event tells that both values are large. */
HT_INLINE void ht_join_first_u(ht_code *code, ht_mel_encoder *mel, uint32_t u0, uint32_t u1)
{
    uint32_t second = ht_u_codes[u1];
    if (u0 > 0 && u1 > 0) {
        const bool large = u0 > 2 && u1 > 2;
        ht_mel_encode(mel, large);
        if (large) {
            u0 -= 2;
            second = ht_u_codes[u1 - 2];
        } else if (u0 > 2) {
            second = (u1 - 1) | 1 << 3; /* 1 or 2: a prefix of one bit */
        }
    }
    ht_join_u(code, ht_u_codes[u0], second);
}

/* Whether the last, unfinished bytes of MEL (high bits) and VLC (low bits) can be one; if so, `*shared` is that byte.
 * The first VLC byte cannot be shared: half of it is Scup's. */
static bool ht_share(const ht_mel_encoder *mel, const ht_backward *vlc, uint8_t *shared)
{
    const uint32_t mel_byte = mel->partial << mel->room;
    const uint32_t mel_mask = 0xff << mel->room & 0xff, vlc_mask = (1u << vlc->used) - 1;
    const uint32_t both = mel_byte | vlc->partial;
    *shared = (uint8_t)both;
    return vlc->length > 0 && both != 0xff && ((both ^ mel_byte) & mel_mask) == 0 &&
           ((both ^ vlc->partial) & vlc_mask) == 0;
}

#define HT_NAME(name) PAC_NAME(PAC_PASTE(name, HT_BITS))
#define PAC_TEMPLATE "j2k/entropy/ht_encoder_words.h"
#include "support/each_target.h"

void pac_ht_encoder_init(pac_ht_kernels *kernels, pac_target target)
{
    PAC_SELECT(kernels->encode_i16, ht_encode_i16, target);
    PAC_SELECT(kernels->encode32, ht_encode_32, target);
    PAC_SELECT(kernels->encode64, ht_encode_64, target);
    PAC_SELECT(kernels->encode_refinement32, ht_encode_refinement_32, target);
    PAC_SELECT(kernels->encode_refinement64, ht_encode_refinement_64, target);
    PAC_SELECT(kernels->encode_sets32, ht_encode_sets_32, target);
    PAC_SELECT(kernels->encode_sets64, ht_encode_sets_64, target);
}

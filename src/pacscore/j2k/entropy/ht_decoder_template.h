/* First step of HT decoding, once per target: MEL and VLC bits to one record and one u a quad, row by row.
 *
 * Source: T.814 7.3.4 to 7.3.6.
 *
 * The step is a chain of look-ups, and its state should stay in registers: it is passed as a structure whose address
 * is nowhere taken for good. What is rare is done out of line.
 */

typedef struct {
    const uint8_t *vlc;     /* plain bits, behind HT_LEAD others */
    uint32_t position, end; /* clamped once in a few pairs, which take less than the slack */
    uint32_t left;          /* share of the quad to the left in the next context */
    uint64_t rest;          /* bits from `position` on, 7 or more: the first look-up need not wait for a load */
    uint64_t events;        /* of MEL, see ht_events.h */
} PAC_NAME(ht_reader);

typedef struct {
    uint32_t record0, record1;
    uint64_t window; /* the bits behind their codewords, 41 or more */
} PAC_NAME(ht_codewords);

/* An entry of a table by the first bits of a window. */
PAC_FN HT_ALWAYS uint32_t PAC_NAME(ht_look_up)(const char *table, uint64_t window, uint32_t bits)
{
    HT_KEEP(table);
    uint32_t entry;
    memcpy(&entry, table + (window & (((1u << bits) - 1) << HT_LEAD)), sizeof entry);
    return entry;
}

/* Both codewords of a pair. Entries serve as lengths as they are: shifts take their low bits. `share` masks what they
 * hold of the next context. */
PAC_FN HT_ALWAYS PAC_NAME(ht_codewords)
    PAC_NAME(ht_pair)(PAC_NAME(ht_reader) * reader, const uint32_t *table, const uint32_t *contexts, uint32_t share)
{
    PAC_NAME(ht_codewords) pair;
    pair.window = ht_window(reader->vlc, reader->position);
    const uint32_t context0 = contexts[0] + reader->left;
    const char *row = (const char *)table + (reader->events & HT_EVENT_BIT);
    pair.record0 = PAC_NAME(ht_look_up)(row + context0, reader->rest, 7);
    reader->events >>= context0 == 0;
    pair.window >>= pair.record0 & 63;
    const uint32_t context1 = contexts[1] + (pair.record0 & share);
    row = (const char *)table + (reader->events & HT_EVENT_BIT);
    HT_KEEP(row);
    pair.record1 = PAC_NAME(ht_look_up)(row + context1, pair.window, 7);
    reader->events >>= context1 == 0;
    pair.window >>= pair.record1 & 63;
    reader->left = pair.record1 & share;
    reader->position += (pair.record0 + pair.record1) & 63;
    return pair;
}

/* Both u of a pair, from a row of ht_u_values. `special` adds to the mode: first row, both have one, MEL event 0. */
PAC_FN HT_ALWAYS uint32_t PAC_NAME(ht_values)(const PAC_NAME(ht_codewords) * pair, const char *row, uint32_t special)
{
    const uint32_t values = PAC_NAME(ht_look_up)(row, pair->window, 8);
    if (__builtin_expect((values & HT_U_RARE) == 0, 1))
        return values;
    const uint32_t mode = (pair->record0 / HT_U_OFF & 1) | (pair->record1 / HT_U_OFF & 1) << 1;
    return ht_u_pair(mode + special, pair->window >> HT_LEAD);
}

PAC_FN HT_ALWAYS void PAC_NAME(ht_advance)(PAC_NAME(ht_reader) * reader, uint64_t window, uint32_t values)
{
    reader->rest = window >> (values & 63);
    reader->position += values & 63;
}

PAC_FN HT_ALWAYS void PAC_NAME(ht_put_pair)(uint32_t *quad, uint32_t record0, uint32_t record1, uint32_t values)
{
    quad[0] = record0;
    HT_STORED(quad[0]); /* two stores are better than a vector of two */
    quad[1] = record1;
    quad[HT_U] = values;
}

PAC_FN HT_ALWAYS void PAC_NAME(ht_clamp)(PAC_NAME(ht_reader) * reader)
{
    reader->position = reader->position < reader->end ? reader->position : reader->end;
}

/* The first row of quads. */
PAC_FN void PAC_NAME(ht_first_row)(PAC_NAME(ht_reader) * reader, ht_mel_decoder *mel, uint32_t *quads, int32_t count)
{
    for (uint32_t *quad = quads; quad < quads + count; quad += 2) {
        const PAC_NAME(ht_codewords) pair = PAC_NAME(ht_pair)(reader, ht_decode_0, quad + HT_CONTEXTS, HT_LEFT_FIRST);
        const uint32_t mode = (pair.record0 & HT_U_OFF) | (pair.record1 & HT_U_OFF) << 1;
        const bool both = mode == 3 * HT_U_OFF, large = both && (reader->events & HT_EVENT_BIT) != 0;
        const uint32_t special = both && !large;
        reader->events >>= both;
        const char *row = (const char *)(ht_u_values + mode + special * HT_U_OFF);
        const uint32_t values = PAC_NAME(ht_values)(&pair, row, special);
        PAC_NAME(ht_advance)(reader, pair.window, values);
        PAC_NAME(ht_put_pair)(quad, pair.record0, pair.record1, values + (large ? HT_U_TWO_MORE : 0));
        if (ht_mel_low(reader->events))
            reader->events = ht_mel_more(mel, reader->events);
        PAC_NAME(ht_clamp)(reader);
    }
}

/* Some pairs of any other row. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_next_pairs)(PAC_NAME(ht_reader) * reader, ht_mel_decoder *mel, uint32_t *quad,
                                              const uint32_t *end)
{
    for (; quad < end; quad += 2) {
        HT_KEEP(quad);
        uint64_t contexts;
        memcpy(&contexts, quad + HT_CONTEXTS, sizeof contexts);
        if (contexts == 0 && (reader->left | (reader->events & 3 * HT_EVENT_BIT)) == 0) {
            PAC_NAME(ht_put_pair)(quad, 0, 0, 0);
            reader->events >>= 2;
        } else {
            const PAC_NAME(ht_codewords) pair = PAC_NAME(ht_pair)(reader, ht_decode_1, quad + HT_CONTEXTS, HT_LEFT);
            const char *row = (const char *)ht_u_values + (pair.record0 & HT_U_ROW) / 2;
            HT_KEEP(row);
            const uint32_t values = PAC_NAME(ht_values)(&pair, row + (pair.record1 & HT_U_ROW), 0);
            PAC_NAME(ht_advance)(reader, pair.window, values);
            PAC_NAME(ht_put_pair)(quad, pair.record0, pair.record1, values);
        }
        if (__builtin_expect(ht_mel_low(reader->events), 0))
            reader->events = ht_mel_more(mel, reader->events);
    }
    PAC_NAME(ht_clamp)(reader);
}

#if PAC_AVX2
#define HT_BITS 16
#define HT_LINE_WORD uint16_t
#define HT_WIDEST 15
#if PAC_AVX512
#define HT_GROUP 16
#include "j2k/entropy/ht_samples_avx512.h"
#else
#define HT_GROUP 8
#include "j2k/entropy/ht_samples_avx2.h"
#endif
#include "j2k/entropy/ht_block_template.h"
#undef HT_BITS
#undef HT_LINE_WORD
#undef HT_WIDEST
#undef HT_GROUP
#endif

#define HT_WORD uint32_t
#define HT_LINE_WORD HT_WORD
#define HT_BITS 32
#define HT_WIDEST 31
#define HT_GROUP 8
#include "j2k/entropy/ht_samples_template.h"
#include "j2k/entropy/ht_block_template.h"
#include "j2k/entropy/ht_refinement_template.h"
#undef HT_WORD
#undef HT_BITS
#undef HT_WIDEST

#define HT_WORD uint64_t
#define HT_BITS 64
#define HT_WIDEST 63
#include "j2k/entropy/ht_samples_template.h"
#include "j2k/entropy/ht_block_template.h"
#include "j2k/entropy/ht_refinement_template.h"
#undef HT_WORD
#undef HT_LINE_WORD
#undef HT_BITS
#undef HT_WIDEST
#undef HT_GROUP

#include "j2k/entropy/ht_entries_template.h"

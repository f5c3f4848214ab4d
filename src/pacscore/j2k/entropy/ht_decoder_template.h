/* First step of HT decoding, once per target: MEL and VLC bits to one record and one u a quad, row by row.
 *
 * Source: T.814 7.3.4 to 7.3.6.
 *
 * The step is a chain of look-ups, and its state should stay in registers: it is passed as a structure whose address
 * is nowhere taken for good. What is rare is done out of line.
 */

typedef struct {
    const uint8_t *vlc;     /* plain bits */
    uint32_t position, end; /* clamped once in a few pairs, which take less than the slack */
    uint32_t left;          /* share of the quad to the left in the next context */
    uint64_t rest;          /* bits from `position` on, at least seven: the first look-up need not wait for a load */
    uint64_t events;        /* of MEL, see ht_mel.h */
} PAC_NAME(ht_reader);

/* An entry of a table, by an offset in bytes: contexts and the event are scaled already. */
PAC_FN HT_ALWAYS uint32_t PAC_NAME(ht_record)(const uint32_t *table, uint32_t context, uint64_t event, uint64_t window)
{
    const char *row = (const char *)table + (context + event);
    uint32_t record;
    memcpy(&record, row + 4 * (window & 127), sizeof record);
    return record;
}

/* Both quads of a pair. The entries go whole to lengths and memory: the bits above a length do no harm there. */
PAC_FN HT_ALWAYS uint64_t PAC_NAME(ht_pair)(PAC_NAME(ht_reader) * reader, const uint32_t *table,
                                            const uint32_t *contexts, uint32_t share, uint32_t *records)
{
    uint64_t window = ht_window(reader->vlc, reader->position);
    const uint32_t context0 = contexts[0] + reader->left;
    const uint32_t record0 = PAC_NAME(ht_record)(table, context0, reader->events & HT_EVENT_BIT, reader->rest);
    reader->events >>= context0 == 0;
    window >>= record0 & 63;
    const uint32_t context1 = contexts[1] + (record0 & share);
    const uint32_t record1 = PAC_NAME(ht_record)(table, context1, reader->events & HT_EVENT_BIT, window);
    reader->events >>= context1 == 0;
    window >>= record1 & 63;
    reader->left = record1 & share;
    records[0] = record0;
    records[1] = record1;
    return window;
}

/* Behind the codewords of a pair their u values. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_advance)(PAC_NAME(ht_reader) * reader, uint64_t window, const uint32_t *records,
                                           uint32_t values)
{
    reader->position += (records[0] + records[1] + values) & 63;
    reader->rest = window >> (values & 63);
}

PAC_FN HT_ALWAYS void PAC_NAME(ht_clamp)(PAC_NAME(ht_reader) * reader)
{
    reader->position = reader->position < reader->end ? reader->position : reader->end;
}

/* The first row of quads. */
PAC_FN void PAC_NAME(ht_first_row)(PAC_NAME(ht_reader) * reader, ht_mel_decoder *mel, ht_decoder_rows *rows,
                                   int32_t count)
{
    const uint32_t *contexts = rows->contexts + HT_BEFORE;
    for (int32_t q = 0; q < count; q += 2) {
        uint32_t *records = rows->records[0] + HT_BEFORE + q;
        const uint64_t window = PAC_NAME(ht_pair)(reader, ht_decode_0, contexts + q, HT_LEFT_FIRST, records);
        const uint32_t mode = (records[0] & HT_U_OFF) | (records[1] & HT_U_OFF) << 1;
        const bool both = mode == 3 * HT_U_OFF, large = both && (reader->events & HT_EVENT_BIT) != 0;
        reader->events >>= both;
        uint32_t values = ht_u_values[mode | (window & 255)];
        if ((both && !large) || (values & HT_U_RARE))
            values = ht_u_pair((mode >> 8) + (both && !large), window);
        PAC_NAME(ht_advance)(reader, window, records, values);
        rows->u[0][(HT_BEFORE + q) >> 1] = values + (large ? 0x02020000u : 0);
        if (ht_mel_low(reader->events))
            reader->events = ht_mel_more(mel, reader->events);
        PAC_NAME(ht_clamp)(reader);
    }
}

/* Some pairs of any other row: quads from q to `end`, even both. */
PAC_FN HT_ALWAYS void PAC_NAME(ht_next_pairs)(PAC_NAME(ht_reader) * reader, ht_mel_decoder *mel,
                                              const uint32_t *contexts, uint32_t *records, uint32_t *u, int32_t end)
{
    for (int32_t q = 0; q < end; q += 2) {
        uint64_t none;
        memcpy(&none, contexts + q, sizeof none);
        if ((none | reader->left | (reader->events & 3 * HT_EVENT_BIT)) == 0) {
            records[q] = records[q + 1] = u[q >> 1] = 0;
            reader->events >>= 2;
        } else {
            const uint64_t window = PAC_NAME(ht_pair)(reader, ht_decode_1, contexts + q, HT_LEFT, records + q);
            const uint32_t mode = (records[q] & HT_U_OFF) | (records[q + 1] & HT_U_OFF) << 1;
            uint32_t values = ht_u_values[mode | (window & 255)];
            if (__builtin_expect((values & HT_U_RARE) != 0, 0))
                values = ht_u_pair(mode >> 8, window);
            PAC_NAME(ht_advance)(reader, window, records + q, values);
            u[q >> 1] = values;
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
#define HT_GROUP 8
#include "j2k/entropy/ht_samples_avx2.h"
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

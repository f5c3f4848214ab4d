/* First step of HT decoding, once per target: MEL and VLC bits to one record and one u a quad, row by row.
 *
 * Source: T.814 7.3.4 to 7.3.6.
 */

/* The reader's position is clamped to `end`, so that hostile bytes cannot lead it past the slack. */
typedef struct {
    ht_mel_decoder mel;
    const uint8_t *vlc;
    uint32_t position, end;
} PAC_NAME(ht_reader);

/* One codeword, or none where the context is 0 and the MEL event says so. */
PAC_FN inline uint32_t PAC_NAME(ht_record)(PAC_NAME(ht_reader) * reader, const uint16_t *table, uint32_t context,
                                           uint64_t *window)
{
    if (context == 0 && !ht_mel_event(&reader->mel))
        return 0;
    const uint32_t record = table[context << 7 | (*window & 127)];
    *window >>= record & 7;
    reader->position += record & 7;
    return record;
}

/* The u values of a pair; mode as in ht_u_pairs. */
PAC_FN inline void PAC_NAME(ht_u_pair)(PAC_NAME(ht_reader) * reader, uint32_t mode, uint64_t window, uint8_t *u)
{
    const uint32_t entry = ht_u_pairs[mode << 6 | (window & 63)];
    const uint32_t prefixes = entry & 7, suffixes = entry >> 3 & 15, first = entry >> 7 & 7;
    window >>= prefixes;
    reader->position += prefixes + suffixes;
    const uint32_t suffix0 = (uint32_t)window & ((1u << first) - 1);
    const uint32_t suffix1 = (uint32_t)(window & ((1u << suffixes) - 1)) >> first;
    uint32_t u0 = (entry >> 10 & 7) + suffix0, u1 = entry >> 13 & 7;
    u1 += suffix1;
    if (__builtin_expect(suffix0 >= 28 || suffix1 >= 28, 0)) {
        window >>= suffixes;
        if (suffix0 >= 28) {
            u0 += 4 * (uint32_t)(window & 15);
            window >>= 4;
            reader->position += 4;
        }
        if (suffix1 >= 28) {
            u1 += 4 * (uint32_t)(window & 15);
            reader->position += 4;
        }
    }
    u[0] = (uint8_t)u0;
    u[1] = (uint8_t)u1;
}

PAC_FN void PAC_NAME(ht_first_row)(PAC_NAME(ht_reader) * reader, uint16_t *records, uint8_t *u, int32_t count)
{
    uint32_t left = 0;
    for (int32_t q = 0; q < count; q += 2) {
        uint64_t window = ht_window(reader->vlc, reader->position);
        const uint32_t record0 = PAC_NAME(ht_record)(reader, ht_decode_0, ht_left_first(left), &window);
        const bool alone = q + 1 == count;
        left = alone ? 0 : PAC_NAME(ht_record)(reader, ht_decode_0, ht_left_first(record0), &window);
        records[q] = (uint16_t)record0;
        records[q + 1] = (uint16_t)left;
        uint32_t mode = (record0 >> 3 & 1) | (left >> 2 & 2);
        const bool both = mode == 3, large = both && ht_mel_event(&reader->mel);
        mode += both && !large;
        PAC_NAME(ht_u_pair)(reader, mode, window, u + q);
        if (large) {
            u[q] += 2;
            u[q + 1] += 2;
        }
        if (reader->position > reader->end)
            reader->position = reader->end;
    }
}

PAC_FN void PAC_NAME(ht_next_row)(PAC_NAME(ht_reader) * reader, const uint16_t *contexts, uint16_t *records, uint8_t *u,
                                  int32_t count)
{
    uint32_t left = 0;
    for (int32_t q = 0; q < count; q += 2) {
        uint64_t window = ht_window(reader->vlc, reader->position);
        const uint32_t record0 = PAC_NAME(ht_record)(reader, ht_decode_1, contexts[q] | ht_left(left), &window);
        const bool alone = q + 1 == count;
        left = alone ? 0 : PAC_NAME(ht_record)(reader, ht_decode_1, contexts[q + 1] | ht_left(record0), &window);
        records[q] = (uint16_t)record0;
        records[q + 1] = (uint16_t)left;
        const uint32_t mode = (record0 >> 3 & 1) | (left >> 2 & 2);
        PAC_NAME(ht_u_pair)(reader, mode, window, u + q);
        if (reader->position > reader->end)
            reader->position = reader->end;
    }
}

#define HT_WORD uint32_t
#define HT_BITS 32
#include "j2k/entropy/ht_samples_template.h"
#include "j2k/entropy/ht_refinement_template.h"
#include "j2k/entropy/ht_block_template.h"
#undef HT_WORD
#undef HT_BITS

#define HT_WORD uint64_t
#define HT_BITS 64
#include "j2k/entropy/ht_samples_template.h"
#include "j2k/entropy/ht_refinement_template.h"
#include "j2k/entropy/ht_block_template.h"
#undef HT_WORD
#undef HT_BITS

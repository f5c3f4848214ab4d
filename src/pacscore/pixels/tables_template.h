/* The table kernels of one CPU target. Included by support/each_target.h.
 * Source: PS3.3 C.11.1.1.1 and C.7.6.3.1.5. The caller guarantees an entry for each bit pattern of a value.
 */

#define PAC_VALUE uint8_t
#define PAC_RESULT uint8_t
#define PAC_TYPES u8_u8
#include "pixels/table_template.h"
#define PAC_VALUE uint8_t
#define PAC_RESULT uint16_t
#define PAC_TYPES u8_u16
#include "pixels/table_template.h"
#define PAC_VALUE uint8_t
#define PAC_RESULT uint32_t
#define PAC_TYPES u8_u32
#include "pixels/table_template.h"
#define PAC_VALUE uint16_t
#define PAC_RESULT uint8_t
#define PAC_TYPES u16_u8
#include "pixels/table_template.h"
#define PAC_VALUE uint16_t
#define PAC_RESULT uint16_t
#define PAC_TYPES u16_u16
#include "pixels/table_template.h"
#define PAC_VALUE uint16_t
#define PAC_RESULT uint32_t
#define PAC_TYPES u16_u32
#include "pixels/table_template.h"

/* 256 bytes in registers: all of them permute by the low bits of a value, its high bits choose. */
#if PAC_AVX512
PAC_FN void PAC_NAME(look_up_bytes)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const uint8_t *entries = ((const pac_table *)conversion)->entries;
    const uint8_t *values = in;
    uint8_t *results = out;
    __m512i rows[4];
    for (int i = 0; i < 4; i++)
        rows[i] = _mm512_loadu_si512(entries + 64 * i);
    int64_t i = 0;
    for (; i + 64 <= count; i += 64) {
        const __m512i value = _mm512_loadu_si512(values + i);
        const __m512i low = _mm512_permutex2var_epi8(rows[0], value, rows[1]);
        const __m512i high = _mm512_permutex2var_epi8(rows[2], value, rows[3]);
        _mm512_storeu_si512(results + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(value), low, high));
    }
    PAC_NAME(look_up_u8_u8)(conversion, values + i, count - i, results + i);
}
#elif PAC_AVX2
PAC_FN inline __m256i PAC_NAME(look_up_32)(const __m256i rows[16], __m256i value)
{
    const __m256i low = _mm256_and_si256(value, _mm256_set1_epi8(15));
    __m256i found[16];
    for (int i = 0; i < 16; i++)
        found[i] = _mm256_shuffle_epi8(rows[i], low);
    for (int bit = 4, left = 8; left; bit++, left >>= 1) {
        const __m256i choice = _mm256_slli_epi16(value, 7 - bit); /* the bit becomes the sign of its byte */
        for (int i = 0; i < left; i++)
            found[i] = _mm256_blendv_epi8(found[2 * i], found[2 * i + 1], choice);
    }
    return found[0];
}

PAC_FN void PAC_NAME(look_up_bytes)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    const uint8_t *entries = ((const pac_table *)conversion)->entries;
    const uint8_t *values = in;
    uint8_t *results = out;
    __m256i rows[16];
    for (int i = 0; i < 16; i++)
        rows[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(entries + 16 * i)));
    int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m256i value = _mm256_loadu_si256((const __m256i *)(values + i));
        _mm256_storeu_si256((__m256i *)(results + i), PAC_NAME(look_up_32)(rows, value));
    }
    PAC_NAME(look_up_u8_u8)(conversion, values + i, count - i, results + i);
}
#else
PAC_FN void PAC_NAME(look_up_bytes)(const pac_row_conversion *conversion, const void *in, int64_t count, void *out)
{
    PAC_NAME(look_up_u8_u8)(conversion, in, count, out);
}
#endif

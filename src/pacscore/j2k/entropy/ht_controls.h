/* Constant vectors of the HT decoder's second step, as memory operands. */
#ifndef PACSCORE_J2K_ENTROPY_HT_CONTROLS_H
#define PACSCORE_J2K_ENTROPY_HT_CONTROLS_H

#include <stdint.h>

#define HT_EACH_16(...) {__VA_ARGS__, __VA_ARGS__}
#define HT_EACH_8(...) HT_EACH_16(__VA_ARGS__, __VA_ARGS__)
#define HT_EACH_4(...) HT_EACH_8(__VA_ARGS__, __VA_ARGS__)
#define HT_EACH_2(...) HT_EACH_4(__VA_ARGS__, __VA_ARGS__)

/* Byte shuffles, 80h giving a zero byte, and operands. */
typedef struct {
    _Alignas(64) uint8_t u[32]; /* entries of ht_u_values to a lane of 32 bits a quad */
    uint8_t flags[32];          /* the byte of rho and e_k, of a record, to all samples of the quad */
    uint8_t known[32];          /* the byte of e_1 */
    uint8_t bound[32];          /* U */
    uint8_t low_bits[32];       /* each sample's bit in the low nibble of such bytes */
    uint8_t high_bits[32];      /* and in the high one */
    uint8_t first[32];          /* the first byte of a pair of quads to all their samples */
    uint8_t phase[32];
    uint8_t nibble[32];
    uint8_t halves[32];                      /* 128 >> n, n modulo 8 */
    uint8_t next[32];                        /* from a byte's number, twice, to those of the next two */
    uint8_t low_powers[32], high_powers[32]; /* bytes of 2^n */
    uint8_t two[32], twos[32];
    uint8_t rows[32]; /* samples of two quads: top row, bottom row */
    uint8_t ones[32], one[32], bias[32], magnitude[32];
    _Alignas(64) uint16_t quads[2][32]; /* low half of a quad's 32 bits to its samples, eight quads */
    uint16_t top[32], bottom[32];       /* samples of sixteen quads that lie in a row */
} ht_controls;

static const ht_controls ht_control_bytes = {
    .u = HT_EACH_16(2, 0x80, 0x80, 0x80, 3, 0x80, 0x80, 0x80, 10, 0x80, 0x80, 0x80, 11, 0x80, 0x80, 0x80),
    .flags = HT_EACH_16(2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14),
    .known = HT_EACH_16(3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15),
    .bound = HT_EACH_16(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12),
    .low_bits = HT_EACH_4(1, 2, 4, 8),
    .high_bits = HT_EACH_4(16, 32, 64, 128),
    .first = HT_EACH_16(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8),
    .phase = HT_EACH_2(7, 7),
    .nibble = HT_EACH_2(15, 15),
    .halves = HT_EACH_8(128, 64, 32, 16, 8, 4, 2, 1),
    .next = HT_EACH_2(1, 2),
    .low_powers = HT_EACH_16(1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0),
    .high_powers = HT_EACH_16(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128),
    .two = HT_EACH_2(2, 2),
    .twos = HT_EACH_2(2, 0),
    .rows = HT_EACH_16(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15),
    .ones = HT_EACH_2(1, 0),
    .one = HT_EACH_4(1, 0, 0, 0),
    .bias = HT_EACH_4(127, 0, 0, 0),
    .magnitude = HT_EACH_4(0xff, 0xff, 0xff, 0x7f),
    .quads = {{0, 0, 0, 0, 2,  2,  2,  2,  4,  4,  4,  4,  6,  6,  6,  6,
               8, 8, 8, 8, 10, 10, 10, 10, 12, 12, 12, 12, 14, 14, 14, 14},
              {16, 16, 16, 16, 18, 18, 18, 18, 20, 20, 20, 20, 22, 22, 22, 22,
               24, 24, 24, 24, 26, 26, 26, 26, 28, 28, 28, 28, 30, 30, 30, 30}},
    .top = {0,  2,  4,  6,  8,  10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
            32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62},
    .bottom = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31,
               33, 35, 37, 39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 63},
};

#endif

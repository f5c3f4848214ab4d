/* The bits of packet headers: most significant first, a zero bit after each byte FF. Source: T.800 B.10.1. */
#ifndef PACSCORE_J2K_PACKETS_HEADER_BITS_H
#define PACSCORE_J2K_PACKETS_HEADER_BITS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *next, *end;
    uint8_t byte, left; /* the byte in hand and its bits not yet given */
    uint8_t exhausted;  /* a bit was asked for past the end; zeros were given */
} pac_header_reader;

static inline uint32_t pac_read_bit(pac_header_reader *bits)
{
    if (!bits->left) {
        uint8_t before = bits->byte;
        if (bits->next == bits->end) {
            bits->exhausted = 1;
            return 0;
        }
        bits->byte = *bits->next++;
        bits->left = before == 0xFF ? 7 : 8;
    }
    bits->left--;
    return (bits->byte >> bits->left) & 1;
}

static inline uint32_t pac_read_bits(pac_header_reader *bits, uint32_t count)
{
    uint32_t value = 0;
    while (count--)
        value = value << 1 | pac_read_bit(bits);
    return value;
}

/* Moves to the byte border where the header ends; skips the stuffing byte that a final FF brings. */
static inline void pac_read_align(pac_header_reader *bits)
{
    if (bits->byte == 0xFF) {
        if (bits->next < bits->end)
            bits->next++;
        else
            bits->exhausted = 1;
    }
    bits->byte = bits->left = 0;
}

typedef struct {
    uint8_t *next, *end;
    uint8_t byte, left; /* bits still free in the byte in hand */
    uint8_t overflow;   /* the buffer was too small */
} pac_header_writer;

static inline void pac_write_start(pac_header_writer *bits, uint8_t *next, uint8_t *end)
{
    *bits = (pac_header_writer){next, end, 0, 8, 0};
}

/* The byte in hand is full. */
static inline void pac_write_byte(pac_header_writer *bits)
{
    if (bits->next == bits->end)
        bits->overflow = 1;
    else
        *bits->next++ = bits->byte;
    bits->left = bits->byte == 0xFF ? 7 : 8;
    bits->byte = 0;
}

static inline void pac_write_bit(pac_header_writer *bits, uint32_t bit)
{
    bits->left--;
    bits->byte |= (uint8_t)((bit & 1) << bits->left);
    if (!bits->left)
        pac_write_byte(bits);
}

/* The low bits of a value, at most 32. */
static inline void pac_write_bits(pac_header_writer *bits, uint32_t value, uint32_t count)
{
    while (count) {
        const uint32_t taken = count < bits->left ? count : bits->left;
        count -= taken;
        bits->left -= (uint8_t)taken;
        bits->byte |= (uint8_t)((value >> count & ((1u << taken) - 1)) << bits->left);
        if (!bits->left)
            pac_write_byte(bits);
    }
}

/* Pads to a byte border with zeros; a final FF is followed by a zero byte. */
static inline void pac_write_align(pac_header_writer *bits)
{
    while (bits->left != 8)
        pac_write_bit(bits, 0);
}

#endif

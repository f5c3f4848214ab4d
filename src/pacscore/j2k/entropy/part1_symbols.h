/* Contexts of all samples of a word at once, as the bits of a binary number in as many words.
 *
 * Source: T.800 Tables D.1 to D.4.
 */
#ifndef PACSCORE_J2K_ENTROPY_PART1_SYMBOLS_H
#define PACSCORE_J2K_ENTROPY_PART1_SYMBOLS_H

#include "j2k/entropy/part1_encoder_scratch.h"

/* Bits of eight bytes: bit i of byte k to bit k of byte i. */
PART1_INLINE uint64_t part1_transpose_8(uint64_t x)
{
    uint64_t swap = (x ^ x >> 7) & 0x00aa00aa00aa00aau;
    x ^= swap ^ swap << 7;
    swap = (x ^ x >> 14) & 0x0000cccc0000ccccu;
    x ^= swap ^ swap << 14;
    swap = (x ^ x >> 28) & 0x00000000f0f0f0f0u;
    return x ^ swap ^ swap << 28;
}

/* Of each sample's neighbours, something in one word each: left, right, up, down and the diagonals. */
typedef struct {
    uint64_t l, r, u, d, ul, ur, dl, dr;
} part1_near;

/* Symbols of the samples of a word: the bits of the context, and the decision. */
typedef struct {
    uint64_t context[6], decision;
} part1_word_symbols;

PART1_INLINE uint64_t part1_up(uint64_t word)
{
    return word >> 1 & ~PART1_ROW_3;
}

PART1_INLINE uint64_t part1_down(uint64_t word)
{
    return word << 1 & ~PART1_ROW_0;
}

/* `word` points into a bitmap; for the samples of the word itself, `earlier` serves where they come earlier in the scan
 * than the one whose neighbours they are, and `later` else. */
PART1_INLINE part1_near part1_sides(const part1_encoding *encoding, const uint64_t *word, uint64_t earlier,
                                    uint64_t later)
{
    const uint64_t above = word[-encoding->bitmap_stride], below = word[encoding->bitmap_stride] & encoding->below;
    return (part1_near){
        .l = earlier << 4 | word[-1] >> 60,
        .r = later >> 4 | word[1] << 60,
        .u = part1_down(earlier) | (above >> 3 & PART1_ROW_0),
        .d = part1_up(later) | (below << 3 & PART1_ROW_3),
    };
}

PART1_INLINE part1_near part1_neighbours(const part1_encoding *encoding, const uint64_t *word, uint64_t earlier,
                                         uint64_t later)
{
    part1_near near = part1_sides(encoding, word, earlier, later);
    const uint64_t *const above = word - encoding->bitmap_stride, *const below = word + encoding->bitmap_stride;
    const uint64_t above_left = above[0] << 4 | above[-1] >> 60, above_right = above[0] >> 4 | above[1] << 60;
    const uint64_t below_left = (below[0] << 4 | below[-1] >> 60) & encoding->below;
    const uint64_t below_right = (below[0] >> 4 | below[1] << 60) & encoding->below;
    near.ul = part1_down(near.l) | (above_left >> 3 & PART1_ROW_0);
    near.ur = part1_down(near.r) | (above_right >> 3 & PART1_ROW_0);
    near.dl = part1_up(near.l) | (below_left << 3 & PART1_ROW_3);
    near.dr = part1_up(near.r) | (below_right << 3 & PART1_ROW_3);
    return near;
}

PART1_INLINE uint64_t part1_any(const part1_near *near)
{
    return near->l | near->r | near->u | near->d | near->ul | near->ur | near->dl | near->dr;
}

/* The neighbours of samples of a word, in the same word, that come later in the scan. */
PART1_INLINE uint64_t part1_later_neighbours(uint64_t word)
{
    const uint64_t down = part1_down(word);
    return down | (word | down | part1_up(word)) << 4;
}

/* T.800 Table D.1, first two columns: h, v one kind of neighbours each. */
PART1_INLINE void part1_edge_contexts(uint64_t h_0, uint64_t h_1, uint64_t v_0, uint64_t v_1, uint64_t diagonal,
                                      uint64_t diagonals, part1_word_symbols *symbols)
{
    const uint64_t two = h_0 & h_1, one = h_0 ^ h_1, none = ~(h_0 | h_1), v = v_0 | v_1, both = v_0 & v_1;
    const uint64_t three = none & (v_0 ^ v_1), only_diagonal = none & ~v;
    symbols->context[0] = (one & (v | ~diagonal)) | three | (only_diagonal & diagonal & ~diagonals);
    symbols->context[1] = (one & (v | diagonal)) | three | (only_diagonal & diagonals);
    symbols->context[2] = one | (none & both);
    symbols->context[3] = two;
}

/* T.800 Table D.1, last column: by the number of diagonal neighbours first. */
PART1_INLINE void part1_diagonal_contexts(const part1_near *near, uint64_t diagonal, uint64_t diagonals,
                                          part1_word_symbols *symbols)
{
    const uint64_t ul_dr = near->ul & near->dr, ur_dl = near->ur & near->dl;
    const uint64_t three = (ul_dr & (near->ur | near->dl)) | (ur_dl & (near->ul | near->dr));
    const uint64_t two = diagonals & ~three, one = diagonal & ~diagonals;
    const uint64_t h = near->l | near->r, v = near->u | near->d, hv = h | v;
    const uint64_t several = (near->l & near->r) | (near->u & near->d) | (h & v);
    symbols->context[0] = (two & hv) | (one & (several | ~hv)) | (hv & ~several & ~diagonal);
    symbols->context[1] = two | (one & ~hv) | (several & ~diagonal);
    symbols->context[2] = two | (one & hv);
    symbols->context[3] = three;
}

PART1_INLINE void part1_zero_contexts(int32_t orientation, const part1_near *near, part1_word_symbols *symbols)
{
    const uint64_t left = near->ul | near->dl, right = near->ur | near->dr, diagonal = left | right;
    const uint64_t diagonals = (near->ul & near->dl) | (near->ur & near->dr) | (left & right);
    symbols->context[4] = symbols->context[5] = 0;
    if (orientation == 3)
        part1_diagonal_contexts(near, diagonal, diagonals, symbols);
    else if (orientation == 1)
        part1_edge_contexts(near->u, near->d, near->l, near->r, diagonal, diagonals, symbols);
    else
        part1_edge_contexts(near->l, near->r, near->u, near->d, diagonal, diagonals, symbols);
}

/* T.800 Tables D.2 and D.3. `minus` are the negative ones of the significant neighbours. */
PART1_INLINE void part1_sign_contexts(const part1_near *near, const part1_near *minus, uint64_t signs,
                                      part1_word_symbols *symbols)
{
    const uint64_t l = near->l & ~minus->l, r = near->r & ~minus->r, u = near->u & ~minus->u, d = near->d & ~minus->d;
    const uint64_t h_plus = (l & ~minus->r) | (r & ~minus->l), h_minus = (minus->l & ~r) | (minus->r & ~l);
    const uint64_t v_plus = (u & ~minus->d) | (d & ~minus->u), v_minus = (minus->u & ~d) | (minus->d & ~u);
    const uint64_t h = h_plus | h_minus, v = v_plus | v_minus;
    const uint64_t unlike = (h_plus & v_minus) | (h_minus & v_plus);
    symbols->context[0] = ~(h ^ v);
    symbols->context[1] = (v & ~h) | unlike;
    symbols->context[2] = h & ~unlike;
    symbols->context[3] = ~(uint64_t)0;
    symbols->context[4] = symbols->context[5] = 0;
    symbols->decision = signs ^ (h_minus | (v_minus & ~h));
}

#endif

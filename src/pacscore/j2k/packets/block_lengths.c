#include "j2k/packets/block_lengths.h"

#include <stdlib.h>

enum { FIRST_RAW_PASS = 10, MAX_PASSES = 3 * 127 };

static const char *const TOO_LONG = "a code-block length of more than 32 bits (T.800 B.10.7)";

static uint32_t floor_log2(uint32_t n)
{
    return 31 - (uint32_t)__builtin_clz(n);
}

/* T.800 Table B.4. */
static uint32_t read_passes(pac_header_reader *bits)
{
    if (!pac_read_bit(bits))
        return 1;
    if (!pac_read_bit(bits))
        return 2;
    uint32_t more = pac_read_bits(bits, 2);
    if (more < 3)
        return 3 + more;
    more = pac_read_bits(bits, 5);
    if (more < 31)
        return 6 + more;
    return 37 + pac_read_bits(bits, 7);
}

int32_t pac_segment_end(int32_t style, int32_t pass)
{
    if (style & PAC_STYLE_TERMALL)
        return pass + 1;
    if (!(style & PAC_STYLE_BYPASS))
        return INT32_MAX;
    if (pass < FIRST_RAW_PASS)
        return FIRST_RAW_PASS;
    return pass % 3 == 0 ? pass + 1 : pass - (pass - 1) % 3 + 2; /* a cleanup alone, a raw pair together */
}

static int opens_segment(int32_t style, int32_t pass)
{
    return pass == 0 || pac_segment_end(style, pass - 1) == pass;
}

static pac_status grow_pieces(pac_precincts *state)
{
    int64_t capacity = state->piece_capacity ? 2 * state->piece_capacity : 256;
    if (capacity > INT32_MAX)
        return PAC_LIMIT;
    pac_piece *pieces = realloc(state->pieces, (size_t)capacity * sizeof *pieces);
    if (!pieces)
        return PAC_NO_MEMORY;
    state->pieces = pieces;
    state->piece_capacity = capacity;
    return PAC_OK;
}

static const char *add_piece(pac_block_lengths *lengths, pac_code_block *block, pac_piece_kind kind, uint32_t length,
                             uint32_t passes, int opens)
{
    pac_precincts *state = lengths->state;
    lengths->body_length += length;
    if (lengths->keep) {
        if (state->piece_count == state->piece_capacity && (lengths->status = grow_pieces(state)))
            return "no memory for code-block pieces";
        int32_t index = (int32_t)state->piece_count++;
        state->pieces[index] = (pac_piece){.length = length,
                                           .next = -1,
                                           .passes = (uint16_t)passes,
                                           .first_pass = block->passes,
                                           .kind = (uint8_t)kind,
                                           .opens = (uint8_t)opens};
        if (block->last_piece < 0)
            block->first_piece = index;
        else
            state->pieces[block->last_piece].next = index;
        block->last_piece = index;
    }
    block->passes = (uint16_t)(block->passes + passes);
    return NULL;
}

static const char *read_length(pac_block_lengths *lengths, const pac_code_block *block, uint32_t extra_bits,
                               uint32_t *length)
{
    uint32_t count = block->length_bits + extra_bits;
    if (count > 32)
        return TOO_LONG;
    *length = pac_read_bits(lengths->bits, count);
    return NULL;
}

static const char *read_part1(pac_block_lengths *lengths, pac_code_block *block, uint32_t passes)
{
    const char *what = NULL;
    while (passes && !what) {
        int32_t end = pac_segment_end(lengths->style, block->passes);
        uint32_t here = (uint32_t)pac_min(passes, end - block->passes), length = 0;
        int opens = opens_segment(lengths->style, block->passes);
        what = read_length(lengths, block, floor_log2(here), &length);
        if (!what)
            what = add_piece(lengths, block, PAC_PIECE_PART1, length, here, opens);
        passes -= here;
    }
    return what;
}

/* The length of a whole Part 1 contribution, met while looking for a first HT cleanup. */
static const char *turn_part1(pac_block_lengths *lengths, pac_code_block *block, uint32_t length, uint32_t passes)
{
    if (!(lengths->style & PAC_STYLE_MIXED))
        return "a length where an HT block can only have placeholder passes (T.814 B.3)";
    int opens = opens_segment(lengths->style, block->passes);
    block->kind = PAC_BLOCK_PART1;
    return add_piece(lengths, block, PAC_PIECE_PART1, length, passes, opens);
}

static const char *add_placeholders(pac_block_lengths *lengths, pac_code_block *block, uint32_t passes)
{
    if (lengths->placeholders)
        return add_piece(lengths, block, PAC_PIECE_PLACEHOLDER, 0, passes, 0);
    block->passes = (uint16_t)(block->passes + passes);
    return NULL;
}

/* Finds out whether the block is an HT one, from the length where its first cleanup pass could stand. */
static const char *read_undecided(pac_block_lengths *lengths, pac_code_block *block, uint32_t *passes)
{
    uint32_t n = *passes, behind = (block->passes + n - 1) % 3, length = 0;
    *passes = 0;
    const char *what;
    if (n <= behind) { /* no cleanup pass in this packet */
        what = read_length(lengths, block, floor_log2(n), &length);
        if (what || length)
            return what ? what : turn_part1(lengths, block, length, n);
        return add_placeholders(lengths, block, n);
    }
    uint32_t up_to_cleanup = n - behind, extra = floor_log2(up_to_cleanup);
    what = read_length(lengths, block, extra, &length);
    if (what)
        return what;
    int top_bit = length >> (block->length_bits + extra - 1) & 1;
    int mixed = (lengths->style & PAC_STYLE_MIXED) != 0;
    if (length > 1 && (!mixed || (block->length_bits > 3 && !top_bit))) {
        block->kind = PAC_BLOCK_HT;
        block->passes = (uint16_t)(block->passes + up_to_cleanup - 1);
        *passes = behind;
        return add_piece(lengths, block, PAC_PIECE_CLEANUP, length, 1, 0);
    }
    uint32_t more = floor_log2(n) - extra;
    if (block->length_bits + extra + more > 32)
        return TOO_LONG;
    length = length << more | pac_read_bits(lengths->bits, more);
    if (length)
        return turn_part1(lengths, block, length, n);
    return add_placeholders(lengths, block, n);
}

static const char *read_ht(pac_block_lengths *lengths, pac_code_block *block, uint32_t passes)
{
    const char *what = NULL;
    while (passes && !what) {
        int cleanup = block->passes % 3 == 0;
        uint32_t here = block->passes % 3 == 1 && passes > 1 ? 2 : 1, length = 0;
        what = read_length(lengths, block, here - 1, &length);
        if (!what)
            what = add_piece(lengths, block, cleanup ? PAC_PIECE_CLEANUP : PAC_PIECE_REFINEMENT, length, here, 0);
        passes -= here;
    }
    return what;
}

const char *pac_block_lengths_read(pac_block_lengths *lengths, pac_code_block *block)
{
    uint32_t passes = read_passes(lengths->bits);
    lengths->status = PAC_CORRUPT;
    if (block->passes + passes > MAX_PASSES)
        return "more coding passes than any block can have (T.800 B.10.6)";
    while (pac_read_bit(lengths->bits))
        if (++block->length_bits > 32)
            return TOO_LONG;
    if (!(lengths->style & PAC_STYLE_HT))
        block->kind = PAC_BLOCK_PART1;
    const char *what = NULL;
    if (block->kind == PAC_BLOCK_UNDECIDED)
        what = read_undecided(lengths, block, &passes);
    if (what || !passes)
        return what;
    return block->kind == PAC_BLOCK_HT ? read_ht(lengths, block, passes) : read_part1(lengths, block, passes);
}

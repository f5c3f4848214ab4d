/* The two coding passes that bypass the MQ coder. Source: T.800 D.3.1, D.3.3, D.6. */
#ifndef PACSCORE_J2K_ENTROPY_PART1_RAW_PASSES_H
#define PACSCORE_J2K_ENTROPY_PART1_RAW_PASSES_H

#include "j2k/entropy/part1_scratch.h"

static uint64_t part1_raw_propagate(part1_scratch *scratch, ptrdiff_t at, uint64_t *columns)
{
    const uint64_t before = scratch->significant[at], available = scratch->inside[at] & ~before;
    uint64_t ahead = part1_neighbourhood(scratch, &scratch->significant[at]) & available;
    uint64_t visited = 0, found = 0;
    scratch->members[at] = before;
    while (ahead != 0) {
        const uint32_t position = (uint32_t)__builtin_ctzll(ahead);
        const uint64_t bit = (uint64_t)1 << position;
        ahead &= ahead - 1;
        visited |= bit;
        if (!part1_raw_bit(&scratch->raw))
            continue;
        const uint32_t sign = part1_raw_bit(&scratch->raw);
        ahead |= part1_later[position] & available;
        found |= bit;
        scratch->negative[at] |= (uint64_t)sign << position;
        part1_tell(scratch, columns, position, sign);
    }
    scratch->visited[at] = visited;
    scratch->significant[at] = before | found;
    return found;
}

static void part1_raw_significance_pass(part1_scratch *scratch)
{
    uint64_t *plane = scratch->plane;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        for (ptrdiff_t word = 0; word < scratch->words; ++word)
            *plane++ = part1_raw_propagate(scratch, at + word, part1_columns_at(scratch, stripe) + 16 * word);
    }
}

static void part1_raw_refinement_pass(part1_scratch *scratch)
{
    uint64_t *plane = scratch->plane;
    for (ptrdiff_t stripe = 0; stripe < scratch->stripes; ++stripe) {
        const ptrdiff_t at = part1_bitmap_at(scratch, stripe);
        for (ptrdiff_t i = at; i < at + scratch->words; ++i, ++plane) {
            scratch->refined[i] |= scratch->members[i];
            for (uint64_t members = scratch->members[i]; members != 0; members &= members - 1)
                *plane |= (members & (0 - members)) & (0 - (uint64_t)part1_raw_bit(&scratch->raw));
        }
    }
}

#endif

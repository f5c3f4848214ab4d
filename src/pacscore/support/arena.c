#include "support/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 16, LARGEST_CHUNK = 1 << 20, ALIGN = 16 };

struct pac_arena_chunk {
    pac_arena_chunk *older;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

static pac_arena_chunk *make_chunk(size_t size)
{
    pac_arena_chunk *chunk = malloc(sizeof *chunk + size);
    if (chunk)
        *chunk = (pac_arena_chunk){.size = size};
    return chunk;
}

static void push_chunk(pac_arena *arena, pac_arena_chunk *chunk)
{
    chunk->older = arena->newest;
    arena->newest = chunk;
}

void *pac_arena_take(pac_arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX - CHUNK)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    pac_arena_chunk *chunk = arena->newest;
    size_t start = chunk ? (chunk->used + ALIGN - 1) & ~(size_t)(ALIGN - 1) : 0;
    if (!chunk || start > chunk->size || chunk->size - start < size) {
        /* A large request gets a chunk of its own behind the newest one, so that the rest of that is not lost. */
        const int large = size > CHUNK / 4;
        pac_arena_chunk *fresh = make_chunk(large ? size : CHUNK);
        if (!fresh)
            return NULL;
        if (chunk && large) {
            fresh->older = chunk->older;
            chunk->older = fresh;
        } else
            push_chunk(arena, fresh);
        chunk = fresh;
        start = 0;
    }
    chunk->used = start + size;
    return memset(chunk->bytes + start, 0, size);
}

void *pac_arena_reserve(pac_arena *arena, size_t size)
{
    pac_arena_chunk *chunk = arena->newest;
    if (!chunk || chunk->size - chunk->used < size) {
        /* Chunks grow, so that neither a small tile nor a large one has many. */
        size_t usual = chunk && chunk->size < LARGEST_CHUNK ? 2 * chunk->size : chunk ? LARGEST_CHUNK : CHUNK;
        chunk = make_chunk(size > usual ? size : usual);
        if (!chunk)
            return NULL;
        push_chunk(arena, chunk);
    }
    return chunk->bytes + chunk->used;
}

void pac_arena_keep(pac_arena *arena, size_t size)
{
    arena->newest->used += size;
}

void pac_arena_free(pac_arena *arena)
{
    while (arena->newest) {
        pac_arena_chunk *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
}

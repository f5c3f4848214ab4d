#include "support/arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { CHUNK = 1 << 16, ALIGN = 16 };

struct pac_arena_chunk {
    pac_arena_chunk *older;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

void *pac_arena_take(pac_arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX - CHUNK)
        return NULL;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    pac_arena_chunk *chunk = arena->newest;
    if (!chunk || chunk->size - chunk->used < size) {
        /* A large request gets a chunk of its own behind the newest one, so that the rest of that is not lost. */
        size_t room = size > CHUNK / 4 ? size : CHUNK;
        pac_arena_chunk *fresh = calloc(1, sizeof *fresh + room);
        if (!fresh)
            return NULL;
        fresh->size = room;
        if (chunk && room == size) {
            fresh->older = chunk->older;
            chunk->older = fresh;
        } else {
            fresh->older = chunk;
            arena->newest = fresh;
        }
        chunk = fresh;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += size;
    return taken;
}

void pac_arena_free(pac_arena *arena)
{
    while (arena->newest) {
        pac_arena_chunk *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
}

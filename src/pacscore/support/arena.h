/* Memory that is handed out piece by piece and given back all at once. */
#ifndef PACSCORE_SUPPORT_ARENA_H
#define PACSCORE_SUPPORT_ARENA_H

#include <stddef.h>

typedef struct pac_arena_chunk pac_arena_chunk;

typedef struct {
    pac_arena_chunk *newest;
} pac_arena;

/* Zeroed memory, aligned to 16 bytes; NULL when there is none. It lives until pac_arena_free. */
void *pac_arena_take(pac_arena *arena, size_t size);

/* For what is written before its size is known: room for `size` bytes, not zeroed, aligned to nothing; then how many of
 * them are kept. Nothing else is taken in between. */
void *pac_arena_reserve(pac_arena *arena, size_t size);
void pac_arena_keep(pac_arena *arena, size_t size);

void pac_arena_free(pac_arena *arena);

#endif

/* What stays of a tile from one picture to the next, where its bytes arrive by and by: the coefficients of its bands,
 * and what the inverse wavelet transform has made of each resolution but the highest.
 *
 * It takes no more than one and a third times as many coefficients as the tile has samples, none for what has not
 * arrived.
 */
#ifndef PACSCORE_J2K_KEPT_TILE_H
#define PACSCORE_J2K_KEPT_TILE_H

#include "j2k/packets/scattered.h"

typedef struct {
    void *allocated;
    uint8_t *memory;  /* NULL until something is kept */
    ptrdiff_t stride; /* in coefficients */
    int32_t whole;    /* of a resolution: nothing has arrived since that would change it */
} pac_kept_plane;

typedef struct {
    pac_kept_plane *bands;       /* by pac_band.number */
    pac_kept_plane *resolutions; /* as they are numbered in the plan */
} pac_kept_tile;

/* How far rows of so many coefficients are apart, in coefficients: whole cache lines, and so that rows do not fall on
 * the same sets of the cache. */
static inline ptrdiff_t pac_plane_stride(int64_t width, pac_coefficient_type type)
{
    const int64_t size = (int64_t)pac_coefficient_size(type), bytes = (width * size + 63) & ~(int64_t)63;
    return (bytes + (bytes % 1024 == 0 ? 64 : 0)) / size;
}

pac_status pac_kept_tile_init(pac_kept_tile *kept, const pac_tile_plan *plan);
void pac_kept_tile_free(pac_kept_tile *kept, const pac_tile_plan *plan);

/* Makes room for a rectangle of zeros, if that has not been done. */
pac_status pac_kept_plane_provide(pac_kept_plane *plane, int64_t width, int64_t height, pac_coefficient_type type);

/* Forgets all coefficients: every block is to be decoded again. */
void pac_kept_tile_forget(pac_kept_tile *kept, pac_precincts *precincts);

/* Finds out which pieces of code-blocks are there; pictures of resolutions that this changes are not whole any more. */
void pac_kept_tile_arrive(pac_kept_tile *kept, pac_precincts *precincts, pac_byte_runs present);

#endif

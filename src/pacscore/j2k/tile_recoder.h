/* Recodes one tile: packets to code-blocks, and each of them to a block of the other coder; samples are not made.
 *
 * First pac_tile_recoder_read; then pac_tile_recoder_prepare; then pac_tile_recode in as many threads at once as init
 * was told; then the precincts have what packets are made of.
 */
#ifndef PACSCORE_J2K_TILE_RECODER_H
#define PACSCORE_J2K_TILE_RECODER_H

#include <stdatomic.h>

#include "j2k/block_recoder.h"
#include "j2k/packets/reader.h"

typedef struct {
    const pac_tile_plan *from, *to; /* that differ in code-block styles, in the order of packets and in levels alone */
    pac_tile_kernels kernels;
    const uint8_t *data;
    pac_precincts source, precincts; /* what was read, and what is written */
    pac_block_pair *pairs;           /* the blocks that have passes */
    int64_t pair_count;
    atomic_llong taken;
    atomic_llong cut; /* blocks whose lowest planes were never sent */
    atomic_llong damaged;
    atomic_int status; /* the first failure */
    atomic_int entered;
    pac_block_recoder *recoders; /* one a thread; they own the coded bytes */
    int32_t threads;
    int32_t flush;        /* MQ codewords end as FLUSH ends them */
    int32_t levels_added; /* decomposition levels that are written and not read; negative: that are read alone */
} pac_tile_recoder;

pac_status pac_tile_recoder_init(pac_tile_recoder *recoder, const pac_tile_plan *from, const pac_tile_plan *to,
                                 pac_target target, int64_t block_limit, int32_t threads);
/* After PAC_TRUNCATED or PAC_CORRUPT the caller may go on with what there is. */
pac_status pac_tile_recoder_read(pac_tile_recoder *recoder, const pac_packet_source *source, pac_packet_report *report);
/* Once, after reading: lists the blocks. PAC_CORRUPT: the plans do not fit. */
pac_status pac_tile_recoder_prepare(pac_tile_recoder *recoder);
/* Called by each thread once. */
void pac_tile_recode(pac_tile_recoder *recoder);
void pac_tile_recoder_free(pac_tile_recoder *recoder);

#endif

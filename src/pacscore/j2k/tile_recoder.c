#include "j2k/tile_recoder.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCKS_AT_ONCE = 4 };

pac_status pac_tile_recoder_init(pac_tile_recoder *recoder, const pac_tile_plan *from, const pac_tile_plan *to,
                                 pac_target target, int64_t block_limit, int32_t threads)
{
    memset(recoder, 0, sizeof *recoder);
    recoder->from = from;
    recoder->to = to;
    recoder->threads = threads;
    pac_tile_kernels_init(&recoder->kernels, target);
    recoder->recoders = calloc((size_t)threads, sizeof *recoder->recoders);
    if (!recoder->recoders)
        return PAC_NO_MEMORY;
    const pac_status status = pac_precincts_init(&recoder->source, from, block_limit);
    return status ? status : pac_precincts_init(&recoder->precincts, to, block_limit);
}

void pac_tile_recoder_free(pac_tile_recoder *recoder)
{
    if (!recoder->from)
        return;
    for (int32_t i = 0; recoder->recoders && i < recoder->threads; i++) {
        pac_block_scratch_free(&recoder->recoders[i].scratch);
        pac_block_encoder_free(&recoder->recoders[i].encoder);
    }
    free(recoder->recoders);
    free(recoder->pairs);
    pac_precincts_free(&recoder->source);
    pac_precincts_free(&recoder->precincts);
    memset(recoder, 0, sizeof *recoder);
}

pac_status pac_tile_recoder_read(pac_tile_recoder *recoder, const pac_packet_source *source, pac_packet_report *report)
{
    recoder->data = source->data;
    return pac_packets_read(&recoder->source, source, report);
}

static int64_t count_blocks(const pac_precinct_band *band)
{
    return (int64_t)band->blocks_wide * band->blocks_high;
}

/* Pairs those blocks of a band that have pieces. */
static pac_status list_band(pac_tile_recoder *recoder, const pac_resolution *from, const pac_resolution *to, int32_t b,
                            const pac_precinct_band *read, const pac_precinct_band *written)
{
    if (!read->blocks)
        return PAC_OK;
    if (read->blocks_wide != written->blocks_wide || read->blocks_high != written->blocks_high)
        return PAC_CORRUPT;
    for (int64_t i = 0; i < count_blocks(read); i++)
        if (read->blocks[i].first_piece >= 0)
            recoder->pairs[recoder->pair_count++] = (pac_block_pair){&recoder->from->components[from->component],
                                                                     &recoder->to->components[to->component],
                                                                     &from->bands[b],
                                                                     &to->bands[b],
                                                                     &read->blocks[i],
                                                                     &written->blocks[i]};
    return PAC_OK;
}

/* The resolution that has the same bands, NULL if there is none: levels are added or taken away below it. */
static const pac_resolution *written_resolution(const pac_tile_recoder *recoder, const pac_resolution *from)
{
    const pac_tile_component *to = &recoder->to->components[from->component];
    const int32_t number = from->resolution + recoder->levels_added;
    if (recoder->levels_added && (from->resolution == 0 || number < 1))
        return NULL;
    return number < to->resolution_count ? &recoder->to->resolutions[to->first_resolution + number] : NULL;
}

/* Blocks that have no partner are not decoded here; whether their lowest planes were sent is known nevertheless. */
static void note_cut(pac_tile_recoder *recoder, const pac_resolution *from, const pac_precinct *read)
{
    for (int32_t b = 0; read->bands && b < from->band_count; b++)
        for (int64_t i = 0; read->bands[b].blocks && i < count_blocks(&read->bands[b]); i++) {
            const pac_code_block *block = &read->bands[b].blocks[i];
            const int32_t planes = block->missing_bitplanes + 1 + (block->passes - 1) / 3;
            if (block->passes && planes < from->bands[b].magnitude_bitplanes)
                atomic_fetch_add(&recoder->cut, 1);
        }
}

static pac_status list_precinct(pac_tile_recoder *recoder, int64_t number)
{
    const pac_resolution *from = &recoder->from->resolutions[recoder->from->precinct_resolution[number]];
    const pac_resolution *to = written_resolution(recoder, from);
    const pac_precinct *read = &recoder->source.precincts[number];
    if (!to) {
        note_cut(recoder, from, read);
        return recoder->levels_added ? PAC_OK : PAC_CORRUPT;
    }
    if (to->precincts_wide != from->precincts_wide || to->precincts_high != from->precincts_high ||
        to->band_count != from->band_count)
        return PAC_CORRUPT;
    const int64_t there = number - from->first_precinct + to->first_precinct;
    pac_status status = pac_precinct_open(&recoder->precincts, there);
    for (int32_t b = 0; read->bands && b < from->band_count && !status; b++)
        status = list_band(recoder, from, to, b, &read->bands[b], &recoder->precincts.precincts[there].bands[b]);
    return status;
}

/* Those that are added have blocks, too, which others make. */
static pac_status open_added(pac_tile_recoder *recoder)
{
    pac_status status = PAC_OK;
    for (int64_t k = 0; k < recoder->to->precinct_count && !status; k++)
        status = pac_precinct_open(&recoder->precincts, k);
    return status;
}

pac_status pac_tile_recoder_prepare(pac_tile_recoder *recoder)
{
    if (recoder->from->component_count != recoder->to->component_count ||
        (!recoder->levels_added && recoder->from->precinct_count != recoder->to->precinct_count))
        return PAC_CORRUPT;
    recoder->pairs = malloc((size_t)(recoder->source.block_count + 1) * sizeof *recoder->pairs);
    if (!recoder->pairs)
        return PAC_NO_MEMORY;
    pac_status status = PAC_OK;
    for (int64_t k = 0; k < recoder->from->precinct_count && !status; k++)
        status = list_precinct(recoder, k);
    return status || !recoder->levels_added ? status : open_added(recoder);
}

static void recode_one(pac_tile_recoder *recoder, pac_block_recoder *own, const pac_block_pair *pair)
{
    const pac_block_source source = {&recoder->source, recoder->data, &recoder->kernels, NULL};
    pac_block_planes planes;
    int none = PAC_OK;
    const pac_status status = pac_block_recode(own, &source, pair, &planes);
    if (status)
        atomic_compare_exchange_strong(&recoder->status, &none, (int)status);
    if (pair->block->damaged)
        atomic_fetch_add(&recoder->damaged, 1);
    if (planes.passes && planes.plane > 0)
        atomic_fetch_add(&recoder->cut, 1);
}

void pac_tile_recode(pac_tile_recoder *recoder)
{
    pac_block_recoder *own = &recoder->recoders[atomic_fetch_add(&recoder->entered, 1)];
    const pac_block_settings settings = {0};
    own->flush = recoder->flush;
    int none = PAC_OK;
    if (pac_block_encoder_init(&own->encoder, &recoder->kernels, &settings))
        atomic_compare_exchange_strong(&recoder->status, &none, PAC_NO_MEMORY);
    while (!atomic_load_explicit(&recoder->status, memory_order_relaxed)) {
        const int64_t first = atomic_fetch_add(&recoder->taken, BLOCKS_AT_ONCE);
        if (first >= recoder->pair_count)
            break;
        for (int64_t i = first; i < recoder->pair_count && i < first + BLOCKS_AT_ONCE; i++)
            recode_one(recoder, own, &recoder->pairs[i]);
    }
    pac_block_scratch_free(&own->scratch);
    pac_block_encoder_finish(&own->encoder);
}

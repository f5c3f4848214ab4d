#include "j2k/analysis.h"

#include <stdlib.h>

static pac_status place_levels(pac_analysis *analysis)
{
    size_t size = 0;
    for (int32_t r = 1; r <= analysis->top; r++)
        size += pac_wavelet_level_size(pac_rect_width(analysis->resolutions[r].rect), analysis->type);
    analysis->memory = aligned_alloc(64, size + 64);
    if (!analysis->memory)
        return PAC_NO_MEMORY;
    uint8_t *next = analysis->memory;
    for (int32_t r = 1; r <= analysis->top; r++) {
        const pac_rect rect = analysis->resolutions[r].rect;
        pac_wavelet_level_init(&analysis->levels[r].wavelet, analysis->type, rect, next);
        next += pac_wavelet_level_size(pac_rect_width(rect), analysis->type);
    }
    return PAC_OK;
}

pac_status pac_analysis_init(pac_analysis *analysis, const pac_tile_plan *plan, const pac_tile_component *component)
{
    analysis->resolutions = &plan->resolutions[component->first_resolution];
    analysis->top = component->resolution_count - 1;
    analysis->memory = NULL;
    for (int32_t r = 0; r <= analysis->top; r++)
        for (int32_t b = 0; b < 3; b++)
            analysis->levels[r].bands[b].memory = NULL;
    pac_status status = place_levels(analysis);
    for (int32_t r = 0; r <= analysis->top; r++) {
        const pac_resolution *resolution = &analysis->resolutions[r];
        for (int32_t b = 0; b < resolution->band_count && !status; b++)
            status = pac_filling_band_init(&analysis->levels[r].bands[b], analysis->queue, resolution,
                                           &resolution->bands[b], analysis->type);
    }
    return status;
}

void pac_analysis_free(pac_analysis *analysis)
{
    for (int32_t r = 0; r <= analysis->top; r++)
        for (int32_t b = 0; b < 3; b++)
            pac_filling_band_free(&analysis->levels[r].bands[b]);
    free(analysis->memory);
}

static void *next_row(pac_analysis *analysis, int32_t r)
{
    if (r == 0)
        return pac_filling_band_row(&analysis->levels[0].bands[0], analysis->queue, analysis->encoder);
    const pac_wavelet_level *wavelet = &analysis->levels[r].wavelet;
    return pac_wavelet_row(wavelet, wavelet->arrived);
}

static void advance(pac_analysis *analysis, int32_t r);

/* Parts the final row y of resolution r between the next lower resolution and the bands. */
static void part_row(pac_analysis *analysis, int32_t r, int64_t y)
{
    pac_analysis_level *level = &analysis->levels[r];
    const int odd = (int)((level->wavelet.rect.y0 + y) & 1);
    const int lower = !odd && pac_rect_width(analysis->resolutions[r - 1].rect) > 0;
    pac_filling_band *high_band = &level->bands[odd ? 2 : 0];
    void *high = pac_filling_band_row(high_band, analysis->queue, analysis->encoder);
    void *low = odd     ? pac_filling_band_row(&level->bands[1], analysis->queue, analysis->encoder)
                : lower ? next_row(analysis, r - 1)
                        : NULL;
    analysis->kernels->wavelet.split_forward[analysis->type](&level->wavelet, y, low, high);
    pac_filling_band_advance(high_band, analysis->queue);
    if (odd)
        pac_filling_band_advance(&level->bands[1], analysis->queue);
    else if (lower)
        advance(analysis, r - 1);
}

/* The next row of resolution r has been written. Virtual rows follow the last one until that is final. */
static void advance(pac_analysis *analysis, int32_t r)
{
    if (r == 0) {
        pac_filling_band_advance(&analysis->levels[0].bands[0], analysis->queue);
        return;
    }
    pac_wavelet_level *wavelet = &analysis->levels[r].wavelet;
    const int64_t height = pac_rect_height(wavelet->rect), delay = pac_wavelet_delay(analysis->type);
    do {
        analysis->kernels->wavelet.arrive_forward[analysis->type](wavelet);
        if (wavelet->arrived > delay)
            part_row(analysis, r, wavelet->arrived - 1 - delay);
    } while (wavelet->arrived >= height && wavelet->arrived < height + delay);
}

void *pac_analysis_row(pac_analysis *analysis)
{
    return next_row(analysis, analysis->top);
}

void pac_analysis_advance(pac_analysis *analysis)
{
    advance(analysis, analysis->top);
}

int pac_analysis_overflowed(const pac_analysis *analysis)
{
    int overflowed = 0;
    for (int32_t r = 1; r <= analysis->top; r++)
        overflowed |= analysis->levels[r].wavelet.overflow;
    return overflowed;
}

#include "j2k/synthesis.h"

#include <stdlib.h>
#include <string.h>

static pac_rect grown(pac_rect rect, int64_t margin, pac_rect within)
{
    return (pac_rect){pac_max(rect.x0 - margin, within.x0), pac_max(rect.y0 - margin, within.y0),
                      pac_min(rect.x1 + margin, within.x1), pac_min(rect.y1 + margin, within.y1)};
}

/* The coordinates of a band that a rectangle of the resolution above it covers. Source: T.800 Equation B-15. */
static pac_rect share_of(pac_rect rect, int32_t orientation)
{
    const int64_t right = !(orientation & 1), down = !(orientation & 2);
    return (pac_rect){(rect.x0 + right) >> 1, (rect.y0 + down) >> 1, (rect.x1 + right) >> 1, (rect.y1 + down) >> 1};
}

static pac_rect within_band(pac_rect rect, const pac_band *band)
{
    return (pac_rect){rect.x0 - band->rect.x0, rect.y0 - band->rect.y0, rect.x1 - band->rect.x0,
                      rect.y1 - band->rect.y0};
}

static int equal(pac_rect a, pac_rect b)
{
    return a.x0 == b.x0 && a.y0 == b.y0 && a.x1 == b.x1 && a.y1 == b.y1;
}

/* Takes samples of a resolution that were kept, or sees that they will be. The highest of the component is not. */
static pac_status open_kept(pac_synthesis *synthesis, const pac_tile_component *component, int32_t r,
                            pac_kept_tile *kept)
{
    pac_synthesis_level *level = &synthesis->levels[r];
    const pac_rect rect = level->resolution->rect;
    pac_kept_plane *plane = &kept->resolutions[component->first_resolution + r];
    if (r == 0)
        return PAC_OK;
    if (plane->whole) {
        level->known = plane;
        return PAC_OK;
    }
    if (r == component->resolution_count - 1 || !equal(level->wanted, rect))
        return PAC_OK;
    level->filled = plane;
    return pac_kept_plane_provide(plane, pac_rect_width(rect), pac_rect_height(rect), synthesis->type);
}

pac_status pac_synthesis_init(pac_synthesis *synthesis, const pac_tile_plan *plan, const pac_tile_component *component,
                              pac_rect window)
{
    const int64_t margin = pac_wavelet_delay(synthesis->type);
    const int32_t highest = synthesis->resolutions - 1;
    synthesis->levels = calloc((size_t)synthesis->resolutions, sizeof *synthesis->levels);
    pac_status status = synthesis->levels ? PAC_OK : PAC_NO_MEMORY;
    for (int32_t r = highest; r >= 0 && !status; r--) {
        const pac_resolution *resolution = &plan->resolutions[component->first_resolution + r];
        pac_synthesis_level *level = &synthesis->levels[r];
        level->resolution = resolution;
        level->wanted = window;
        level->made = r > 0 ? grown(window, margin, resolution->rect) : window;
        if (synthesis->queue->source.kept)
            status = open_kept(synthesis, component, r, synthesis->queue->source.kept);
        if (level->known)
            break;
        const int64_t scale = (int64_t)1 << pac_min(highest - r, 31);
        for (int32_t b = 0; b < resolution->band_count && !status; b++) {
            const pac_band *band = &resolution->bands[b];
            const pac_rect share = r > 0 ? share_of(level->made, band->orientation) : window;
            level->strips[b] = (pac_strip){.component = component,
                                           .resolution = resolution,
                                           .band = band,
                                           .window = within_band(share, band),
                                           .type = synthesis->type};
            status = pac_strip_init(&level->strips[b], synthesis->queue, r > 0 ? 2 * scale : scale, 2 * margin * scale);
        }
        window = share_of(level->made, 0);
    }
    return status;
}

void pac_synthesis_free(pac_synthesis *synthesis)
{
    for (int32_t r = 0; synthesis->levels && r < synthesis->resolutions; r++)
        for (int32_t b = 0; b < 3; b++)
            free(synthesis->levels[r].strips[b].rows);
    free(synthesis->levels);
    synthesis->levels = NULL;
}

static size_t level_memory(const pac_synthesis *synthesis, const pac_synthesis_level *level)
{
    return pac_wavelet_level_size(pac_rect_width(level->made), synthesis->type);
}

/* Whether a resolution is made by the wavelet transform, rather than known or below one that is. */
static int is_made(const pac_synthesis *synthesis, int32_t r)
{
    return r > 0 && synthesis->levels[r].resolution && !synthesis->levels[r].known;
}

size_t pac_synthesis_memory(pac_synthesis *synthesis)
{
    size_t size = 0;
    for (int32_t r = 0; r < synthesis->resolutions; r++) {
        pac_synthesis_level *level = &synthesis->levels[r];
        size += is_made(synthesis, r) ? (level_memory(synthesis, level) + 63) & ~(size_t)63 : 0;
        for (int32_t b = 0; b < 3; b++) {
            pac_strip *strip = &level->strips[b];
            strip->slots = (int32_t)pac_min(strip->row_count, synthesis->queue->threads > 1 ? 2 : 1);
            if (strip->kept) {
                strip->slots = strip->row_count; /* each row has its place */
                strip->slot_size = 0;
            }
            size += (size_t)strip->slots * strip->slot_size;
        }
    }
    return size;
}

void pac_synthesis_place(pac_synthesis *synthesis, uint8_t *memory)
{
    for (int32_t r = 0; r < synthesis->resolutions; r++) {
        pac_synthesis_level *level = &synthesis->levels[r];
        for (int32_t b = 0; b < 3; b++) {
            level->strips[b].memory = memory;
            memory += (size_t)level->strips[b].slots * level->strips[b].slot_size;
        }
        if (is_made(synthesis, r)) {
            pac_wavelet_level_init(&level->wavelet, synthesis->type, level->made, memory);
            memory += (level_memory(synthesis, level) + 63) & ~(size_t)63;
        }
    }
}

static const void *read_resolution(pac_synthesis *synthesis, int32_t r, int64_t y);

/* The next row that the wavelet transform of a resolution needs, or a virtual one below the last. */
static void advance(pac_synthesis *synthesis, int32_t r)
{
    pac_synthesis_level *level = &synthesis->levels[r];
    const int64_t y = level->made.y0 + level->wavelet.arrived, n = y >> 1;
    const void *low = NULL, *high = NULL;
    if (y < level->made.y1) {
        const int odd = y & 1;
        pac_strip *right = &level->strips[odd ? 2 : 0];
        low = odd ? pac_strip_read(&level->strips[1], synthesis->queue, n - level->strips[1].band->rect.y0,
                                   synthesis->scratch)
                  : read_resolution(synthesis, r - 1, n);
        high = pac_strip_read(right, synthesis->queue, n - right->band->rect.y0, synthesis->scratch);
    }
    synthesis->kernels->wavelet.arrive_inverse[synthesis->type](&level->wavelet, low, high);
}

/* Row y of a kept resolution, as far as it is wanted. */
static uint8_t *kept_row(const pac_synthesis *synthesis, const pac_synthesis_level *level, const pac_kept_plane *plane,
                         int64_t y)
{
    const pac_rect rect = level->resolution->rect;
    const ptrdiff_t at = (y - rect.y0) * plane->stride + (level->wanted.x0 - rect.x0);
    return plane->memory + at * (ptrdiff_t)pac_coefficient_size(synthesis->type);
}

static const void *read_resolution(pac_synthesis *synthesis, int32_t r, int64_t y)
{
    pac_synthesis_level *level = &synthesis->levels[r];
    if (r == 0)
        return pac_strip_read(level->strips, synthesis->queue, y - level->strips->band->rect.y0, synthesis->scratch);
    if (level->known)
        return kept_row(synthesis, level, level->known, y);
    const int64_t row = y - level->made.y0;
    while (level->wavelet.arrived <= row + pac_wavelet_delay(synthesis->type))
        advance(synthesis, r);
    const size_t size = pac_coefficient_size(synthesis->type);
    const uint8_t *samples =
        (const uint8_t *)pac_wavelet_row(&level->wavelet, row) + (size_t)(level->wanted.x0 - level->made.x0) * size;
    if (level->filled)
        memcpy(kept_row(synthesis, level, level->filled, y), samples, (size_t)pac_rect_width(level->wanted) * size);
    return samples;
}

void pac_synthesis_keep(pac_synthesis *synthesis)
{
    for (int32_t r = 0; r < synthesis->resolutions; r++)
        if (synthesis->levels[r].filled)
            synthesis->levels[r].filled->whole = 1;
}

const void *pac_synthesis_read(pac_synthesis *synthesis, int64_t y)
{
    return read_resolution(synthesis, synthesis->resolutions - 1, y);
}

int pac_synthesis_overflowed(const pac_synthesis *synthesis)
{
    int overflow = 0;
    for (int32_t r = 1; r < synthesis->resolutions; r++)
        overflow |= synthesis->levels[r].wavelet.overflow;
    return overflow;
}

#include "j2k/packets/scattered.h"

const pac_tile_part *pac_find_run(pac_byte_runs present, uint64_t position)
{
    int64_t low = 0, high = present.count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (present.runs[middle].start <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? &present.runs[low - 1] : NULL;
}

static int is_possible(const pac_packet_reader *reader, const pac_packet_place *place)
{
    return place->precinct >= 0 && place->precinct < reader->state->plan->precinct_count && place->part >= 0 &&
           place->part < reader->source.part_count;
}

pac_status pac_packets_read_scattered(pac_packet_reader *reader, const pac_packet_place *places, int64_t count,
                                      pac_byte_runs present, uint8_t *done)
{
    for (int64_t i = 0; i < count; i++) {
        if (done[i])
            continue;
        if (!is_possible(reader, &places[i]))
            return PAC_CORRUPT;
        const pac_tile_part *run = pac_find_run(present, places[i].start);
        if (!run || run->stop <= places[i].start)
            continue;
        reader->source.present_start = run->start;
        reader->source.present_stop = run->stop;
        const pac_status status = pac_packet_read_at(reader, &places[i]);
        if (status && status != PAC_WAITING)
            return status;
        done[i] = !status;
    }
    return PAC_OK;
}

#include "j2k/packets/carrier.h"

#include <string.h>

#include "j2k/packets/byte_range.h"

enum { SOP_SIZE = 6, EPH_SIZE = 2 };

static const uint8_t EPH[EPH_SIZE] = {0xFF, 0x92};

/* What a packet takes in the codestream beside its body. */
static uint32_t head_size(const pac_carrier *carrier, const pac_carried_packet *packet)
{
    const uint32_t header = packet->header_length + (carrier->framing.eph ? EPH_SIZE : 0);
    return (carrier->framing.sop ? SOP_SIZE : 0) + (carrier->framing.packed ? 0 : header);
}

uint64_t pac_carrier_size(const pac_carrier *carrier, int64_t first, int64_t last)
{
    uint64_t size = 0;
    for (int64_t k = first; k < last; k++)
        size += (uint64_t)head_size(carrier, &carrier->packets[k]) + carrier->packets[k].body_length;
    return size;
}

size_t pac_carrier_headers_write(const pac_carrier *carrier, int64_t first, int64_t last, uint8_t *out)
{
    size_t size = 0;
    for (int64_t k = first; k < last; k++) {
        const pac_carried_packet *packet = &carrier->packets[k];
        if (out)
            memcpy(out + size, carrier->headers + packet->header, packet->header_length);
        size += packet->header_length;
        if (carrier->framing.eph) {
            if (out)
                memcpy(out + size, EPH, EPH_SIZE);
            size += EPH_SIZE;
        }
    }
    return size;
}

void pac_carrier_write(const pac_carrier *carrier, int64_t first, int64_t last, uint64_t from, uint64_t to,
                       uint8_t *out)
{
    pac_byte_range range = {0, from, to, out};
    for (int64_t k = first; k < last && range.at < to; k++) {
        const pac_carried_packet *packet = &carrier->packets[k];
        if (carrier->framing.sop) {
            const uint8_t segment[SOP_SIZE] = {0xFF, 0x91, 0, 4, (uint8_t)(k >> 8), (uint8_t)k};
            pac_write_piece(&range, segment, SOP_SIZE);
        }
        if (!carrier->framing.packed) {
            pac_write_piece(&range, carrier->headers + packet->header, packet->header_length);
            if (carrier->framing.eph)
                pac_write_piece(&range, EPH, EPH_SIZE);
        }
        pac_write_piece(&range, carrier->bodies + packet->body, packet->body_length);
    }
}

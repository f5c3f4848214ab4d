"""What Cython needs of packets/reader.h."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from pacscore.j2k._tile_plan cimport pac_status, pac_tile_plan


cdef extern from "j2k/packets/precincts.h":
    ctypedef struct pac_precincts:
        pass
    pac_status pac_precincts_init(pac_precincts *, const pac_tile_plan *, int64_t) nogil
    void pac_precincts_free(pac_precincts *) nogil

cdef extern from "j2k/packets/reader.h":
    ctypedef struct pac_tile_part:
        uint64_t start
        uint64_t stop
    ctypedef struct pac_packet_source:
        const uint8_t *data
        uint64_t present_start
        uint64_t present_stop
        const pac_tile_part *parts
        int32_t part_count
        int32_t parts_follow
        const uint8_t *packed_headers
        uint64_t packed_size
        int32_t discard_levels
        int32_t wanted_layers
        int32_t places_only
    ctypedef struct pac_packet_report:
        int64_t packets_expected
        int64_t packets_read
        uint64_t offset
        int64_t precinct
        const char *what
        uint64_t bytes_left
    ctypedef struct pac_packet_place:
        uint64_t start
        uint64_t body
        uint64_t stop
        uint64_t packed
        int32_t precinct
        int32_t layer
        int32_t part
    ctypedef struct pac_packet_reader:
        pac_packet_source source
        pac_packet_report report
        uint64_t position
        int64_t needed
        pac_packet_place *places
        int64_t place_count
    void pac_packet_reader_init(pac_packet_reader *, pac_precincts *, const pac_packet_source *) nogil
    void pac_packet_reader_free(pac_packet_reader *) nogil
    pac_status pac_packets_resume(pac_packet_reader *) nogil

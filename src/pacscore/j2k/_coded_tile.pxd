"""A tile whose code-blocks are coded, for the compiled modules that code them."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

from pacscore.j2k._packet_reader cimport pac_precincts
from pacscore.j2k._tile_plan cimport pac_status
from pacscore.j2k._written_packets cimport WrittenPackets


cdef extern from "j2k/packets/writer.h":
    ctypedef struct pac_packet:
        uint32_t length
    ctypedef struct pac_packet_framing:
        int32_t sop
        int32_t eph
        int32_t packed
    ctypedef struct pac_packet_list:
        pac_packet *packets
        int64_t count
    pac_status pac_packet_list_init(pac_packet_list *, pac_precincts *, pac_packet_framing) nogil
    void pac_packet_list_free(pac_packet_list *) nogil
    size_t pac_packet_headers_write(const pac_packet_list *, int64_t, int64_t, uint8_t *) nogil
    void pac_packets_write(
        const pac_packet_list *, const pac_precincts *, int64_t, int64_t, uint64_t, uint64_t, uint8_t *) nogil

cdef extern from "j2k/coded_blocks.h":
    ctypedef struct pac_coded_block:
        pass
    ctypedef struct pac_pass_bytes:
        pass
    ctypedef struct pac_coded_total:
        int64_t passes
        size_t bytes
    pac_status pac_coded_blocks_open(pac_precincts *, int64_t *) nogil
    pac_coded_total pac_coded_blocks_read(
        const pac_precincts *, pac_coded_block *, pac_pass_bytes *, uint8_t *) nogil
    pac_status pac_coded_blocks_replace(
        pac_precincts *, const pac_coded_block *, const pac_pass_bytes *, const uint8_t *) nogil


cdef class CodedTile(WrittenPackets):
    cdef pac_precincts *precincts  # those of the class that makes them
    cdef pac_packet_list packets
    cdef bytes replaced

    cdef pac_status status(self)

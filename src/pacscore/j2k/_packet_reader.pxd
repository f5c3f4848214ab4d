"""How compiled modules give packets to C, and tell in Python what C found in them."""

from cpython.buffer cimport PyBUF_SIMPLE, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from pacscore.j2k._tile_plan cimport PAC_CORRUPT, PAC_TRUNCATED, check, pac_status, pac_tile_plan


cdef extern from "j2k/packets/precincts.h":
    ctypedef struct pac_precinct:
        int32_t next_layer
    ctypedef struct pac_precincts:
        const pac_tile_plan *plan
        pac_precinct *precincts
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
        const uint8_t *packed_headers
        uint64_t packed_size
        int32_t discard_levels
        int32_t wanted_layers
        int32_t list_places
        int32_t placeholders
        int32_t leave_pieces
        int32_t more_parts
        int32_t no_sop
    ctypedef struct pac_packet_report:
        int64_t packets_expected
        int64_t packets_read
        uint64_t offset
        int64_t precinct
        const char *what
        uint64_t bytes_left
    ctypedef struct pac_packet_place:
        uint64_t start
        uint64_t stop
        uint64_t header
        uint64_t body
        uint32_t header_length
        int32_t precinct
        int32_t layer
        int32_t part
        int32_t first_piece
    ctypedef struct pac_packet_reader:
        pac_packet_source source
        pac_packet_report report
        int32_t part
        uint64_t position
        int64_t needed
        pac_packet_place *places
        int64_t place_count
    void pac_packet_reader_init(pac_packet_reader *, pac_precincts *, const pac_packet_source *) nogil
    void pac_packet_reader_free(pac_packet_reader *) nogil
    pac_status pac_packets_resume(pac_packet_reader *) nogil
    void pac_packet_reader_extend(pac_packet_reader *, const pac_tile_part *, int32_t) nogil

cdef extern from "j2k/packets/scattered.h":
    ctypedef struct pac_byte_runs:
        const pac_tile_part *runs
        int64_t count
    pac_status pac_packets_read_scattered(
        pac_packet_reader *, const pac_packet_place *, int64_t, pac_byte_runs, uint8_t *) nogil

cdef extern from "j2k/damaged_blocks.h":
    ctypedef struct pac_damaged_block:
        int32_t component
        int32_t resolution
        int32_t orientation
        int32_t x
        int32_t y
        int32_t width
        int32_t height
        int32_t flaw
        int32_t planes_kept
        int32_t plane
    int64_t pac_damaged_blocks(const pac_precincts *, pac_damaged_block *, int64_t) nogil


cdef inline pac_tile_part *take_source(
        pac_packet_source *source, Py_buffer *view, Py_buffer *packed, data, parts, packed_headers) except NULL:
    """Fill a source with all packets of a tile. The caller releases the buffers, and frees what is returned."""
    cdef pac_tile_part *ranges = <pac_tile_part *> calloc(len(parts) + 1, sizeof(pac_tile_part))
    if not ranges:
        raise MemoryError()
    memset(source, 0, sizeof(pac_packet_source))
    try:
        PyObject_GetBuffer(data, view, PyBUF_SIMPLE)
        if packed_headers is not None:
            PyObject_GetBuffer(packed_headers, packed, PyBUF_SIMPLE)
            source.packed_headers = <const uint8_t *> packed.buf
            source.packed_size = <uint64_t> packed.len
        for i, (start, stop) in enumerate(parts):
            if not 0 <= start <= stop <= view.len:
                raise ValueError(f"the byte range {start} to {stop} lies outside the data")
            ranges[i].start, ranges[i].stop = start, stop
    except BaseException:
        free(ranges)
        raise
    source.data = <const uint8_t *> view.buf
    source.present_stop = <uint64_t> view.len
    source.parts = ranges
    source.part_count = <int32_t> len(parts)
    return ranges


cdef inline tuple told(pac_status status, const pac_packet_report *report):
    """What was read: packets expected and read, whether it was cut, what is wrong, offset, precinct, bytes left."""
    if status != PAC_TRUNCATED and status != PAC_CORRUPT:
        check(status)
    what = None if report.what == NULL else report.what.decode("ascii")
    return (report.packets_expected, report.packets_read, status == PAC_TRUNCATED, what, report.offset,
            report.precinct, report.bytes_left)


cdef inline list layers_read(const pac_precincts *precincts):
    """How many layers of each precinct were read whole."""
    return [precincts.precincts[i].next_layer for i in range(precincts.plan.precinct_count)]


cdef inline list list_damaged_blocks(const pac_precincts *precincts, int64_t most):
    """So many at most: component, resolution, orientation, x, y, width, height, flaw, planes kept, plane."""
    most = pac_damaged_blocks(precincts, NULL, most)
    cdef pac_damaged_block *found = <pac_damaged_block *> calloc(most + 1, sizeof(pac_damaged_block))
    if not found:
        raise MemoryError()
    try:
        count = pac_damaged_blocks(precincts, found, most)
        return [(found[i].component, found[i].resolution, found[i].orientation, found[i].x, found[i].y,
                 found[i].width, found[i].height, found[i].flaw, found[i].planes_kept, found[i].plane)
                for i in range(count)]
    finally:
        free(found)

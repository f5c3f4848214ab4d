"""The decoder of one tile, for others that decode as it does."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from pacscore.j2k._packet_reader cimport pac_byte_runs, pac_packet_report, pac_packet_source, pac_precincts, pac_tile_part
from pacscore.support._row_conversion cimport RowConversion, pac_row_conversion
from pacscore.j2k._tile_plan cimport CompiledPlan, pac_rect, pac_status, pac_target, pac_tile_plan


cdef extern from "j2k/components/components.h":
    ctypedef enum pac_sample_type:
        pass
    ctypedef struct pac_sample_range:
        int32_t precision
        int32_t is_signed

cdef extern from "j2k/kept_tile.h":
    ctypedef struct pac_kept_tile:
        pass
    pac_status pac_kept_tile_init(pac_kept_tile *, const pac_tile_plan *) nogil
    void pac_kept_tile_free(pac_kept_tile *, const pac_tile_plan *) nogil
    void pac_kept_tile_arrive(pac_kept_tile *, pac_precincts *, pac_byte_runs) nogil

cdef extern from "j2k/tile_decoder.h":
    ctypedef struct pac_sample_window:
        pac_rect window
        void *out
        Py_ssize_t row_stride
        Py_ssize_t pixel_stride
        pac_sample_type type
        pac_sample_range range
        const pac_row_conversion *conversion
    ctypedef struct pac_block_source:
        const uint8_t *data
    ctypedef struct pac_block_queue:
        pac_block_source source
        int64_t blocks_damaged
    ctypedef struct pac_tile_decoder:
        pac_block_queue queue
        pac_precincts precincts
        int32_t narrow_failed
        int32_t discard_levels
        pac_kept_tile *kept
    pac_status pac_tile_decoder_init(
        pac_tile_decoder *, const pac_tile_plan *, pac_target, int64_t) nogil
    pac_status pac_tile_read(pac_tile_decoder *, const pac_packet_source *, pac_packet_report *) nogil
    pac_status pac_tile_prepare(pac_tile_decoder *, const pac_sample_window *, int32_t) nogil
    pac_status pac_tile_list_needed(pac_tile_decoder *, pac_tile_part **, int64_t *) nogil
    pac_status pac_tile_decode(pac_tile_decoder *) nogil
    void pac_tile_decoder_free(pac_tile_decoder *) nogil


cdef class TileDecoder:
    cdef pac_tile_decoder decoder
    cdef CompiledPlan plan
    cdef Py_buffer data
    cdef Py_buffer packed
    cdef Py_buffer *outputs
    cdef pac_sample_window *windows
    cdef RowConversion conversion

    cdef void let_go(self) noexcept
    cdef int set_window(self, Py_ssize_t c, object rect, object array, int sample_type) except -1
    cdef int convert_rows(self, object array) except -1

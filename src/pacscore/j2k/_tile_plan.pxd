"""What the compiled modules for tiles share: the plan of a tile, and what C's words are."""

from libc.stdint cimport int32_t, int64_t


cdef extern from "support/status.h":
    ctypedef enum pac_status:
        PAC_OK
        PAC_NO_MEMORY
        PAC_TRUNCATED
        PAC_CORRUPT
        PAC_UNSUPPORTED
        PAC_LIMIT
        PAC_NO_SPACE
        PAC_WAITING

cdef extern from "support/rect.h":
    ctypedef struct pac_rect:
        int64_t x0
        int64_t y0
        int64_t x1
        int64_t y1

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "j2k/packets/plan.h":
    ctypedef struct pac_band:
        pac_rect rect
        double step
        int32_t orientation
        int32_t magnitude_bitplanes
        int32_t number
    ctypedef struct pac_resolution:
        pac_rect rect
        int64_t first_precinct
        int32_t component
        int32_t resolution
        int32_t precinct_width_exponent
        int32_t precinct_height_exponent
        int32_t block_width_exponent
        int32_t block_height_exponent
        int32_t precincts_wide
        int32_t precincts_high
        int32_t band_count
        pac_band bands[3]
    ctypedef struct pac_tile_component:
        pac_rect rect
        int32_t first_resolution
        int32_t resolution_count
        int32_t style
        int32_t roi_shift
        int32_t reversible
        int32_t wide
    ctypedef struct pac_packet_run:
        const int32_t *precincts
        int64_t precinct_count
        int32_t layers
        int32_t layers_outer
    ctypedef struct pac_tile_plan:
        const pac_tile_component *components
        const pac_resolution *resolutions
        const int32_t *precinct_resolution
        const pac_packet_run *runs
        int64_t precinct_count
        int32_t component_count
        int32_t resolution_count
        int32_t run_count
        int32_t layers
        int32_t color_transform


cdef inline int check(pac_status status) except -1:
    if status == PAC_OK:
        return 0
    if status == PAC_NO_MEMORY:
        raise MemoryError("no memory for the coefficients of a tile")
    if status == PAC_LIMIT:
        from pacscore.errors import LimitError
        raise LimitError("the tile has more precincts or code-blocks than Limits.code_blocks")
    raise SystemError(f"the tile core returned status {<int> status}")


cdef inline pac_rect rect_of(object rect):
    cdef pac_rect out
    out.x0, out.y0, out.x1, out.y1 = rect
    return out


cdef class CompiledPlan:
    cdef pac_tile_plan plan
    cdef pac_tile_component *components
    cdef pac_resolution *resolutions
    cdef pac_packet_run *runs
    cdef object arrays
    cdef int narrow_failed  # a hint from tile to tile: 16-bit coefficients did not suffice

    cdef int fill_component(self, Py_ssize_t c, object component, int32_t first_resolution) except -1
    cdef int fill_run(self, Py_ssize_t i, object run) except -1

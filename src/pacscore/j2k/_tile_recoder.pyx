"""The recoder of one tile in C."""

from cpython.buffer cimport PyBuffer_Release
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free

cimport cython

from pacscore.j2k._coded_tile cimport CodedTile
from pacscore.j2k._packet_reader cimport (
    list_damaged_blocks,
    pac_packet_report,
    pac_packet_source,
    pac_precincts,
    pac_tile_part,
    take_source,
    told,
)
from pacscore.j2k._tile_plan cimport (
    PAC_CORRUPT,
    CompiledPlan,
    check,
    pac_status,
    pac_target,
    pac_tile_plan,
)

from pacscore.errors import OptionError

cdef int _ALL_LAYERS = 65535


cdef extern from "j2k/tile_recoder.h":
    ctypedef struct pac_tile_recoder:
        pac_precincts source
        pac_precincts precincts
        int64_t pair_count
        int64_t cut
        int64_t damaged
        int status
        int flush
        int levels_added
    pac_status pac_tile_recoder_init(
        pac_tile_recoder *, const pac_tile_plan *, const pac_tile_plan *, pac_target, int64_t, int32_t) nogil
    pac_status pac_tile_recoder_read(pac_tile_recoder *, const pac_packet_source *, pac_packet_report *) nogil
    pac_status pac_tile_recoder_prepare(pac_tile_recoder *) nogil
    void pac_tile_recode(pac_tile_recoder *) nogil
    void pac_tile_recoder_free(pac_tile_recoder *) nogil


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # as TileDecoder
cdef class TileRecoder(CodedTile):
    """Recodes one tile once: read, prepare, recode (in ``threads`` threads), write."""

    cdef pac_tile_recoder recoder
    cdef CompiledPlan source, written
    cdef Py_buffer data, packed
    cdef bint held

    def __cinit__(self, CompiledPlan source not None, CompiledPlan written not None, int target, int64_t block_limit,
                  int threads, bint flush=False, int levels_added=0):
        self.source, self.written = source, written
        check(pac_tile_recoder_init(
            &self.recoder, &source.plan, &written.plan, <pac_target> target, block_limit, threads))
        self.recoder.flush = flush
        self.recoder.levels_added = levels_added
        self.precincts = &self.recoder.precincts

    def __dealloc__(self):
        pac_tile_recoder_free(&self.recoder)
        PyBuffer_Release(&self.data)
        PyBuffer_Release(&self.packed)

    cdef pac_status status(self):
        return <pac_status> self.recoder.status

    def read(self, data, parts, packed_headers):
        """Read the packets; what TileDecoder.read returns."""
        cdef pac_packet_source source
        cdef pac_packet_report report
        cdef pac_status status
        cdef pac_tile_part *ranges
        if self.held:
            raise ValueError("a tile is read once")
        self.held = True
        ranges = take_source(&source, &self.data, &self.packed, data, parts, packed_headers)
        source.wanted_layers = _ALL_LAYERS
        with nogil:
            status = pac_tile_recoder_read(&self.recoder, &source, &report)
        free(ranges)
        return told(status, &report)

    def prepare(self):
        """List the code-blocks; once, after reading."""
        cdef pac_status status = pac_tile_recoder_prepare(&self.recoder)
        if status == PAC_CORRUPT:
            raise OptionError("the two plans of the tile do not have the same code-blocks")
        check(status)

    def recode(self):
        """Recode the code-blocks; in each of the threads once."""
        with nogil:
            pac_tile_recode(&self.recoder)

    @property
    def blocks(self):
        """How many code-blocks there are that have bytes."""
        return self.recoder.pair_count

    @property
    def blocks_cut(self):
        """How many lack their lowest bit-planes, so that they are not what the encoder was given."""
        return self.recoder.cut

    @property
    def blocks_damaged(self):
        """How many do not decode whole."""
        return self.recoder.damaged

    def damaged_blocks(self, int64_t most):
        """List so many at most, as `list_damaged_blocks` does."""
        return list_damaged_blocks(&self.recoder.source, most)

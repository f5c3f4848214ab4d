"""The encoder of one tile in C, and what joins the packets of several."""

from cpython.buffer cimport PyBUF_STRIDES, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

cimport cython

import numpy as np

from pacscore.j2k._tile_plan cimport (
    PAC_LIMIT,
    PAC_NO_SPACE,
    PAC_UNSUPPORTED,
    CompiledPlan,
    check,
    pac_rect,
    pac_status,
    pac_target,
    pac_tile_plan,
    rect_of,
)

from pacscore.errors import OptionError


cdef extern from "j2k/components/components.h":
    ctypedef enum pac_sample_type:
        pass
    ctypedef struct pac_sample_range:
        int32_t precision
        int32_t is_signed
    ctypedef struct pac_sample_extent:
        int64_t minimum
        int64_t maximum

cdef extern from "j2k/packets/precincts.h":
    ctypedef struct pac_precincts:
        pass

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
    size_t pac_packet_headers_write(const pac_packet_list *, int64_t, int64_t, uint8_t *) nogil

cdef extern from "j2k/coded_passes.h":
    ctypedef struct pac_coded_count:
        int64_t blocks
        int64_t passes
    pac_coded_count pac_coded_passes_count(const pac_precincts *) nogil
    void pac_coded_passes_read(const pac_precincts *, int32_t *, int32_t *, uint32_t *, float *) nogil
    void pac_coded_passes_assign(const pac_precincts *, const uint16_t *) nogil

cdef extern from "j2k/tile_encoder.h":
    ctypedef struct pac_block_settings:
        const pac_rect *roi
        const int32_t *roi_first
        const double *weights
        double slope_floor
        int32_t set_planes
    ctypedef struct pac_sample_source:
        const void *source "in"
        Py_ssize_t row_stride
        Py_ssize_t pixel_stride
        pac_sample_type type
        pac_sample_range range
        pac_sample_extent extent
    ctypedef struct pac_tile_encoder:
        pac_sample_source *sources
        pac_block_settings settings
        pac_precincts precincts
        pac_packet_list packets
    pac_status pac_tile_encoder_init(
        pac_tile_encoder *, const pac_tile_plan *, pac_target, int64_t, int32_t) nogil
    void pac_tile_encode(pac_tile_encoder *) nogil
    pac_status pac_tile_finish(pac_tile_encoder *, pac_packet_framing) nogil
    void pac_tile_write(const pac_tile_encoder *, int64_t, int64_t, uint64_t, uint64_t, uint8_t *) nogil
    void pac_tile_encoder_free(pac_tile_encoder *) nogil


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # as TileDecoder
cdef class TileEncoder:
    """Encodes one tile once: set every source, encode (in ``threads`` threads), look at the extents, write."""

    cdef pac_tile_encoder encoder
    cdef CompiledPlan plan
    cdef Py_buffer *buffers
    cdef Py_ssize_t held
    cdef pac_rect *roi
    cdef int32_t *roi_first
    cdef const double[::1] weights

    def __cinit__(self, CompiledPlan plan not None, int target, int64_t block_limit, int threads):
        self.plan = plan
        self.buffers = <Py_buffer *> calloc(plan.plan.component_count, sizeof(Py_buffer))
        if not self.buffers:
            raise MemoryError()
        check(pac_tile_encoder_init(&self.encoder, &plan.plan, <pac_target> target, block_limit, threads))

    def __dealloc__(self):
        pac_tile_encoder_free(&self.encoder)
        for c in range(self.held):
            PyBuffer_Release(&self.buffers[c])
        free(self.buffers)
        free(self.roi)
        free(self.roi_first)

    def add_source(self, array, int sample_type, int precision, bint is_signed):
        """Set where the samples of the next component come from."""
        cdef Py_ssize_t c = self.held
        cdef pac_rect rect
        if c == self.plan.plan.component_count:
            raise OptionError(f"a source for component {c} of {c}")
        rect = self.plan.components[c].rect
        if array.shape != (rect.y1 - rect.y0, rect.x1 - rect.x0):
            raise OptionError(f"component {c}: the array does not have the size of the tile")
        PyObject_GetBuffer(array, &self.buffers[c], PyBUF_STRIDES)
        self.held += 1
        cdef pac_sample_source *source = &self.encoder.sources[c]
        source.source = self.buffers[c].buf
        source.row_stride = self.buffers[c].strides[0]
        source.pixel_stride = self.buffers[c].strides[1]
        source.type = <pac_sample_type> sample_type
        source.range.precision = precision
        source.range.is_signed = is_signed

    def want_gains(self, const double[::1] weights not None, double slope_floor=0, int32_t set_planes=0):
        """Ask for the gain of each pass, by the weight of each band, three bands to a resolution.

        With a floor, code no further where the slope of a block falls below it.
        """
        if weights.shape[0] != 3 * self.plan.plan.resolution_count:
            raise OptionError(f"{weights.shape[0]} weights, not three for each of the resolutions")
        self.weights = weights
        self.encoder.settings.weights = &weights[0]
        self.encoder.settings.slope_floor = slope_floor
        self.encoder.settings.set_planes = set_planes

    def encode(self):
        """Encode; in each of the threads once."""
        if self.held != self.plan.plan.component_count:
            raise OptionError(f"{self.held} sources for {self.plan.plan.component_count} components")
        with nogil:
            pac_tile_encode(&self.encoder)

    def extents(self):
        """Return the least and the greatest sample of each component."""
        return [(self.encoder.sources[c].extent.minimum, self.encoder.sources[c].extent.maximum)
                for c in range(self.plan.plan.component_count)]

    def set_regions_of_interest(self, bands):
        """Set which rectangles are lifted in each band, three bands to a resolution."""
        cdef int32_t count = 0
        if self.roi:
            raise ValueError("regions of interest are set once")
        if len(bands) != 3 * self.plan.plan.resolution_count:
            raise OptionError(f"{len(bands)} bands, not three for {self.plan.plan.resolution_count} resolutions each")
        self.roi = <pac_rect *> calloc(sum(map(len, bands)) + 1, sizeof(pac_rect))
        self.roi_first = <int32_t *> calloc(len(bands) + 1, sizeof(int32_t))
        if not self.roi or not self.roi_first:
            raise MemoryError()
        for number, rects in enumerate(bands):
            for rect in rects:
                self.roi[count] = rect_of(rect)
                count += 1
            self.roi_first[number + 1] = count
        self.encoder.settings.roi = self.roi
        self.encoder.settings.roi_first = self.roi_first

    def coded_passes(self):
        """Return the band and the number of passes of each coded block, the length and the gain of each pass."""
        cdef pac_coded_count count = pac_coded_passes_count(&self.encoder.precincts)
        bands, counts = np.empty(count.blocks + 1, np.int32), np.empty(count.blocks + 1, np.int32)
        lengths, gains = np.empty(count.passes + 1, np.uint32), np.empty(count.passes + 1, np.float32)
        cdef int32_t[::1] to_bands = bands, to_counts = counts
        cdef uint32_t[::1] to_lengths = lengths
        cdef float[::1] to_gains = gains
        with nogil:
            pac_coded_passes_read(&self.encoder.precincts, &to_bands[0], &to_counts[0], &to_lengths[0], &to_gains[0])
        return bands[:-1], counts[:-1], lengths[:-1], gains[:-1]

    def set_layers(self, const uint16_t[::1] layers not None):
        """Set the quality layer that each pass is sent in."""
        if layers.shape[0] != pac_coded_passes_count(&self.encoder.precincts).passes:
            raise OptionError(f"{layers.shape[0]} layers are not one a pass")
        if layers.shape[0]:
            pac_coded_passes_assign(&self.encoder.precincts, &layers[0])

    def finish(self, bint sop, bint eph, bint packed=False):
        """Write the packet headers, and return the lengths of all packets; without headers that are packed."""
        cdef pac_status status
        cdef pac_packet_framing framing = pac_packet_framing(sop, eph, packed)
        with nogil:
            status = pac_tile_finish(&self.encoder, framing)
        if status == PAC_UNSUPPORTED:
            raise OptionError("more than 164 coding passes of a code-block in one layer (T.800 B.10.6)")
        if status == PAC_NO_SPACE:
            raise OptionError("a packet of 4 GiB or more: use tiles or precincts (T.800 A.4.2)")
        if status == PAC_LIMIT:
            raise OptionError("a coefficient needs more magnitude bit-planes than the guard bits leave (T.800 E.1)")
        check(status)
        lengths = np.empty(self.encoder.packets.count, np.uint32)
        cdef uint32_t[::1] view = lengths
        for k in range(self.encoder.packets.count):
            view[k] = self.encoder.packets.packets[k].length
        return lengths

    def headers(self, int64_t first, int64_t last):
        """Return the headers of packets ``first`` to ``last``, as they are packed."""
        if not 0 <= first <= last <= self.encoder.packets.count:
            raise OptionError(f"there are no packets {first} to {last}")
        cdef size_t size = pac_packet_headers_write(&self.encoder.packets, first, last, NULL)
        packed = PyBytes_FromStringAndSize(NULL, size)
        pac_packet_headers_write(&self.encoder.packets, first, last, <uint8_t *> PyBytes_AS_STRING(packed))
        return packed


cdef Py_ssize_t size_of(object piece) except -1:
    cdef TileEncoder tile
    cdef int64_t first, last
    cdef Py_ssize_t size = 0
    if type(piece) is bytes:
        return len(piece)
    tile, first, last = piece
    if not 0 <= first <= last <= tile.encoder.packets.count:
        raise OptionError(f"there are no packets {first} to {last}")
    for k in range(first, last):
        size += tile.encoder.packets.packets[k].length
    return size


@cython.final
@cython.auto_pickle(False)
cdef class Joining:
    """Bytes and packets, one after another, as bytes; packets are given as (TileEncoder, first, last).

    Each of ``shares`` threads calls `write` once; then `joined` is complete.
    """

    cdef readonly bytes joined
    cdef list pieces
    cdef list sizes
    cdef int shares
    cdef object numbers

    def __cinit__(self, list pieces not None, int shares):
        self.pieces = pieces
        self.sizes = [size_of(piece) for piece in pieces]
        self.joined = PyBytes_FromStringAndSize(NULL, sum(self.sizes))
        self.shares = shares
        self.numbers = iter(range(shares))

    def write(self):
        """Write the next share."""
        cdef TileEncoder tile
        cdef int64_t first, last, number = next(self.numbers)
        cdef uint64_t at = 0, size, begin, end
        cdef uint64_t start = len(self.joined) * number // self.shares
        cdef uint64_t stop = len(self.joined) * (number + 1) // self.shares
        cdef uint8_t *out = <uint8_t *> PyBytes_AS_STRING(self.joined)
        for piece, size in zip(self.pieces, self.sizes):
            begin, end = max(at, start), min(at + size, stop)
            if begin < end and type(piece) is bytes:
                memcpy(out + begin, PyBytes_AS_STRING(piece) + (begin - at), end - begin)
            elif begin < end:
                tile, first, last = piece
                with nogil:
                    pac_tile_write(&tile.encoder, first, last, begin - at, end - at, out + begin)
            at += size

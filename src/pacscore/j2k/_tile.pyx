"""One tile in C: its plan, its decoder and its encoder."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

cimport cython

import numpy as np

from pacscore.errors import LimitError, OptionError


cdef extern from "support/status.h":
    ctypedef enum pac_status:
        PAC_OK
        PAC_NO_MEMORY
        PAC_TRUNCATED
        PAC_CORRUPT
        PAC_UNSUPPORTED
        PAC_LIMIT
        PAC_NO_SPACE

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

cdef extern from "j2k/components/components.h":
    ctypedef enum pac_sample_type:
        pass
    ctypedef struct pac_sample_range:
        int32_t precision
        int32_t is_signed
    ctypedef struct pac_sample_extent:
        int64_t minimum
        int64_t maximum

cdef extern from "j2k/packets/reader.h":
    ctypedef struct pac_tile_part:
        uint64_t start
        uint64_t stop
    ctypedef struct pac_packet_source:
        const uint8_t *data
        const pac_tile_part *parts
        int32_t part_count
        const uint8_t *packed_headers
        uint64_t packed_size
        int32_t discard_levels
        int32_t wanted_layers
    ctypedef struct pac_packet_report:
        int64_t packets_expected
        int64_t packets_read
        uint64_t offset
        int64_t precinct
        const char *what
        uint64_t bytes_left

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

cdef extern from "j2k/tile_decoder.h":
    ctypedef struct pac_sample_window:
        pac_rect window
        void *out
        Py_ssize_t row_stride
        Py_ssize_t pixel_stride
        pac_sample_type type
        pac_sample_range range
    ctypedef struct pac_block_queue:
        int64_t blocks_damaged
    ctypedef struct pac_precincts:
        pass
    ctypedef struct pac_tile_decoder:
        pac_block_queue queue
        pac_precincts precincts
        int32_t narrow_failed
    pac_status pac_tile_decoder_init(
        pac_tile_decoder *, const pac_tile_plan *, pac_target, int64_t) nogil
    pac_status pac_tile_read(pac_tile_decoder *, const pac_packet_source *, pac_packet_report *) nogil
    pac_status pac_tile_prepare(pac_tile_decoder *, const pac_sample_window *, int32_t) nogil
    pac_status pac_tile_decode(pac_tile_decoder *) nogil
    void pac_tile_decoder_free(pac_tile_decoder *) nogil

cdef extern from "j2k/packets/writer.h":
    size_t pac_packet_headers_write(const pac_packet_list *, int64_t, int64_t, uint8_t *) nogil
cdef extern from "j2k/packets/precincts.h":
    ctypedef struct pac_precincts:
        pass

cdef extern from "j2k/coded_passes.h":
    ctypedef struct pac_coded_count:
        int64_t blocks
        int64_t passes
    pac_coded_count pac_coded_passes_count(const pac_precincts *) nogil
    void pac_coded_passes_read(const pac_precincts *, int32_t *, int32_t *, uint32_t *, float *) nogil
    void pac_coded_passes_assign(const pac_precincts *, const uint16_t *) nogil

cdef extern from "j2k/damaged_blocks.h":
    ctypedef struct pac_damaged_block:
        int32_t component
        int32_t resolution
        int32_t orientation
        int32_t x
        int32_t y
        int32_t flaw
        int32_t planes_kept
        int32_t plane
    int64_t pac_damaged_blocks(const pac_precincts *, pac_damaged_block *, int64_t) nogil

cdef extern from "j2k/tile_encoder.h":
    ctypedef struct pac_block_settings:
        const pac_rect *roi
        const int32_t *roi_first
        const double *weights
        double slope_floor
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


cdef int check(pac_status status) except -1:
    if status == PAC_OK:
        return 0
    if status == PAC_NO_MEMORY:
        raise MemoryError("no memory for the coefficients of a tile")
    if status == PAC_LIMIT:
        raise LimitError("the tile has more precincts or code-blocks than Limits.code_blocks")
    raise SystemError(f"the tile core returned status {<int> status}")


cdef pac_rect rect_of(object rect):
    cdef pac_rect out
    out.x0, out.y0, out.x1, out.y1 = rect
    return out


@cython.final
@cython.auto_pickle(False)
cdef class CompiledPlan:
    """What C needs to know of a tile; immutable, shared between threads."""

    cdef pac_tile_plan plan
    cdef pac_tile_component *components
    cdef pac_resolution *resolutions
    cdef pac_packet_run *runs
    cdef object arrays
    cdef int narrow_failed  # a hint from tile to tile: 16-bit coefficients did not suffice

    def __cinit__(self, components, owner, runs, int layers, bint color_transform):
        cdef Py_ssize_t resolution_count = sum(len(component.geometry.resolutions) for component in components)
        self.components = <pac_tile_component *> calloc(len(components) + 1, sizeof(pac_tile_component))
        self.resolutions = <pac_resolution *> calloc(resolution_count + 1, sizeof(pac_resolution))
        self.runs = <pac_packet_run *> calloc(len(runs) + 1, sizeof(pac_packet_run))
        if not self.components or not self.resolutions or not self.runs:
            raise MemoryError()
        self.arrays = [owner, [run.precincts for run in runs]]
        cdef const int32_t[::1] numbers = owner
        cdef int32_t resolution = 0
        for c, component in enumerate(components):
            self.fill_component(c, component, resolution)
            resolution += <int32_t> len(component.geometry.resolutions)
        for i, run in enumerate(runs):
            self.fill_run(i, run)
        self.plan.components = self.components
        self.plan.resolutions = self.resolutions
        self.plan.precinct_resolution = &numbers[0] if numbers.shape[0] else NULL
        self.plan.runs = self.runs
        self.plan.precinct_count = numbers.shape[0]
        self.plan.component_count = <int32_t> len(components)
        self.plan.resolution_count = resolution
        self.plan.run_count = <int32_t> len(runs)
        self.plan.layers = layers
        self.plan.color_transform = color_transform

    def __dealloc__(self):
        free(self.components)
        free(self.resolutions)
        free(self.runs)

    cdef int fill_component(self, Py_ssize_t c, object component, int32_t first_resolution) except -1:
        cdef pac_tile_component *out = &self.components[c]
        cdef int64_t precinct = 0
        cdef pac_resolution *here
        cdef pac_resolution *last
        if first_resolution:
            last = &self.resolutions[first_resolution - 1]
            precinct = last.first_precinct + <int64_t> last.precincts_wide * last.precincts_high
        out.rect = rect_of(component.geometry.rect)
        out.first_resolution = first_resolution
        out.resolution_count = <int32_t> len(component.geometry.resolutions)
        out.style = component.style
        out.roi_shift = component.roi_shift
        out.reversible = component.reversible
        out.wide = component.wide
        band_number = 0
        for r, resolution in enumerate(component.geometry.resolutions):
            here = &self.resolutions[first_resolution + r]
            here.rect = rect_of(resolution.rect)
            here.first_precinct = precinct
            here.component = <int32_t> c
            here.resolution = r
            here.precinct_width_exponent, here.precinct_height_exponent = resolution.precinct_exponents
            here.block_width_exponent, here.block_height_exponent = resolution.block_exponents
            here.precincts_wide = resolution.precincts_wide
            here.precincts_high = resolution.precincts_high
            here.band_count = <int32_t> len(resolution.bands)
            for b, band in enumerate(resolution.bands):
                here.bands[b].rect = rect_of(band.rect)
                here.bands[b].orientation = band.orientation
                here.bands[b].number = 3 * (first_resolution + <int32_t> r) + <int32_t> b
                here.bands[b].magnitude_bitplanes, here.bands[b].step = component.bands[band_number]
                band_number += 1
            precinct += <int64_t> here.precincts_wide * here.precincts_high
        return 0

    cdef int fill_run(self, Py_ssize_t i, object run) except -1:
        cdef const int32_t[::1] precincts = run.precincts
        self.runs[i].precincts = &precincts[0] if precincts.shape[0] else NULL
        self.runs[i].precinct_count = precincts.shape[0]
        self.runs[i].layers = run.layers
        self.runs[i].layers_outer = run.layers_outer
        return 0


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # what it holds leads back to it from nowhere, and must stay until __dealloc__
cdef class TileDecoder:
    """Decodes one tile once: read, prepare, decode in each of the threads that prepare was told."""

    cdef pac_tile_decoder decoder
    cdef CompiledPlan plan
    cdef Py_buffer data
    cdef Py_buffer packed
    cdef Py_buffer *outputs
    cdef pac_sample_window *windows

    def __cinit__(self, CompiledPlan plan not None, int target, int64_t block_limit):
        self.plan = plan
        check(pac_tile_decoder_init(&self.decoder, &plan.plan, <pac_target> target, block_limit))
        self.decoder.narrow_failed = plan.narrow_failed

    def __dealloc__(self):
        pac_tile_decoder_free(&self.decoder)
        PyBuffer_Release(&self.data)
        PyBuffer_Release(&self.packed)
        if self.outputs:
            for c in range(self.plan.plan.component_count):
                PyBuffer_Release(&self.outputs[c])
        free(self.outputs)
        free(self.windows)

    def read(self, data, parts, packed_headers, int discard_levels, int layers):
        cdef pac_packet_source source
        cdef pac_packet_report report
        cdef pac_status status
        cdef pac_tile_part *ranges = <pac_tile_part *> calloc(len(parts) + 1, sizeof(pac_tile_part))
        if not ranges:
            raise MemoryError()
        try:
            PyObject_GetBuffer(data, &self.data, PyBUF_SIMPLE)
            source.packed_headers = NULL
            source.packed_size = 0
            if packed_headers is not None:
                PyObject_GetBuffer(packed_headers, &self.packed, PyBUF_SIMPLE)
                source.packed_headers = <const uint8_t *> self.packed.buf
                source.packed_size = <uint64_t> self.packed.len
            for i, (start, stop) in enumerate(parts):
                if not 0 <= start <= stop <= self.data.len:
                    raise OptionError(f"the byte range {start} to {stop} lies outside the data")
                ranges[i].start, ranges[i].stop = start, stop
            source.data = <const uint8_t *> self.data.buf
            source.parts = ranges
            source.part_count = <int32_t> len(parts)
            source.discard_levels = discard_levels
            source.wanted_layers = layers
            with nogil:
                status = pac_tile_read(&self.decoder, &source, &report)
        finally:
            free(ranges)
        if status != PAC_TRUNCATED and status != PAC_CORRUPT:
            check(status)
        what = None if report.what == NULL else report.what.decode("ascii")
        return (report.packets_expected, report.packets_read, status == PAC_TRUNCATED, what, report.offset,
                report.precinct, report.bytes_left)

    def prepare(self, windows, arrays, int threads):
        cdef int32_t count = self.plan.plan.component_count
        if len(windows) != count or len(arrays) != count:
            raise OptionError(f"{len(windows)} windows, {len(arrays)} arrays for {count} components")
        if self.windows:
            raise ValueError("a tile is decoded once")
        self.windows = <pac_sample_window *> calloc(count, sizeof(pac_sample_window))
        self.outputs = <Py_buffer *> calloc(count, sizeof(Py_buffer))
        if not self.windows or not self.outputs:
            raise MemoryError()
        for c, (rect, _, _, sample_type, precision, is_signed) in enumerate(windows):
            self.set_window(c, rect, arrays[c], sample_type)
            self.windows[c].range.precision = precision
            self.windows[c].range.is_signed = is_signed
        check(pac_tile_prepare(&self.decoder, self.windows, threads))

    cdef int set_window(self, Py_ssize_t c, object rect, object array, int sample_type) except -1:
        cdef Py_buffer *output = &self.outputs[c]
        cdef pac_sample_window *window = &self.windows[c]
        PyObject_GetBuffer(array, output, PyBUF_STRIDES | PyBUF_WRITABLE)
        window.window = rect_of(rect)
        window.out = output.buf
        window.row_stride = output.strides[0]
        window.pixel_stride = output.strides[1]
        window.type = <pac_sample_type> sample_type
        if (output.shape[0] != window.window.y1 - window.window.y0
                or output.shape[1] != window.window.x1 - window.window.x0):
            raise OptionError(f"component {c}: the array does not have the size of its window")
        return 0

    def decode(self):
        cdef pac_status status
        with nogil:
            status = pac_tile_decode(&self.decoder)
        check(status)

    @property
    def blocks_damaged(self):
        """How many code-blocks do not decode whole; known when all threads are done."""
        self.plan.narrow_failed |= self.decoder.narrow_failed
        return self.decoder.queue.blocks_damaged

    def damaged_blocks(self, int64_t most):
        """List so many at most: component, resolution, orientation, x, y, flaw, planes kept, first plane lost."""
        cdef pac_damaged_block *found = <pac_damaged_block *> calloc(most + 1, sizeof(pac_damaged_block))
        if not found:
            raise MemoryError()
        try:
            count = pac_damaged_blocks(&self.decoder.precincts, found, most)
            return [(found[i].component, found[i].resolution, found[i].orientation, found[i].x, found[i].y,
                     found[i].flaw, found[i].planes_kept, found[i].plane) for i in range(count)]
        finally:
            free(found)


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

    def want_gains(self, const double[::1] weights not None, double slope_floor=0):
        """Ask for the gain of each pass, by the weight of each band, three bands to a resolution.

        With a floor, code no further where the slope of a block falls below it.
        """
        if weights.shape[0] != 3 * self.plan.plan.resolution_count:
            raise OptionError(f"{weights.shape[0]} weights, not three for each of the resolutions")
        self.weights = weights
        self.encoder.settings.weights = &weights[0]
        self.encoder.settings.slope_floor = slope_floor

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

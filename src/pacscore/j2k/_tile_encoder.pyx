"""The encoder of one tile in C."""

from cpython.buffer cimport PyBUF_STRIDES, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free

cimport cython

import numpy as np

from pacscore.j2k._coded_tile cimport CodedTile, pac_precincts
from pacscore.j2k._tile_plan cimport (
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

cdef extern from "j2k/convex_hulls.h":
    ctypedef struct pac_passes_of_blocks:
        const int64_t *counts
        int64_t block_count
        const uint32_t *lengths
        const double *gains
    ctypedef struct pac_hull_corners:
        int64_t *passes
        int64_t *blocks
        int64_t *bytes
        double *errors
    int64_t pac_convex_hulls(const pac_passes_of_blocks *, const pac_hull_corners *, int64_t *) nogil

cdef extern from "j2k/coded_passes.h":
    ctypedef struct pac_coded_count:
        int64_t blocks
        int64_t passes
    pac_coded_count pac_coded_passes_count(const pac_precincts *) nogil
    void pac_coded_passes_read(const pac_precincts *, int32_t *, int32_t *, uint32_t *, float *) nogil
    void pac_coded_passes_assign(const pac_precincts *, const uint16_t *) nogil

cdef extern from "j2k/surveyed_slopes.h":
    enum:
        PAC_SLOPE_PARTS
        PAC_SLOPE_OCTAVES
        PAC_SLOPE_CLASSES
    ctypedef struct pac_slopes:
        double bytes[PAC_SLOPE_CLASSES]
        double errors[PAC_SLOPE_CLASSES]
    void pac_slopes_of_passes(const pac_precincts *, const double *, pac_slopes *) nogil

cdef extern from "j2k/tile_encoder.h":
    ctypedef struct pac_block_settings:
        const pac_rect *roi
        const int32_t *roi_first
        const double *weights
        double slope_floor
        int32_t set_planes
        int32_t survey
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
        int status
    pac_status pac_tile_encoder_init(
        pac_tile_encoder *, const pac_tile_plan *, pac_target, int64_t, int32_t) nogil
    void pac_tile_encode(pac_tile_encoder *) nogil
    void pac_tile_encode_again(pac_tile_encoder *, double) nogil
    void pac_tile_encode_surveyed(pac_tile_encoder *) nogil
    void pac_tile_encoder_free(pac_tile_encoder *) nogil


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # as TileDecoder
cdef class TileEncoder(CodedTile):
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
        self.precincts = &self.encoder.precincts

    cdef pac_status status(self):
        return <pac_status> self.encoder.status

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

    def want_gains(self, const double[::1] weights not None, double slope_floor=0, int32_t set_planes=0,
                   bint survey=False):
        """Ask for the gain of each pass, by the weight of each band, three bands to a resolution.

        With a floor, code no further where the slope of a block falls below it. A survey of Part 1 blocks makes
        `encode` estimate lengths and gains only.
        """
        if weights.shape[0] != 3 * self.plan.plan.resolution_count:
            raise OptionError(f"{weights.shape[0]} weights, not three for each of the resolutions")
        self.weights = weights
        self.encoder.settings.weights = &weights[0]
        self.encoder.settings.slope_floor = slope_floor
        self.encoder.settings.set_planes = set_planes
        self.encoder.settings.survey = survey

    def encode(self):
        """Encode; in each of the threads once."""
        if self.held != self.plan.plan.component_count:
            raise OptionError(f"{self.held} sources for {self.plan.plan.component_count} components")
        with nogil:
            pac_tile_encode(&self.encoder)

    def encode_again(self, double slope_floor):
        """Let the blocks that were surveyed be encoded, down to a slope."""
        if not self.encoder.settings.survey:
            raise OptionError("no blocks were surveyed")
        pac_tile_encode_again(&self.encoder, slope_floor)

    def encode_surveyed(self):
        """Encode them; in each of the threads once."""
        with nogil:
            pac_tile_encode_surveyed(&self.encoder)

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

    def slopes(self):
        """Return the bytes and the squared error of all corners of blocks' convex hulls, by classes of slopes."""
        if self.weights is None:
            raise OptionError("no gains were asked for")
        found = np.empty((2, PAC_SLOPE_CLASSES))
        cdef double[:, ::1] view = found
        pac_slopes_of_passes(&self.encoder.precincts, &self.weights[0], <pac_slopes *> &view[0, 0])
        return found

    def set_layers(self, const uint16_t[::1] layers not None):
        """Set the quality layer that each pass is sent in."""
        if layers.shape[0] != pac_coded_passes_count(&self.encoder.precincts).passes:
            raise OptionError(f"{layers.shape[0]} layers are not one a pass")
        if layers.shape[0]:
            pac_coded_passes_assign(&self.encoder.precincts, &layers[0])


def slope_of_class(int number):
    """Return the slope that a class of `TileEncoder.slopes` begins with."""
    return 2.0 ** (number / PAC_SLOPE_PARTS - PAC_SLOPE_OCTAVES)


def convex_hulls(const int64_t[::1] counts not None, const uint32_t[::1] lengths not None,
                 const double[::1] gains not None):
    """Return the corners of the hulls of blocks' bytes and gains, and for each pass the corner that it comes before.

    Passes, blocks, bytes and errors of the corners, in the order of the passes; bytes and errors since the one before.
    """
    cdef Py_ssize_t count = lengths.shape[0]
    if np.sum(counts) != count or gains.shape[0] != count or (counts.shape[0] and np.min(counts) < 0):
        raise OptionError(f"{count} lengths and {gains.shape[0]} gains are not one for each of the passes")
    passes, blocks, added, following = (np.empty(count + 1, np.int64) for _ in range(4))
    errors = np.empty(count + 1, np.float64)
    cdef int64_t[::1] to_passes = passes, to_blocks = blocks, to_bytes = added, to_following = following
    cdef double[::1] to_errors = errors
    cdef pac_passes_of_blocks source
    cdef pac_hull_corners corners
    cdef int64_t found = 0
    if count:
        source = pac_passes_of_blocks(&counts[0], counts.shape[0], &lengths[0], &gains[0])
        corners = pac_hull_corners(&to_passes[0], &to_blocks[0], &to_bytes[0], &to_errors[0])
        with nogil:
            found = pac_convex_hulls(&source, &corners, &to_following[0])
    return passes[:found], blocks[:found], added[:found], errors[:found], following[:count]

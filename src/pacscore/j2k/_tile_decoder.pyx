"""The decoder of one tile in C."""

from cpython.buffer cimport PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy

cimport cython

import numpy as np

from pacscore.j2k._tile_plan cimport CompiledPlan, check, pac_status, pac_target, rect_of
from pacscore.j2k._packet_reader cimport (
    layers_read,
    list_damaged_blocks,
    pac_packet_report,
    pac_packet_source,
    pac_tile_part,
    take_source,
    told,
)

from pacscore.errors import OptionError


@cython.auto_pickle(False)
@cython.no_gc  # what it holds leads back to it from nowhere, and must stay until __dealloc__
cdef class TileDecoder:
    """Decodes one tile: read, then prepare, and decode in each of the threads that prepare was told.

    For further pictures `set_levels`, `prepare`, `needed_bytes` and `decode` again.
    """

    def __cinit__(self, CompiledPlan plan not None, int target, int64_t block_limit):
        self.plan = plan
        check(pac_tile_decoder_init(&self.decoder, &plan.plan, <pac_target> target, block_limit))
        self.decoder.narrow_failed = plan.narrow_failed

    def __dealloc__(self):
        pac_tile_decoder_free(&self.decoder)
        PyBuffer_Release(&self.data)
        PyBuffer_Release(&self.packed)
        self.let_go()

    cdef void let_go(self) noexcept:
        """Release the arrays of the last picture."""
        if self.outputs:
            for c in range(self.plan.plan.component_count):
                PyBuffer_Release(&self.outputs[c])
        free(self.outputs)
        free(self.windows)
        self.outputs, self.windows = NULL, NULL

    def read(self, data, parts, packed_headers, int discard_levels, int layers):
        cdef pac_packet_source source
        cdef pac_packet_report report
        cdef pac_status status
        cdef pac_tile_part *ranges = take_source(&source, &self.data, &self.packed, data, parts, packed_headers)
        source.discard_levels = discard_levels
        source.wanted_layers = layers
        with nogil:
            status = pac_tile_read(&self.decoder, &source, &report)
        free(ranges)
        return told(status, &report)

    def set_levels(self, int discard_levels):
        """Say how many of the highest resolutions the next picture leaves out; not more than were read."""
        self.decoder.discard_levels = discard_levels

    def prepare(self, windows, arrays, int threads, RowConversion conversion=None):
        """Say where the samples go, or where what a conversion makes of each row of the one component goes."""
        cdef int32_t count = self.plan.plan.component_count
        if len(windows) != count or len(arrays) != count:
            raise OptionError(f"{len(windows)} windows, {len(arrays)} arrays for {count} components")
        self.let_go()
        self.windows = <pac_sample_window *> calloc(count, sizeof(pac_sample_window))
        self.outputs = <Py_buffer *> calloc(count, sizeof(Py_buffer))
        if not self.windows or not self.outputs:
            raise MemoryError()
        for c, (rect, _, _, sample_type, precision, is_signed) in enumerate(windows):
            self.set_window(c, rect, arrays[c], sample_type)
            self.windows[c].range.precision = precision
            self.windows[c].range.is_signed = is_signed
        self.conversion = conversion
        if conversion is not None:
            self.convert_rows(arrays[0])
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

    cdef int convert_rows(self, object array) except -1:
        cdef Py_buffer *output = &self.outputs[0]
        cdef Py_ssize_t channels = output.shape[2] if output.ndim == 3 else 1
        if (self.plan.plan.component_count != 1 or self.conversion.conversion == NULL
                or channels != self.conversion.channels or array.dtype != self.conversion.results
                or output.strides[1] != channels * output.itemsize):
            raise OptionError(f"an array that rows are converted into is {self.conversion.results}, of one component")
        self.windows[0].conversion = self.conversion.conversion
        return 0

    def needed_bytes(self):
        """Return where the code-blocks are that what was prepared needs, as rows of start and stop, unsorted.

        To be called before every picture but the first: it forgets which code-blocks the last one found damaged.
        """
        cdef pac_tile_part *ranges
        cdef int64_t count
        cdef uint8_t[::1] bytes_of_it
        cdef pac_status status
        with nogil:
            status = pac_tile_list_needed(&self.decoder, &ranges, &count)
        try:
            check(status)
            found = np.empty((count, 2), np.uint64)
            bytes_of_it = found.reshape(-1).view("u1")
            if count:
                memcpy(&bytes_of_it[0], ranges, <size_t> count * sizeof(pac_tile_part))
            return found
        finally:
            free(ranges)

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
        """List so many at most, as `list_damaged_blocks` does."""
        return list_damaged_blocks(&self.decoder.precincts, most)

    def layers_read(self):
        """Return how many layers of each precinct were read whole."""
        return layers_read(&self.decoder.precincts)

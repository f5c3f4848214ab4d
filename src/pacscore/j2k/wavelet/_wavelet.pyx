"""One decomposition level of the wavelet transforms on whole arrays."""

from cpython.buffer cimport Py_buffer, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free
from libc.string cimport memcpy
from posix.stdlib cimport posix_memalign

import numpy as np

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/rect.h":
    ctypedef struct pac_rect:
        int64_t x0, y0, x1, y1

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "support/coefficient.h":
    ctypedef enum pac_coefficient_type:
        PAC_I16
        PAC_I32
        PAC_I64
        PAC_F32
        PAC_F64

cdef extern from "j2k/wavelet/wavelet.h":
    ctypedef struct pac_wavelet_level:
        int32_t overflow
        int64_t arrived
    ctypedef struct pac_wavelet_kernels:
        void (*arrive_inverse[5])(pac_wavelet_level *, const void *, const void *) noexcept nogil
        void (*arrive_forward[5])(pac_wavelet_level *) noexcept nogil
        void (*split_forward[5])(pac_wavelet_level *, int64_t, void *, void *) noexcept nogil
    void pac_wavelet_kernels_init(pac_wavelet_kernels *, pac_target) nogil
    int64_t pac_wavelet_delay(pac_coefficient_type) nogil
    int64_t pac_wavelet_low_count(int64_t, int64_t) nogil
    void *pac_wavelet_row(const pac_wavelet_level *, int64_t) nogil
    size_t pac_wavelet_level_size(int64_t, pac_coefficient_type) nogil
    void pac_wavelet_level_init(pac_wavelet_level *, pac_coefficient_type, pac_rect, void *) nogil

_KINDS = {np.dtype(np.int16): PAC_I16, np.dtype(np.int32): PAC_I32, np.dtype(np.int64): PAC_I64,
          np.dtype(np.float32): PAC_F32, np.dtype(np.float64): PAC_F64}
_COORDINATE_LIMIT = 1 << 32


def inverse(samples, *, origin=(0, 0), out=None, target=None):
    """Return the samples of one resolution from its four sub-bands.

    The kind of sample chooses the filter: integers the reversible 5-3, floats the irreversible 9-7.

    Source: T.800 F.3.2 (2D_SR), F.3.8 (1D_FILTR).

    Parameters
    ----------
    samples : ndarray of int16, int32, int64, float32 or float64, shape (rows, columns)
        The bands: LL upper left, HL upper right, LH lower left, HH lower right.
    origin : (int, int), in samples of this resolution, as (x, y)
        Upper-left corner: its parity decides which band comes first.
    out : ndarray, shape and dtype of `samples`, optional
        Written in place, and returned; may be `samples` itself. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray, shape and dtype of `samples`
        Level-shifted samples, not yet clamped to the component's precision.

    Raises
    ------
    OptionError
        If an array has no such kind or shape, or the origin is not on the reference grid.
    OverflowError
        If the samples are int16, and a sum leaves 16 bits.
    """
    return _level(samples, origin, out, target, True)


def forward(samples, *, origin=(0, 0), out=None, target=None):
    """Return the four sub-bands of one resolution: the reverse of `inverse`, which see.

    Source: T.800 F.4.2 (2D_SD), F.4.8 (1D_FILTD).

    Parameters
    ----------
    samples : ndarray of int16, int32, int64, float32 or float64, shape (rows, columns)
        Level-shifted samples.
    origin : (int, int), in samples of this resolution, as (x, y)
        Upper-left corner: its parity decides which band comes first.
    out : ndarray, shape and dtype of `samples`, optional
        Written in place, and returned; may be `samples` itself. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray, shape and dtype of `samples`
        The bands: LL upper left, HL upper right, LH lower left, HH lower right.

    Raises
    ------
    OptionError
        If an array has no such kind or shape, or the origin is not on the reference grid.
    OverflowError
        If the samples are int16, and a sum leaves 16 bits.
    """
    return _level(samples, origin, out, target, False)


def _level(samples, origin, out, target, bint inverse):
    if samples.ndim != 2 or samples.dtype not in _KINDS:
        raise OptionError(f"expected a 2-D array of int16, int32, int64, float32 or float64, not "
                          f"{samples.ndim}-D {samples.dtype}")
    if out is None:
        out = np.empty(samples.shape, samples.dtype)
    if out.shape != samples.shape or out.dtype != samples.dtype:
        raise OptionError(f"out is {out.shape} {out.dtype}, the samples are {samples.shape} {samples.dtype}")
    if out.size == 0:
        return out
    if out.strides[1] != out.itemsize or out.strides[0] % out.itemsize or not out.flags.aligned:
        raise OptionError(f"out has strides {out.strides}: its rows must be contiguous and aligned")
    x0, y0 = origin
    if not (0 <= x0 < _COORDINATE_LIMIT and 0 <= y0 < _COORDINATE_LIMIT):
        raise OptionError(f"origin {origin} is not on the reference grid: coordinates are 0 to 2^32 - 1 (T.800 A.5.1)")
    cdef pac_rect rect
    rect.x0, rect.y0, rect.x1, rect.y1 = x0, y0, x0 + out.shape[1], y0 + out.shape[0]
    if _call(np.array(samples, order="C"), out, rect, _KINDS[out.dtype], chosen_target(target), inverse):
        raise OverflowError("a sum leaves 16 bits")
    return out


cdef int _call(samples, out, pac_rect rect, int kind, int target, bint inverse) except -1:
    """Transform and return whether a sum left 16 bits."""
    cdef pac_wavelet_kernels kernels
    cdef pac_wavelet_level level
    cdef pac_coefficient_type type = <pac_coefficient_type> kind
    cdef Py_buffer source, destination
    cdef void *memory = NULL
    if posix_memalign(&memory, 64, pac_wavelet_level_size(rect.x1 - rect.x0, type)):
        raise MemoryError()
    pac_wavelet_kernels_init(&kernels, <pac_target> target)
    pac_wavelet_level_init(&level, type, rect, memory)
    PyObject_GetBuffer(samples, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(out, &destination, PyBUF_STRIDES | PyBUF_WRITABLE)
    with nogil:
        if inverse:
            _inverse(&kernels, &level, type, rect, &source, &destination)
        else:
            _forward(&kernels, &level, type, rect, &source, &destination)
    PyBuffer_Release(&destination)
    PyBuffer_Release(&source)
    free(memory)
    return level.overflow


cdef int64_t _row_of_band(pac_rect rect, int64_t y) noexcept nogil:
    """Return where row y of the picture lies among the rows of the bands, the low ones first."""
    cdef int64_t low = pac_wavelet_low_count(rect.y0, rect.y0 + y)
    return pac_wavelet_low_count(rect.y0, rect.y1) + y - low if (rect.y0 + y) & 1 else low


cdef void _inverse(pac_wavelet_kernels *kernels, pac_wavelet_level *level, pac_coefficient_type type, pac_rect rect,
                   Py_buffer *source, Py_buffer *destination) noexcept nogil:
    cdef int64_t height = rect.y1 - rect.y0, delay = pac_wavelet_delay(type), y
    cdef size_t row_size = (rect.x1 - rect.x0) * source.itemsize
    cdef size_t low_size = pac_wavelet_low_count(rect.x0, rect.x1) * source.itemsize
    cdef char *row
    for y in range(height + delay):
        row = <char *> source.buf + _row_of_band(rect, y) * source.strides[0] if y < height else NULL
        kernels.arrive_inverse[<int> type](level, row, row + low_size if row else NULL)
        if y >= delay:
            memcpy(<char *> destination.buf + (y - delay) * destination.strides[0],
                   pac_wavelet_row(level, y - delay), row_size)


cdef void _forward(pac_wavelet_kernels *kernels, pac_wavelet_level *level, pac_coefficient_type type, pac_rect rect,
                   Py_buffer *source, Py_buffer *destination) noexcept nogil:
    cdef int64_t height = rect.y1 - rect.y0, delay = pac_wavelet_delay(type), y
    cdef size_t row_size = (rect.x1 - rect.x0) * source.itemsize
    cdef size_t low_size = pac_wavelet_low_count(rect.x0, rect.x1) * source.itemsize
    cdef char *row
    for y in range(height + delay):
        if y < height:
            memcpy(pac_wavelet_row(level, y), <char *> source.buf + y * source.strides[0], row_size)
        kernels.arrive_forward[<int> type](level)
        if y >= delay:
            row = <char *> destination.buf + _row_of_band(rect, y - delay) * destination.strides[0]
            kernels.split_forward[<int> type](level, y - delay, row, row + low_size)

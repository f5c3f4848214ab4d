"""One decomposition level of the wavelet transforms on whole arrays."""

from cpython.buffer cimport Py_buffer, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int32_t, int64_t

import numpy as np

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/rect.h":
    ctypedef struct pac_rect:
        int64_t x0, y0, x1, y1

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "j2k/wavelet/wavelet.h":
    ctypedef struct pac_wavelet_kernels:
        void (*inverse53_i32)(int32_t *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*inverse53_i64)(int64_t *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*inverse97_f32)(float *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*inverse97_f64)(double *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*forward53_i32)(int32_t *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*forward53_i64)(int64_t *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*forward97_f32)(float *, ptrdiff_t, pac_rect, void *) noexcept nogil
        void (*forward97_f64)(double *, ptrdiff_t, pac_rect, void *) noexcept nogil
    void pac_wavelet_kernels_init(pac_wavelet_kernels *, pac_target) nogil
    size_t pac_wavelet_scratch_size(int64_t, int64_t, size_t) nogil

_KINDS = {np.dtype(np.int32): 0, np.dtype(np.int64): 1, np.dtype(np.float32): 2, np.dtype(np.float64): 3}
_COORDINATE_LIMIT = 1 << 32


def inverse(samples, *, origin=(0, 0), out=None, target=None):
    """Return the samples of one resolution from its four sub-bands.

    The kind of sample chooses the filter: integers the reversible 5-3, floats the irreversible 9-7.

    Source: T.800 F.3.2 (2D_SR), F.3.8 (1D_FILTR).

    Parameters
    ----------
    samples : ndarray of int32, int64, float32 or float64, shape (rows, columns)
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
    """
    return _level(samples, origin, out, target, True)


def forward(samples, *, origin=(0, 0), out=None, target=None):
    """Return the four sub-bands of one resolution: the reverse of `inverse`, which see.

    Source: T.800 F.4.2 (2D_SD), F.4.8 (1D_FILTD).

    Parameters
    ----------
    samples : ndarray of int32, int64, float32 or float64, shape (rows, columns)
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
    """
    return _level(samples, origin, out, target, False)


def _level(samples, origin, out, target, bint inverse):
    if samples.ndim != 2 or samples.dtype not in _KINDS:
        raise OptionError(f"expected a 2-D array of int32, int64, float32 or float64, not {samples.ndim}-D "
                          f"{samples.dtype}")
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
    cdef int kind = _KINDS[out.dtype]
    cdef int number = chosen_target(target)
    cdef int64_t rows = out.shape[0], columns = out.shape[1]
    cdef pac_rect rect
    rect.x0, rect.y0, rect.x1, rect.y1 = x0, y0, x0 + columns, y0 + rows
    scratch = bytearray(pac_wavelet_scratch_size(columns, rows, out.itemsize))
    if out is not samples:
        out[...] = samples
    _call(out, scratch, rect, kind + 4 * (not inverse), number)
    return out


cdef int _call(samples, scratch, pac_rect rect, int which, int number) except -1:
    cdef pac_wavelet_kernels kernels
    cdef Py_buffer array, room
    cdef ptrdiff_t stride = samples.strides[0] // samples.itemsize
    pac_wavelet_kernels_init(&kernels, <pac_target> number)
    PyObject_GetBuffer(samples, &array, PyBUF_STRIDES | PyBUF_WRITABLE)
    PyObject_GetBuffer(scratch, &room, PyBUF_WRITABLE)
    with nogil:
        if which == 0:
            kernels.inverse53_i32(<int32_t *> array.buf, stride, rect, room.buf)
        elif which == 1:
            kernels.inverse53_i64(<int64_t *> array.buf, stride, rect, room.buf)
        elif which == 2:
            kernels.inverse97_f32(<float *> array.buf, stride, rect, room.buf)
        elif which == 3:
            kernels.inverse97_f64(<double *> array.buf, stride, rect, room.buf)
        elif which == 4:
            kernels.forward53_i32(<int32_t *> array.buf, stride, rect, room.buf)
        elif which == 5:
            kernels.forward53_i64(<int64_t *> array.buf, stride, rect, room.buf)
        elif which == 6:
            kernels.forward97_f32(<float *> array.buf, stride, rect, room.buf)
        else:
            kernels.forward97_f64(<double *> array.buf, stride, rect, room.buf)
    PyBuffer_Release(&room)
    PyBuffer_Release(&array)
    return 0

"""Colour images of 8 bits, interleaved: component transform, level shift and clamping in one."""

from cpython.buffer cimport Py_buffer, PyBUF_STRIDES, PyBuffer_Release, PyObject_GetBuffer
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t

import numpy as np

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "j2k/components/components.h":
    ctypedef struct pac_components_kernels:
        int32_t (*store_rgb8_rct_i16)(const int16_t *, const int16_t *, const int16_t *, int64_t,
                                      uint8_t *) noexcept nogil
        void (*store_rgb8_ict_f32)(const float *, const float *, const float *, int64_t, uint8_t *) noexcept nogil
        void (*load_rgb8_rct_i16)(const uint8_t *, int64_t, int16_t *, int16_t *, int16_t *) noexcept nogil
        void (*load_rgb8_ict_f32)(const uint8_t *, int64_t, float *, float *, float *) noexcept nogil
    void pac_components_kernels_init(pac_components_kernels *, pac_target) nogil

_KINDS = {np.dtype(np.int16), np.dtype(np.float32)}


def store_rgb8(planes, *, out=None, target=None):
    """Return a colour image of 8 bits from transformed components: inverse transform, rounding, clamp, level shift.

    Source: T.800 G.1.2 (inverse level shift), G.2.2 (inverse RCT), G.3.2 (inverse ICT).

    Parameters
    ----------
    planes : ndarray of int16 (RCT) or float32 (ICT), shape (3, rows, columns)
        Components 0, 1, 2.
    out : ndarray of uint8, shape (rows, columns, 3), optional
        Written in place, and returned. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue.

    Raises
    ------
    OptionError
        If an array has no such kind or shape, or a result of the transform leaves 16 bits.
    """
    if planes.ndim != 3 or planes.shape[0] != 3 or planes.dtype not in _KINDS:
        raise OptionError(f"expected (3, rows, columns) of int16 or float32, not {planes.shape} {planes.dtype}")
    rows, columns = planes.shape[1:]
    if out is None:
        out = np.empty((rows, columns, 3), np.uint8)
    _check_rgb8(out)
    if out.shape[:2] != (rows, columns):
        raise OptionError(f"out is {out.shape}, the planes are {planes.shape}")
    planes = np.ascontiguousarray(planes)
    if _rgb8(out, planes, chosen_target(target), True):
        raise OptionError("a colour leaves 16 bits")
    return out


def load_rgb8(image, dtype, *, target=None):
    """Return the transformed components of a colour image of 8 bits: level shift, then forward transform.

    Source: T.800 G.1.1 (forward level shift), G.2.1 (forward RCT), G.3.1 (forward ICT).

    Parameters
    ----------
    image : ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue. Rows contiguous, at any distance.
    dtype : dtype
        int16 for the reversible transform, float32 for the irreversible one.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray of `dtype`, shape (3, rows, columns)
        Components 0, 1, 2.

    Raises
    ------
    OptionError
        If an array has no such kind or shape.
    """
    _check_rgb8(image)
    if np.dtype(dtype) not in _KINDS:
        raise OptionError(f"expected int16 or float32, not {np.dtype(dtype)}")
    planes = np.empty((3, *image.shape[:2]), dtype)
    _rgb8(image, planes, chosen_target(target), False)
    return planes


def _check_rgb8(image):
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise OptionError(f"expected (rows, columns, 3) of uint8, not {image.shape} {image.dtype}")
    if image.size and image.strides[1:] != (3, 1):
        raise OptionError("expected contiguous rows")


cdef object _rgb8(image, planes, int target, bint storing):
    """Store (True if a colour leaves 16 bits) or load, row by row."""
    cdef pac_components_kernels kernels
    cdef Py_buffer pixels, components
    cdef int64_t rows = image.shape[0], columns = image.shape[1], y
    cdef bint real = planes.dtype == np.float32, overflow = False
    cdef ptrdiff_t plane, row
    cdef uint8_t *rgb
    cdef int16_t *i16
    cdef float *f32
    pac_components_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(image, &pixels, PyBUF_STRIDES)
    PyObject_GetBuffer(planes, &components, PyBUF_STRIDES)
    plane, row = components.strides[0] // components.itemsize, components.strides[1] // components.itemsize
    with nogil:
        for y in range(rows):
            rgb = <uint8_t *> pixels.buf + y * pixels.strides[0]
            i16, f32 = <int16_t *> components.buf + y * row, <float *> components.buf + y * row
            if storing and real:
                kernels.store_rgb8_ict_f32(f32, f32 + plane, f32 + 2 * plane, columns, rgb)
            elif storing:
                overflow |= kernels.store_rgb8_rct_i16(i16, i16 + plane, i16 + 2 * plane, columns, rgb) != 0
            elif real:
                kernels.load_rgb8_ict_f32(rgb, columns, f32, f32 + plane, f32 + 2 * plane)
            else:
                kernels.load_rgb8_rct_i16(rgb, columns, i16, i16 + plane, i16 + 2 * plane)
    PyBuffer_Release(&components)
    PyBuffer_Release(&pixels)
    return overflow

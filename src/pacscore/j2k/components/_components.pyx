"""Component transforms, level shift and clamping on whole arrays."""

from cpython.buffer cimport Py_buffer, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t

import numpy as np

from pacscore.errors import OptionError
from pacscore.pixel_format import container_dtype
from pacscore.support.targets import chosen_target

ctypedef int32_t (*transform_i16)(int16_t *, int16_t *, int16_t *, ptrdiff_t, int64_t, int64_t) noexcept nogil
ctypedef void (*transform_i32)(int32_t *, int32_t *, int32_t *, ptrdiff_t, int64_t, int64_t) noexcept nogil
ctypedef void (*transform_i64)(int64_t *, int64_t *, int64_t *, ptrdiff_t, int64_t, int64_t) noexcept nogil
ctypedef void (*transform_f32)(float *, float *, float *, ptrdiff_t, int64_t, int64_t) noexcept nogil
ctypedef void (*transform_f64)(double *, double *, double *, ptrdiff_t, int64_t, int64_t) noexcept nogil

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "j2k/components/components.h":
    ctypedef enum pac_sample_type:
        pass
    ctypedef struct pac_sample_range:
        int32_t precision
        int32_t is_signed
    ctypedef struct pac_sample_extent:
        int64_t minimum
        int64_t maximum
    ctypedef struct pac_components_kernels:
        transform_i16 inverse_rct_i16, forward_rct_i16
        transform_i32 inverse_rct_i32, forward_rct_i32
        transform_i64 inverse_rct_i64, forward_rct_i64
        transform_f32 inverse_ict_f32, forward_ict_f32
        transform_f64 inverse_ict_f64, forward_ict_f64
        void (*store_i16)(const int16_t *, ptrdiff_t, int64_t, int64_t, pac_sample_range, pac_sample_type, void *,
                          ptrdiff_t, ptrdiff_t) noexcept nogil
        void (*store_i32)(const int32_t *, ptrdiff_t, int64_t, int64_t, pac_sample_range, pac_sample_type, void *,
                          ptrdiff_t, ptrdiff_t) noexcept nogil
        void (*store_i64)(const int64_t *, ptrdiff_t, int64_t, int64_t, pac_sample_range, pac_sample_type, void *,
                          ptrdiff_t, ptrdiff_t) noexcept nogil
        void (*store_f32)(const float *, ptrdiff_t, int64_t, int64_t, pac_sample_range, pac_sample_type, void *,
                          ptrdiff_t, ptrdiff_t) noexcept nogil
        void (*store_f64)(const double *, ptrdiff_t, int64_t, int64_t, pac_sample_range, pac_sample_type, void *,
                          ptrdiff_t, ptrdiff_t) noexcept nogil
        pac_sample_extent (*load_i16)(const void *, pac_sample_type, ptrdiff_t, ptrdiff_t, int64_t, int64_t,
                                      pac_sample_range, int16_t *, ptrdiff_t) noexcept nogil
        pac_sample_extent (*load_i32)(const void *, pac_sample_type, ptrdiff_t, ptrdiff_t, int64_t, int64_t,
                                      pac_sample_range, int32_t *, ptrdiff_t) noexcept nogil
        pac_sample_extent (*load_i64)(const void *, pac_sample_type, ptrdiff_t, ptrdiff_t, int64_t, int64_t,
                                      pac_sample_range, int64_t *, ptrdiff_t) noexcept nogil
        pac_sample_extent (*load_f32)(const void *, pac_sample_type, ptrdiff_t, ptrdiff_t, int64_t, int64_t,
                                      pac_sample_range, float *, ptrdiff_t) noexcept nogil
        pac_sample_extent (*load_f64)(const void *, pac_sample_type, ptrdiff_t, ptrdiff_t, int64_t, int64_t,
                                      pac_sample_range, double *, ptrdiff_t) noexcept nogil
        int32_t (*store_rgb8_rct_i16)(const int16_t *, const int16_t *, const int16_t *, int64_t,
                                      uint8_t *) noexcept nogil
        void (*store_rgb8_ict_f32)(const float *, const float *, const float *, int64_t, uint8_t *) noexcept nogil
        void (*load_rgb8_rct_i16)(const uint8_t *, int64_t, int16_t *, int16_t *, int16_t *) noexcept nogil
        void (*load_rgb8_ict_f32)(const uint8_t *, int64_t, float *, float *, float *) noexcept nogil
    void pac_components_kernels_init(pac_components_kernels *, pac_target) nogil

_KINDS = {np.dtype(np.int32): 0, np.dtype(np.int64): 1, np.dtype(np.float32): 2, np.dtype(np.float64): 3,
          np.dtype(np.int16): 4}
_RGB8_KINDS = {np.dtype(np.int16), np.dtype(np.float32)}
_TYPES = {np.dtype(f"{sign}{size}"): number for number, (size, sign) in enumerate(
    (size, sign) for size in (1, 2, 4, 8) for sign in "ui")}


def inverse(planes, *, out=None, target=None):
    """Return three components from their transformed ones: RCT for integers, ICT for floats.

    Source: T.800 G.2.2 (inverse RCT), G.3.2 (inverse ICT).

    Parameters
    ----------
    planes : ndarray of int16, int32, int64, float32 or float64, shape (3, rows, columns)
        Components 0, 1, 2: luminance and two differences of colour.
    out : ndarray, shape and dtype of `planes`, optional
        Written in place, and returned; may be `planes` itself. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray, shape and dtype of `planes`
        Red, green, blue.

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or a result leaves 16 bits in an int16 transform.
    """
    return _transform(planes, out, target, True)


def forward(planes, *, out=None, target=None):
    """Return the transformed components of red, green, blue: the reverse of `inverse`, which see.

    Source: T.800 G.2.1 (forward RCT), G.3.1 (forward ICT).

    Parameters
    ----------
    planes : ndarray of int16, int32, int64, float32 or float64, shape (3, rows, columns)
        Red, green, blue.
    out : ndarray, shape and dtype of `planes`, optional
        Written in place, and returned; may be `planes` itself. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray, shape and dtype of `planes`
        Luminance and two differences of colour.

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or a result leaves 16 bits in an int16 transform.
    """
    return _transform(planes, out, target, False)


def store(coefficients, *, precision, is_signed, out=None, target=None):
    """Return the samples of one component: rounded, clamped, level shift undone.

    Source: T.800 G.1.2 (inverse level shift).

    Parameters
    ----------
    coefficients : ndarray of int16, int32, int64, float32 or float64, shape (rows, columns)
        Level-shifted samples as the wavelet or the component transform gives them. Not a number counts as 0.
    precision : int, in bits
        1 to 38.
    is_signed : bool
        Signed components have no level shift.
    out : ndarray of any integer dtype that holds the range, shape (rows, columns), optional
        Written in place; any strides, so that a component of an interleaved image is one of its slices.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray, shape (rows, columns)
        `out`, or an array of the smallest dtype that holds the range.

    Raises
    ------
    OptionError
        If an array has no such kind or shape, or the range does not fit.
    """
    _check_range(precision)
    if coefficients.ndim != 2 or coefficients.dtype not in _KINDS:
        raise OptionError(f"expected a 2-D array of int16, int32, int64, float32 or float64, not {coefficients.ndim}-D "
                          f"{coefficients.dtype}")
    if out is None:
        out = np.empty(coefficients.shape, container_dtype(precision, is_signed))
    if out.shape != coefficients.shape or out.dtype not in _TYPES:
        raise OptionError(f"out is {out.shape} {out.dtype}, the coefficients are {coefficients.shape}")
    held = np.iinfo(out.dtype)
    lowest, highest = (-(1 << precision - 1), (1 << precision - 1) - 1) if is_signed else (0, (1 << precision) - 1)
    if held.min > lowest or held.max < highest:
        raise OptionError(f"{out.dtype} does not hold {precision} bits, {'signed' if is_signed else 'unsigned'}")
    if not _rows_are_contiguous(coefficients):
        coefficients = np.ascontiguousarray(coefficients)
    _store(coefficients, out, precision, is_signed, chosen_target(target))
    return out


def load(samples, dtype, *, precision, is_signed, out=None, target=None):
    """Return one component's samples as coefficients, level-shifted, and the extent of the samples.

    Source: T.800 G.1.1 (forward level shift).

    Parameters
    ----------
    samples : ndarray of any integer dtype, shape (rows, columns)
        Any strides.
    dtype : dtype
        Kind of the coefficients: int16 (precisions up to 16), int32 (precisions up to 32), int64, float32 or float64.
    precision : int, in bits
        1 to 38.
    is_signed : bool
        Signed components have no level shift.
    out : ndarray of `dtype`, shape (rows, columns), optional
        Written in place, and returned. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    coefficients : ndarray of `dtype`, shape (rows, columns)
        Meaningless where a sample is beyond the range.
    extent : (int, int)
        Least and greatest sample, by which a caller refuses what is beyond the range. Samples from 2^63 count as
        2^63 - 1. An empty array gives the greatest before the least.

    Raises
    ------
    OptionError
        If an array has no such kind or shape.
    """
    _check_range(precision)
    if samples.ndim != 2 or samples.dtype not in _TYPES or np.dtype(dtype) not in _KINDS:
        raise OptionError(f"cannot load {samples.ndim}-D {samples.dtype} as {np.dtype(dtype)}")
    if np.dtype(dtype) == np.int16 and precision > 16:
        raise OptionError(f"int16 does not hold {precision} bits")
    if out is None:
        out = np.empty(samples.shape, dtype)
    if out.shape != samples.shape or out.dtype != np.dtype(dtype) or not _rows_are_contiguous(out):
        raise OptionError(f"out must be {samples.shape} {np.dtype(dtype)} with contiguous rows")
    return out, _load(samples, out, precision, is_signed, chosen_target(target))


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
    if planes.ndim != 3 or planes.shape[0] != 3 or planes.dtype not in _RGB8_KINDS:
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
    if np.dtype(dtype) not in _RGB8_KINDS:
        raise OptionError(f"expected int16 or float32, not {np.dtype(dtype)}")
    planes = np.empty((3, *image.shape[:2]), dtype)
    _rgb8(image, planes, chosen_target(target), False)
    return planes


def _check_rgb8(image):
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise OptionError(f"expected (rows, columns, 3) of uint8, not {image.shape} {image.dtype}")
    if image.size and image.strides[1:] != (3, 1):
        raise OptionError("expected contiguous rows")


def _check_range(precision):
    if not 1 <= precision <= 38:
        raise OptionError(f"precision {precision} is not 1 to 38 (T.800 A.5.1)")


def _rows_are_contiguous(array):
    if array.size == 0:
        return True
    return (array.strides[-1] == array.itemsize and array.flags.aligned
            and not any(stride % array.itemsize for stride in array.strides))


def _transform(planes, out, target, bint inverse):
    cdef pac_components_kernels kernels
    cdef Py_buffer array
    if planes.ndim != 3 or planes.shape[0] != 3 or planes.dtype not in _KINDS:
        raise OptionError(f"expected (3, rows, columns) of int16, int32, int64, float32 or float64, not {planes.shape} "
                          f"{planes.dtype}")
    if out is None:
        out = np.empty(planes.shape, planes.dtype)
    if out.shape != planes.shape or out.dtype != planes.dtype or not _rows_are_contiguous(out):
        raise OptionError(f"out must be {planes.shape} {planes.dtype} with contiguous rows")
    cdef int number = chosen_target(target), kind = _KINDS[out.dtype]
    cdef bint overflow
    if out is not planes:
        out[...] = planes
    pac_components_kernels_init(&kernels, <pac_target> number)
    PyObject_GetBuffer(out, &array, PyBUF_STRIDES | PyBUF_WRITABLE)
    with nogil:
        overflow = _call_transform(&kernels, &array, kind, inverse)
    PyBuffer_Release(&array)
    if overflow:
        raise OptionError("a result of the transform leaves 16 bits")
    return out


cdef bint _call_transform(pac_components_kernels *kernels, Py_buffer *planes, int kind, bint inverse) noexcept nogil:
    cdef int64_t rows = planes.shape[1], columns = planes.shape[2]
    cdef ptrdiff_t plane = planes.strides[0] // planes.itemsize, stride = planes.strides[1] // planes.itemsize
    cdef int16_t *i16 = <int16_t *> planes.buf
    cdef int32_t *i32 = <int32_t *> planes.buf
    cdef int64_t *i64 = <int64_t *> planes.buf
    cdef float *f32 = <float *> planes.buf
    cdef double *f64 = <double *> planes.buf
    if kind == 0:
        (kernels.inverse_rct_i32 if inverse else kernels.forward_rct_i32)(
            i32, i32 + plane, i32 + 2 * plane, stride, columns, rows)
    elif kind == 1:
        (kernels.inverse_rct_i64 if inverse else kernels.forward_rct_i64)(
            i64, i64 + plane, i64 + 2 * plane, stride, columns, rows)
    elif kind == 2:
        (kernels.inverse_ict_f32 if inverse else kernels.forward_ict_f32)(
            f32, f32 + plane, f32 + 2 * plane, stride, columns, rows)
    elif kind == 3:
        (kernels.inverse_ict_f64 if inverse else kernels.forward_ict_f64)(
            f64, f64 + plane, f64 + 2 * plane, stride, columns, rows)
    else:
        return (kernels.inverse_rct_i16 if inverse else kernels.forward_rct_i16)(
            i16, i16 + plane, i16 + 2 * plane, stride, columns, rows) != 0
    return False


cdef int _store(coefficients, out, int precision, bint is_signed, int target) except -1:
    cdef pac_components_kernels kernels
    cdef Py_buffer source, result
    cdef int64_t rows = coefficients.shape[0], columns = coefficients.shape[1]
    cdef int kind = _KINDS[coefficients.dtype], number = _TYPES[out.dtype]
    cdef pac_sample_type type = <pac_sample_type> number
    cdef pac_sample_range range
    cdef ptrdiff_t stride, row, pixel
    range.precision, range.is_signed = precision, is_signed
    pac_components_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(coefficients, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(out, &result, PyBUF_STRIDES | PyBUF_WRITABLE)
    row, pixel, stride = result.strides[0], result.strides[1], source.strides[0] // source.itemsize
    with nogil:
        if kind == 0:
            kernels.store_i32(<const int32_t *> source.buf, stride, columns, rows, range, type, result.buf,
                              row, pixel)
        elif kind == 1:
            kernels.store_i64(<const int64_t *> source.buf, stride, columns, rows, range, type, result.buf,
                              row, pixel)
        elif kind == 2:
            kernels.store_f32(<const float *> source.buf, stride, columns, rows, range, type, result.buf,
                              row, pixel)
        elif kind == 3:
            kernels.store_f64(<const double *> source.buf, stride, columns, rows, range, type, result.buf,
                              row, pixel)
        else:
            kernels.store_i16(<const int16_t *> source.buf, stride, columns, rows, range, type, result.buf,
                              row, pixel)
    PyBuffer_Release(&result)
    PyBuffer_Release(&source)
    return 0


cdef object _load(samples, coefficients, int precision, bint is_signed, int target):
    cdef pac_components_kernels kernels
    cdef Py_buffer source, result
    cdef int64_t rows = samples.shape[0], columns = samples.shape[1]
    cdef int kind = _KINDS[coefficients.dtype], number = _TYPES[samples.dtype]
    cdef pac_sample_type type = <pac_sample_type> number
    cdef pac_sample_range range
    cdef pac_sample_extent extent
    cdef ptrdiff_t stride, row, pixel
    range.precision, range.is_signed = precision, is_signed
    pac_components_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(samples, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(coefficients, &result, PyBUF_STRIDES | PyBUF_WRITABLE)
    row, pixel, stride = source.strides[0], source.strides[1], result.strides[0] // result.itemsize
    with nogil:
        if kind == 0:
            extent = kernels.load_i32(source.buf, type, row, pixel, columns, rows, range,
                                      <int32_t *> result.buf, stride)
        elif kind == 1:
            extent = kernels.load_i64(source.buf, type, row, pixel, columns, rows, range,
                                      <int64_t *> result.buf, stride)
        elif kind == 2:
            extent = kernels.load_f32(source.buf, type, row, pixel, columns, rows, range,
                                      <float *> result.buf, stride)
        elif kind == 3:
            extent = kernels.load_f64(source.buf, type, row, pixel, columns, rows, range,
                                      <double *> result.buf, stride)
        else:
            extent = kernels.load_i16(source.buf, type, row, pixel, columns, rows, range,
                                      <int16_t *> result.buf, stride)
    PyBuffer_Release(&result)
    PyBuffer_Release(&source)
    return extent.minimum, extent.maximum


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

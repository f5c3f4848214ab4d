"""Words of code-blocks to coefficients and back, on whole arrays."""

from cpython.buffer cimport Py_buffer, PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport int16_t, int32_t, int64_t, uint32_t, uint64_t

import numpy as np

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "j2k/quantization/quantization.h":
    ctypedef struct pac_quantization_kernels:
        void (*dequantize_i32)(const uint32_t *, ptrdiff_t, int32_t, int32_t, int32_t, int32_t *, ptrdiff_t) \
            noexcept nogil
        void (*dequantize_i64)(const uint64_t *, ptrdiff_t, int32_t, int32_t, int32_t, int64_t *, ptrdiff_t) \
            noexcept nogil
        void (*dequantize_f32)(const uint32_t *, ptrdiff_t, int32_t, int32_t, int32_t, float, float *, ptrdiff_t) \
            noexcept nogil
        void (*dequantize_f64)(const uint64_t *, ptrdiff_t, int32_t, int32_t, int32_t, double, double *, ptrdiff_t) \
            noexcept nogil
        uint32_t (*quantize_i32)(const int32_t *, ptrdiff_t, int32_t, int32_t, uint32_t *, ptrdiff_t) noexcept nogil
        uint64_t (*quantize_i64)(const int64_t *, ptrdiff_t, int32_t, int32_t, uint64_t *, ptrdiff_t) noexcept nogil
        uint32_t (*quantize_f32)(const float *, ptrdiff_t, int32_t, int32_t, float, uint32_t *, ptrdiff_t) \
            noexcept nogil
        uint64_t (*quantize_f64)(const double *, ptrdiff_t, int32_t, int32_t, double, uint64_t *, ptrdiff_t) \
            noexcept nogil
        uint32_t (*dequantize_i16)(const uint32_t *, ptrdiff_t, int32_t, int32_t, int32_t, int16_t *, ptrdiff_t) \
            noexcept nogil
        uint32_t (*quantize_i32_i16)(const int32_t *, ptrdiff_t, int32_t, int32_t, int16_t *, ptrdiff_t) noexcept nogil
        uint32_t (*quantize_f32_i16)(const float *, ptrdiff_t, int32_t, int32_t, float, int16_t *, ptrdiff_t) \
            noexcept nogil
        uint32_t (*magnitudes_i16)(const int16_t *, ptrdiff_t, int32_t, int32_t) noexcept nogil
    void pac_quantization_kernels_init(pac_quantization_kernels *, pac_target) nogil

# What each kind of input turns into.
_REVERSIBLE = {np.dtype(np.uint32): np.dtype(np.int32), np.dtype(np.uint64): np.dtype(np.int64)}
_IRREVERSIBLE = {np.dtype(np.uint32): np.dtype(np.float32), np.dtype(np.uint64): np.dtype(np.float64)}
_NARROWED = {np.dtype(kind): np.dtype(np.int16) for kind in (np.uint32, np.int32, np.float32, np.int16)}
_WORDS = {kind: word for kinds in (_REVERSIBLE, _IRREVERSIBLE) for word, kind in kinds.items()}


def dequantize(words, *, half_step=None, roi_shift=0, out=None, target=None):
    """Return the wavelet coefficients that the words of a code-block stand for.

    Source: T.800 E.1 (reconstruction), H.1 (regions of interest, maxshift).

    Parameters
    ----------
    words : ndarray of uint32 or uint64, shape (rows, columns)
        Sign in the top bit; below it 2q + 2^pl for the index q, whose lowest decoded plane is pl, or 0 for q = 0.
    half_step : float, optional
        Half of the band's step size; None where the coding is reversible.
    roi_shift : int, in bit-planes
        Shift of the region of interest; 0 for none.
    out : ndarray, shape and dtype of the result, optional
        Written in place, and returned. Rows contiguous, at any distance.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    ndarray of int32 or int64 (reversible), float32 or float64, as wide as the words, shape (rows, columns)
        Reversible: q + floor(2^pl / 2). Irreversible: (q + 2^pl / 2) times the step size.

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or the shift is not one that RGN can signal.
    """
    kinds = _REVERSIBLE if half_step is None else _IRREVERSIBLE
    words = _two_dimensional(words, kinds)
    if not 0 <= roi_shift <= 255:
        raise OptionError(f"roi_shift {roi_shift} is not 0 to 255 (T.800 A.6.3)")
    if out is None:
        out = np.empty(words.shape, kinds[words.dtype])
    if out.shape != words.shape or out.dtype != kinds[words.dtype] or not _rows_are_contiguous(out):
        raise OptionError(f"out must be {words.shape} {kinds[words.dtype]} with contiguous rows")
    _dequantize(words, out, roi_shift, half_step or 0.0, chosen_target(target))
    return out


def quantize(coefficients, *, inverse_step=None, target=None):
    """Return the words that a block coder takes for wavelet coefficients.

    Source: T.800 E.2 (quantisation).

    Parameters
    ----------
    coefficients : ndarray of int32, int64, float32 or float64, shape (rows, columns)
        Integers are taken as they are, floats are quantised.
    inverse_step : float, optional
        1 / step size of the band, for floats.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    words : ndarray of uint32 or uint64, as wide as the coefficients, shape (rows, columns)
        Sign in the top bit, below it the magnitude: floor(abs(coefficient) * inverse_step) for floats. Not a number
        counts as 0; what does not fit saturates.
    magnitudes : int
        Bitwise OR of all magnitudes.

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or a step size is missing or out of place.
    """
    coefficients = _two_dimensional(coefficients, _WORDS)
    if (coefficients.dtype.kind == "f") != (inverse_step is not None):
        raise OptionError(f"inverse_step {inverse_step} does not go with {coefficients.dtype} coefficients")
    words = np.empty(coefficients.shape, _WORDS[coefficients.dtype])
    return words, _quantize(coefficients, words, inverse_step or 0.0, chosen_target(target))


def narrow(values, *, inverse_step=None, roi_shift=0, target=None):
    """Return quantiser indices of 16 bits, and what tells whether 16 bits are enough.

    Source: T.800 E.1, E.2 (reversible and irreversible), H.1 (regions of interest, maxshift).

    Parameters
    ----------
    values : ndarray of uint32, int32, float32 or int16, shape (rows, columns)
        uint32: words as `dequantize` takes them, reversible. int32: indices. float32: coefficients to quantise. int16:
        indices, which come back as they are.
    inverse_step : float, optional
        1 / step size of the band, for float32.
    roi_shift : int, in bit-planes
        Shift of the region of interest, for words; 0 for none.
    target : int, optional
        A number from `pacscore.support.targets.available_targets`; the active target if None.

    Returns
    -------
    indices : ndarray of int16, shape (rows, columns)
        Their low 16 bits, in two's complement.
    magnitudes : int
        Bitwise OR of all magnitudes before narrowing: the indices are right where it is below 2^15.

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or a step size or shift is missing or out of place.
    """
    values = _two_dimensional(values, _NARROWED)
    if (values.dtype.kind == "f") != (inverse_step is not None):
        raise OptionError(f"inverse_step {inverse_step} does not go with {values.dtype} values")
    if not 0 <= roi_shift <= (255 if values.dtype == np.uint32 else 0):
        raise OptionError(f"roi_shift {roi_shift} does not go with {values.dtype} values (T.800 A.6.3)")
    indices = values if values.dtype == np.int16 else np.empty(values.shape, np.int16)
    return indices, _narrow(values, indices, roi_shift, inverse_step or 0.0, chosen_target(target))


def _two_dimensional(array, kinds):
    if array.ndim != 2 or array.dtype not in kinds:
        names = ", ".join(kind.name for kind in kinds)
        raise OptionError(f"expected a 2-D array of one of {names}, not {array.ndim}-D {array.dtype}")
    return array if _rows_are_contiguous(array) else np.ascontiguousarray(array)


def _rows_are_contiguous(array):
    if array.size == 0:
        return True
    return array.strides[1] == array.itemsize and array.strides[0] % array.itemsize == 0 and array.flags.aligned


cdef int _dequantize(words, out, int32_t roi_shift, double half_step, int target) except -1:
    cdef pac_quantization_kernels kernels
    cdef Py_buffer source, result
    cdef int32_t rows = words.shape[0], columns = words.shape[1]
    cdef ptrdiff_t source_stride, result_stride
    cdef bint wide = words.itemsize == 8, real = out.dtype.kind == "f"
    pac_quantization_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(words, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(out, &result, PyBUF_STRIDES | PyBUF_WRITABLE)
    source_stride = source.strides[0] // source.itemsize
    result_stride = result.strides[0] // result.itemsize
    with nogil:
        if real and wide:
            kernels.dequantize_f64(<const uint64_t *> source.buf, source_stride, columns, rows, roi_shift, half_step,
                                   <double *> result.buf, result_stride)
        elif real:
            kernels.dequantize_f32(<const uint32_t *> source.buf, source_stride, columns, rows, roi_shift,
                                   <float> half_step, <float *> result.buf, result_stride)
        elif wide:
            kernels.dequantize_i64(<const uint64_t *> source.buf, source_stride, columns, rows, roi_shift,
                                   <int64_t *> result.buf, result_stride)
        else:
            kernels.dequantize_i32(<const uint32_t *> source.buf, source_stride, columns, rows, roi_shift,
                                   <int32_t *> result.buf, result_stride)
    PyBuffer_Release(&result)
    PyBuffer_Release(&source)
    return 0


cdef object _quantize(coefficients, words, double inverse_step, int target):
    cdef pac_quantization_kernels kernels
    cdef Py_buffer source, result
    cdef int32_t rows = words.shape[0], columns = words.shape[1]
    cdef ptrdiff_t source_stride, result_stride
    cdef bint wide = words.itemsize == 8, real = coefficients.dtype.kind == "f"
    cdef uint64_t magnitudes = 0
    pac_quantization_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(coefficients, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(words, &result, PyBUF_STRIDES | PyBUF_WRITABLE)
    source_stride = source.strides[0] // source.itemsize
    result_stride = result.strides[0] // result.itemsize
    with nogil:
        if real and wide:
            magnitudes = kernels.quantize_f64(<const double *> source.buf, source_stride, columns, rows, inverse_step,
                                              <uint64_t *> result.buf, result_stride)
        elif real:
            magnitudes = kernels.quantize_f32(<const float *> source.buf, source_stride, columns, rows,
                                              <float> inverse_step, <uint32_t *> result.buf, result_stride)
        elif wide:
            magnitudes = kernels.quantize_i64(<const int64_t *> source.buf, source_stride, columns, rows,
                                              <uint64_t *> result.buf, result_stride)
        else:
            magnitudes = kernels.quantize_i32(<const int32_t *> source.buf, source_stride, columns, rows,
                                              <uint32_t *> result.buf, result_stride)
    PyBuffer_Release(&result)
    PyBuffer_Release(&source)
    return magnitudes


cdef object _narrow(values, indices, int32_t roi_shift, double inverse_step, int target):
    cdef pac_quantization_kernels kernels
    cdef Py_buffer source, result
    cdef int32_t rows = values.shape[0], columns = values.shape[1]
    cdef ptrdiff_t source_stride, result_stride
    cdef bint real = values.dtype.kind == "f", words = values.dtype.kind == "u", wide = values.itemsize == 4
    cdef uint32_t magnitudes = 0
    pac_quantization_kernels_init(&kernels, <pac_target> target)
    PyObject_GetBuffer(values, &source, PyBUF_STRIDES)
    PyObject_GetBuffer(indices, &result, PyBUF_STRIDES)
    source_stride = source.strides[0] // source.itemsize
    result_stride = result.strides[0] // result.itemsize
    with nogil:
        if real:
            magnitudes = kernels.quantize_f32_i16(<const float *> source.buf, source_stride, columns, rows,
                                                  <float> inverse_step, <int16_t *> result.buf, result_stride)
        elif words:
            magnitudes = kernels.dequantize_i16(<const uint32_t *> source.buf, source_stride, columns, rows, roi_shift,
                                                <int16_t *> result.buf, result_stride)
        elif wide:
            magnitudes = kernels.quantize_i32_i16(<const int32_t *> source.buf, source_stride, columns, rows,
                                                  <int16_t *> result.buf, result_stride)
        else:
            magnitudes = kernels.magnitudes_i16(<const int16_t *> source.buf, source_stride, columns, rows)
    PyBuffer_Release(&result)
    PyBuffer_Release(&source)
    return magnitudes

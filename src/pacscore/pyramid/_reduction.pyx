"""Pictures of half the rows and columns."""

from cpython.buffer cimport PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport uint8_t

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "pyramid/reduction.h":
    ctypedef struct pac_reduction_kernels:
        pass
    ctypedef struct pac_reduction:
        const uint8_t *in_ "in"
        Py_ssize_t in_stride
        uint8_t *out
        Py_ssize_t out_stride
        Py_ssize_t rows
        Py_ssize_t columns
        Py_ssize_t samples
        Py_ssize_t sample_size
    void pac_reduction_kernels_init(pac_reduction_kernels *, pac_target) nogil
    void pac_reduce_by_two(const pac_reduction_kernels *, const pac_reduction *) nogil


def reduce_by_two(samples, out, target=None):
    """Fill ``out`` with the means of 2 x 2 pixels: 1 or 3 unsigned samples of 1 or 2 bytes, contiguous within a row."""
    cdef pac_reduction_kernels kernels
    cdef pac_reduction what
    cdef Py_buffer source, sink
    pac_reduction_kernels_init(&kernels, <pac_target> <int> chosen_target(target))
    PyObject_GetBuffer(samples, &source, PyBUF_STRIDES)
    try:
        PyObject_GetBuffer(out, &sink, PyBUF_STRIDES | PyBUF_WRITABLE)
        try:
            if source.ndim not in (2, 3) or sink.ndim != source.ndim:
                raise OptionError(f"reduction of {source.ndim} axes into {sink.ndim}")
            what.sample_size = source.itemsize
            what.rows, what.columns = source.shape[0], source.shape[1]
            what.samples = source.shape[2] if source.ndim == 3 else 1
            if not (fits(&source, what.samples) and fits(&sink, what.samples) and sink.itemsize == source.itemsize
                    and sink.shape[0] == (what.rows + 1) // 2 and sink.shape[1] == (what.columns + 1) // 2):
                raise OptionError("reduction by two takes rows of 1 or 3 samples of 1 or 2 bytes into half as many")
            what.in_, what.in_stride = <const uint8_t *> source.buf, source.strides[0]
            what.out, what.out_stride = <uint8_t *> sink.buf, sink.strides[0]
            with nogil:
                pac_reduce_by_two(&kernels, &what)
        finally:
            PyBuffer_Release(&sink)
    finally:
        PyBuffer_Release(&source)


cdef bint fits(const Py_buffer *buffer, Py_ssize_t samples) noexcept:
    """Whether pixels of so many samples follow one another in each row."""
    cdef Py_ssize_t size = buffer.itemsize
    if samples not in (1, 3) or size not in (1, 2) or buffer.strides[1] != samples * size:
        return False
    return buffer.ndim == 2 or buffer.shape[2] == samples and buffer.strides[2] == size

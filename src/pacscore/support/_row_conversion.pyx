"""A conversion of rows in C, for rooms that hand it to each other."""

from cpython.buffer cimport PyBUF_STRIDES, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t

cimport cython

from pacscore.errors import OptionError


@cython.auto_pickle(False)
cdef class RowConversion:
    """Turns rows of ``values``, a dtype, into rows of ``results`` of so many ``channels``; made by its subclasses."""

    def apply(self, array, out):
        """Convert a 2-D array into another; both are contiguous in their last axes."""
        cdef Py_buffer source, target
        cdef Py_ssize_t rows, columns, _
        cdef const char *here
        cdef char *there
        if self.conversion == NULL:
            raise ValueError("a conversion is made by its subclasses")
        PyObject_GetBuffer(array, &source, PyBUF_STRIDES)
        try:
            PyObject_GetBuffer(out, &target, PyBUF_STRIDES | PyBUF_WRITABLE)
            try:
                self.check(&source, &target)
                rows, columns = source.shape[0], source.shape[1]
                if (rows == 1 or (source.strides[0] == columns * source.itemsize
                                  and target.strides[0] == columns * target.itemsize * self.channels)):
                    columns *= rows
                    rows = min(rows, 1)
                here, there = <const char *> source.buf, <char *> target.buf
                with nogil:
                    for _ in range(rows):
                        self.conversion.convert(self.conversion, here, <int64_t> columns, there)
                        here += source.strides[0]
                        there += target.strides[0]
            finally:
                PyBuffer_Release(&target)
        finally:
            PyBuffer_Release(&source)

    cdef int check(self, Py_buffer *source, Py_buffer *target) except -1:
        cdef Py_ssize_t channels = target.shape[2] if target.ndim == 3 else 1
        if (source.ndim != 2 or target.ndim not in (2, 3) or channels != self.channels
                or source.shape[0] != target.shape[0] or source.shape[1] != target.shape[1]):
            raise OptionError("the arrays of a conversion are 2-D and of one size, but for the channels of the result")
        if source.itemsize != self.values.itemsize or target.itemsize != self.results.itemsize:
            raise OptionError(f"this conversion makes {self.results} of {self.values}")
        if ((source.shape[1] > 1 and source.strides[1] != source.itemsize)
                or (target.shape[1] > 1 and target.strides[1] != channels * target.itemsize)
                or (channels > 1 and target.strides[2] != target.itemsize)):
            raise OptionError("the arrays of a conversion are contiguous in their last axes")
        return 0

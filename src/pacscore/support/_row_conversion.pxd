"""A conversion of rows in C, for rooms that hand it to each other."""

from libc.stdint cimport int64_t


cdef extern from "support/row_conversion.h":
    ctypedef struct pac_row_conversion:
        void (*convert)(const pac_row_conversion *, const void *, int64_t, void *) noexcept nogil


cdef class RowConversion:
    cdef const pac_row_conversion *conversion
    cdef readonly object values
    cdef readonly object results
    cdef readonly int channels

    cdef int check(self, Py_buffer *source, Py_buffer *target) except -1

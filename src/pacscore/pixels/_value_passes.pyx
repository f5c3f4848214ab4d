"""Passes over the values of a frame: tables, ramps, ranges."""

from cpython.buffer cimport PyBUF_STRIDES, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from libc.math cimport INFINITY

cimport cython

from pacscore.support._row_conversion cimport RowConversion, pac_row_conversion

import numpy as np

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "pixels/value_types.h":
    ctypedef enum pac_value_type:
        pass

cdef extern from "pixels/tables.h":
    ctypedef struct pac_table:
        pac_row_conversion base
    void pac_table_init(pac_table *, const void *, int, int, int, pac_target) nogil

cdef extern from "pixels/ramps.h":
    ctypedef struct pac_ramp:
        pac_row_conversion base
        double slope
        double offset
        const double *thresholds
        int32_t largest
        int32_t inverse
    ctypedef enum pac_ramp_kind:
        pass
    int pac_ramp_init(pac_ramp *, pac_ramp_kind, pac_value_type, int, pac_target) nogil

cdef extern from "pixels/ramps.h":
    ctypedef struct pac_fixed_ramp:
        pac_row_conversion base
        int32_t first
        int32_t last
        int32_t origin
        uint32_t slope
        uint16_t offset
        uint16_t less
        int32_t shift
        int32_t inverse
    void pac_fixed_ramp_init(pac_fixed_ramp *, pac_value_type, pac_target) nogil

cdef extern from "pixels/value_range.h":
    ctypedef void (*pac_range_kernel)(const void *, int64_t, double, double, double *) noexcept nogil
    pac_range_kernel pac_range_kernel_for(pac_value_type, pac_target) nogil


RESULTS = (np.dtype("u1"), np.dtype("u2"), np.dtype("f4"))
VALUE_TYPES = {np.dtype(name): number for number, name in enumerate(("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"))}
RAMP_KINDS = {"double": 0, "thresholds": 1, "fraction": 2}


@cython.auto_pickle(False)
cdef class Table(RowConversion):
    """Each value through the entry of its bit pattern."""

    cdef pac_table table
    cdef object entries

    def __init__(self, values, entries, target=None):
        if values.itemsize not in (1, 2) or entries.dtype not in RESULTS:
            raise OptionError(f"no table has {entries.dtype} for {values}")
        if len(entries) != 1 << (8 * values.itemsize) or entries.shape[1:] not in ((), (4,)):
            raise OptionError(f"a table of shape {entries.shape} has no entry for each of {values}")
        self.entries = np.ascontiguousarray(entries)
        self.values, self.results = values, entries.dtype
        self.channels = 1 if entries.ndim == 1 else 3
        cdef const uint8_t[::1] octets = self.entries.view(np.uint8).reshape(-1)
        pac_table_init(&self.table, &octets[0], values.itemsize, entries.itemsize, self.channels,
                       <pac_target> <int> chosen_target(target))
        self.conversion = &self.table.base


@cython.auto_pickle(False)
cdef class Ramp(RowConversion):
    """Each value along a line that is cut off at both ends."""

    cdef pac_ramp ramp
    cdef object thresholds

    def __init__(self, values, kind, line, largest, inverse, thresholds=None, target=None):
        cdef const double[::1] limits
        self.ramp.slope, self.ramp.offset = line
        self.ramp.largest, self.ramp.inverse = largest, inverse
        if kind == "thresholds":
            limits = thresholds
            if limits.shape[0] != largest + 2 or limits[0] != -INFINITY or limits[largest + 1] != INFINITY:
                raise OptionError(f"{largest} levels need as many thresholds, between minus and plus infinity")
            self.thresholds, self.ramp.thresholds = thresholds, &limits[0]
        result = "f4" if kind == "fraction" else "u1" if largest < 256 else "u2"
        self.values, self.results, self.channels = values, np.dtype(result), 1
        if pac_ramp_init(&self.ramp, <pac_ramp_kind> <int> RAMP_KINDS[kind], <pac_value_type> <int> VALUE_TYPES[values],
                         self.results.itemsize, <pac_target> <int> chosen_target(target)):
            raise OptionError(f"no {kind} ramp makes {self.results} of {values}")
        self.conversion = &self.ramp.base


@cython.auto_pickle(False)
cdef class FixedRamp(RowConversion):
    """Each value of 16 bits along a line that is cut off at 0 and 255, by integers."""

    cdef pac_fixed_ramp ramp

    def __init__(
            self, values, ends, int32_t origin, uint32_t slope, uint16_t offset, int shift, uint16_t less, inverse,
            target=None):
        self.ramp.first, self.ramp.last = ends
        self.ramp.origin = origin
        self.ramp.slope, self.ramp.offset = slope, offset
        self.ramp.shift, self.ramp.less, self.ramp.inverse = shift, less, inverse
        if values.itemsize != 2 or values.kind not in "ui" or not 0 <= shift < 16 or self.ramp.first > self.ramp.last:
            raise OptionError(f"no fixed ramp over {values} from {ends}, shifted by {shift}")
        self.values, self.results, self.channels = values, np.dtype("u1"), 1
        pac_fixed_ramp_init(&self.ramp, <pac_value_type> <int> VALUE_TYPES[values],
                            <pac_target> <int> chosen_target(target))
        self.conversion = &self.ramp.base


def value_range(array, double first, double last, target=None):
    """Return the smallest and the largest value of a 2-D array; the first is above the second if there is none."""
    cdef Py_buffer source
    cdef double found[2]
    cdef int64_t _, rows, columns
    cdef const char *here
    cdef pac_range_kernel kernel = pac_range_kernel_for(
        <pac_value_type> <int> VALUE_TYPES[array.dtype], <pac_target> <int> chosen_target(target))
    found[0], found[1] = INFINITY, -INFINITY
    PyObject_GetBuffer(array, &source, PyBUF_STRIDES)
    try:
        if source.ndim != 2 or (source.shape[1] > 1 and source.strides[1] != source.itemsize):
            raise OptionError("the array is not 2-D, or not contiguous in its last axis")
        rows, columns, here = source.shape[0], source.shape[1], <const char *> source.buf
        with nogil:
            for _ in range(rows):
                if columns:
                    kernel(here, columns, first, last, found)
                here += source.strides[0]
    finally:
        PyBuffer_Release(&source)
    return found[0], found[1]

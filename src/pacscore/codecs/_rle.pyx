"""RLE Lossless on whole frames."""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stddef cimport size_t
from libc.stdint cimport int32_t, int64_t, uint8_t
from libc.stdlib cimport free, malloc

from pacscore.errors import DataError, OptionError

cdef extern from "codecs/rle.h":
    enum:
        PAC_RLE_MOST_SEGMENTS
    ctypedef struct pac_rle_segment:
        const uint8_t *bytes
        size_t length
    ctypedef struct pac_rle_shape:
        int64_t rows
        int64_t columns
        int32_t samples
        int32_t size
    int32_t pac_rle_decode(const pac_rle_segment *, const pac_rle_shape *, uint8_t *) nogil
    size_t pac_rle_bound(const pac_rle_shape *) nogil
    size_t pac_rle_encode(const uint8_t *, const pac_rle_shape *, int32_t, uint8_t *, uint8_t *) nogil


cdef pac_rle_shape shape_of(Py_ssize_t rows, Py_ssize_t columns, int samples, int size) except *:
    if rows < 0 or columns < 0 or samples < 1 or size < 1 or samples * size > PAC_RLE_MOST_SEGMENTS:
        raise OptionError(f"{samples} samples of {size} bytes are no 1 to {PAC_RLE_MOST_SEGMENTS} segments (PS3.5 G.5)")
    return pac_rle_shape(rows, columns, samples, size)


def decode(const uint8_t[::1] data not None, bounds, uint8_t[::1] out not None, Py_ssize_t rows, Py_ssize_t columns,
           int samples, int size):
    """Fill ``out`` with the samples: interleaved, little endian."""
    cdef pac_rle_shape shape = shape_of(rows, columns, samples, size)
    cdef pac_rle_segment[PAC_RLE_MOST_SEGMENTS] segments
    cdef int32_t failed
    cdef Py_ssize_t start, stop
    if len(bounds) != samples * size or out.shape[0] != rows * columns * samples * size:
        raise OptionError(f"{len(bounds)} segments for {out.shape[0]} bytes")
    for i, (start, stop) in enumerate(bounds):
        if not 0 <= start <= stop <= data.shape[0]:
            raise DataError(f"RLE segment from byte {start:,} to {stop:,} of {data.shape[0]:,}", clause="PS3.5 G.5")
        segments[i].bytes = &data[0] + start if data.shape[0] else NULL
        segments[i].length = stop - start
    if not out.shape[0]:
        return
    with nogil:
        failed = pac_rle_decode(segments, &shape, &out[0])
    if failed >= 0:
        raise DataError(f"RLE segment {failed} ends before its {rows * columns:,} bytes are complete (PS3.5 G.3)",
                        clause="PS3.5 G.3")


def encode(const uint8_t[::1] samples_of_frame not None, Py_ssize_t rows, Py_ssize_t columns, int samples, int size):
    """Return the segments of interleaved, little-endian samples."""
    cdef pac_rle_shape shape = shape_of(rows, columns, samples, size)
    cdef size_t bound = pac_rle_bound(&shape), length
    cdef int32_t segment
    cdef uint8_t *row
    if not rows or not columns or samples_of_frame.shape[0] != rows * columns * samples * size:
        raise OptionError(f"{samples_of_frame.shape[0]} bytes for {rows} x {columns} pixels")
    row = <uint8_t *> malloc(<size_t> columns + 16 + bound)
    if not row:
        raise MemoryError()
    encoded = []
    try:
        for segment in range(samples * size):
            with nogil:
                length = pac_rle_encode(&samples_of_frame[0], &shape, segment, row, row + columns + 16)
            encoded.append(PyBytes_FromStringAndSize(<const char *> row + columns + 16, length))
    finally:
        free(row)
    return encoded

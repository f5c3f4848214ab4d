"""The packets of a tile as they are written, and what joins those of several tiles."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

cimport cython


@cython.auto_pickle(False)
cdef class WrittenPackets:
    """Packets in the order in which they are written; what has them derives from it."""

    cdef int64_t size(self, int64_t first, int64_t last) except -1:
        """How many bytes some packets take; an OptionError where there are none of these numbers."""
        raise TypeError("packets are made by what has their bytes")

    cdef size_t write_headers(self, int64_t first, int64_t last, uint8_t *out) noexcept nogil:
        """Write the headers as PPM and PPT have them, unless `out` is NULL; return their length."""
        return 0

    cdef void write(
            self, int64_t first, int64_t last, uint64_t begin, uint64_t end, uint8_t *out) noexcept nogil:
        """Write bytes [begin, end) of some packets."""

    def headers(self, int64_t first, int64_t last):
        """Return the headers of packets ``first`` to ``last``, as they are packed."""
        self.size(first, last)
        packed = PyBytes_FromStringAndSize(NULL, self.write_headers(first, last, NULL))
        self.write_headers(first, last, <uint8_t *> PyBytes_AS_STRING(packed))
        return packed


cdef int64_t size_of(object piece) except -1:
    cdef WrittenPackets packets
    if type(piece) is bytes:
        return len(piece)
    packets, first, last = piece
    return packets.size(first, last)


@cython.final
@cython.auto_pickle(False)
cdef class Joining:
    """Bytes and packets, one after another, as bytes; packets are given as (WrittenPackets, first, last).

    Each of ``shares`` threads calls `write` once; then `joined` is complete.
    """

    cdef readonly bytes joined
    cdef list pieces
    cdef list sizes
    cdef int shares
    cdef object numbers

    def __cinit__(self, list pieces not None, int shares):
        self.pieces = pieces
        self.sizes = [size_of(piece) for piece in pieces]
        self.joined = PyBytes_FromStringAndSize(NULL, sum(self.sizes))
        self.shares = shares
        self.numbers = iter(range(shares))

    def write(self):
        """Write the next share."""
        cdef WrittenPackets packets
        cdef int64_t first, last, number = next(self.numbers)
        cdef uint64_t at = 0, size, begin, end
        cdef uint64_t start = len(self.joined) * number // self.shares
        cdef uint64_t stop = len(self.joined) * (number + 1) // self.shares
        cdef uint8_t *out = <uint8_t *> PyBytes_AS_STRING(self.joined)
        for piece, size in zip(self.pieces, self.sizes):
            begin, end = max(at, start), min(at + size, stop)
            if begin < end and type(piece) is bytes:
                memcpy(out + begin, PyBytes_AS_STRING(piece) + (begin - at), end - begin)
            elif begin < end:
                packets, first, last = piece
                with nogil:
                    packets.write(first, last, begin - at, end - at, out + begin)
            at += size

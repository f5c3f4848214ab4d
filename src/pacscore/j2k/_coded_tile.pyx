"""A tile whose code-blocks are coded: its packets, and what joins those of several tiles."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cimport cython

import numpy as np

from pacscore.j2k._tile_plan cimport PAC_LIMIT, PAC_NO_SPACE, PAC_OK, PAC_UNSUPPORTED, check, pac_status

from pacscore.errors import OptionError


cdef int check_coded(pac_status status) except -1:
    if status == PAC_UNSUPPORTED:
        raise OptionError("more than 164 coding passes of a code-block in one layer (T.800 B.10.6)")
    if status == PAC_NO_SPACE:
        raise OptionError("a packet of 4 GiB or more: use tiles or precincts (T.800 A.4.2)")
    if status == PAC_LIMIT:
        raise OptionError("a coefficient needs more magnitude bit-planes than the guard bits leave (T.800 E.1)")
    check(status)
    return 0


@cython.auto_pickle(False)
@cython.no_gc  # as TileDecoder
cdef class CodedTile:
    """Has the code-blocks of a tile; what makes them derives from it."""

    def __dealloc__(self):
        pac_packet_list_free(&self.packets)

    cdef pac_status status(self):
        """What became of coding the blocks."""
        return PAC_OK

    def finish(self, bint sop, bint eph, bint packed=False):
        """Write the packet headers, and return the lengths of all packets; without headers that are packed."""
        cdef pac_status status
        cdef pac_packet_framing framing = pac_packet_framing(sop, eph, packed)
        if self.precincts == NULL:
            raise TypeError("a CodedTile is made by what codes its blocks")
        check_coded(self.status())
        pac_packet_list_free(&self.packets)
        with nogil:
            status = pac_packet_list_init(&self.packets, self.precincts, framing)
        check_coded(status)
        lengths = np.empty(self.packets.count, np.uint32)
        cdef uint32_t[::1] view = lengths
        for k in range(self.packets.count):
            view[k] = self.packets.packets[k].length
        return lengths

    def headers(self, int64_t first, int64_t last):
        """Return the headers of packets ``first`` to ``last``, as they are packed."""
        if not 0 <= first <= last <= self.packets.count:
            raise OptionError(f"there are no packets {first} to {last}")
        cdef size_t size = pac_packet_headers_write(&self.packets, first, last, NULL)
        packed = PyBytes_FromStringAndSize(NULL, size)
        pac_packet_headers_write(&self.packets, first, last, <uint8_t *> PyBytes_AS_STRING(packed))
        return packed


cdef Py_ssize_t size_of(object piece) except -1:
    cdef CodedTile tile
    cdef int64_t first, last
    cdef Py_ssize_t size = 0
    if type(piece) is bytes:
        return len(piece)
    tile, first, last = piece
    if not 0 <= first <= last <= tile.packets.count:
        raise OptionError(f"there are no packets {first} to {last}")
    for k in range(first, last):
        size += tile.packets.packets[k].length
    return size


@cython.final
@cython.auto_pickle(False)
cdef class Joining:
    """Bytes and packets, one after another, as bytes; packets are given as (CodedTile, first, last).

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
        cdef CodedTile tile
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
                tile, first, last = piece
                with nogil:
                    pac_packets_write(&tile.packets, tile.precincts, first, last, begin - at, end - at, out + begin)
            at += size

"""A tile whose code-blocks are coded, and its packets."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cimport cython

import numpy as np

from pacscore.j2k._tile_plan cimport PAC_CORRUPT, PAC_LIMIT, PAC_NO_SPACE, PAC_OK, PAC_UNSUPPORTED, check, pac_status

from pacscore.errors import OptionError

BLOCK = np.dtype({"names": ["length", "pieces", "passes", "missing_bitplanes", "kind", "component", "resolution"],
                  "formats": ["u4", "i4", "u2", "u1", "u1", "u2", "u2"],
                  "offsets": [0, 4, 8, 10, 11, 12, 14],
                  "itemsize": sizeof(pac_coded_block)})
PASS = np.dtype({"names": ["length", "layer", "ends_segment"],
                 "formats": ["u4", "u2", "u1"],
                 "offsets": [0, 4, 6],
                 "itemsize": sizeof(pac_pass_bytes)})


cdef int check_coded(pac_status status) except -1:
    if status == PAC_UNSUPPORTED:
        raise OptionError("more than 164 coding passes of a code-block in one layer (T.800 B.10.6)")
    if status == PAC_NO_SPACE:
        raise OptionError("a packet of 4 GiB or more: use tiles or precincts (T.800 A.4.2)")
    if status == PAC_LIMIT:
        raise OptionError("a coefficient needs more magnitude bit-planes than the guard bits leave (T.800 E.1)")
    check(status)
    return 0


cdef object as_bytes(array):
    """The bytes of an array, never none; NumPy's concatenate would leave out the padding between fields."""
    padded = np.zeros(len(array) + 1, array.dtype)
    padded[:-1] = array
    return padded.view("u1")


@cython.auto_pickle(False)
@cython.no_gc  # as TileDecoder
cdef class CodedTile(WrittenPackets):
    """Has the code-blocks of a tile; what makes them derives from it."""

    def __dealloc__(self):
        pac_packet_list_free(&self.packets)

    cdef pac_status status(self):
        """What became of coding the blocks."""
        return PAC_OK

    cdef int64_t size(self, int64_t first, int64_t last) except -1:
        cdef int64_t size = 0
        if not 0 <= first <= last <= self.packets.count:
            raise OptionError(f"there are no packets {first} to {last}")
        for k in range(first, last):
            size += self.packets.packets[k].length
        return size

    cdef size_t write_headers(self, int64_t first, int64_t last, uint8_t *out) noexcept nogil:
        return pac_packet_headers_write(&self.packets, first, last, out)

    cdef void write(
            self, int64_t first, int64_t last, uint64_t begin, uint64_t end, uint8_t *out) noexcept nogil:
        pac_packets_write(&self.packets, self.precincts, first, last, begin, end, out)

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

    def coded_blocks(self):
        """Return all code-blocks as arrays of `BLOCK` and, block after block, of `PASS`, and their bytes joined."""
        cdef int64_t count
        if self.precincts == NULL:
            raise TypeError("a CodedTile is made by what codes its blocks")
        check(pac_coded_blocks_open(self.precincts, &count))
        blocks = np.zeros(count + 1, BLOCK)
        cdef uint8_t[::1] to_blocks = blocks.view("u1")
        cdef pac_coded_total total = pac_coded_blocks_read(
            self.precincts, <pac_coded_block *> &to_blocks[0], NULL, NULL)
        passes = np.zeros(total.passes + 1, PASS)
        cdef uint8_t[::1] to_passes = passes.view("u1")
        coded = PyBytes_FromStringAndSize(NULL, total.bytes)
        cdef uint8_t *to_bytes = <uint8_t *> PyBytes_AS_STRING(coded)
        with nogil:
            pac_coded_blocks_read(self.precincts, NULL, <pac_pass_bytes *> &to_passes[0], to_bytes)
        return blocks[:-1], passes[:-1], coded

    def replace_blocks(self, blocks, passes, bytes coded not None):
        """Put others in the place of all code-blocks: arrays and bytes as `coded_blocks` returns them."""
        cdef int64_t count
        cdef pac_status status
        check(pac_coded_blocks_open(self.precincts, &count))
        if blocks.dtype != BLOCK or passes.dtype != PASS or len(blocks) != count:
            raise OptionError(f"{len(blocks)} code-blocks for {count}")
        sizes = (np.sum(blocks["passes"], dtype=np.int64), np.sum(passes["length"], dtype=np.int64))
        if sizes != (len(passes), len(coded)):
            raise OptionError(f"{len(passes)} passes and {len(coded)} bytes do not make up {count} code-blocks")
        cdef const uint8_t[::1] from_blocks = as_bytes(blocks), from_passes = as_bytes(passes)
        cdef const uint8_t *from_bytes = <const uint8_t *> PyBytes_AS_STRING(coded)
        self.replaced = coded
        with nogil:
            status = pac_coded_blocks_replace(self.precincts, <const pac_coded_block *> &from_blocks[0],
                                              <const pac_pass_bytes *> &from_passes[0], from_bytes)
        if status == PAC_CORRUPT:
            raise OptionError("a code-block lacks more bit-planes than its band has (T.800 B.10.5)")
        check(status)

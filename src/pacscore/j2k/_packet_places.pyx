"""Where the packets of a tile are, from their headers alone."""

from cpython.buffer cimport PyBuffer_Release
from libc.stdint cimport int64_t, uint8_t
from libc.stdlib cimport free
from libc.string cimport memcpy

cimport cython

import numpy as np

from pacscore.j2k._coded_tile cimport pac_coded_block, pac_coded_blocks_open
from pacscore.j2k._tile_plan cimport PAC_CORRUPT, PAC_TRUNCATED, PAC_WAITING, CompiledPlan, check, pac_status
from pacscore.j2k._packet_reader cimport (
    pac_packet_place,
    pac_packet_reader,
    pac_packet_reader_free,
    pac_packet_reader_init,
    pac_packet_source,
    pac_packets_resume,
    pac_precincts,
    pac_precincts_free,
    pac_precincts_init,
    pac_tile_part,
    take_source,
)

from pacscore.errors import OptionError
from pacscore.j2k._coded_tile import BLOCK

cdef int _ALL_LAYERS = 65535

cdef extern from "j2k/coded_blocks.h":
    ctypedef struct pac_read_piece:
        pass
    int64_t pac_coded_blocks_pieces(const pac_precincts *, pac_coded_block *, pac_read_piece *) nogil


PLACE = np.dtype({"names": ["start", "stop", "header", "body", "header_length", "precinct", "layer", "part",
                            "first_piece"],
                  "formats": ["u8", "u8", "u8", "u8", "u4", "i4", "i4", "i4", "i4"],
                  "offsets": [0, 8, 16, 24, 32, 36, 40, 44, 48],
                  "itemsize": sizeof(pac_packet_place)})
PIECE = np.dtype({"names": ["offset", "length", "number", "first_pass", "passes", "kind"],
                  "formats": ["u8", "u4", "i4", "u2", "u2", "u1"],
                  "offsets": [0, 8, 12, 16, 18, 20],
                  "itemsize": sizeof(pac_read_piece)})


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # what it holds leads back to it from nowhere, and must stay until __dealloc__
cdef class PacketPlaces:
    """Reads the packet headers of one tile, as far as the data is present, up to the last packet that is wanted.

    With ``pieces`` it keeps what they tell of code-blocks.
    """

    cdef CompiledPlan plan
    cdef bint cut
    cdef pac_precincts precincts
    cdef pac_packet_reader reader
    cdef pac_tile_part *parts
    cdef Py_buffer data
    cdef Py_buffer packed

    def __cinit__(self, CompiledPlan plan not None, data, parts, packed_headers, int64_t block_limit,
                  bint pieces=False, int reduce=0, int layers=_ALL_LAYERS):
        cdef pac_packet_source source
        self.plan = plan
        check(pac_precincts_init(&self.precincts, &plan.plan, block_limit))
        self.parts = take_source(&source, &self.data, &self.packed, data, parts, packed_headers)
        source.discard_levels = reduce
        source.wanted_layers = min(layers, plan.plan.layers)
        source.list_places = 1
        source.leave_pieces = not pieces
        source.placeholders = pieces
        pac_packet_reader_init(&self.reader, &self.precincts, &source)

    def __dealloc__(self):
        pac_packet_reader_free(&self.reader)
        pac_precincts_free(&self.precincts)
        free(self.parts)
        PyBuffer_Release(&self.data)
        PyBuffer_Release(&self.packed)

    def resume(self, present):
        """Go on as far as a run of present bytes allows; return whether reading has come to its end."""
        cdef pac_status status
        start, stop = present
        if not 0 <= start <= stop <= self.data.len:
            raise OptionError(f"the byte range {start} to {stop} lies outside the data")
        self.reader.source.present_start, self.reader.source.present_stop = start, stop
        with nogil:
            status = pac_packets_resume(&self.reader)
        if status == PAC_WAITING:
            return False
        self.cut = status == PAC_TRUNCATED
        if status != PAC_TRUNCATED and status != PAC_CORRUPT:
            check(status)
        return True

    @property
    def what(self):
        """Why reading stopped early, None if it did not."""
        if self.reader.report.what != NULL:
            return self.reader.report.what.decode("ascii")
        return "the data ends early" if self.reader.needed else None

    @property
    def truncated(self):
        """Whether that is because the data ends there."""
        return self.cut

    @property
    def missing(self):
        """How many packets are still wanted."""
        return self.reader.needed

    @property
    def offset(self):
        """Where the next packet begins."""
        return self.reader.position

    def places(self):
        """Return the packets so far, as an array of `PLACE`."""
        cdef size_t size = <size_t> self.reader.place_count * sizeof(pac_packet_place)
        found = np.zeros(self.reader.place_count, PLACE)
        cdef uint8_t[::1] bytes_of_it = found.view("u1")
        if size:
            memcpy(&bytes_of_it[0], self.reader.places, size)
        return found

    def blocks(self):
        """Return all code-blocks of the tile, as arrays of `BLOCK` and, block after block, of `PIECE`."""
        cdef int64_t count
        check(pac_coded_blocks_open(&self.precincts, &count))
        blocks = np.zeros(count + 1, BLOCK)
        pieces = np.zeros(pac_coded_blocks_pieces(&self.precincts, NULL, NULL) + 1, PIECE)
        cdef uint8_t[::1] to_blocks = blocks.view("u1"), to_pieces = pieces.view("u1")
        with nogil:
            pac_coded_blocks_pieces(
                &self.precincts, <pac_coded_block *> &to_blocks[0], <pac_read_piece *> &to_pieces[0])
        return blocks[:-1], pieces[:-1]

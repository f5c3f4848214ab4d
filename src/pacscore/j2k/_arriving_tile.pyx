"""A tile whose bytes arrive by and by: decoded again and again, each time only what is new."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memcpy, memset

cimport cython

import numpy as np

from pacscore.j2k._packet_reader cimport (
    pac_byte_runs,
    pac_packet_place,
    pac_packet_reader,
    pac_packet_reader_extend,
    pac_packet_reader_free,
    pac_packet_reader_init,
    pac_packet_source,
    pac_packets_read_scattered,
    pac_packets_resume,
    pac_tile_part,
)
from pacscore.j2k._tile_decoder cimport TileDecoder, pac_kept_tile, pac_kept_tile_arrive, pac_kept_tile_free
from pacscore.j2k._tile_decoder cimport pac_kept_tile_init
from pacscore.j2k._tile_plan cimport PAC_CORRUPT, PAC_OK, PAC_TRUNCATED, PAC_WAITING, CompiledPlan, check, pac_status

from pacscore.j2k import _packet_places


@cython.final
@cython.auto_pickle(False)
cdef class ByteRuns:
    """Ascending runs of bytes, as C takes them."""

    cdef pac_tile_part *runs
    cdef int64_t count

    def __cinit__(self, runs):
        self.count = len(runs)
        self.runs = <pac_tile_part *> calloc(self.count + 1, sizeof(pac_tile_part))
        if not self.runs:
            raise MemoryError()
        for i, (start, stop) in enumerate(runs):
            self.runs[i].start, self.runs[i].stop = start, stop

    def __dealloc__(self):
        free(self.runs)


@cython.final
@cython.auto_pickle(False)
@cython.no_gc  # as its base
cdef class ArrivingTile(TileDecoder):
    """Keeps the packet headers and the coefficients of a tile."""

    cdef pac_packet_reader reader
    cdef pac_kept_tile kept
    cdef ByteRuns parts
    cdef bint started
    cdef readonly bint truncated  # rather than wrong, where no more packets can be read

    def __cinit__(self, CompiledPlan plan not None, int target, int64_t block_limit):
        check(pac_kept_tile_init(&self.kept, &plan.plan))
        self.decoder.kept = &self.kept

    def __dealloc__(self):
        pac_packet_reader_free(&self.reader)
        pac_kept_tile_free(&self.kept, &self.plan.plan)

    def extend(self, data, parts, packed_headers, bint more_parts, bint no_sop):
        """Take the data as it is by now, and the tile-parts that are known: the same as before, and perhaps more.

        ``no_sop`` says that no SOP stands in front of the body of a packet with a packed header.
        """
        cdef pac_packet_source source
        cdef ByteRuns known = ByteRuns(parts)
        PyBuffer_Release(&self.data)
        PyObject_GetBuffer(data, &self.data, PyBUF_SIMPLE)
        if not self.started:
            memset(&source, 0, sizeof(source))
            source.wanted_layers, source.list_places = self.plan.plan.layers, 1
            source.parts, source.part_count = known.runs, <int32_t> known.count
            pac_packet_reader_init(&self.reader, &self.decoder.precincts, &source)
            self.started = True
        pac_packet_reader_extend(&self.reader, known.runs, <int32_t> known.count)
        self.parts = known
        self.reader.source.data = <const uint8_t *> self.data.buf
        self.reader.source.more_parts = more_parts
        self.reader.source.no_sop = no_sop and packed_headers is not None
        PyBuffer_Release(&self.packed)
        if packed_headers is not None:
            PyObject_GetBuffer(packed_headers, &self.packed, PyBUF_SIMPLE)
            self.reader.source.packed_headers = <const uint8_t *> self.packed.buf
            self.reader.source.packed_size = <uint64_t> self.packed.len

    def resume(self, present):
        """Read packet headers as far as a run of present bytes allows; return whether that has come to its end."""
        cdef pac_status status
        start, stop = present
        if not 0 <= start <= stop or start < stop and stop > self.data.len:
            raise ValueError(f"the byte range {start} to {stop} lies outside the data")
        self.reader.source.present_start, self.reader.source.present_stop = start, stop
        with nogil:
            status = pac_packets_resume(&self.reader)
        if status != PAC_OK and status != PAC_WAITING and status != PAC_TRUNCATED and status != PAC_CORRUPT:
            check(status)
        self.truncated = status == PAC_TRUNCATED
        return status != PAC_WAITING

    def read_scattered(self, places, uint8_t[::1] done not None, ByteRuns present not None):
        """Read packets of which the places are known and the headers present; return whether none is wrong.

        Those that are read are marked in ``done``, and left out the next time.
        """
        cdef const uint8_t[::1] each = np.ascontiguousarray(places, _packet_places.PLACE).view("u1")
        cdef int64_t count = done.shape[0]
        cdef pac_status status
        if each.shape[0] != count * <int64_t> sizeof(pac_packet_place):
            raise ValueError("a mark is needed for each packet")
        self.check_present(present)
        if not count:
            return True
        with nogil:
            status = pac_packets_read_scattered(
                &self.reader, <const pac_packet_place *> &each[0], count, pac_byte_runs(present.runs, present.count),
                &done[0])
        if status != PAC_CORRUPT and status != PAC_TRUNCATED:
            check(status)
        return status == PAC_OK

    cdef int check_present(self, ByteRuns present) except -1:
        if present.count and present.runs[present.count - 1].stop > <uint64_t> self.data.len:
            raise ValueError("bytes are said to be present that lie outside the data")
        return 0

    def arrive(self, ByteRuns present not None):
        """Find out which bytes of code-blocks are there."""
        self.check_present(present)
        self.decoder.queue.source.data = self.reader.source.data
        with nogil:
            pac_kept_tile_arrive(
                &self.kept, &self.decoder.precincts, pac_byte_runs(present.runs, present.count))

    @property
    def what(self):
        """Why no more packets can be read, None if they can or all were."""
        return None if self.reader.report.what == NULL else self.reader.report.what.decode("ascii")

    @property
    def precinct(self):
        """Of the packet that could not be read, or -1."""
        return self.reader.report.precinct

    @property
    def offset(self):
        """Where the next packet begins."""
        return self.reader.position

    def places(self):
        """Return the packets so far, as an array of `PLACE`."""
        cdef size_t size = <size_t> self.reader.place_count * sizeof(pac_packet_place)
        found = np.zeros(self.reader.place_count, _packet_places.PLACE)
        cdef uint8_t[::1] bytes_of_it = found.view("u1")
        if size:
            memcpy(&bytes_of_it[0], self.reader.places, size)
        return found

"""A tile whose packets are carried over from another codestream."""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

cimport cython

import numpy as np

from pacscore.j2k._coded_tile cimport pac_packet_framing
from pacscore.j2k._written_packets cimport WrittenPackets

from pacscore.errors import OptionError


cdef extern from "j2k/packets/carrier.h":
    ctypedef struct pac_carried_packet:
        uint64_t header
        uint64_t body
        uint32_t header_length
        uint32_t body_length
    ctypedef struct pac_carrier:
        const uint8_t *bodies
        const uint8_t *headers
        const pac_carried_packet *packets
        int64_t count
        pac_packet_framing framing
    uint64_t pac_carrier_size(const pac_carrier *, int64_t, int64_t) nogil
    size_t pac_carrier_headers_write(const pac_carrier *, int64_t, int64_t, uint8_t *) nogil
    void pac_carrier_write(const pac_carrier *, int64_t, int64_t, uint64_t, uint64_t, uint8_t *) nogil

CARRIED = np.dtype({"names": ["header", "body", "header_length", "body_length"],
                    "formats": ["u8", "u8", "u4", "u4"],
                    "itemsize": sizeof(pac_carried_packet)})


@cython.final
@cython.auto_pickle(False)
cdef class CarriedTile(WrittenPackets):
    """Packets in the bytes of another codestream, their headers there or packed."""

    cdef pac_carrier carrier
    cdef Py_buffer data
    cdef Py_buffer packed_headers
    cdef const pac_carried_packet[::1] packets

    def __cinit__(self, data, packed_headers, packets not None, bint sop, bint eph, bint packed):
        """Take ``packets``, an array of `CARRIED`, in the order in which they are to be written."""
        cdef int64_t k
        cdef uint64_t data_size, headers_size
        PyObject_GetBuffer(data, &self.data, PyBUF_SIMPLE)
        if packed_headers is not None:
            PyObject_GetBuffer(packed_headers, &self.packed_headers, PyBUF_SIMPLE)
        data_size = self.data.len
        headers_size = data_size if packed_headers is None else self.packed_headers.len
        self.packets = packets
        for k in range(self.packets.shape[0]):
            if not (is_inside(self.packets[k].body, self.packets[k].body_length, data_size)
                    and is_inside(self.packets[k].header, self.packets[k].header_length, headers_size)):
                raise OptionError(f"packet {k} lies outside the data")
        self.carrier.bodies = <const uint8_t *> self.data.buf
        self.carrier.headers = self.carrier.bodies if packed_headers is None else <uint8_t *> self.packed_headers.buf
        self.carrier.count = self.packets.shape[0]
        self.carrier.packets = &self.packets[0] if self.carrier.count else NULL
        self.carrier.framing = pac_packet_framing(sop, eph, packed)

    def __dealloc__(self):
        PyBuffer_Release(&self.data)
        PyBuffer_Release(&self.packed_headers)

    cdef int64_t size(self, int64_t first, int64_t last) except -1:
        if not 0 <= first <= last <= self.carrier.count:
            raise OptionError(f"there are no packets {first} to {last}")
        return pac_carrier_size(&self.carrier, first, last)

    cdef size_t write_headers(self, int64_t first, int64_t last, uint8_t *out) noexcept nogil:
        return pac_carrier_headers_write(&self.carrier, first, last, out)

    cdef void write(
            self, int64_t first, int64_t last, uint64_t begin, uint64_t end, uint8_t *out) noexcept nogil:
        pac_carrier_write(&self.carrier, first, last, begin, end, out)


cdef inline bint is_inside(uint64_t start, uint64_t length, uint64_t size) noexcept:
    return start <= size and length <= size - start

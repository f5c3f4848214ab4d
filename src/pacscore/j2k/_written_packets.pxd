"""The packets of a tile as they are written, for the compiled modules that have them."""

from libc.stdint cimport int64_t, uint8_t, uint64_t


cdef class WrittenPackets:
    # `size` is asked before the others, with the numbers of the first packet and of the one past the last.
    cdef int64_t size(self, int64_t first, int64_t last) except -1
    cdef size_t write_headers(self, int64_t first, int64_t last, uint8_t *out) noexcept nogil
    cdef void write(
        self, int64_t first, int64_t last, uint64_t begin, uint64_t end, uint8_t *out) noexcept nogil

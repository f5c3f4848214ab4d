"""One HT code-block's bytes to samples and back, for tests and for reading beside T.814."""

cimport cython
from libc.stdint cimport int16_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

import numpy as np

from pacscore.errors import CodestreamError, LimitError, OptionError, UnsupportedError
from pacscore.support import targets


cdef extern from "support/status.h":
    ctypedef enum pac_status:
        PAC_OK
        PAC_CORRUPT
        PAC_UNSUPPORTED
        PAC_NO_SPACE

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "support/coded_pass.h":
    ctypedef struct pac_coded_pass:
        uint32_t length
        float gain
        uint8_t ends_segment

cdef extern from "j2k/entropy/ht.h":
    ctypedef struct pac_ht_block:
        const uint8_t *cleanup
        const uint8_t *refinement
        uint32_t cleanup_length
        uint32_t refinement_length
        int32_t width
        int32_t height
        int32_t missing_bitplanes
        int32_t magnitude_bitplanes
        int32_t passes
        int32_t vertically_causal
    ctypedef struct pac_ht_refinement:
        int32_t width
        int32_t height
        int32_t passes
        int32_t vertically_causal
    ctypedef struct pac_ht_sets:
        int32_t width
        int32_t height
        int32_t bits
        int32_t highest
        int32_t vertically_causal
        int32_t reversible
        double least_gain
    ctypedef struct pac_ht_kernels:
        pac_status (*decode_i16)(const pac_ht_block *, int16_t *, Py_ssize_t, void *) noexcept nogil
        pac_status (*decode_i32)(const pac_ht_block *, int32_t *, Py_ssize_t, void *) noexcept nogil
        pac_status (*decode_f32)(const pac_ht_block *, float, float *, Py_ssize_t, void *) noexcept nogil
        pac_status (*decode32)(const pac_ht_block *, uint32_t *, Py_ssize_t, void *) noexcept nogil
        pac_status (*decode64)(const pac_ht_block *, uint64_t *, Py_ssize_t, void *) noexcept nogil
        pac_status (*encode_i16)(const int16_t *, Py_ssize_t, int32_t, int32_t, uint8_t *, size_t, uint32_t *,
                                 void *) noexcept nogil
        pac_status (*encode32)(const uint32_t *, Py_ssize_t, int32_t, int32_t, uint8_t *, size_t, uint32_t *,
                               void *) noexcept nogil
        pac_status (*encode64)(const uint64_t *, Py_ssize_t, int32_t, int32_t, uint8_t *, size_t, uint32_t *,
                               void *) noexcept nogil
        pac_status (*encode_refinement32)(const pac_ht_refinement *, const uint32_t *, Py_ssize_t, uint8_t *, size_t,
                                          uint32_t *, void *) noexcept nogil
        pac_status (*encode_refinement64)(const pac_ht_refinement *, const uint64_t *, Py_ssize_t, uint8_t *, size_t,
                                          uint32_t *, void *) noexcept nogil
        pac_status (*encode_sets32)(const pac_ht_sets *, const uint32_t *, Py_ssize_t, uint8_t *, size_t,
                                    pac_coded_pass *, int32_t *, void *) noexcept nogil
        pac_status (*encode_sets64)(const pac_ht_sets *, const uint64_t *, Py_ssize_t, uint8_t *, size_t,
                                    pac_coded_pass *, int32_t *, void *) noexcept nogil
    void pac_ht_kernels_init(pac_ht_kernels *, pac_target) nogil
    size_t pac_ht_scratch_size() nogil
    size_t pac_ht_encode_bound(int32_t, int32_t, int32_t) nogil
    size_t pac_ht_encode_sets_bound(int32_t, int32_t, int32_t) nogil


@cython.final
@cython.auto_pickle(False)
cdef class _Coder:
    """Kernels of one target and the scratch that they work in."""

    cdef pac_ht_kernels kernels
    cdef void *memory
    cdef void *scratch

    def __cinit__(self, target: str | None):
        available = targets.available_targets()
        if target is not None and target not in available:
            raise OptionError(f"target {target!r} is not one of {', '.join(available)}")
        cdef int number = targets.active_target() if target is None else available[target]
        pac_ht_kernels_init(&self.kernels, <pac_target> number)
        self.memory = malloc(pac_ht_scratch_size() + 63)
        if self.memory == NULL:
            raise MemoryError
        self.scratch = <void *> ((<size_t> self.memory + 63) & ~<size_t> 63)

    def __dealloc__(self):
        free(self.memory)


cdef _raise_for(pac_status status):
    if status == PAC_CORRUPT:
        raise CodestreamError("HT code-block: its lengths, planes or codes contradict each other (T.814 7)",
                              clause="T.814 7")
    if status == PAC_UNSUPPORTED:
        raise UnsupportedError("HT code-block: more magnitude bit-planes, or other passes, than its samples hold",
                               feature="magnitude bit-planes", clause="T.814 7.3")
    if status != PAC_OK:
        raise LimitError("HT code-block: its output buffer is too small")


cdef _check_shape(Py_ssize_t width, Py_ssize_t height):
    if not (1 <= width <= 1024 and 1 <= height <= 1024 and width * height <= 4096):
        raise OptionError(f"a code-block of {width} x {height} samples is not possible (T.800 A.6.1: sides 1 to 1024, "
                          "4096 samples in all)")


def decode_block(
    const uint8_t[::1] cleanup not None,
    const uint8_t[::1] refinement not None,
    *,
    int32_t width,
    int32_t height,
    int32_t missing_bitplanes,
    int32_t magnitude_bitplanes,
    int32_t passes,
    bint vertically_causal=False,
    bint wide=False,
    target=None,
):
    """Return the samples of one HT code-block.

    Source: T.814 7.

    Parameters
    ----------
    cleanup, refinement : bytes
        Segments of the HT set to decode; `refinement` joins SigProp and MagRef and may be empty.
    width, height : int, in samples
        Size of the code-block.
    missing_bitplanes : int
        Planes above the first coded one, S_blk.
    magnitude_bitplanes : int
        M_b plus the shift of a region of interest.
    passes : int
        1 cleanup, 2 and significance propagation, 3 and magnitude refinement.
    vertically_causal : bool
        Whether contexts stay inside their stripe.
    wide : bool
        64-bit samples; 32-bit ones serve up to 30 magnitude bit-planes, 64-bit ones up to 62.
    target : str, optional
        CPU target by name.

    Returns
    -------
    ndarray of uint32 or uint64, shape (height, width)
        Sign in the top bit; below it the magnitude with one fraction bit, 2q + 2^p, p the sample's lowest plane.

    Raises
    ------
    CodestreamError
        If the bytes or planes contradict the standard.
    UnsupportedError
        If the samples are too small for so many planes.
    """
    _check_shape(width, height)
    cdef _Coder coder = _Coder(target)
    cdef pac_ht_block block
    block.cleanup = &cleanup[0] if cleanup.shape[0] else NULL
    block.refinement = &refinement[0] if refinement.shape[0] else NULL
    block.cleanup_length = <uint32_t> min(cleanup.shape[0], 0x7fffffff)
    block.refinement_length = <uint32_t> min(refinement.shape[0], 0x7fffffff)
    block.width = width
    block.height = height
    block.missing_bitplanes = missing_bitplanes
    block.magnitude_bitplanes = magnitude_bitplanes
    block.passes = passes
    block.vertically_causal = vertically_causal
    samples = np.empty((height, width), np.uint64 if wide else np.uint32)
    cdef uint32_t[:, ::1] narrow_view
    cdef uint64_t[:, ::1] wide_view
    cdef pac_status status
    if wide:
        wide_view = samples
        with nogil:
            status = coder.kernels.decode64(&block, &wide_view[0, 0], width, coder.scratch)
    else:
        narrow_view = samples
        with nogil:
            status = coder.kernels.decode32(&block, &narrow_view[0, 0], width, coder.scratch)
    _raise_for(status)
    return samples


def decode_coefficients(
    const uint8_t[::1] cleanup not None,
    const uint8_t[::1] refinement not None,
    out,
    *,
    int32_t missing_bitplanes,
    int32_t magnitude_bitplanes,
    int32_t passes,
    float half_step=1,
    target=None,
):
    """Decode an HT code-block whose cleanup pass is all there is to wavelet coefficients.

    Source: T.814 7.3; T.800 E.1.

    Parameters
    ----------
    cleanup, refinement, missing_bitplanes, magnitude_bitplanes, passes, target
        As for `decode_block`.
    out : ndarray of int16, int32 or float32, shape (height, width)
        Written in place, and nothing else; its columns are contiguous. Integers get quantiser indices, reals
        ``sign * m * half_step``, m the magnitude with one fraction bit.
    half_step : float
        Half of the band's step size.

    Raises
    ------
    CodestreamError
        If the segments or the planes contradict each other.
    UnsupportedError
        If refinement passes change the block, integers would have fraction bits, or 16 bits do not suffice.
    """
    cdef int16_t[:, :] narrow
    cdef int32_t[:, :] integers
    cdef float[:, :] reals
    cdef Py_ssize_t stride = out.strides[0] // out.itemsize
    if out.strides[1] != out.itemsize or out.strides[0] % out.itemsize:
        raise OptionError("the columns of the output must be contiguous")
    _check_shape(out.shape[1], out.shape[0])
    cdef _Coder coder = _Coder(target)
    cdef pac_ht_block block
    block.cleanup = &cleanup[0] if cleanup.shape[0] else NULL
    block.refinement = &refinement[0] if refinement.shape[0] else NULL
    block.cleanup_length = <uint32_t> min(cleanup.shape[0], 0x7fffffff)
    block.refinement_length = <uint32_t> min(refinement.shape[0], 0x7fffffff)
    block.width = out.shape[1]
    block.height = out.shape[0]
    block.missing_bitplanes = missing_bitplanes
    block.magnitude_bitplanes = magnitude_bitplanes
    block.passes = passes
    block.vertically_causal = False
    cdef pac_status status
    if out.dtype == np.int16:
        narrow = out
        with nogil:
            status = coder.kernels.decode_i16(&block, &narrow[0, 0], stride, coder.scratch)
    elif out.dtype == np.int32:
        integers = out
        with nogil:
            status = coder.kernels.decode_i32(&block, &integers[0, 0], stride, coder.scratch)
    elif out.dtype == np.float32:
        reals = out
        with nogil:
            status = coder.kernels.decode_f32(&block, half_step, &reals[0, 0], stride, coder.scratch)
    else:
        raise OptionError(f"coefficients are int16, int32 or float32, not {out.dtype}")
    _raise_for(status)


def _as_words(samples):
    array = np.ascontiguousarray(samples)
    if array.ndim != 2 or array.dtype not in (np.uint32, np.uint64):
        raise OptionError(f"samples must be a 2D array of uint32 or uint64, not {array.ndim}D of {array.dtype}")
    _check_shape(array.shape[1], array.shape[0])
    return array


def encode_block(samples, *, target=None):
    """Return the cleanup segment of one HT code-block.

    Source: T.814 7.3, read backwards.

    Parameters
    ----------
    samples : ndarray of uint32, uint64 or int16, shape (height, width)
        Unsigned: sign in the top bit; below it the magnitude at the cleanup plane, below 2^31 or 2^62. int16: the same
        in two's complement, -2^14 to 2^14, rows contiguous at any distance. Not all zero.
    target : str, optional
        CPU target by name.

    Returns
    -------
    bytes

    Raises
    ------
    OptionError
        If the array has no such kind or shape, or int16 samples are out of range.
    UnsupportedError
        If a magnitude has more than 62 bits.
    """
    if samples.dtype == np.int16:
        return _encode_indices(samples, target)
    words = _as_words(samples)
    cdef _Coder coder = _Coder(target)
    cdef int32_t width = words.shape[1], height = words.shape[0]
    cdef uint8_t[::1] out = np.empty(pac_ht_encode_bound(width, height, 8 * words.itemsize - 1), np.uint8)
    cdef const uint32_t[:, ::1] narrow_view
    cdef const uint64_t[:, ::1] wide_view
    cdef uint32_t length = 0
    cdef pac_status status
    if words.dtype == np.uint64:
        wide_view = words
        with nogil:
            status = coder.kernels.encode64(&wide_view[0, 0], width, width, height, &out[0], out.shape[0], &length,
                                            coder.scratch)
    else:
        narrow_view = words
        with nogil:
            status = coder.kernels.encode32(&narrow_view[0, 0], width, width, height, &out[0], out.shape[0], &length,
                                            coder.scratch)
    _raise_for(status)
    return bytes(out[:length])


cdef bytes _encode_indices(indices, target):
    if indices.ndim != 2:
        raise OptionError(f"samples must be a 2D array, not {indices.ndim}D")
    _check_shape(indices.shape[1], indices.shape[0])
    if indices.min() < -1 << 14 or indices.max() > 1 << 14 or not indices.any():
        raise OptionError("int16 samples must be within -16384 to 16384, and one of them not 0")
    if indices.strides[1] != 2 or indices.strides[0] % 2:
        indices = np.ascontiguousarray(indices)
    cdef _Coder coder = _Coder(target)
    cdef const int16_t[:, :] view = indices
    cdef int32_t width = indices.shape[1], height = indices.shape[0]
    cdef uint8_t[::1] out = np.empty(pac_ht_encode_bound(width, height, 15), np.uint8)
    cdef uint32_t length = 0
    cdef pac_status status
    with nogil:
        status = coder.kernels.encode_i16(&view[0, 0], view.strides[0] // 2, width, height, &out[0], out.shape[0],
                                          &length, coder.scratch)
    _raise_for(status)
    return bytes(out[:length])


def encode_refinement(samples, *, int32_t passes, bint vertically_causal=False, target=None):
    """Return the SigProp and MagRef segment of one HT code-block.

    Source: T.814 7.4 and 7.5, read backwards.

    Parameters
    ----------
    samples : ndarray of uint32 or uint64, shape (height, width)
        As for `encode_block`, with one plane more than the cleanup segment coded.
    passes : int
        2 significance propagation, 3 and magnitude refinement.
    vertically_causal : bool
        Whether contexts stay inside their stripe.
    target : str, optional
        CPU target by name.

    Returns
    -------
    bytes
        Empty if no sample is a member of either pass.
    """
    words = _as_words(samples)
    if passes not in (2, 3):
        raise OptionError(f"passes must be 2 or 3, not {passes}")
    cdef _Coder coder = _Coder(target)
    cdef pac_ht_refinement block
    block.width = words.shape[1]
    block.height = words.shape[0]
    block.passes = passes
    block.vertically_causal = vertically_causal
    cdef uint8_t[::1] out = np.empty(pac_ht_encode_bound(block.width, block.height, 2), np.uint8)
    cdef const uint32_t[:, ::1] narrow_view
    cdef const uint64_t[:, ::1] wide_view
    cdef uint32_t[2] lengths
    cdef pac_status status
    if words.dtype == np.uint64:
        wide_view = words
        with nogil:
            status = coder.kernels.encode_refinement64(&block, &wide_view[0, 0], block.width, &out[0], out.shape[0],
                                                       &lengths[0], coder.scratch)
    else:
        narrow_view = words
        with nogil:
            status = coder.kernels.encode_refinement32(&block, &narrow_view[0, 0], block.width, &out[0],
                                                       out.shape[0], &lengths[0], coder.scratch)
    _raise_for(status)
    return bytes(out[:lengths[1]])


def encode_sets(
    samples,
    *,
    bint vertically_causal=False,
    bint reversible=True,
    planes=None,
    double least_gain=0,
    target=None,
):
    """Return the HT sets of one code-block, and what each of their passes is.

    Source: T.814 7.1.

    Parameters
    ----------
    samples : ndarray of uint32 or uint64, shape (height, width)
        As for `encode_block`. The first set ends at the highest plane that is not empty, the last one at plane 0.
    vertically_causal : bool
        Whether contexts stay inside their stripe.
    reversible : bool
        Whether indices are integers, not intervals of reals; only gains depend on it.
    planes : int, optional
        The first set ends at the highest plane below this one.
    least_gain : float
        Coding stops where a byte more can only gain less.
    target : str, optional
        CPU target by name.

    Returns
    -------
    bytes
        Cleanup and refinement segments of all sets, one after another.
    list of (int, float, bool)
        For each pass: where it ends, its gain in squared quantiser steps, and whether a codeword segment ends with it.
        A decoder that has cleanup of the next set needs nothing of the ones before it.
    """
    words = _as_words(samples)
    cdef object greatest = int((words & (np.iinfo(words.dtype).max >> 1)).max())
    if not greatest:
        raise OptionError("a code-block of zeros has no passes")
    cdef _Coder coder = _Coder(target)
    cdef pac_ht_sets asked
    asked.width = words.shape[1]
    asked.height = words.shape[0]
    asked.bits = greatest.bit_length()
    asked.highest = min(asked.bits, asked.bits if planes is None else max(planes, 1)) - 1
    asked.vertically_causal = vertically_causal
    asked.reversible = reversible
    asked.least_gain = least_gain
    cdef uint8_t[::1] out = np.empty(pac_ht_encode_sets_bound(asked.width, asked.height, asked.bits), np.uint8)
    cdef pac_coded_pass[192] passes
    cdef int32_t count = 0
    cdef const uint32_t[:, ::1] narrow_view
    cdef const uint64_t[:, ::1] wide_view
    cdef pac_status status
    if words.dtype == np.uint64:
        wide_view = words
        with nogil:
            status = coder.kernels.encode_sets64(&asked, &wide_view[0, 0], asked.width, &out[0], out.shape[0],
                                                 passes, &count, coder.scratch)
    else:
        narrow_view = words
        with nogil:
            status = coder.kernels.encode_sets32(&asked, &narrow_view[0, 0], asked.width, &out[0], out.shape[0],
                                                 passes, &count, coder.scratch)
    _raise_for(status)
    return bytes(out[:passes[count - 1].length]), [
        (passes[i].length, passes[i].gain, bool(passes[i].ends_segment)) for i in range(count)
    ]

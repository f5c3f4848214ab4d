"""One Part 1 code-block: bytes to samples and back, for tests and for reading beside T.800."""

cimport cython
from libc.stdint cimport int16_t, int32_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

import numpy as np

from pacscore.errors import CodestreamError, OptionError, UnsupportedError
from pacscore.support import targets


cdef extern from "support/status.h":
    ctypedef enum pac_status:
        PAC_OK
        PAC_CORRUPT
        PAC_UNSUPPORTED

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "support/coded_pass.h":
    ctypedef struct pac_coded_pass:
        uint32_t length
        float gain
        uint8_t ends_segment

cdef extern from "j2k/entropy/part1.h":
    enum:
        PAC_PART1_SURVEYED
    ctypedef struct pac_part1_segment:
        const uint8_t *bytes
        uint32_t length
        int32_t passes
        int32_t opens
    ctypedef struct pac_part1_block:
        const pac_part1_segment *segments
        int32_t segment_count
        int32_t width
        int32_t height
        int32_t missing_bitplanes
        int32_t magnitude_bitplanes
        int32_t style
        int32_t orientation
    ctypedef enum pac_part1_flaw:
        PAC_PART1_SOUND
        PAC_PART1_SYMBOL
        PAC_PART1_TERMINATION
        PAC_PART1_MARKER
    ctypedef struct pac_part1_finding:
        pac_part1_flaw flaw
        int32_t planes
    ctypedef struct pac_part1_coding:
        int32_t width
        int32_t height
        int32_t orientation
        int32_t style
        int32_t bitplanes
        int32_t lowest_plane
        int32_t want_gains
        int32_t reversible
        int32_t flush
        double least_gain
    ctypedef struct pac_part1_coded:
        const uint8_t *bytes
        const pac_coded_pass *passes
        uint32_t length
        int32_t pass_count
    ctypedef struct pac_part1_kernels:
        pac_status (*decode32)(
            const pac_part1_block *, uint32_t *, Py_ssize_t, void *, pac_part1_finding *) noexcept nogil
        pac_status (*decode64)(
            const pac_part1_block *, uint64_t *, Py_ssize_t, void *, pac_part1_finding *) noexcept nogil
        pac_status (*encode_i16)(
            const pac_part1_coding *, const int16_t *, Py_ssize_t, void *, pac_part1_coded *) noexcept nogil
        pac_status (*encode32)(
            const pac_part1_coding *, const uint32_t *, Py_ssize_t, void *, pac_part1_coded *) noexcept nogil
        pac_status (*encode64)(
            const pac_part1_coding *, const uint64_t *, Py_ssize_t, void *, pac_part1_coded *) noexcept nogil
        int32_t (*survey_i16)(
            const pac_part1_coding *, const int16_t *, Py_ssize_t, pac_coded_pass *) noexcept nogil
    void pac_part1_kernels_init(pac_part1_kernels *, pac_target) nogil
    size_t pac_part1_scratch_size() nogil
    size_t pac_part1_encoder_scratch_size() nogil


@cython.final
@cython.auto_pickle(False)
cdef class _Memory:
    """Memory that is freed with its owner."""

    cdef void *address

    def __cinit__(self, size_t size):
        self.address = malloc(size)
        if self.address == NULL:
            raise MemoryError

    def __dealloc__(self):
        free(self.address)


_FLAWS = {
    PAC_PART1_SOUND: None,
    PAC_PART1_SYMBOL: "segmentation symbol",
    PAC_PART1_TERMINATION: "predictable termination",
    PAC_PART1_MARKER: "marker",
}


cdef int _target_number(target) except -1:
    available = targets.available_targets()
    if target is not None and target not in available:
        raise OptionError(f"target {target!r} is not one of {', '.join(available)}")
    return targets.active_target() if target is None else available[target]


def examine_block(
    list segments,
    *,
    int32_t width,
    int32_t height,
    int32_t missing_bitplanes,
    int32_t magnitude_bitplanes,
    int32_t style=0,
    int32_t orientation=0,
    bint wide=False,
    target=None,
):
    """Return the samples of one Part 1 code-block, what is wrong with its bytes, and how many planes were decoded.

    Source: T.800 Annexes C and D.

    Parameters
    ----------
    segments : list of (bytes, int, bool)
        Bytes of codeword segments in order, the coding passes they add, and whether a new segment begins there.
    width, height : int, in samples
        At most 1024 each and 4096 together.
    missing_bitplanes : int
        P, from the tag tree.
    magnitude_bitplanes : int
        M_b and the shift of a region of interest.
    style : int
        Code-block style as in COD.
    orientation : int
        0 LL, 1 HL, 2 LH, 3 HH.
    wide : bool
        Samples of 64 bits, for up to 62 bit-planes, rather than of 32 bits, for up to 30.
    target : str, optional
        CPU target by name; None is the active one.

    Returns
    -------
    samples : ndarray of uint32 or uint64, shape (height, width)
        Sign in the top bit; below it the magnitude with one fraction bit, 2q + 2^p, p the sample's lowest plane.
    flaw : "segmentation symbol", "predictable termination", "marker" or None
        The first that was found. The samples have the planes before the one in which it lies or may lie.
    planes : int
        From the first one with bits on, the last one perhaps in part.

    Raises
    ------
    CodestreamError
        If sizes, planes or passes contradict the standard, or segments their style.
    UnsupportedError
        If the samples are too small for so many planes.
    """
    if not (1 <= width <= 1024 and 1 <= height <= 1024 and width * height <= 4096):
        raise OptionError(f"no code-block has {width} columns and {height} rows (T.800 A.6.1)")
    cdef pac_part1_kernels kernels
    pac_part1_kernels_init(&kernels, <pac_target> _target_number(target))
    cdef _Memory scratch = _Memory(pac_part1_scratch_size())
    cdef _Memory list_memory = _Memory((len(segments) + 1) * sizeof(pac_part1_segment))
    cdef pac_part1_segment *pieces = <pac_part1_segment *> list_memory.address
    cdef const uint8_t[::1] data
    cdef list held = []
    for number, (segment, passes, opens) in enumerate(segments):
        data = segment
        held.append(data)
        pieces[<Py_ssize_t> number].bytes = &data[0] if data.shape[0] else NULL
        pieces[<Py_ssize_t> number].length = <uint32_t> min(data.shape[0], 0x7fffffff)
        pieces[<Py_ssize_t> number].passes = passes
        pieces[<Py_ssize_t> number].opens = opens
    cdef pac_part1_block block = pac_part1_block(
        pieces, <int32_t> len(segments), width, height, missing_bitplanes, magnitude_bitplanes, style, orientation
    )
    samples = np.empty((height, width), np.uint64 if wide else np.uint32)
    cdef uint32_t[:, ::1] narrow_view
    cdef uint64_t[:, ::1] wide_view
    cdef pac_status status
    cdef pac_part1_finding finding
    if wide:
        wide_view = samples
        with nogil:
            status = kernels.decode64(&block, &wide_view[0, 0], width, scratch.address, &finding)
    else:
        narrow_view = samples
        with nogil:
            status = kernels.decode32(&block, &narrow_view[0, 0], width, scratch.address, &finding)
    if status == PAC_UNSUPPORTED:
        raise UnsupportedError("Part 1 code-block: more magnitude bit-planes than its sample words hold",
                               feature="magnitude bit-planes", clause="T.800 E.1")
    if status != PAC_OK:
        raise CodestreamError("Part 1 code-block: its planes, passes and segments contradict each other (T.800 D)",
                              clause="T.800 D")
    return samples, _FLAWS[finding.flaw], finding.planes


def decode_block(list segments, **block):
    """Return the samples of one Part 1 code-block that is sound.

    Source: T.800 Annexes C and D.

    Parameters
    ----------
    segments : list of (bytes, int, bool)
        As for `examine_block`, and so are the others.

    Returns
    -------
    ndarray of uint32 or uint64, shape (height, width)
        As of `examine_block`.

    Raises
    ------
    CodestreamError
        If its bytes have a flaw, or for the reasons of `examine_block`.
    UnsupportedError
        If the samples are too small for so many planes.
    """
    samples, flaw, _ = examine_block(segments, **block)
    if flaw is not None:
        raise CodestreamError(f"Part 1 code-block: wrong {flaw} (T.800 D.4, D.5)", clause="T.800 D.5")
    return samples


def encode_block(
    samples,
    *,
    int32_t bitplanes,
    int32_t style=0,
    int32_t orientation=0,
    int32_t lowest_plane=0,
    bint want_gains=False,
    bint reversible=True,
    double least_gain=0,
    bint flush=False,
    target=None,
):
    """Return one Part 1 code-block's bytes, and what each of its passes is.

    Source: T.800 Annexes C and D.

    Parameters
    ----------
    samples : ndarray of int16, uint32 or uint64, shape (height, width)
        Quantiser indices: two's complement in 16 bits, else the sign in the top bit and the magnitude below it. At most
        4096 samples, 1024 a side; rows may be apart.
    bitplanes : int
        That hold all magnitudes: at most 15, 31 or 62 by the kind of samples. The highest is the first that is coded.
    style : int
        Code-block style as in COD.
    orientation : int
        0 LL, 1 HL, 2 LH, 3 HH.
    lowest_plane : int
        The last that is coded.
    want_gains : bool
        Whether gains are wanted, else they are 0.
    reversible : bool
        Whether indices are integers, not intervals of reals; only gains depend on it.
    least_gain : float
        With gains: coding stops behind a plane that gains less for each byte.
    flush : bool
        Whether MQ codewords end as FLUSH ends them, rather than as soon as possible.
    target : str, optional
        CPU target by name; None is the active one.

    Returns
    -------
    bytes
        The code-block.
    list of (int, float, bool)
        For each pass: the bytes that suffice up to it, its gain in squared quantiser steps, and whether a codeword
        segment ends with it.

    Raises
    ------
    OptionError
        If there is no such code-block.
    UnsupportedError
        If the samples are too small for so many planes.
    """
    if samples.ndim != 2 or samples.dtype not in (np.int16, np.uint32, np.uint64) or (
        samples.strides[1] != samples.itemsize or samples.strides[0] % samples.itemsize
    ):
        raise OptionError("a code-block's samples are rows of int16, uint32 or uint64")
    cdef pac_part1_coding coding = pac_part1_coding(
        samples.shape[1], samples.shape[0], orientation, style, bitplanes, lowest_plane, want_gains, reversible,
        flush, least_gain
    )
    cdef pac_part1_kernels kernels
    pac_part1_kernels_init(&kernels, <pac_target> _target_number(target))
    cdef _Memory scratch = _Memory(pac_part1_encoder_scratch_size())
    cdef pac_part1_coded coded
    cdef pac_status status
    cdef const int16_t[:, :] narrow_view
    cdef const uint32_t[:, :] view
    cdef const uint64_t[:, :] wide_view
    cdef Py_ssize_t stride = samples.strides[0] // samples.itemsize
    if not samples.size:
        status = PAC_CORRUPT
    elif samples.itemsize == 2:
        narrow_view = samples
        with nogil:
            status = kernels.encode_i16(&coding, &narrow_view[0, 0], stride, scratch.address, &coded)
    elif samples.itemsize == 8:
        wide_view = samples
        with nogil:
            status = kernels.encode64(&coding, &wide_view[0, 0], stride, scratch.address, &coded)
    else:
        view = samples
        with nogil:
            status = kernels.encode32(&coding, &view[0, 0], stride, scratch.address, &coded)
    if status == PAC_UNSUPPORTED:
        raise UnsupportedError("Part 1 code-block: more magnitude bit-planes than its sample words hold",
                               feature="magnitude bit-planes", clause="T.800 E.1")
    if status != PAC_OK:
        raise OptionError("no code-block has this shape, orientation or planes (T.800 A.6.1)")
    cdef const pac_coded_pass *passes = coded.passes
    return (<const char *> coded.bytes)[:coded.length], [
        (passes[i].length, passes[i].gain, bool(passes[i].ends_segment)) for i in range(coded.pass_count)
    ]


def survey_block(const int16_t[:, ::1] samples not None, *, int32_t bitplanes, int32_t lowest_plane=0, target=None):
    """Return what the passes of a Part 1 code-block will most likely have, without encoding it.

    Parameters
    ----------
    samples : ndarray of int16, shape (height, width)
        As `encode_block` takes them.
    bitplanes : int
        That hold all magnitudes, at most 15.
    lowest_plane : int
        That of bit 0 of the samples.
    target : str, optional
        CPU target by name; None is the active one.

    Returns
    -------
    list of (int, float)
        For each plane twice, for what becomes significant in it and for what is refined: the bytes up to there, and the
        gain in squared quantiser steps.

    Raises
    ------
    OptionError
        If there is no such code-block.
    """
    cdef Py_ssize_t height = samples.shape[0], width = samples.shape[1]
    if not (0 < height <= 1024 and 0 < width <= 1024 and height * width <= 4096):
        raise OptionError(f"no code-block has {height} rows and {width} columns (T.800 A.6.1)")
    if not (0 < bitplanes <= PAC_PART1_SURVEYED and 0 <= lowest_plane < 48):
        raise OptionError(f"{bitplanes} planes from {lowest_plane} on are not surveyed")
    cdef pac_part1_coding coding = pac_part1_coding(width, height, 0, 0, bitplanes, lowest_plane, True, False, False, 0)
    cdef pac_part1_kernels kernels
    cdef pac_coded_pass passes[2 * PAC_PART1_SURVEYED]
    pac_part1_kernels_init(&kernels, <pac_target> _target_number(target))
    cdef int32_t count = kernels.survey_i16(&coding, &samples[0, 0], width, passes)
    return [(passes[i].length, passes[i].gain) for i in range(count)]

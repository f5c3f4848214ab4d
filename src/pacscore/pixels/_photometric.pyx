"""Colour spaces of 8-bit samples."""

from libc.stdint cimport int64_t, uint8_t

from pacscore.errors import OptionError
from pacscore.support.targets import chosen_target

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass

cdef extern from "pixels/photometric.h":
    ctypedef struct pac_photometric_kernels:
        void (*ybr_full_to_rgb_u8)(const uint8_t *, int64_t, uint8_t *) noexcept nogil
        void (*expand_422_u8)(const uint8_t *, int64_t, uint8_t *) noexcept nogil
    void pac_photometric_kernels_init(pac_photometric_kernels *, pac_target) nogil


def ybr_full_to_rgb(const uint8_t[::1] samples not None, uint8_t[::1] out not None, target=None):
    """Fill ``out`` with RGB."""
    cdef pac_photometric_kernels kernels
    cdef int64_t pixels = samples.shape[0] // 3
    pac_photometric_kernels_init(&kernels, <pac_target> <int> chosen_target(target))
    if samples.shape[0] % 3 or out.shape[0] != samples.shape[0]:
        raise OptionError(f"{samples.shape[0]} samples into {out.shape[0]}: they must be three a pixel")
    if pixels:
        with nogil:
            kernels.ybr_full_to_rgb_u8(&samples[0], pixels, &out[0])


def expand_422(const uint8_t[::1] samples not None, uint8_t[::1] out not None, target=None):
    """Fill ``out`` with the three samples a pixel that pairs of pixels stand for."""
    cdef pac_photometric_kernels kernels
    cdef int64_t pairs = samples.shape[0] // 4
    pac_photometric_kernels_init(&kernels, <pac_target> <int> chosen_target(target))
    if samples.shape[0] % 4 or out.shape[0] != 6 * pairs:
        raise OptionError(f"{samples.shape[0]} samples into {out.shape[0]}: four of a pair make six")
    if pairs:
        with nogil:
            kernels.expand_422_u8(&samples[0], pairs, &out[0])

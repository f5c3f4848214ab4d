"""Which CPU targets this machine runs."""

cdef extern from "support/targets.h":
    ctypedef enum pac_target:
        pass
    pac_target pac_target_best() nogil

cdef extern from *:
    """
    #if defined(__aarch64__)
    #define PAC_BASELINE_IS_NEON 1
    #else
    #define PAC_BASELINE_IS_NEON 0
    #endif
    """
    int PAC_BASELINE_IS_NEON


def best_target() -> int:
    """Return the number of the highest target that this CPU runs (0 baseline, 1 AVX2, 2 AVX-512)."""
    return <int> pac_target_best()


def baseline_is_neon() -> bool:
    """Return whether the baseline build already uses NEON."""
    return bool(PAC_BASELINE_IS_NEON)

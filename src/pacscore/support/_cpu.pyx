"""Which CPU targets this machine runs."""

from libc.stdlib cimport getenv

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


def ceiling() -> bytes:
    """Return what PACSCORE_TARGET says, empty where it is not set; os.environ takes longer to ask."""
    cdef const char *name = getenv("PACSCORE_TARGET")
    return b"" if name == NULL else name


def baseline_is_neon() -> bool:
    """Return whether the baseline build already uses NEON."""
    return bool(PAC_BASELINE_IS_NEON)

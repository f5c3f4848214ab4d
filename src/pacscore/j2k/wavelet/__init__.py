"""T.800 Annex F: the 5-3 and 9-7 wavelet transforms."""

from pacscore.j2k.wavelet._wavelet import forward, inverse

__all__ = ["forward", "inverse"]

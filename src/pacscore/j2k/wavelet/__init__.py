"""T.800 Annex F: the 5-3 and 9-7 wavelet transforms."""

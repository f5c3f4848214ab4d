"""T.800 Annexes E and H: quantiser indices to coefficients and back, regions of interest."""

"""T.800 Annexes C and D, T.814: code-block bytes to quantiser indices and back."""

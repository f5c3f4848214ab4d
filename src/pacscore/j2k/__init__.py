"""ISO/IEC 15444-1 and -15 (T.800, T.814); the annexes are its cupboards."""

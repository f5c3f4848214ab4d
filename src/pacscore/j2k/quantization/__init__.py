"""T.800 Annexes E and H: quantiser indices to coefficients and back, regions of interest."""

from pacscore.j2k.quantization._quantization import dequantize, narrow, quantize
from pacscore.j2k.quantization.steps import irreversible_steps, reversible_exponents, step_size

__all__ = ["dequantize", "irreversible_steps", "narrow", "quantize", "reversible_exponents", "step_size"]

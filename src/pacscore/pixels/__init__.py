"""From stored values to display values: modality, VOI, presentation. Knows no data set."""

from pacscore.pixels.jit import JitStage, jit_stage

__all__ = ["JitStage", "jit_stage"]

"""The CPU target that this process uses, and the environment variable that lowers it."""

from __future__ import annotations

from pacscore.errors import OptionError
from pacscore.support import _cpu

__all__ = ["TARGETS", "active_target", "available_targets", "chosen_target"]

TARGETS = {"baseline": 0, "neon": 0, "avx2": 1, "avx512": 2}
"""Names that ``PACSCORE_TARGET`` knows, with the number that C knows; on aarch64 the baseline is NEON."""


def available_targets() -> dict[str, int]:
    """Return the targets that this machine runs, lowest first, by name."""
    best = _cpu.best_target()
    lowest = "neon" if _cpu.baseline_is_neon() else "baseline"
    return {name: number for name, number in TARGETS.items() if number <= best and (number or name == lowest)}


def active_target() -> int:
    """Return the number of the target in use: the best one, or less where ``PACSCORE_TARGET`` lowers the ceiling.

    Raises
    ------
    OptionError
        If ``PACSCORE_TARGET`` names no target.
    """
    best = _cpu.best_target()
    asked = _cpu.ceiling()
    if not asked:
        return best
    ceiling = asked.decode("utf-8", "replace")
    if ceiling not in TARGETS:
        raise OptionError(f"PACSCORE_TARGET={ceiling!r} is not one of {', '.join(TARGETS)}")
    return min(best, TARGETS[ceiling])


def chosen_target(target: int | None) -> int:
    """Return the number of the target that a caller asked for, or the active one for None.

    Raises
    ------
    OptionError
        If this machine does not run that target, or ``PACSCORE_TARGET`` names none.
    """
    if target is None:
        return active_target()
    if target not in available_targets().values():
        raise OptionError(f"target {target!r} is not one of those that this machine runs: {available_targets()}")
    return target

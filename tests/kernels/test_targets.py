"""CPU targets: which there are, how they are chosen, and that the compiled kernels keep to theirs."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import pacscore
from pacscore.errors import OptionError
from pacscore.support.targets import TARGETS, active_target, available_targets, chosen_target

ROOMS = ["wavelet", "quantization", "components"]
X86_TARGETS = ["baseline", "avx2", "avx512"]
# gcc numbers the copies that it makes of a function: name.constprop.0, name.part.1, name.cold
NAMED_FOR_A_TARGET = re.compile(r"_(baseline|avx2|avx512)(\.[a-z]+(\.\d+)?)*$")
ZMM_OR_EVEX = re.compile(r"%zmm|%[xy]mm(1[6-9]|2\d|3[01])|\{%k\d\}|,%k\d|\{1to\d+\}")


def test_available_targets_begin_with_the_lowest() -> None:
    targets = available_targets()
    numbers = list(targets.values())
    assert numbers == list(range(len(numbers)))
    assert all(TARGETS[name] == number for name, number in targets.items())


def test_the_best_target_is_active(monkeypatch: pytest.MonkeyPatch) -> None:
    best = max(available_targets().values())
    monkeypatch.delenv("PACSCORE_TARGET", raising=False)
    assert active_target() == best
    monkeypatch.setenv("PACSCORE_TARGET", "")
    assert active_target() == best


@pytest.mark.parametrize("name", TARGETS)
def test_the_environment_lowers_the_ceiling(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACSCORE_TARGET", name)
    assert active_target() == min(TARGETS[name], max(available_targets().values()))
    assert chosen_target(None) == active_target()


def test_unknown_names_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (-1, max(available_targets().values()) + 1):
        with pytest.raises(OptionError):
            chosen_target(number)
    monkeypatch.setenv("PACSCORE_TARGET", "sse9")
    with pytest.raises(OptionError, match="sse9"):
        active_target()


@cache
def instructions(library: Path) -> dict[str, dict[str, str]]:
    """Return the disassembly of each function that bears the name of a target, by target and name."""
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", str(library)], check=True, capture_output=True, text=True
    ).stdout
    functions: dict[str, dict[str, str]] = defaultdict(dict)
    for part in listing.split("\n\n"):
        heading = re.match(r"\s*[0-9a-f]+ <(\S+)>:\n", part)
        named = heading and NAMED_FOR_A_TARGET.search(heading[1])
        if heading and named:
            functions[named[1]][heading[1]] = part[heading.end() :]
    return functions


def libraries() -> list[Path]:
    if platform.machine() != "x86_64":
        pytest.skip("the targets above the baseline are those of x86-64")
    if shutil.which("objdump") is None:
        pytest.skip("NOT CHECKED: objdump (binutils) is missing, so kernels were not looked at")
    return sorted(Path(pacscore.__file__).parent.rglob("_*.so"))


def test_no_kernel_uses_more_than_its_target_has() -> None:
    for library in libraries():
        functions = instructions(library)
        for name, code in functions["baseline"].items():
            assert not re.search(r"\tv[a-z]", code), f"{name} in {library.name} has VEX instructions"
        for name, code in functions["avx2"].items():
            assert not ZMM_OR_EVEX.search(code), f"{name} in {library.name} has AVX-512 instructions"
        for target in ("baseline", "avx2", "avx512"):
            fused = [name for name, code in functions[target].items() if re.search(r"\tvf(n?m)(add|sub)\d", code)]
            assert not fused, "fused multiply-adds round differently from target to target"


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_kernels_that_are_what_their_names_say(room: str) -> None:
    (library,) = (path for path in libraries() if path.parent.name == room)
    functions = instructions(library)
    assert set(functions) == set(X86_TARGETS)
    assert any("%xmm" in code for code in functions["baseline"].values())
    assert any("%ymm" in code for code in functions["avx2"].values())
    assert any("%zmm" in code for code in functions["avx512"].values())
    kernels = {target: {NAMED_FOR_A_TARGET.sub("", name) for name in functions[target]} for target in X86_TARGETS}
    assert len(kernels["baseline"] & kernels["avx2"] & kernels["avx512"]) >= 8

"""Note the calls that the kernels' tests make, and make them again on another machine, to see the same results.

    python tools/kernel_calls.py record FILE [PYTEST_ARGUMENT ...]
    python tools/kernel_calls.py replay FILE [TARGET ...]

The tests compare each kernel with literal Python, which takes long. Where that has been done for the targets of one
machine, a CPU with more targets need only repeat the calls: slow emulators can. A call is noted once, without its
target, with its arguments (arrays with all of the memory that they are views of) and a digest of what it returned,
raised and left in the arguments. ``replay`` ends with exit status 1 where a digest differs.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import pickle
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from pacscore.support.targets import available_targets

ROOMS = (
    "components._components",
    "entropy._entropy",
    "entropy._part1",
    "quantization._quantization",
    "wavelet._wavelet",
)
LARGEST_CALL = 1 << 20  # in bytes; the tests have few beyond, and an emulator is slow

Call = tuple[str, str, bytes, bool, str]  # module, function, arguments, whether it names targets, digest


def root_of(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array whose memory this one is a view of; itself if that is not in one piece."""
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    return root if root.flags.c_contiguous and root.size else array


def view(root: NDArray[Any], offset: int, like: tuple[str, tuple[int, ...], tuple[int, ...]]) -> NDArray[Any]:
    """Return the view that begins so many bytes after the root's first element."""
    kind, shape, strides = like
    start = root.reshape(-1).view(np.uint8)
    return cast("NDArray[Any]", np.ndarray(shape, kind, start, offset, strides))


class ArgumentPickler(pickle.Pickler):
    """A pickler that keeps views of arrays as views, so that strides and the memory around them are the same again."""

    def reducer_override(self, value: Any) -> Any:
        """Reduce a view to its root and its place in it."""
        if not isinstance(value, np.ndarray) or root_of(value) is value:
            return NotImplemented
        root = root_of(value)
        offset = value.__array_interface__["data"][0] - root.__array_interface__["data"][0]
        return view, (root, offset, (value.dtype.str, value.shape, value.strides))


def pickled(value: Any) -> bytes:
    """Return arguments as bytes."""
    stream = io.BytesIO()
    ArgumentPickler(stream, protocol=5).dump(value)
    return stream.getvalue()


def bits(array: NDArray[Any]) -> bytes:
    """Return the content of an array, with one NaN for all: which it is depends on the order of operands."""
    return (np.where(np.isnan(array), array.dtype.type("nan"), array) if array.dtype.kind == "f" else array).tobytes()


def parts(value: Any) -> Iterator[bytes]:
    """Yield what a digest of a value is made of."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode()
        yield bits(value)
    elif isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        yield from parts(list(value.items()))
    elif isinstance(value, list | tuple):
        yield f"{len(value)}".encode()
        for item in value:
            yield from parts(item)
    else:
        yield repr(value).encode()


def memory_of(arguments: Iterable[Any]) -> list[bytes]:
    """Return the content of the arrays among arguments, with what lies around them."""
    arrays = [item for item in arguments if isinstance(item, np.ndarray)]
    return [bits(item if item.nbytes == root_of(item).nbytes else root_of(item)) for item in arrays]


def outcome(function: Callable[..., Any], args: list[Any], named: dict[str, Any]) -> tuple[str, Any, Exception | None]:
    """Call, and return a digest of what it did, its result and what it raised."""
    result, error = None, None
    try:
        result = function(*args, **named)
    except Exception as raised:
        error = raised
    state = hashlib.sha256()
    left = [result, memory_of(args), memory_of(named.values())]
    for part in parts(left if error is None else f"{type(error).__name__}: {error}"):
        state.update(part)
    return state.hexdigest(), result, error


@dataclass
class Recorder:
    """A pytest plugin under which every call with a target is noted."""

    out: BinaryIO
    seen: set[bytes] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def wrap(self, module_name: str) -> None:
        """Put this recorder before the public functions of a module; to be done before tests import them."""
        module = importlib.import_module(module_name)
        room = importlib.import_module(module_name.rpartition(".")[0])
        for name, function in list(vars(module).items()):
            if name.startswith("_") or not callable(function) or function.__module__ != module_name:
                continue
            for place in module, room:
                if getattr(place, name, None) is function:
                    setattr(place, name, self._recorded(module_name, name, cast("Callable[..., Any]", function)))

    def _recorded(self, module: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if named.get("target") is None:
                return function(*args, **named)
            by_name = isinstance(named["target"], str)
            target = named.pop("target")
            arguments = pickled((list(args), named))
            named["target"] = target
            digest, result, error = outcome(function, list(args), named)
            if (TARGET_NAMES if by_name else TARGET_NUMBERS).count(target):
                self._note((module, name, arguments, by_name, digest))
            if error is not None:
                raise error
            return result

        return call

    def _note(self, call: Call) -> None:
        key = hashlib.sha256(pickle.dumps(call[:3])).digest()
        if key not in self.seen and len(call[2]) <= LARGEST_CALL:
            self.seen.add(key)
            self.counts[f"{call[0]}.{call[1]}"] += 1
            pickle.dump(call, self.out)


TARGET_NAMES, TARGET_NUMBERS = list(available_targets()), list(available_targets().values())


def record(path: Path, arguments: list[str]) -> int:
    """Run tests and note their calls; return pytest's exit status."""
    import pytest  # noqa: PLC0415 - only recording needs it, and emulators are slow

    with path.open("wb") as out:
        recorder = Recorder(out)
        for room in ROOMS:
            recorder.wrap(f"pacscore.j2k.{room}")
        status = pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments], [recorder])
    for name, count in sorted(recorder.counts.items()):
        print(f"{count:6} calls of {name}")
    print(f"{path.stat().st_size:,} bytes")
    return int(status)


def calls_in(path: Path) -> Iterator[Call]:
    """Yield what was recorded."""
    with path.open("rb") as file:
        while True:
            try:
                yield pickle.load(file)
            except EOFError:
                return


def replay(path: Path, targets: list[str]) -> int:
    """Make the calls again for each target; return 1 where something differs."""
    numbers = available_targets()
    targets = targets or list(numbers)
    missing = [target for target in targets if target not in numbers]
    if missing:
        print(f"this machine does not run {', '.join(missing)}, only {', '.join(numbers)}")
        return 1
    made: defaultdict[str, Counter[str]] = defaultdict(Counter)
    different = 0
    for module, name, arguments, by_name, digest in calls_in(path):
        function = getattr(importlib.import_module(module), name)
        for target in targets:
            args, named = pickle.loads(arguments)
            started = time.process_time()
            found, result, error = outcome(function, args, named | {"target": target if by_name else numbers[target]})
            made[target][f"{module}.{name}"] += 1
            made[target]["seconds"] += int(1e6 * (time.process_time() - started))
            if found != digest:
                different += 1
                if different <= 40:
                    print(
                        f"{module}.{name} on {target} differs: {shown(args, named)} gave {result!r:.80} {error!r:.80}"
                    )
    for target, counts in made.items():
        took = counts.pop("seconds") / 1e6
        print(f"{target}: {counts.total()} calls, {took:.1f} s: {'equal' if not different else 'DIFFERENT'}")
        for name, count in sorted(counts.items()):
            print(f"  {count:6} {name}")
    print(f"{different} calls differ")
    return 1 if different else 0


def shown(args: list[Any], named: dict[str, Any]) -> str:
    """Return arguments in short."""
    return ", ".join(
        f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else f"{value!r:.30}"
        for value in [*args, *named.items()]
    )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["record", file, *rest]:
            sys.exit(record(Path(file), rest or ["tests/kernels"]))
        case ["replay", file, *rest]:
            sys.exit(replay(Path(file), rest))
        case _:
            sys.exit(__doc__)

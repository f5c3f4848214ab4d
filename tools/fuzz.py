"""Fuzz decoding, encoding or converting, guided by the blocks of C and the branches of Python that each input reaches.

    python tools/fuzz.py decoding|encoding|converting [FILE ...] [-OPTION=VALUE ...]
    python tools/fuzz.py decoding|encoding|converting --only INPUT ...

Needs atheris, and a build that tells its coverage: ``make fuzz`` makes it and calls this. Starts from the inputs in
``tests/robustness/corpus``; but for encoding also from the files, which are codestreams, and from what the inputs for
encoding are encoded to. Inputs that reach something new are kept in ``build/fuzz/TARGET``. The options are those of
libFuzzer (``-help=1`` lists them). An input that breaks a rule is written to ``fuzz-failures``, and the exit status is
not 0; with ``--only`` it is tried again, and nothing else is.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pacscore"], enable_loader_override=False):
    import fuzz_converting
    import fuzz_decoding
    import fuzz_encoding
    import pacscore.j2k

    for module in pkgutil.walk_packages(pacscore.j2k.__path__, "pacscore.j2k."):
        importlib.import_module(module.name)  # or they would be loaded when first used, after this

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "robustness" / "corpus"
FOUND = ROOT / "build" / "fuzz"
FAILURES = ROOT / "fuzz-failures"
DICTIONARY = Path(__file__).with_name("fuzz_words.txt")
LARGEST_SEED = 12_000
TARGETS = {"decoding": fuzz_decoding.check, "encoding": fuzz_encoding.check, "converting": fuzz_converting.check}
CHOICES = {"decoding": fuzz_decoding.CHOICES, "converting": fuzz_converting.CHOICES}
"""Bytes before the codestream, of the targets that take one."""
USUAL = (
    f"-artifact_prefix={FAILURES}/",
    "-timeout=30",
    "-rss_limit_mb=4096",
    "-detect_leaks=0",
)
LENGTHS = {"encoding": ("-max_len=256", "-len_control=0")}
USUAL_LENGTHS = ("-max_len=12288", "-len_control=20")


def own_codestreams() -> Iterator[bytes]:
    """Yield what the inputs for encoding stand for, encoded."""
    for path in sorted(CORPUS.joinpath("encoding").iterdir()):
        job = fuzz_encoding.read_job(path.read_bytes())
        if job is not None:
            try:
                yield pacscore.encode(job.image, job.syntax, job.options, bits_stored=job.bits)
            except pacscore.PacscoreError:
                continue


def seeds(target: str, files: list[str]) -> Path:
    """Return a folder with the small ones of the codestreams as inputs of a target."""
    folder = FOUND / f"seeds-{target}"
    folder.mkdir(parents=True, exist_ok=True)
    for stream in [*(Path(name).read_bytes() for name in files), *own_codestreams()]:
        if 0 < len(stream) <= LARGEST_SEED:
            data = bytes(CHOICES[target]) + stream
            folder.joinpath(hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    return folder


def main() -> None:
    """Let libFuzzer run a target; it ends the process."""
    target, *rest = sys.argv[1:]
    options = [word for word in rest if word.startswith("-") and word != "--only"]
    files = [word for word in rest if not word.startswith("-")]
    FAILURES.mkdir(exist_ok=True)
    if "--only" in rest:
        inputs = files
    else:
        FOUND.joinpath(target).mkdir(parents=True, exist_ok=True)
        inputs = [str(FOUND / target), str(CORPUS / target)]
        if target in CHOICES:
            options.append(f"-dict={DICTIONARY}")
            inputs.append(str(seeds(target, files)))
    command = f"{sys.executable} {sys.argv[0]} {target} --only"  # by which libFuzzer starts it again, to merge
    atheris.Setup([command, *USUAL, *LENGTHS.get(target, USUAL_LENGTHS), *options, *inputs], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

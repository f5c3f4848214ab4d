"""How good pictures are at a size: pacscore against OpenJPEG (Part 1) and OpenJPH (HT).

    python -m benchmarks.distortion [--images CT,MR] [--json FILE] [--markdown FILE] [--plot FILE]

Everyone encodes by the 9-7 filter to at most so many bits a sample; PSNR is that of the pictures that pacscore decodes.
OpenJPEG is asked for the size (glymur); of OpenJPH the finest step is searched that keeps to the size of ours.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pacscore
from benchmarks.images import Picture, load
from benchmarks.peers import Glymur, OpenJPH
from pacscore import J2KOptions

PART_1, HTJ2K = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"
IMAGES = ["CT", "MR", "CR", "US", "tissue"]
RATES = [0.5, 1.0, 2.0, 4.0]
_HALVINGS = 22


class Point(NamedTuple):
    """One codestream: its size in parts of what was asked for, in bits a sample, and PSNR in dB."""

    image: str
    coder: str
    rate: float
    size: float
    psnr: float


def _psnr(picture: Picture, data: bytes) -> float:
    difference = np.asarray(pacscore.decode(data), np.float64) - picture.array
    error = float(np.mean(difference**2))
    return 10 * math.log10(float((1 << picture.bits_stored) - 1) ** 2 / error) if error else math.inf


def _ours(picture: Picture, syntax: str, rate: float) -> bytes:
    samples = picture.array.shape[2] if picture.array.ndim == 3 else 1
    return pacscore.encode(picture.array, syntax, J2KOptions(rate=rate * samples), bits_stored=picture.bits_stored)


def _openjpeg(picture: Picture, rate: float) -> bytes:
    Glymur()
    glymur: Any = importlib.import_module("glymur")
    color = {"mct": True} if picture.array.ndim == 3 else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.j2k"
        glymur.Jp2k(path, data=picture.array, cratios=(picture.bits_allocated / rate,), irreversible=True, **color)
        return path.read_bytes()


def _openjph(picture: Picture, most: int) -> bytes:
    """Search the finest step whose codestream has at most so many bytes."""
    peer = OpenJPH()
    coarse, fine = 0.0, -float(picture.bits_allocated) - 5
    best = peer.encoder(picture, 1, 2.0**coarse)()
    for _ in range(_HALVINGS):
        middle = (coarse + fine) / 2
        data = peer.encoder(picture, 1, 2.0**middle)()
        if len(data) <= most:
            coarse, best = middle, data
        else:
            fine = middle
    return best


def measure(names: list[str]) -> Iterator[Point]:
    """Yield a point for each picture, coder and rate."""
    for name in names:
        picture = load(name).unsigned()
        for rate in RATES:
            part_1, ht = _ours(picture, PART_1, rate), _ours(picture, HTJ2K, rate)
            for coder, data in (
                ("pacscore", part_1),
                ("OpenJPEG", _openjpeg(picture, rate)),
                ("pacscore HT", ht),
                ("OpenJPH", _openjph(picture, len(ht))),
            ):
                asked = rate * picture.array.size / 8
                yield Point(name, coder, rate, len(data) / asked, _psnr(picture, data))


def table(points: list[Point]) -> str:
    """Return the points as Markdown: PSNR, and the size in percent of what was asked for."""
    coders = list(dict.fromkeys(point.coder for point in points))
    lines = [["picture", "bits a sample", *coders], ["---", "---:"] + ["---:"] * len(coders)]
    for image, rate in dict.fromkeys((point.image, point.rate) for point in points):
        here = {point.coder: point for point in points if (point.image, point.rate) == (image, rate)}
        cells = [f"{here[coder].psnr:.2f} ({100 * here[coder].size:.2f} %)" for coder in coders]
        lines.append([image, f"{rate:g}", *(cell.replace("inf", "lossless") for cell in cells)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def plot(points: list[Point], path: Path) -> None:
    """Draw PSNR against the size that was reached, a panel a picture."""
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    images = list(dict.fromkeys(point.image for point in points))
    figure, panels = pyplot.subplots(1, len(images), figsize=(3.2 * len(images), 3.2), squeeze=False)
    for image, panel in zip(images, panels[0], strict=True):
        for coder, style in (("pacscore", "o-"), ("OpenJPEG", "x--"), ("pacscore HT", "s-"), ("OpenJPH", "+--")):
            here = [p for p in points if (p.image, p.coder) == (image, coder) and math.isfinite(p.psnr)]
            panel.plot([p.rate * p.size for p in here], [p.psnr for p in here], style, label=coder, linewidth=1)
        panel.set(title=image, xlabel="bits a sample", xscale="log")
        panel.set_xticks(RATES, [f"{rate:g}" for rate in RATES], minor=False)
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    panels[0][0].set_ylabel("PSNR, dB")
    panels[0][0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print or write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", default=",".join(IMAGES), help=f"of {', '.join(IMAGES)}")
    for option in ("json", "markdown", "plot"):
        parser.add_argument(f"--{option}", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    points = list(measure(options.images.split(",")))
    print(table(points))
    if options.json:
        options.json.write_text(json.dumps([point._asdict() for point in points], indent=1), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(table(points), encoding="utf-8")
    if options.plot:
        plot(points, options.plot)
    return 0


if __name__ == "__main__":
    sys.exit(main())

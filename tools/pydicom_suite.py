"""Run pydicom's own tests of decoders with pacscore in the place of every plug-in, and list what differs.

    python tools/pydicom_suite.py PYDICOM_SOURCE [--markdown FILE]

PYDICOM_SOURCE is an unpacked source distribution: ``pip download --no-binary :all: --no-deps pydicom==3.0.2``. The
tests run twice, without us and with us; a plug-in that is not installed has its tests skipped. A difference for which
no reason is known here is an error.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

MODULES = ("base", "gdcm", "pillow", "pyjpegls", "pylibjpeg", "rle")

REDIRECT = """
import pytest
from pydicom.pixels.common import CoderBase
from pacscore.integrations.pydicom import PLUGIN, install

called = []
install()
chosen = CoderBase._validate_plugins

def by_us(self, plugin=""):
    found = chosen(self, plugin)
    if not self._decoder or PLUGIN not in self._available or not found:
        return found
    called.append(self.UID)
    return {PLUGIN: self._available[PLUGIN]}

CoderBase._validate_plugins = by_us

@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    print("\\ndecoders given to pacscore:", len(called))
"""

REASONS = (
    (
        r"test_decoder_rle.*Test(As|Iter)Buffer|TestRleDecoder::test_rle\[SC_rgb",
        "the tests want RLE by plane; ours is by pixel, and Planar Configuration is reported as 0",
    ),
    (r"test_little_endian_segment_order", "segments in the wrong order are refused (PS3.5 G.2)"),
    (r"TestDecodeRunner::test_(iter_)?decode$", "the test asks the runner for a plug-in that the redirection replaced"),
    (r"bits_allocated_mismatch_as_buffer", "ours keeps the container of Bits Allocated; theirs take the codestream's"),
    (r"::test_jfif$", "decoded chroma is not shared any more: YBR_FULL, where theirs go on saying YBR_FULL_422"),
    (
        r"jls_lossy_signed_raises|test_jpg_extended\[|invalid_se_raises|test_j2k_lossless\[GDCMJ2K_TextGBR",
        "the test wants the refusal of another plug-in; ours decodes the file",
    ),
    (r"test_(u4|multisample_16bit)_raises", "the test wants Pillow's words; ours refuses the contradiction in its own"),
    (r"test_j2k\[JPEG2000\.dcm\]", "9-7 filter: at most 1 from gdcm, pylibjpeg and Pillow, each rounding in its way"),
    (
        r"TestLibJpegDecoder::test_(jpg_baseline|iter_array_ybr_to_rgb)",
        "lossy JPEG: equal to gdcm and Pillow; the test wants pylibjpeg's samples, which differ by at most 3",
    ),
)
"""Patterns of test names, and why their results differ."""


def run(source: Path, folder: Path, *, ours: bool) -> dict[str, str]:
    """Return outcome, and what was said, of each test of decoders."""
    report = folder / f"{'ours' if ours else 'theirs'}.xml"
    (folder / "redirect_decoders.py").write_text(REDIRECT)
    files = [f"tests/pixels/test_decoder_{name}.py" for name in MODULES]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=", f"--junitxml={report}"]
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    if ours:
        command += ["-p", "redirect_decoders"]
    ran = subprocess.run(
        [*command, *files],
        cwd=source,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode not in (0, 1):
        raise SystemExit(ran.stdout[-2000:] + ran.stderr[-2000:])
    print("\n".join(line for line in ran.stdout.splitlines()[-1:] + re.findall("decoders given.*", ran.stdout)))
    outcomes = {}
    for case in ET.parse(report).iter("testcase"):
        kinds = [child for child in case if child.tag in ("failure", "error", "skipped")]
        said = f"{kinds[0].tag}: {kinds[0].get('message', '')}" if kinds else "passed"
        outcomes[f"{case.get('classname', '').removeprefix('tests.pixels.')}::{case.get('name')}"] = said
    return outcomes


def main() -> int:
    """Run both, print the differences, and write them down if so asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    if not (options.source / "tests" / "pixels").is_dir():
        print(f"SKIPPED: no tests/pixels in {options.source}; see --help", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = (run(options.source, Path(folder), ours=which) for which in (False, True))
    compared = {name for name, said in theirs.items() if said == "passed"}
    differing = sorted(name for name in compared if ours.get(name) != "passed")
    lines, unexplained = [], 0
    for name in differing:
        why = next((reason for pattern, reason in REASONS if re.search(pattern, name)), None)
        unexplained += why is None
        said = " ".join(ours.get(name, "not run").split())[:160].replace("|", "/")
        lines.append(f"| `{name}` | {why or 'NOT EXPLAINED: ' + said} |")
    summary = f"{len(compared)} tests pass without pacscore; {len(compared) - len(differing)} of them pass with it."
    print(summary, *lines, sep="\n")
    if options.markdown:
        table = ["| test | why it differs |", "| --- | --- |", *lines] if lines else []
        options.markdown.write_text("\n".join([summary, "", *table]).rstrip() + "\n", encoding="utf-8")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())

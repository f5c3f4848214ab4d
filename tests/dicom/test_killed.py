"""A process that dies while transcoding leaves the destination absent or whole."""

import os
import random
import subprocess
import sys

import pydicom
import pytest

import pacscore as pc
from pacscore.dicom.pixel_hash import pixel_sha256

FORKS = """
import os, signal, sys, time
import pacscore as pc
source, target, syntax = sys.argv[1:]
report = pc.transcode(source, target + ".first", syntax)
os.unlink(target + ".first")
print(report.seconds, flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child:
        pc.transcode(source, target, syntax, overwrite=True)
        time.sleep(60)
    time.sleep(float(line))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print("killed", flush=True)
"""
"""For each number read, transcode in a process of its own, and kill that after so many seconds."""


@pytest.fixture
def source(tmp_path, made, saved, pixels):
    stack = pixels(6, 256, 256, bits=12)
    return saved(made(stack, bits=12), tmp_path / "in.dcm"), tuple(map(pixel_sha256, stack))


@pytest.fixture
def kill(tmp_path, source):
    """Gives a function that has one transcoding killed, after a part of the time that it takes."""
    words = [sys.executable, "-c", FORKS, str(source[0]), str(tmp_path / "out.dcm"), "1.2.840.10008.1.2.4.202"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, env=environment, text=True) as process:
        seconds = float(process.stdout.readline())

        def kill(part):
            print(part * seconds, file=process.stdin, flush=True)
            assert process.stdout.readline() == "killed\n"

        yield kill
        process.stdin.close()


def check_whole(target, hashes):
    with pc.open(target) as frames:
        assert tuple(pixel_sha256(frame) for frame in frames) == hashes
    ds = pydicom.dcmread(target)
    assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID


def check_after(folder, hashes):
    """The destination is whole if it is there; of a killed process one file at most is left, with a telling name."""
    target = folder / "out.dcm"
    left = set(folder.iterdir()) - {folder / "in.dcm", target}
    assert len(left) <= 1
    for path in left:
        assert path.match(".pacscore-*.part")
        path.unlink()
    if target.exists():
        check_whole(target, hashes)
    return target.exists(), bool(left)


def kills(kill, folder, hashes, count, *, keep):
    """Return how often the destination was there, and how often something was left over."""
    chance, found = random.Random(count + keep), []
    for _ in range(count):
        kill(chance.uniform(0, 1.5))
        found.append(check_after(folder, hashes))
        if not keep:
            (folder / "out.dcm").unlink(missing_ok=True)
    return [sum(column) for column in zip(*found, strict=True)]


@pytest.mark.parametrize("keep", [False, True], ids=["new", "replaced"])
def test_a_few_kills(tmp_path, source, kill, keep):
    present, left = kills(kill, tmp_path, source[1], 5, keep=keep)
    assert present <= 5
    assert left <= 5


@pytest.mark.slow
@pytest.mark.parametrize("keep", [False, True], ids=["new", "replaced"])
def test_100_kills_each(tmp_path, source, kill, keep):
    present, left = kills(kill, tmp_path, source[1], 100, keep=keep)
    assert present
    assert left  # so that the moment in question was hit
    assert keep or present < 100

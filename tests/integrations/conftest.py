"""Data sets in memory, pydicom with pacscore as its plug-in, and processes that find pacscore installed."""

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import pacscore
from pacscore.integrations.pydicom import install, uninstall


@pytest.fixture(autouse=True)
def as_found():
    """Leaves pydicom as it was."""
    yield
    uninstall()


@pytest.fixture
def installed():
    """pacscore is first in line, and the newer transfer syntaxes are known."""
    install(first=True, newer_uids=True)


@pytest.fixture
def native():
    """Gives a data set around native frames, shape (frames, rows, columns[, samples])."""

    def made(stack, *, bits=None, photometric=None, planar=0):
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "2.25.1"
        ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, "2.25.1"
        ds.Rows, ds.Columns = stack.shape[1:3]
        ds.SamplesPerPixel = stack.shape[3] if stack.ndim == 4 else 1
        ds.PhotometricInterpretation = photometric or ("RGB" if stack.ndim == 4 else "MONOCHROME2")
        ds.NumberOfFrames = len(stack)
        ds.BitsAllocated = 8 * stack.dtype.itemsize
        ds.BitsStored = bits or ds.BitsAllocated
        ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(stack.dtype.kind == "i")
        if stack.ndim == 4:
            ds.PlanarConfiguration = planar
            stack = np.moveaxis(stack, 3, 1) if planar else stack
        value = stack.tobytes()
        ds.add_new("PixelData", "OB" if ds.BitsAllocated == 8 else "OW", value + bytes(len(value) % 2))
        return ds

    return made


@pytest.fixture
def stack():
    """Gives random frames of so many bits."""
    random = np.random.default_rng(11)

    def made(*shape, bits=8, signed=False):
        low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
        return random.integers(low, high, shape).astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")

    return made


@pytest.fixture(scope="session")
def where_installed(tmp_path_factory):
    """The PYTHONPATH of a process that finds pacscore and its entry points, as the build backend writes them."""
    source = Path(pacscore.__file__).parents[1]
    if any(entry.name.startswith("pacscore.") for entry in entry_points(group="zarr.codecs")):
        return str(source)
    metadata = tmp_path_factory.mktemp("metadata")
    command = [sys.executable, "-W", "ignore", "setup.py", "-q", "egg_info", "--egg-base", str(metadata)]
    subprocess.run(command, cwd=source.parent, check=True, capture_output=True)
    return os.pathsep.join([str(source), str(metadata)])


@pytest.fixture
def fresh_process(where_installed, tmp_path):
    """Runs a script in a process of its own, in a folder of its own, and gives what it prints."""

    def run(script):
        command = [sys.executable, "-W", "error", "-c", script]
        env = os.environ | {"PYTHONPATH": where_installed}
        ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run

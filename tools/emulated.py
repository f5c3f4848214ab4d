"""Run a Python command of this tree on an emulated x86-64 CPU that has AVX-512.

    python tools/emulated.py [--seconds 3600] [--with PATH ...] [--packages NAME ...] -- tools/kernel_calls.py ...

Bochs boots Linux with a file system in memory that holds this interpreter, ``src``, ``tools`` and what was named, under
the paths that they have here; what the command prints appears here, and its exit status is this program's. The machine
has one CPU of the AVX-512 generation that `support/targets.h` asks for, and does some 50 million instructions a second.

``tools/make_emulator.sh`` puts Bochs and a kernel into ``build/emulator``; xorriso, isolinux and syslinux-common come
from the distribution.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
EMULATOR = ROOT / "build" / "emulator"
BOOT_FILES = ("/usr/lib/ISOLINUX/isolinux.bin", "/usr/lib/syslinux/modules/bios/ldlinux.c32")
LEFT_OUT = {"test", "tests", "idlelib", "tkinter", "lib2to3", "ensurepip", "turtledemo", "site-packages", "include"}
# Cannon Lake, since Linux does not get through its start on the emulator's later models.
CPU = 'model=corei3_cnl, count=1, ips=50000000, add_features="avx512vbmi2 avx512bitalg"'
# Other security modules make Linux patch its code, which this emulator does not survive.
KERNEL_OPTIONS = "console=ttyS0 quiet nokaslr mitigations=off panic=-1 lsm=capability"

SETTINGS = """\
display_library: nogui
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
cpu: {cpu}
memory: guest=2048, host=2048
ata0-master: type=cdrom, path={folder}/boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev={folder}/console
log: {folder}/log
clock: sync=none
panic: action=fatal
error: action=ignore
"""

# What runs first there: mount what programs expect, run the command, tell its exit status, switch the machine off.
INIT = """\
#!{python} -IS
import ctypes, os, subprocess, time
libc = ctypes.CDLL("libc.so.6")
for kind, place in (b"proc", b"/proc"), (b"sysfs", b"/sys"), (b"devtmpfs", b"/dev"), (b"tmpfs", b"/tmp"):
    libc.mount(kind, place, kind, 0, None)
done = subprocess.run({command!r}, cwd={folder!r}, env={environment!r})
print("\\nexit status", done.returncode, flush=True)
os.sync()
time.sleep(1)  # until the console has taken it
libc.reboot(0x4321FEDC)
"""


def files_under(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that a program may need."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith("config-")]
        yield from (Path(place, name) for name in names if not name.endswith((".a", ".opt-1.pyc", ".opt-2.pyc")))


def libraries_of(programs: Iterable[Path]) -> set[Path]:
    """Return the shared libraries that programs and libraries load."""
    found = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"(?:=> |^\s+)(/\S+) \(", found, re.MULTILINE)}


def chosen_files(python: Path, packages: list[str], others: list[Path]) -> set[Path]:
    """Return the files of the interpreter, the tree and the packages, and the libraries that they need."""
    installed = Path(sysconfig.get_path("platlib"))
    folders = [Path(sysconfig.get_path("stdlib")), ROOT / "src", ROOT / "tools"]
    files = {python, *(path for folder in folders for path in files_under(folder))}
    for place in [*(installed / name for name in packages), *others]:
        files |= set(files_under(place)) if place.is_dir() else {place}
    return files | libraries_of([python, *(path for path in files if ".so" in path.name)])


def write_entry(out: BinaryIO, name: str, mode: int, data: bytes = b"", device: tuple[int, int] = (0, 0)) -> None:
    """Write one entry of a cpio archive in the format that Linux starts from."""
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % value for value in fields) + name.encode() + b"\0"
    out.write(head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4))


def write_file_system(path: Path, files: Iterable[Path], init: str) -> None:
    """Write the file system that Linux starts from, with the files under the paths that they have here."""
    made = {Path("/")}
    with path.open("wb") as out:

        def make_folder(folder: Path) -> None:
            if folder not in made:
                made.add(folder)
                make_folder(folder.parent)
                write_entry(out, str(folder)[1:], 0o040755)

        for name in ("proc", "sys", "dev", "tmp"):
            make_folder(Path("/", name))
        write_entry(out, "dev/console", 0o020600, device=(5, 1))
        write_entry(out, "init", 0o100755, init.encode())
        for file in sorted(files):
            make_folder(file.parent)
            write_entry(out, str(file)[1:], 0o100755, file.read_bytes())
        write_entry(out, "TRAILER!!!", 0)


def write_disc(folder: Path) -> None:
    """Write the disc that the emulator boots from."""
    disc = folder / "disc"
    (disc / "isolinux").mkdir(exist_ok=True)
    for source in map(Path, BOOT_FILES):
        (disc / "isolinux" / source.name).write_bytes(source.read_bytes())
    (disc / "vmlinuz").write_bytes((EMULATOR / "vmlinuz").read_bytes())
    menu = f"DEFAULT linux\nLABEL linux\nKERNEL /vmlinuz\nINITRD /files\nAPPEND {KERNEL_OPTIONS}\n"
    (disc / "isolinux" / "isolinux.cfg").write_text(menu)
    how = "-b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table"
    command: list[str | Path] = ["xorriso", "-as", "mkisofs", "-quiet", "-o", folder / "boot.iso", *how.split(), disc]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def run_machine(folder: Path, seconds: float) -> int:
    """Run the emulator, show what its console prints, and return the exit status that is told there."""
    console = folder / "console"
    console.unlink(missing_ok=True)
    (folder / "settings").write_text(SETTINGS.format(cpu=CPU, folder=folder))
    command: list[str | Path] = [EMULATOR / "bochs", "-q", "-f", folder / "settings"]
    printed, started = b"", time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as p:
        while True:
            over = p.poll() is not None
            now = console.read_bytes() if console.exists() else b""
            print(now[len(printed) :].decode(errors="replace").replace("\r", ""), end="", flush=True)
            printed = now
            if over:
                break
            if time.monotonic() - started > seconds:
                p.kill()
                print(f"\nstopped after {seconds:.0f} s")
            time.sleep(1)
    told = re.search(rb"exit status (-?\d+)", printed)
    return int(told[1]) if told else 1


def main() -> int:
    """Make the machine, run the command on it, and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="+", help="arguments of the interpreter")
    parser.add_argument("--with", dest="others", nargs="+", type=Path, default=[], metavar="PATH")
    parser.add_argument("--packages", nargs="+", default=[], metavar="NAME", help="installed ones, beside numpy")
    parser.add_argument("--seconds", type=float, default=3600, help="the longest that it may take")
    parser.add_argument("--folder", type=Path, default=EMULATOR / "machine")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    (folder / "disc").mkdir(parents=True, exist_ok=True)

    python = Path(sys.executable).resolve()
    packages = ["numpy", "numpy.libs", *chosen.packages]
    paths = [ROOT / "src", Path(sysconfig.get_path("platlib"))]
    environment = {"PYTHONPATH": ":".join(map(str, paths)), "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    environment |= {key: value for key, value in os.environ.items() if key.startswith("PACSCORE_")}
    init = INIT.format(python=python, command=[str(python), *chosen.command], folder=str(ROOT), environment=environment)
    others = [path.absolute() for path in chosen.others]
    write_file_system(folder / "disc" / "files", chosen_files(python, packages, others), init)
    write_disc(folder)
    return run_machine(folder, chosen.seconds)


if __name__ == "__main__":
    sys.exit(main())

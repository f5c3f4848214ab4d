"""The command as a whole: help, exit status, what goes where."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import pacscore
from pacscore.cli import SUBCOMMANDS, main

COMMAND = [sys.executable, "-m", "pacscore"]


def test_version(run) -> None:
    assert run("--version") == (0, f"pacscore {pacscore.__version__}\n", "")


def test_help_names_every_subcommand(run) -> None:
    status, out, _ = run("--help")
    assert status == 0
    assert all(name in out for name in SUBCOMMANDS)
    assert "exit status" in out


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_help_teaches_by_example(run, name: str) -> None:
    status, out, _ = run(name, "--help")
    assert status == 0
    assert f"  pacscore {name} " in out


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_examples_of_the_help_are_right_use(name: str) -> None:
    from pacscore.cli import build_parser

    epilog = importlib.import_module(f"pacscore.cli.{name}").EPILOG
    examples = [line.split("|")[0].split()[1:] for line in epilog.splitlines() if line.startswith(f"  pacscore {name}")]
    assert len(examples) > 1
    for words in examples:
        assert build_parser(name).parse_args(words).command == name


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("no-such-command",),
        ("info",),
        ("info", "--no-such-option", "x"),
        ("transcode", "x", "--output", "y"),
        ("transcode", "x", "--to", "no-such-syntax", "--output", "y"),
        ("decode", "x"),
        ("render", "x", "y.png", "--window", "40"),
        ("encode", "x.npy", "y.j2c", "--reversible", "--irreversible"),
    ],
)
def test_wrong_use_is_2(run, words: tuple[str, ...]) -> None:
    status, out, err = run(*words)
    assert status == 2
    assert out == ""
    assert "usage: pacscore" in err


def test_what_fails_is_named_and_the_rest_goes_on(run_json, ct: Path, tmp_path: Path) -> None:
    absent = tmp_path / "absent.dcm"
    status, document = run_json("info", absent, ct)
    assert status == 1
    assert [result["input"] for result in document["results"]] == [str(ct)]
    (failure,) = document["failures"]
    assert failure["input"] == str(absent)
    assert failure["error"] == "FileNotFoundError"


def test_a_failure_goes_to_standard_error(run, tmp_path: Path) -> None:
    status, out, err = run("info", tmp_path / "absent.j2k")
    assert status == 1
    assert out == ""
    assert "absent.j2k" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  \r\n\x87\n", bytes(132)])
@pytest.mark.parametrize("suffix", [".j2k", ".dcm"])
def test_a_broken_file_is_named_without_a_traceback(run, tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    output = tmp_path / "out.npy"
    for words in (("info", path), ("decode", path, output), ("render", path, tmp_path / "out.png")):
        status, _, err = run(*words)
        assert status == 1
        assert str(path) in err
    assert not output.exists()


def test_a_folder_is_no_file(run, tmp_path: Path) -> None:
    status, _, err = run("info", tmp_path)
    assert status == 1
    assert "IsADirectoryError" in err


def test_hostile_files_end_in_a_result_or_a_name(run, hostile: list[Path]) -> None:
    for path in hostile[::4]:
        status, _, err = run("info", path)
        assert status in (0, 1)
        assert (status == 1) == (str(path) in err)


def test_main_takes_the_arguments_of_the_process(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["pacscore", "--version"])
    assert main() == 0
    assert "pacscore" in capsys.readouterr().out


def test_as_a_process() -> None:
    ran = subprocess.run([*COMMAND, "info", "absent.j2k"], capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("pacscore info: absent.j2k: FileNotFoundError")
    assert subprocess.run([*COMMAND, "info"], capture_output=True, check=False).returncode == 2


def test_who_stops_reading_gets_no_traceback(ct: Path) -> None:
    many = " ".join([str(ct)] * 200)
    command = f"{sys.executable} -m pacscore info {many} | head -n 1"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert ran.stdout == f"{ct}\n"
    assert ran.stderr == ""


def test_no_bar_where_nobody_looks(ct: Path, tmp_path: Path) -> None:
    words = ["transcode", str(ct.parent), "--to", "htj2k-lossless-rpcl", "--output", str(tmp_path / "out")]
    (ct.parent / "again.dcm").write_bytes(ct.read_bytes())
    script = f"import sys; from pacscore.cli import main; main({words!r}); assert 'rich' not in sys.modules"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""

"""Serve a folder: ``python -m tile_server FOLDER``, from the folder of the examples."""

import argparse
from pathlib import Path

import uvicorn

from tile_server.app import application


def main() -> None:
    """Serve the pictures of a folder until interrupted."""
    parser = argparse.ArgumentParser(prog="tile_server", description="Serves the pictures of a folder to web viewers.")
    parser.add_argument("folder", type=Path, help="codestreams, JP2 and JPH files, DICOM objects; not its subfolders")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args()
    uvicorn.run(application(chosen.folder), host=chosen.host, port=chosen.port)


if __name__ == "__main__":
    main()

"""Compile the C core once and link it into one thin Cython extension a room.

No instruction-set flag is given here: kernels choose their targets with function attributes (see support/targets.h).
``PACSCORE_SANITIZE=address,undefined`` makes the build that the robustness tests run under.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sysconfig import get_platform

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path("src/pacscore")
FLAGS = ["-std=gnu11", "-O3", "-fwrapv", "-ffp-contract=off", "-fvisibility=hidden", "-pthread", "-Wall", "-Wextra"]
LINK = ["-pthread"]
if sanitizers := os.environ.get("PACSCORE_SANITIZE"):
    FLAGS += [f"-fsanitize={sanitizers}", "-fno-sanitize-recover=undefined", "-fno-omit-frame-pointer", "-g", "-O1"]
    LINK += [f"-fsanitize={sanitizers}"]


class BuildCore(build_ext):
    """Build every ``.c`` of the core into one static archive, then the extensions against it."""

    def finalize_options(self) -> None:
        """Compile extensions side by side; keep what an editable install compiles, for the next one."""
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()
        if self.editable_mode:
            platform = f"{get_platform()}-{sys.implementation.cache_tag}"
            self.build_lib, self.build_temp = f"build/lib.{platform}", f"build/temp.{platform}"

    def build_extensions(self) -> None:
        """Compile what is older than its source or any header, archive it, link the extensions."""
        objects_folder = Path(self.build_temp) / "core"
        sources = sorted(path for path in ROOT.rglob("*.c") if not path.with_suffix(".pyx").exists())
        headers = max((path.stat().st_mtime for path in [*ROOT.rglob("*.h"), Path(__file__)]), default=0.0)
        stale = []
        for source in sources:
            made = objects_folder / source.with_suffix(".o")
            if self.force or not made.exists() or made.stat().st_mtime < max(headers, source.stat().st_mtime):
                stale.append(str(source))

        def compile_one(source: str) -> None:
            self.compiler.compile([source], str(objects_folder), include_dirs=[str(ROOT)], extra_postargs=FLAGS)

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(compile_one, stale))
        archive = objects_folder / "libpacscore_core.a"
        if stale or not archive.exists():
            archive.unlink(missing_ok=True)
            made = [str(objects_folder / source.with_suffix(".o")) for source in sources]
            self.compiler.create_static_lib(made, "pacscore_core", output_dir=str(objects_folder))
        for extension in self.extensions:
            extension.extra_objects = [str(archive)]
            extension.depends = [*extension.depends, str(archive)]
        super().build_extensions()


extension = Extension(
    "*",
    ["src/pacscore/**/_*.pyx"],
    include_dirs=[str(ROOT)],
    extra_compile_args=[*FLAGS, "-Wno-unused-function", "-Wno-sign-compare", "-Wno-unused-parameter"],
    extra_link_args=[*LINK, "-lm"],
    define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
)

setup(
    cmdclass={"build_ext": BuildCore},
    ext_modules=cythonize(
        [extension],
        include_path=["src"],
        language_level=3,
        compiler_directives={"autotestdict": False, "freethreading_compatible": True},
    ),
)

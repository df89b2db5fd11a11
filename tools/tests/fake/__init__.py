# SPDX-License-Identifier: GPL-2.0
"""A fake kernel, and a repository with suites and patches for it.

kernel/ is a tree of some forty files.  Its kunit.py and its Makefile compile it with
cc, out of tree; what comes out is a program of the host that takes the command line of a
User-Mode Linux kernel and prints what one would: boot messages, KTAP, warnings, panics.
Its mm/ really does what the suites of repo/mm/kunit ask of it, on an array of pages, so
that a patch changes the verdict.  It is built in a second and runs in no time.

repo/ has what differs from this repository: the suites, the series, the controls and the
documents that go with them.  The scripts and tools are copies of our own: nothing in them
knows that the kernel is a fake.

What was broken to see each test of the whole commands fail is in tests/breakages.
"""

from __future__ import annotations

import atexit
import compileall
import functools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from mmtestbed.model import lines
from mmtestbed.model.lines import DEFAULT, Line
from mmtestbed.model.repository import REPOSITORY

HERE = Path(__file__).resolve().parent
KERNEL, REPO = HERE / "kernel", HERE / "repo"
# What the package with the source is called, ahead of the version.
PACKAGE = "fake-source"
# What the repository has of ours.
_OURS = ("scripts", "tools/mmtestbed", "tools/configs", "tools/controls",
         "tools/mutate", ".kunitconfig")
# (VERSION, PATCHLEVEL) of the tree of each line; where that is not its name.
_VERSIONS = {"6.18": (6, 18), "7.x": (7, 3)}


@functools.cache
def _folder() -> Path:
    """Where it all is, for as long as the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="mmtb-fake."))
    atexit.register(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    # overlayfs shuts out whom it has no need of.
    for work in folder.glob("cache/state/*/work/work"):
        work.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def lay_out(top: Path) -> Path:
    """Make a repository for the fake kernel of @top, which is not there; returns it."""
    for name in _OURS:
        part = REPOSITORY / name
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        if part.is_dir():
            shutil.copytree(part, top / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(part, top / name)
    shutil.copytree(REPO, top, dirs_exist_ok=True)
    # No package that there is: nobody downloads the real source for want of the fake one.
    facts = top / "tools" / "mmtestbed" / "model" / "lines.py"
    facts.write_text(facts.read_text(encoding="utf-8").replace(
        '"linux-source-', f'"{PACKAGE}-'), encoding="utf-8")
    # The scripts never write what Python has compiled, but they use it.
    compileall.compile_dir(top / "tools" / "mmtestbed", quiet=2)
    return top


@functools.cache
def repository() -> Path:
    """The repository that the tests share; nobody changes it."""
    return lay_out(_folder() / "repository")


@functools.cache
def cache() -> Path:
    """The cache that they share: nothing of it is that of the user."""
    folder = _folder() / "cache"
    folder.mkdir(mode=0o700)
    for line in lines.LINES:
        # As if it had been unpacked.
        plant(folder / "src" / line.name / "tree-fake", line)
    return folder


def _symbols() -> str:
    """Kconfig entries for all that any configuration of ours asks for."""
    configs = [REPOSITORY / ".kunitconfig",
               *sorted((REPOSITORY / "tools/configs").glob("*.config"))]
    found = {symbol for path in configs for symbol in re.findall(
        r"^CONFIG_(\w+)=", path.read_text(encoding="utf-8"), re.MULTILINE)}
    return "".join(f"config {symbol}\n" for symbol in sorted(found)
                   if not symbol.startswith("MM_KUNIT"))


def plant(target: Path, line: Line = DEFAULT) -> Path:
    """Make the source of @line at @target, which is not there; returns it."""
    shutil.copytree(KERNEL, target)
    with open(target / "Kconfig", "a", encoding="utf-8") as file:
        file.write(_symbols())
    if line is not DEFAULT:
        major, minor = _VERSIONS[line.name]
        makefile = target / "Makefile"
        makefile.write_text(re.sub(
            r"VERSION = .*\nPATCHLEVEL = .*", f"VERSION = {major}\nPATCHLEVEL = {minor}",
            makefile.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        # A later kernel has what the series of the first one mends.
        for patch in sorted((REPO / "patches" / "fixes").glob("*/*.patch")):
            apply(patch, target)
    return target


def apply(patch: Path, target: Path) -> None:
    """Apply @patch to the files of @target, whether or not a repository holds them."""
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(target.parent)}
    subprocess.run(["git", "--git-dir=/dev/null", "apply", str(patch.resolve())],
                   cwd=target, env=env, check=True)


def tree(line: Line = DEFAULT) -> Path:
    """The source of @line that the tests share; nobody changes it."""
    path = _folder() / f"linux-{line.name}"
    return path if path.exists() else plant(path, line)


def control(name: str) -> Path:
    """The control called @name."""
    return REPO / "patches" / "controls" / f"{name}.patch"


def environment() -> dict[str, str]:
    """What a script of the repository finds in its environment."""
    return {**{key: value for key, value in os.environ.items()
               if key not in ("KDIR", "CCACHE_DIR")}, "MMTB_CACHE": str(cache())}

# SPDX-License-Identifier: GPL-2.0
"""How to build: what is run, with which environment, and in which cage."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..host import confine, deps, lock, proc
from .tree import Places


@dataclass(frozen=True)
class Plan:
    """How to build.

    @configs: the .kunitconfig and what is added to it.
    @jobs: of make.
    @options: further options of kunit.py build, from the user.
    @ccache: ccache's folder.
    @private: another one for a tree that may not add to what others get from that.
    @specs: a spec file for the compiler: what it holds.
    @variant: what the configuration is called.
    """

    configs: tuple[Path, ...]
    jobs: int
    options: tuple[str, ...]
    ccache: Path
    specs: str = ""
    variant: str = ""
    private: Optional[Path] = None

    @property
    def spec_file(self) -> Path:
        """Where @specs are for the compiler: beside ccache, in the same place always."""
        name = hashlib.sha256(self.specs.encode()).hexdigest()[:12]
        return self.ccache.parent / f"specs-{name}"

    @property
    def objects(self) -> Path:
        """The file that says how many objects kernels have."""
        return self.ccache.parent / "objects.json"

    def kcflags(self) -> str:
        """KCFLAGS: the user's and our own."""
        ours = shlex.quote(f"-specs={self.spec_file}") if self.specs else ""
        return f"{os.environ.get('KCFLAGS', '')} {ours}".strip()

    def lay_specs(self) -> None:
        """Write the spec file, with a time of its own: ccache looks at that, too."""
        path = self.spec_file
        if not self.specs or path.exists() and path.stat().st_mtime == 0:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.write(path, self.specs.encode())
        path.chmod(0o644)
        os.utime(path, (0, 0))


def command(plan: Plan, src: Path, build: Path) -> list[str]:
    """What we run to configure and build."""
    return [sys.executable, str(src / "tools/testing/kunit/kunit.py"), "build",
            f"--build_dir={build}",
            *(f"--kunitconfig={path}" for path in plan.configs),
            "--make_options", f"CC={deps.compiler()}",
            *(["--make_options", f"LLVM={deps.llvm()}"] if deps.llvm() else []),
            f"--jobs={plan.jobs}", *plan.options]


def make(plan: Plan, build: Path, *targets: str) -> list[str]:
    """make @targets in a folder that has been configured, as kunit.py would."""
    return ["make", "-s", *targets, "ARCH=um", f"O={build}", f"--jobs={plan.jobs}",
            f"CC={deps.compiler()}", *([f"LLVM={deps.llvm()}"] if deps.llvm() else [])]


def environment(plan: Plan, build: Path) -> dict[str, str]:
    """The same sources give the same binary, whoever builds them, whenever."""
    extra = {
        "KBUILD_BUILD_USER": "mm-testbed", "KBUILD_BUILD_HOST": "mm-testbed",
        "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 1970",
        "KBUILD_BUILD_VERSION": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # kbuild has the compiler write down what it has read, headers of the host
        # included where those are read: ccache need not preprocess on its own.
        "CCACHE_DEPEND": "1",
    }
    plan.lay_specs()
    if plan.kcflags():
        extra["KCFLAGS"] = plan.kcflags()
    if not plan.specs:
        # gcov's notes would have paths that lead nowhere once the tree is unmounted.
        extra["CCACHE_BASEDIR"] = str(build.parent)
    extra["CCACHE_DIR"] = str(plan.private or plan.ccache)
    return confine.environment(extra)


@contextlib.contextmanager
def caged(plan: Plan, places: Places, *others: Path) -> Iterator[confine.Cage]:
    """A cage for make and kunit.py in the tree at @places.

    They see the tree and write to the build folder, to ccache's, and to @others.
    """
    ccache = plan.private or plan.ccache
    ccache.mkdir(parents=True, exist_ok=True)
    plan.lay_specs()
    shown = [places.src, *plan.configs, *([plan.spec_file] if plan.specs else [])]
    with confine.cage(shown, [places.build, ccache, *others]) as cage:
        yield cage


def confined(plan: Plan, places: Places, words: Sequence[str]) -> proc.Done:
    """Run make @words in the tree at @places, in a cage."""
    with caged(plan, places) as cage:
        return proc.run(words, cwd=places.src, env=environment(plan, places.build),
                        cage=cage)

# SPDX-License-Identifier: GPL-2.0
"""Kernels that differ a little from one that has been built: several at a time.

Each is an overlay on the source and on the build folder of that kernel, at the
same paths, so that make finds all its objects and builds only what differs.  Each
thread has mounts of its own, hence the same paths for all of them.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Iterator, Mapping, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath, confine, deps, ns
from . import build, complaints, narrow, patching, planning, record, tree


def own_mounts() -> None:
    """From now on what the calling thread mounts is seen by nobody else.

    Raises OSError when the host refuses.
    """
    ns.unshare(ns.CLONE_NEWNS)


class NoEffect(TestbedError):
    """The offshoot is the very kernel that it was made from."""


@dataclass(frozen=True)
class Base:
    """A kernel that has been built; hold the lock of its state.

    @tree, @plan: what it was built from and how.
    @sha: SHA-256 of its binary.  @inputs: of what it was built from.
    """

    tree: tree.WorkTree
    plan: planning.Plan
    sha: str
    inputs: str = ""


class Offshoot:
    """An offshoot of @base, for as long as opened() lasts."""

    def __init__(self, base: Base, places: tree.Places) -> None:
        self._base = base
        self._places = places
        # The files that have changed; None if one has come or gone.
        self._touched: Optional[set[str]] = set()

    @property
    def kernel(self) -> Path:
        """Where make puts the binary."""
        return self._places.build / "linux"

    @property
    def src(self) -> Path:
        """The source.  Who writes there by hand has to edit() a Makefile as well, since
        make() may trust that nothing has changed but what it knows of."""
        return self._places.src

    @property
    def build(self) -> Path:
        """The build folder."""
        return self._places.build

    @property
    def scratch(self) -> Path:
        """A folder for what is not needed for long."""
        return self._places.run

    def apply(self, patches: Sequence[Path]) -> None:
        """Apply @patches.  Raises TestbedError naming the patch and hunk."""
        src = self._places.src
        for number, patch in enumerate(patches):
            scratch = self._places.run / f"patched-{number}"
            scratch.mkdir()
            applied = patching.apply(src, [patch], scratch)
            if applied.notes:
                raise TestbedError(f"{patch.name} does not apply: it is in this tree "
                                   "already")
            for path, content in applied.files.items():
                there = beneath.look(src, path) is not None
                self._note(path, stays=there and content is not None)
                if content is None:
                    beneath.remove(src, path)
            for path, content in applied.files.items():
                # Written anew, so that make takes it for newer than its object.
                if content is not None:
                    beneath.put_blob(src, path, content)

    def put(self, files: Mapping[str, bytes]) -> None:
        """Replace @files, which are there, by path.  Raises TestbedError."""
        for path, content in files.items():
            self.edit(path, lambda old, new=content: new)  # type: ignore[misc]

    def edit(self, path: str, change: Callable[[bytes], bytes]) -> None:
        """Change the file @path.  Raises TestbedError if that changes nothing."""
        src = self._places.src
        old = beneath.blob_at(src, path)
        new = change(old) if old is not None else None
        if old is None or new is None or new == old:
            raise TestbedError(f"{path} is not as expected")
        self._note(path)
        beneath.put_blob(src, path, beneath.blob(new, old.mode))

    def _note(self, path: str, stays: bool = True) -> None:
        """Remember that @path changes; not @stays: that it comes or goes."""
        if self._touched is not None and stays:
            self._touched.add(path)
        else:
            self._touched = None

    def make(self, config: Optional[Mapping[str, str]] = None,
             jobs: Optional[int] = None) -> str:
        """Build it, with the symbols of @config changed; the SHA-256 of the binary.

        @jobs: of make, if not as many as the plan has.  Raises TestbedError if it
        does not build, NoEffect if nothing differs.
        """
        before = self._config()
        if config:
            self._configure(before, config)
        if config or not self._rebuilt(jobs):
            self._run("linux", *self._base.plan.options, jobs=jobs)
        if not config and self._config() != before:
            raise TestbedError("it changes the configuration of the kernel")
        sha = build.sha256(self.kernel)
        fresh = (self._places.run / "offshoot" / "build" / "linux").exists()
        if sha == self._base.sha or not fresh:
            raise NoEffect("the kernel is the same with and without it")
        return sha

    def _rebuilt(self, jobs: Optional[int]) -> bool:
        """Build only what depends on the files that have changed; False if make has to
        look at everything."""
        base, places = self._base, self._places
        known = record.load(base.tree.places.state, base.inputs)
        if not self._touched or not known:
            return False
        with planning.caged(base.plan, places) as cage:
            return narrow.Kbuild(
                places.build, places.src, planning.environment(base.plan, places.build),
                known.added, jobs or base.plan.jobs, cage).rebuild(
                    self._touched) is not None

    def _config(self) -> str:
        return (beneath.read(self._places.build, ".config") or b"").decode(
            "utf-8", "surrogateescape")

    def _configure(self, before: str, config: Mapping[str, str]) -> None:
        text = before
        for symbol, value in config.items():
            text = re.sub(rf"^(?:# )?{symbol}[= ].*\n", "", text, flags=re.MULTILINE)
            text += f"# {symbol} is not set\n" if value == "n" else \
                f"{symbol}={value}\n"
        beneath.put(self._places.build, ".config",
                    text.encode("utf-8", "surrogateescape"))
        confine.give(self._places.build / ".config")
        self._run("olddefconfig")
        after = self._config()
        for symbol, value in config.items():
            if (f"{symbol}={value}\n" in after) == (value == "n"):
                raise TestbedError(f"the tree cannot have {symbol}={value}")

    def _run(self, *targets: str, jobs: Optional[int] = None) -> None:
        places, plan = self._places, self._base.plan
        done = planning.confined(plan, places, [
            "make", "-s", *targets, "ARCH=um", f"O={places.build}",
            f"--jobs={jobs or plan.jobs}", f"CC={deps.compiler()}"])
        if done.code != 0:
            error = complaints.explain(done, plan, self._base.tree.source.version)
            here = f"{places.src}/"
            raise TestbedError(error.message.replace(here, ""),
                               [line.replace(here, "") for line in error.details])


@contextlib.contextmanager
def opened(base: Base, folder: Path) -> Iterator[Offshoot]:
    """An offshoot of @base with its files in @folder, thrown away at the end.

    Call it in a thread that has its own_mounts().  Raises Refused where overlays
    are not to be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = replace(base.tree.places, run=folder)
    with base.tree.at(places).offshoot({}):
        yield Offshoot(base, places)

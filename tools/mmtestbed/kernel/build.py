# SPDX-License-Identifier: GPL-2.0
"""Configure and build through the tree's own kunit.py, with ccache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from ..errors import Interrupted, TestbedError, UsageError
from ..host import beneath, confine, deps, lock, proc, progress, surroundings
from ..ui.console import Console
from . import complaints, narrow, planning, record, tree
from .planning import Plan
from .tree import Files, WorkTree, digest

# In the state of a build: what it was built from, and a mark while make is at work.
STAMP = "built.json"
BUSY = "building"
# In a build folder of the user's: that it is ours.
MARK = ".mm-testbed.json"
# What decides which configuration kunit.py makes, below the tree.
_KUNIT = tuple(f"tools/testing/kunit/{name}" for name in (
    "kunit.py", "kunit_kernel.py", "kunit_config.py", "configs/arch_uml.config"))
# make has come across a change of Kconfig that it cannot settle by itself.
_ABOUT_CONFIG = re.compile(r"syncconfig|Restart config|olddefconfig|"
                           r"Error during update of the configuration")


@dataclass(frozen=True)
class Kernel:
    """A kernel that has been built, the SHA-256 of it, and of what it was built from."""

    path: Path
    sha: str
    inputs: str = ""


def sha256(path: Path) -> str:
    """The SHA-256 of the regular file @path."""
    found = hashlib.sha256()
    with beneath.opened(path.parent, path.name) as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def take(kernel: Path, copy: Path) -> None:
    """Copy @kernel, which has just been built, to where no other build reaches it.

    Raises TestbedError if make has left something else there.
    """
    try:
        beneath.copy(kernel.parent, kernel.name, copy)
    except OSError as err:
        raise TestbedError(f"make has built no kernel: {kernel.name}: {err.strerror}"
                           ) from None


def frame(plan: Plan) -> str:
    """A digest of all that decides what the kernel will be, but for its source."""
    text = "\0".join((*(path.read_text(encoding="utf-8") for path in plan.configs),
                      *plan.options, plan.kcflags(),
                      surroundings.programs(deps.compiler()),
                      surroundings.environment(confine.environment())))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def inputs(plan: Plan, seen: str, wanted: Files) -> str:
    """A digest of all that decides what the kernel will be."""
    text = "\0".join((seen, digest(wanted), frame(plan)))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def check_build_dir(folder: Path) -> None:
    """A folder of the user's may only be used if it is new, empty or ours.

    Raises UsageError: a build would bury, and a fresh start delete, their files.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"--build-dir {folder} is no folder; name another one")
    names = set(os.listdir(folder))
    if names and MARK not in names:
        raise UsageError(f"--build-dir {folder} holds other files; name an empty or "
                         "a new folder")


class Builder:
    """Builds one work tree, or finds that nothing has changed."""

    def __init__(self, work: WorkTree, plan: Plan, console: Console) -> None:
        self._tree = work
        self._plan = plan
        self._console = console
        self._build = work.places.build
        self._started = 0.0
        self._known: Optional[record.Record] = None
        self._configured = ""
        self._added: dict[str, str] = {}
        self._headers: list[str] = []
        self._progress = progress.Progress(0, 1)

    def kernel(self, wanted: Files) -> Kernel:
        """The kernel for @wanted on top of the source.  Call it with the tree mounted.

        Raises TestbedError if it cannot be configured or built.
        """
        build, state = self._build, self._tree.places.state
        stamp: dict[str, Any] = lock.read_json(state / STAMP) or {}
        self._known = record.load(state, stamp.get("inputs", ""))
        seen = self._tree.look()
        need = inputs(self._plan, seen, wanted)
        binary = build / "linux"
        busy = state / BUSY
        whole = not busy.exists() and self._unchanged(stamp) and \
            self._known is not None and self._known.same_host()
        if whole and stamp.get("inputs") == need:
            self._configured = stamp["config"]
            return Kernel(binary, stamp["sha"], need)
        if busy.exists():
            # Killed in the middle: any file may be half-written.
            self._empty()
            self._tree.tidy()
            (state / STAMP).unlink(missing_ok=True)
            stamp = {}
        changed = self._changed(seen, wanted) if whole else None
        busy.touch()
        try:
            beneath.put(build, MARK, b"")
            self._tree.refresh(wanted, int(stamp.get("since_ns", 0)),
                               int(stamp.get("built_ns", 0)))
        except (OSError, TestbedError):
            # Each file is as it was or as it is to be, and nothing has been built.
            busy.unlink()
            raise
        (state / STAMP).unlink(missing_ok=True)
        try:
            done = self._make("building the kernel", stamp.get("config", ""), changed)
        except Interrupted as stop:
            if stop.tidy:
                lock.write_json(state / STAMP, self._times())
                busy.unlink()
            raise
        self._configured = self._config()
        stamp = {**self._times(), "config": self._configured}
        found = self._stat()
        if done.code == 0 and not found:
            raise TestbedError("kunit.py built no kernel; see its output",
                               done.output.splitlines()[-complaints.FIRST:])
        if done.code != 0:
            self._console.abandon()
            lock.write_json(state / STAMP, stamp)
            busy.unlink()
            raise complaints.explain(done, self._plan, self._tree.source.version)
        assert found
        stamp.update(inputs=need, sha=sha256(binary), size=found.st_size,
                     mtime_ns=found.st_mtime_ns)
        self._keep_record(seen, wanted, need)
        lock.write_json(state / STAMP, stamp)
        busy.unlink()
        self._console.end()
        self._show_warnings(done)
        return Kernel(binary, stamp["sha"], need)

    def _changed(self, seen: str, wanted: Files) -> Optional[set[str]]:
        """The files that differ from those of the last kernel; None if that is unclear,
        or if that is not all that differs."""
        known = self._known
        if known is None or known.frame != frame(self._plan):
            return None
        return record.changed(self._tree.places.state, known, seen, self._tree.scanned, wanted,
                              self._tree.source.path)

    def _keep_record(self, seen: str, wanted: Files, need: str) -> None:
        """Note what the kernel that has just been built was built from."""
        headers = self._headers or surroundings.headers([self._build])
        record.save(self._tree.places.state, record.Record(
            need, frame(self._plan), seen, record.laid(wanted), self._added, headers,
            surroundings.files(headers)), self._tree.scanned)

    def offshoot(self) -> Path:
        """The kernel of an offshoot.  Call it with WorkTree.offshoot() open.

        Raises TestbedError if it cannot be built.
        """
        done = self._make("building what differs", self._configured, None)
        if done.code != 0:
            self._console.abandon()
            raise complaints.explain(done, self._plan, self._tree.source.version)
        self._console.end()
        self._show_warnings(done)
        return self._build / "linux"

    def _make(self, step: str, configured: str,
              changed: Optional[set[str]]) -> proc.Done:
        """Build what is in the tree, by the shortest way that is sure.

        @configured: names the configuration that the last build had.
        @changed: the files that have changed since, None for any.
        """
        self._progress = progress.Progress(self._expected(), self._plan.jobs)
        self._console.begin(step, self._progress.text(0, 0.0))
        self._started = time.time()
        src, run = self._tree.places.src, self._tree.places.run
        env = planning.environment(self._plan, self._build)
        if changed is not None and self._known:
            known = self._known
            rebuilt: Optional[narrow.Rebuilt] = narrow.Rebuilt("", ())
            if changed:
                with planning.caged(self._plan, self._tree.places) as cage:
                    rebuilt = narrow.Kbuild(self._build, src, env, known.added,
                                            self._plan.jobs, cage).rebuild(changed)
            if rebuilt:
                self._added = known.added
                self._headers = sorted({*known.headers, *surroundings.headers(
                    self._build / folder for folder in rebuilt.folders)})
                return proc.Done(0, rebuilt.said)
        self._headers = []
        with narrow.watched(env, run / "watch") as watch, \
                planning.caged(self._plan, self._tree.places, watch.folder) as cage:
            done = self._make_all(configured, src, watch.env, cage)
            self._added = watch.added()
        if done.code == 0 and self._progress.expected:
            progress.keep(self._plan.objects, self._name,
                          progress.objects(self._build))
        return done

    def _expected(self) -> int:
        """How many objects will be made; 0 if that depends on what has changed."""
        if (self._build / "init").exists():
            return 0
        return progress.expected(self._plan.objects, self._name)

    @property
    def _name(self) -> str:
        """The kernel, as progress.expected() knows it."""
        return f"{self._tree.source.line.name} {self._plan.variant}"

    def _make_all(self, configured: str, src: Path, env: dict[str, str],
                  cage: confine.Cage) -> proc.Done:
        """Let make look at everything, and kunit.py at the configuration if need be."""
        before = self._config()
        if not self._plan.options and configured == before:
            done = proc.run(planning.make(self._plan, self._build, "linux"), cwd=src, env=env,
                            tick=self._tick, cage=cage)
            if not _ABOUT_CONFIG.search(done.output) and self._config() == before:
                return done
        return proc.run(planning.command(self._plan, src, self._build), cwd=src, env=env,
                        tick=self._tick, cage=cage)

    def _config(self) -> str:
        """Names the configuration that the build folder has, and what asked for it."""
        found = hashlib.sha256(frame(self._plan).encode())
        for top, name in ((self._build, ".config"),
                          *((self._tree.places.src, name) for name in _KUNIT)):
            found.update(b"\0" + (beneath.read(top, name) or b""))
        return found.hexdigest()

    def _show_warnings(self, done: proc.Done) -> None:
        warnings = [line for line in done.output.splitlines()
                    if re.search(r"mm/kunit/.*: warning: ", line)]
        for line in warnings:
            self._console.note(tree.plain(line))

    def _times(self) -> dict[str, Any]:
        """When this build looked at the source, and that it ends now."""
        return {"since_ns": self._tree.scanned_ns, "built_ns": time.time_ns()}

    def _stat(self) -> Optional[os.stat_result]:
        """What there is to know of the binary; None if there is none."""
        found = beneath.look(self._build, "linux")
        return found if found and stat.S_ISREG(found.st_mode) else None

    def _unchanged(self, stamp: dict[str, Any]) -> bool:
        """True if the binary is the very file that @stamp was made for."""
        found = self._stat()
        return found is not None and (found.st_size, found.st_mtime_ns) == \
            (stamp.get("size"), stamp.get("mtime_ns"))

    def _empty(self) -> None:
        self._console.note("the last build was killed half-way; starting over")
        for entry in os.scandir(self._build):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)

    def _tick(self) -> None:
        now = time.time()
        done = progress.objects(self._build, self._started)
        self._console.progress(self._progress.text(done, now - self._started))

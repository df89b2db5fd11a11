# SPDX-License-Identifier: GPL-2.0
"""The private work tree: the pristine source below, our files on top.

Where the host allows it, this is an overlay at a fixed path inside the cache, so
that ccache knows the files again whatever tree they come from.  Elsewhere it is a
copy that is kept up to date.  The source itself is never written to.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Optional

from ..errors import HostError, Refused, TestbedError
from ..host import beneath, confine, lock, ns, proc
from ..host.beneath import Blob
from ..host.scan import Scan, scan
from ..ui.console import Console
from .source import Source

Files = Mapping[str, Optional[bytes]]

# How our private tree shows in what compilers and kernels print.
_OURS = re.compile(r"(?:\.\./)+src/|/\S*/(?:mnt|state/\w+)/src/")


def plain(text: str) -> str:
    """@text with paths below the top of the kernel tree, as everybody knows them."""
    return _OURS.sub("", text)


@dataclass(frozen=True)
class Places:
    """Where a run works.

    @state: kept between runs for this source and configuration.
    @src, @build: the tree as make sees it, and its build folder.
    @lower: the pristine source.
    @run: for the files of this run alone; goes away with it.
    """

    state: Path
    src: Path
    build: Path
    lower: Path
    run: Path


def state_folder(cache: Path, source: Source, variant: str, options: str) -> Path:
    """The folder for the state of @source built as @variant with @options."""
    text = "\0".join((source.ident, source.line.name, variant, options))
    return cache / "state" / hashlib.sha256(
        text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def read_or_none(path: Path) -> Optional[bytes]:
    """The contents of @path, None if there is no such file."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest(files: Files) -> str:
    """One name for all of @files."""
    result = hashlib.sha256()
    for path, data in sorted(files.items()):
        body = b"-" if data is None else b"+" + hashlib.sha256(data).digest()
        if isinstance(data, Blob):
            body += f" {data.mode:o}".encode()
        result.update(path.encode("utf-8", "surrogateescape") + b"\0" + body)
    return result.hexdigest()


class WorkTree:
    """One source with our files on top; use it with the state's lock held."""

    def __init__(self, source: Source, places: Places, isolation: ns.Isolation,
                 build_dir: Optional[Path], console: Console) -> None:
        self.source = source
        self.places = places
        self._isolation = isolation
        self._build_dir = build_dir
        self._console = console
        self._scan: Optional[Scan] = None
        self._scanned_ns = 0

    def at(self, places: Places) -> "WorkTree":
        """The same tree with other places to work in."""
        return WorkTree(self.source, places, self._isolation, self._build_dir,
                        self._console)

    @contextlib.contextmanager
    def mounted(self) -> Iterator[None]:
        """The tree and its build folder are in place while this is open."""
        mounts: list[Path] = []
        places = self.places
        for name in ("upper", "work", "build"):
            (places.state / name).mkdir(parents=True, exist_ok=True)
        confine.give(self.build_store())
        try:
            if self.on_overlay:
                self._show_source(mounts)
                beneath.like(places.state / "upper", self.source.path)
                ns.overlay([places.lower], places.state / "upper",
                           places.state / "work", places.src, self._isolation)
                mounts.append(places.src)
                self._hide_git(mounts)
                ns.bind(self.build_store(), places.build)
                mounts.append(places.build)
            yield
        except OSError as err:
            if self._isolation is ns.Isolation.USER and self.on_overlay and \
               err.errno in (errno.EACCES, errno.EPERM, errno.EOVERFLOW):
                # To our user namespace, they are nobody's.
                raise Refused("the tree has files of somebody else, which only root can "
                              "lay something over") from err
            raise
        finally:
            for target in reversed(mounts):
                with contextlib.suppress(OSError):
                    ns.umount(target)

    @contextlib.contextmanager
    def offshoot(self, changes: Files) -> Iterator[None]:
        """The built tree with @changes on top, thrown away when this is closed.

        The build folder holds the objects of the tree below, so that make only has
        to build what @changes touch.  Only for a tree on an overlay, not mounted().
        """
        places = self.places
        mounts: list[Path] = []
        layers = {name: places.run / "offshoot" / name
                  for name in ("src", "src-work", "build", "build-work")}
        for folder in layers.values():
            folder.mkdir(parents=True)
        # Through the overlay, that would be a copy of all of it.
        confine.give(self.build_store())
        confine.give(layers["build"])
        try:
            self._show_source(mounts)
            ns.overlay([places.state / "upper", places.lower], layers["src"],
                       layers["src-work"], places.src, self._isolation)
            mounts.append(places.src)
            self._hide_git(mounts)
            ns.overlay([self.build_store()], layers["build"], layers["build-work"],
                       places.build, self._isolation)
            mounts.append(places.build)
            for path, content in changes.items():
                self._put(path, content, force=False)
            yield
        finally:
            for target in reversed(mounts):
                with contextlib.suppress(OSError):
                    ns.umount(target)
            shutil.rmtree(places.run / "offshoot", ignore_errors=True)

    @property
    def on_overlay(self) -> bool:
        """True if the tree is an overlay, False if it is a copy."""
        return self.places.src != self.places.state / "src"

    def build_store(self) -> Path:
        """Where the build folder really is."""
        return self._build_dir or self.places.state / "build"

    def _show_source(self, mounts: list[Path]) -> None:
        """The source, to read: not even we could write to it there."""
        lower = self.places.lower
        ns.bind(self.source.path, lower)
        mounts.append(lower)
        with contextlib.suppress(OSError):
            ns.read_only(lower)

    def _hide_git(self, mounts: list[Path]) -> None:
        """Nothing that runs in the tree may see, let alone write, the user's git."""
        git = self.places.src / ".git"
        if not git.exists():
            return
        nothing = self.places.run / ("no-git" if git.is_dir() else "no-git-file")
        if git.is_dir():
            nothing.mkdir(exist_ok=True)
        else:
            nothing.touch()
        ns.bind(nothing, git)
        mounts.append(git)

    def look(self) -> str:
        """A digest of the pristine source; cheap for one that no stranger changes."""
        if self.source.frozen or self.source.revision:
            return f"{self.source.ident} {self.source.revision}".rstrip()
        self._scanned_ns = time.time_ns()
        self._scan = scan(self.source.path)
        return self._scan.digest

    @property
    def scanned(self) -> Optional[Scan]:
        """What look() has seen; None if it did not have to."""
        return self._scan

    @property
    def scanned_ns(self) -> int:
        """When look() began, in ns since the epoch; 0 if it did not have to."""
        return self._scanned_ns

    def refresh(self, wanted: Files, since_ns: int, built_ns: int) -> None:
        """Bring the tree to @wanted, writing no file that is right already.

        @since_ns, @built_ns: when the last build looked at the source, and when
        it ended; 0 if there was none.

        make trusts mtimes: a file that goes back to what the source holds is
        therefore written anew, not uncovered with its old mtime.
        """
        if not self.on_overlay:
            self._copy_source()
        stale = set(self._scan.newer(since_ns, built_ns)) \
            if self._scan and built_ns else set()
        manifest = self.places.state / "manifest.json"
        ours = set(lock.read_json(manifest) or [])
        paths = sorted(ours | set(wanted) | stale)
        # Ahead of the writes: a run that dies half-way must not forget a file.
        lock.write_json(manifest, paths)
        kept = []
        pristine = {path: self._pristine(path, path in stale) for path in paths}
        contents: dict[str, Optional[bytes]] = dict(pristine)
        contents.update(wanted)
        # What goes away may stand where a folder is needed.
        for path in sorted(paths, key=lambda path: contents[path] is not None):
            if self._put(path, contents[path], force=path in stale) or \
               pristine[path] is not None:
                kept.append(path)
        kept.sort()
        if kept != paths:
            lock.write_json(manifest, kept)
        # An empty folder is in no scan, and enough to stop Kbuild.
        if self._scan and (self._scan.built_in_place() or any(
                (self.source.path / name).is_dir()
                for name in ("include/config", "include/generated"))):
            self._clean()

    def _pristine(self, path: str, stale: bool) -> Optional[Blob]:
        """What the source has at @path.

        make goes by what a link leads to: that takes the place of a @stale one, if it is
        in the source as well.
        """
        source = self.source.path
        found = beneath.blob_at(source, path)
        if not stale or found is None or not found.is_link:
            return found
        real = Path(os.path.realpath(source / path))
        if not real.is_relative_to(source):
            return found
        data = beneath.read(source, str(real.relative_to(source)))
        return found if data is None else beneath.blob(data)

    def tidy(self) -> None:
        """Remove the temporary files of a run that was killed while it wrote."""
        state = self.places.state
        for path in state.glob(".*"):
            if lock.TEMPORARY.fullmatch(path.name):
                path.unlink(missing_ok=True)
        upper = state / "upper" if self.on_overlay else self.places.src
        for path in upper.rglob(".*"):
            if lock.TEMPORARY.fullmatch(path.name):
                (self.places.src / path.relative_to(upper)).unlink(missing_ok=True)

    def _put(self, path: str, content: Optional[bytes], force: bool) -> bool:
        """Make @path hold @content; True if the file is there then."""
        src = self.places.src
        current = beneath.blob_at(src, path)
        if content is None:
            if current is not None:
                beneath.remove(src, path)
            return False
        if not isinstance(content, Blob):
            mode = current.mode if current is not None and not current.is_link else 0o100644
            content = beneath.blob(content, mode)
        if force or not content.same(current):
            beneath.put_blob(src, path, content)
        return True

    def _clean(self) -> None:
        """Take the products of a build in the source out of sight, in our tree."""
        src = self.places.src
        arches = {path.parent.parent.name
                  for path in src.glob("arch/*/include/generated")} | {"um"}
        if not (src / ".config").exists() and not (src / "include/config").exists() \
           and not (src / "include/generated").exists() and arches == {"um"}:
            return
        self._console.begin("cleaning our view of the tree, which was built in place")
        for arch in sorted(arches):
            # What it removes belongs to whoever has built it.
            with confine.cage([], [src], False, src.stat().st_uid) as cage:
                done = proc.run(["make", "-s", f"ARCH={arch}", "mrproper"], cwd=src,
                                env=confine.environment(), cage=cage)
            if done.code != 0 and arch == "um":
                raise TestbedError("make mrproper failed in our view of the tree; "
                                   "run it in yours", done.output.splitlines()[-8:])
        self._console.end()

    def _copy_source(self) -> None:
        """Bring the copy of the source up to date."""
        state, src = self.places.state, self.places.src
        record = state / "copied.json"
        facts = self._scan or scan(self.source.path)
        known: dict[str, list[int]] = lock.read_json(record) or {}
        if not src.exists() or not known:
            self._console.begin("copying the source (no overlay on this machine)")
            shutil.rmtree(src, ignore_errors=True)
            src.mkdir()
            names = [entry.name for entry in os.scandir(self.source.path)
                     if entry.name != ".git"]
            done = proc.run(["cp", "-a", "--no-preserve=ownership", "--reflink=auto", "-t",
                             str(src), "--", *names], cwd=self.source.path,
                            tick=lambda: self._console.progress(""))
            if done.code != 0:
                said = done.output.splitlines()[-3:] or ["no message"]
                raise HostError(f"cannot copy the source to {src} ({said[-1]}); make room "
                                "there or set MMTB_CACHE, or let everybody read the source",
                                said)
            self._console.end()
        else:
            for path in known.keys() - facts.files.keys():
                (src / path).unlink(missing_ok=True)
            for path, stat in facts.files.items():
                if known.get(path) == list(stat):
                    continue
                target = src / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                shutil.copy(self.source.path / path, target, follow_symlinks=False)
        lock.write_json(record, facts.files)


def choose_places(cache: Path, state: Path, overlay: bool, run: Path) -> Places:
    """Fixed mount points with an overlay, folders of the state without.

    Source and build folder are side by side in both: the compiler then sees the
    same relative paths, and ccache the same files.
    """
    if overlay:
        mnt = cache / "mnt"
        return Places(state, mnt / "src", mnt / "build", mnt / "lower", run)
    return Places(state, state / "src", state / "build", state / "none", run)

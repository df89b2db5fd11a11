# SPDX-License-Identifier: GPL-2.0
"""Build a kernel of which few files have changed, without asking each Makefile.

make has to look at every folder to find out what has changed, and that takes longer
than to compile a file and to link.  Whoever knows which files differ from those of the
last kernel need not ask: what depends on them stands in what kbuild has noted of each
object.  So kbuild builds these objects, by its own rules and in the environment that make
gave it last time, and links.

That is all it does.  A file that came or went, a Makefile, a file that anything but
objects of the kernel depend on: then make has to look at everything, as it has to if
what comes out here is not exactly what was expected.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Iterator, Mapping, Optional, Sequence

from ..host import beneath, confine, proc, surroundings
from ..host.scan import Scan

# With more changed files or folders to build than that, make is as fast.
_FILES = 16
_FOLDERS = 4
# Left behind by editors, patch and git; and what is only read by people.
_LEFTOVER = re.compile(r".*(?:~|\.sw[opx]|\.orig|\.rej|\.patch|\.diff|\.mbox|\.rst)|"
                       r"(?:.*/)?(?:\.#[^/]*|#[^/]*#|tags|TAGS|cscope\.[^/]*)|"
                       r"Documentation/(?!Kconfig|Makefile).*")
# What kbuild's own note says first: how the file was made.
_SAVED = re.compile(rb"\A(?:savedcmd|cmd)_\S+ := .*")
# A configuration in which there is more to do than to compile and to link.
_MORE = re.compile(rb"^CONFIG_(?:MODULES|LTO_CLANG|TRIM_UNUSED_KSYMS|DEBUG_INFO_BTF|"
                   rb"BUILTIN_MODULE_RANGES|RUST)=y$", re.MULTILINE)
# A Makefile that says how the folders below it are built as well.
_BELOW = re.compile(rb"\bsubdir-\w+flags-")
# They make .vmlinux.export.o, in this order.
_READERS = ("Makefile.vmlinux_o", "Makefile.modpost")
# What the link makes; the first of them that is there is what it begins with.
_LINKED = ("vmlinux.unstripped", "vmlinux")

# By path, a digest of each file that we have laid over the source; None: taken away.
Laid = Mapping[str, Optional[str]]


@dataclass(frozen=True)
class Difference:
    """What the source looked like when the last kernel was built, and now.

    @laid, @scan: then, @laid_now, @scan_now: now; None if nobody else changes it.
    """

    laid: Laid
    laid_now: Laid
    scan: Optional[Scan]
    scan_now: Optional[Scan]

    def paths(self, pristine: Path) -> Optional[set[str]]:
        """The files that hold something else now; None if one has come or gone.

        @pristine: the source without what we have laid over it.
        """
        found = set()
        for path in self.laid.keys() | self.laid_now.keys():
            before, after = self.laid.get(path), self.laid_now.get(path)
            if path in self.laid and path in self.laid_now and before == after:
                continue
            there = (path in self.laid or (pristine / path).is_file(),
                     path in self.laid_now or (pristine / path).is_file())
            gone = path in self.laid and before is None or \
                path in self.laid_now and after is None
            if gone or not all(there):
                return None
            found.add(path)
        if (self.scan is None) != (self.scan_now is None):
            return None
        if self.scan and self.scan_now:
            for path, stays in self.scan_now.changed(self.scan).items():
                if path in self.laid and path in self.laid_now or \
                   _LEFTOVER.fullmatch(path):
                    continue
                if not stays:
                    return None
                found.add(path)
        return found


def _mentions(data: bytes, path: str, places: "tuple[Path, Path]") -> bool:
    """True if the note @data has the file @path of the source among the dependencies.

    @places: build folder and source.  The path there may be a relative one, or lead
    through other folders.
    """
    build, src = places
    name = b"/" + os.fsencode(os.path.basename(path))
    if name not in data:
        return False
    wanted = os.path.join(src, path)
    return any(os.path.normpath(os.path.join(build, os.fsdecode(word))) == wanted
               for word in re.findall(rb"(\S*" + re.escape(name) + rb")(?=\s)", data))


def affected(build: Path, src: Path, paths: Iterable[str],
             members: "set[str]") -> Optional[set[str]]:
    """The objects, of the @members of the kernel, that the files @paths of @src go into.

    None if that is not the whole story: if a file goes into anything else as well, or
    into nothing that is known.
    """
    paths = set(paths)
    known: set[str] = set()
    objects: set[str] = set()
    for note in surroundings.commands(build):
        data = note.read_bytes() + b"\n"
        hit = {path for path in paths if _mentions(data, path, (build, src))}
        if not hit:
            continue
        name = os.path.relpath(note.with_name(note.name[1:-len(".cmd")]), build)
        if not note.name.startswith(".") or name not in members:
            return None
        known |= hit
        objects.add(name)
    return objects if known == paths else None


@dataclass(frozen=True)
class Rebuilt:
    """What kbuild @said when it built objects in the @folders of the build folder anew."""

    said: str
    folders: Sequence[str]


@dataclass(frozen=True)
class Kbuild:
    """A build folder, and how kbuild worked there last time.

    @build, @src: the folders.  @base: the environment of our commands.
    @added: what make added to that.  @jobs: of make.  @cage: for make.
    """

    build: Path
    src: Path
    base: Mapping[str, str]
    added: Mapping[str, str]
    jobs: int
    cage: confine.Cage = confine.Cage()

    def rebuild(self, paths: set[str]) -> Optional[Rebuilt]:
        """Build the kernel anew after the files @paths have changed.

        None if that is a matter for make, which finds everything as it needs it:
        before anything has been done, or if something went wrong, which it then says.
        """
        if not self._simple() or len(paths) > _FILES:
            return None
        libraries = self._members(self.added.get("KBUILD_VMLINUX_LIBS", "").split())
        members = self._members(["vmlinux.a"])
        objects = affected(self.build, self.src, paths, libraries | members) \
            if members else None
        if not objects:
            return None
        folders = sorted({os.path.dirname(name) for name in objects})
        if len(folders) > _FOLDERS:
            return None
        before = self._made(objects)
        commands = self._saved(folders)
        said = []
        for folder in folders:
            begin = self._begin(folder)
            goals = sorted(name for name in objects if os.path.dirname(name) == folder)
            if libraries.intersection(goals):
                # Such an archive has an index.  The others only name their members.
                begin, goals = folder, ["need-builtin=1", "need-modorder=1"]
            done = self._make("Makefile.build", f"obj={begin}", *goals)
            if done.code != 0:
                return None
            said.append(done.output)
        after = self._made(objects)
        old = [name for name in objects if after[name] == before[name]]
        for name in old:
            # It is not what the files say now, and its time would hide that from make.
            beneath.unlink(self.build, name)
        if old or self._saved(folders) != commands:
            return None
        return Rebuilt("".join(said), folders) if self._link() else None

    def _simple(self) -> bool:
        """True if this kernel is made in no other way than we know."""
        with contextlib.suppress(OSError):
            config = (self.build / ".config").read_bytes()
            return bool(self.added) and not _MORE.search(config) and \
                os.path.samefile(self.build / "vmlinux", self.build / "linux")
        return False

    def _begin(self, folder: str) -> str:
        """Where kbuild has to begin, for @folder to get the flags that others give it."""
        above = ""
        for part in folder.split("/"):
            above = os.path.join(above, part)
            if any(_BELOW.search(beneath.read(self.src, f"{above}/{name}") or b"")
                   for name in ("Kbuild", "Makefile")):
                return above
        return folder

    def _members(self, archives: Iterable[str]) -> "set[str]":
        """The objects of @archives, which are linked."""
        found: set[str] = set()
        for archive in archives:
            done = proc.run([self.added.get("AR", "ar"), "t", archive], cwd=self.build,
                            env=self.base, cage=self.cage)
            if done.code == 0:
                found.update(os.path.normpath(name) for name in done.output.splitlines())
        return found

    def _made(self, objects: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Names each of @objects as it is now."""
        facts = {name: os.stat(self.build / name) for name in objects}
        return {name: (fact.st_ino, fact.st_mtime_ns) for name, fact in facts.items()}

    def _saved(self, folders: Iterable[str]) -> dict[str, bytes]:
        """How everything in @folders was made."""
        found = {}
        for folder in folders:
            for note in (self.build / folder).glob(".*.cmd"):
                match = _SAVED.match(note.read_bytes())
                found[str(note)] = match.group(0) if match else b""
        return found

    def _link(self) -> bool:
        """Link the kernel, as kbuild does."""
        vmlinux = self.build / "vmlinux"
        if (self.build / ".vmlinux.export.o").exists():
            # It is linked as well, and made by what reads the kernel as one object.  The
            # archive names the objects and does not hold them: nobody sees that it is old.
            os.utime(self.build / "vmlinux.a")
            if any(self._make(makefile).code for makefile in _READERS):
                return False
        first = next(self.build / name for name in _LINKED
                     if (self.build / name).exists())
        first.unlink()
        vmlinux.unlink(missing_ok=True)
        # There is nothing in a link that ccache could keep.
        compiler = self.added.get("CC", "").removeprefix("ccache ")
        done = self._make("Makefile.vmlinux", CC=compiler)
        if done.code != 0 or not vmlinux.exists():
            return False
        fresh = self.build / ".linux.new"
        fresh.unlink(missing_ok=True)
        os.link(vmlinux, fresh, follow_symlinks=False)
        os.replace(fresh, self.build / "linux")
        return True

    def _make(self, makefile: str, *words: str, **variables: str) -> proc.Done:
        env = {**self.base, **self.added, "MAKE": "make", "quiet": "silent_", **variables}
        command = ["make", "-rR", "-s", "--no-print-directory", f"--jobs={self.jobs}",
                   "-f", str(self.src / "scripts" / makefile), *words]
        return proc.run(command, cwd=self.build, env=env, cage=self.cage)


@contextlib.contextmanager
def watched(base: Mapping[str, str], folder: Path) -> Iterator["Watch"]:
    """While this is open, a build in Watch.env is watched.  @folder: for its files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield Watch(base, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Watch:
    """Sees the environment in which kbuild links.

    Nothing in the tree tells it.  But the link calls nm, and nm is a script of ours.
    """

    def __init__(self, base: Mapping[str, str], folder: Path) -> None:
        self._base = base
        self.folder = folder
        self._caught = folder / "caught"
        path = base.get("PATH", os.defpath)
        for name in ("nm", "llvm-nm"):
            program = shutil.which(name, path=path)
            if program:
                script = folder / name
                script.write_text(
                    '#!/bin/sh\n[ -z "$KBUILD_LDS" ] || env -0 > "$MMTB_CAUGHT"\n'
                    f'exec {program} "$@"\n', encoding="ascii")
                script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.env = {**base, "PATH": f"{folder}:{path}", "MMTB_CAUGHT": str(self._caught)}

    def added(self) -> dict[str, str]:
        """What make has added to the environment; nothing if it did not link."""
        data = beneath.read(self.folder, self._caught.name) or b""
        caught = dict(os.fsdecode(word).partition("=")[::2]
                      for word in data.split(b"\0") if word)
        return surroundings.ours(caught, self._base)


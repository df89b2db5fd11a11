# SPDX-License-Identifier: GPL-2.0
"""Into which kernels does the series go?  A new fix may stop it on a kernel between others."""

from __future__ import annotations

import collections
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..errors import HostError, TestbedError
from ..git import gitrepo
from ..host import proc
from . import blobs, patching

# A call, in a line that a patch adds.
_CALL = re.compile(r"\b([a-z_]\w+)\(")
# What is defined, or declared, at the begin of a line, or is a macro.
_DEFINED = re.compile(r"^(?:#[ \t]*define[ \t]+|[A-Za-z_](?:__\w+\([^)\n]*\)|[^;\n(=])*\b)?"
                      r"(\w+)\(", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PROSE = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
# Where code is that others call.
_FOLDERS = ("include", "mm", "fs", "kernel", "lib", "drivers/dax", "arch/um", "arch/x86")


@dataclass(frozen=True)
class Kernel:
    """A kernel into which the series has to go: its @version, and the @tree with its files.

    @whole: the tree has all files, not only those that the series sees.
    """

    version: str
    tree: Path
    whole: bool = True


@dataclass(frozen=True)
class Tried:
    """What became of the series on the kernel @version.

    @taken: what became of each patch, with the fixes.
    @error: what stopped it; None if it went in.
    """

    version: str
    taken: Sequence[patching.Taken]
    error: Optional[TestbedError] = None

    def ways(self) -> str:
        """How many patches went in how, and which of them loosely: those are to be read."""
        number = collections.Counter(each.how for each in self.taken)
        loosely = [each.patch for each in self.taken if each.how == "loosely"]
        return ", ".join(f"{many} {how}" for how, many in sorted(number.items())) + \
            (f" ({' '.join(loosely)})" if loosely else "")


def releases(git: Path, table: blobs.Table, folder: Path) -> Iterator[Kernel]:
    """The releases of @table of which the repository @git has all files that the series sees;
    these are written below @folder.

    Raises TestbedError.
    """
    patches = patching.ours(groups=patching.proposals())
    paths = patching.paths(patches) | patching.looked_at(patches)
    gitrepo.Theirs(git)         # blobs.trees() would take it for a tree without git
    for release, known in table.items():
        for tree in blobs.trees(git, release, paths, folder / release, {release: known}):
            yield Kernel(release, tree, False)


def _calls(file: Path) -> set[str]:
    """What the lines call that the patch @file adds."""
    text = file.read_text(encoding="utf-8", errors="replace")
    added = "\n".join(line[1:] for line in text.splitlines()
                      if line.startswith("+") and not line.startswith("+++"))
    return set(_CALL.findall(_PROSE.sub("", added)))


def _unknown(kernel: Kernel, patches: Sequence[Path], applied: patching.Applied) -> list[str]:
    """(patch, function) of each call that the patches add of what @kernel does not have.

    A variant goes in where the lines around it are the same; that says nothing of what it
    calls.  Raises HostError.
    """
    wanted: dict[str, str] = {}
    for patch, taken in zip(patches, applied.taken):
        if taken.how not in ("not needed", "in already", "merged"):
            file = patch / f"{taken.variant}.patch" if taken.variant else patch
            for name in _calls(file):
                wanted.setdefault(name, f"{taken.patch} ({file.name})")
    texts = [bytes(data).decode("utf-8", "replace") for data in applied.files.values() if data]
    defined = {name for text in texts for name in _DEFINED.findall(text)}
    asked = wanted.keys() - defined
    if not asked:
        return []
    done = proc.run(["grep", "-rhowF", "--include=*.[chS]", "-f", "-",
                     *(folder for folder in _FOLDERS if (kernel.tree / folder).is_dir())],
                    cwd=kernel.tree, data="\n".join(sorted(asked)).encode())
    if done.code not in (0, 1):
        raise HostError(f"cannot search {kernel.tree}: {done.output.strip()}")
    return [f"{wanted[name]} calls {name}(), which this kernel does not have"
            for name in sorted(asked - set(done.output.split()))]


def _swallowed(patches: Sequence[Path], applied: patching.Applied) -> list[str]:
    """Code that a patch has put into a comment, in one line each.

    The lines around a hunk may be those of a comment on a kernel that says more there.
    """
    files = {path: bytes(data).decode("utf-8", "replace")
             for path, data in applied.files.items() if data and path.endswith((".c", ".h"))}
    code = {path: _lines(_COMMENT.sub("", text)) for path, text in files.items()}
    found = []
    for patch, taken in zip(patches, applied.taken):
        if taken.how not in ("exactly", "loosely"):
            continue
        file = patch / f"{taken.variant}.patch" if taken.variant else patch
        path, added = "", collections.defaultdict[str, list[str]](list)
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("+++ "):
                path = line[4:].partition("/")[2]
            elif line.startswith("+"):
                added[path].append(line[1:])
        for path, lines in added.items():
            if path in files:
                lost = _lines(_COMMENT.sub("", "\n".join(lines))) - code[path]
                found += [f"{taken.patch} ({file.name}) puts code into a comment of {path}: "
                          f"{line}" for line in sorted(lost & _lines(files[path]))
                          if line.endswith((";", "{"))]
    return found


def _lines(text: str) -> set[str]:
    """The lines of @text, without the blanks at their ends."""
    return {line.strip() for line in text.splitlines()}


def one(kernel: Kernel) -> Tried:
    """Put the series into the files of @kernel, with the fixes and, as runs do, without,
    and both with all that is proposed.

    Nothing is merged: the series has to have a variant for each of these kernels, for who
    has no other kernel at hand.
    """
    taken: Sequence[patching.Taken] = ()
    proposed: Sequence[Sequence[str]] = (patching.proposals(), ())
    for groups in proposed:
        for fixes in (False, True):
            patches = patching.ours(fixes, groups=groups)
            with tempfile.TemporaryDirectory() as scratch:
                try:
                    applied = patching.apply(kernel.tree, patches, Path(scratch))
                    unknown = _unknown(kernel, patches, applied) \
                        if kernel.whole and fixes else []
                    wrong = unknown + _swallowed(patches, applied)
                    if wrong:
                        raise TestbedError(wrong[0], wrong[1:])
                    taken = applied.taken
                except TestbedError as err:
                    return Tried(kernel.version, (), err)
    return Tried(kernel.version, taken)

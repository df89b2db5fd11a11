# SPDX-License-Identifier: GPL-2.0
"""Apply a quilt series to the files that it touches, away from the tree."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

from ..errors import TestbedError, UsageError
from ..git import patchtext
from ..git.gitindex import Index
from ..git.patchtext import touched
from ..host import beneath, proc
from ..host.beneath import Blob, blob

__all__ = ["Applied", "Reference", "apply", "read", "touched"]
# What git says of a patch that does not fit.
_FAILED = re.compile(r"^error: patch failed: (.*):(\d+)$", re.MULTILINE)
_ERROR = re.compile(r"^(?:error|fatal): (.*)$", re.MULTILINE)
# So many lines of context need not match: those that are farthest from a change.
_FUZZ = 2


@dataclass
class Applied:
    """What the patches make of the tree.

    @files: contents by path below the tree; None where a file goes away.
    @notes: what the user should know, such as patches that were in already.
    """

    files: dict[str, "Blob | None"] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read(folder: Path) -> list[Path]:
    """The patches named by @folder/series, in order.  Raises TestbedError."""
    try:
        text = (folder / "series").read_text(encoding="utf-8")
    except OSError as err:
        raise TestbedError(f"cannot read {folder}/series: {err.strerror}; "
                           "restore it from git") from None
    patches = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].split()
        if words:
            patches.append(folder / words[0])
    for patch in patches:
        if not patch.is_file():
            raise TestbedError(f"{folder}/series names {patch.name}, which is not "
                               "there; restore it from git")
    return patches


def _failure(patch: Path, text: str, output: str) -> TestbedError:
    """Name the patch, the file and the hunk that do not fit."""
    failed = _FAILED.search(output)
    if failed:
        path, start = failed.group(1), int(failed.group(2))
        number = patchtext.hunk(text, path, start)
        why = f"hunk #{number} at line {start} of {path}" if number else \
            f"line {start} of {path}"
    else:
        errors = _ERROR.findall(output) or output.strip().splitlines()
        why = errors[0] if errors else "git apply gives no reason"
    return TestbedError(f"{patch.parent.name}/{patch.name} does not apply: {why}; "
                        "refresh the patch for this tree", output.splitlines()[:12])


# Where to find the tree that the patches were made on; may raise TestbedError.
Reference = Callable[[], Path]


def _read(patch: Path) -> tuple[str, set[str]]:
    """The text of @patch, and what it touches.

    Raises TestbedError if that is nothing, or not ours.
    """
    try:
        text = patch.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as err:
        raise UsageError(f"cannot read {patch}: {err.strerror}") from None
    paths = touched(text)
    if not paths:
        raise TestbedError(f"{patch} holds no diff; restore or remove it")
    for path in paths:
        if path.startswith("/") or ".." in path.split("/"):
            raise TestbedError(f"{patch} touches {path}, outside of the tree")
    return text, {path for path in paths if all(
        part not in ("", ".") for part in path.split("/"))}


def paths(patches: Sequence[Path]) -> set[str]:
    """What @patches touch, below the tree.  Raises TestbedError."""
    return {path for patch in patches for path in _read(patch)[1]}


def _fit(patch: Path, text: str, index: Index) -> bool:
    """Apply @patch, which reads @text, to @index; False if it is in there already.

    It is in if it can be taken out to the letter but not put in to the letter: with
    less context, many a patch goes in twice.  Raises TestbedError if it does not fit.
    """
    if index.apply(patch).code == 0:
        return True
    if index.apply(patch, "--reverse", "--check").code == 0:
        return False
    trial = index.apply(patch, *_loosely(text))
    if trial.code != 0:
        raise _failure(patch, text, trial.output)
    return True


def _loosely(text: str) -> list[str]:
    """What makes git apply a patch with this @text as patch(1) would."""
    lines = patchtext.context(text)
    return [f"-C{max(0, lines - _FUZZ)}", *([] if lines else ["--unidiff-zero"])]


def _loosely_in(patch: Path, text: str, index: Index) -> bool:
    """True if @index, into which @patch does not fit, holds what it adds, and none of
    what it removes, where the lines around that have changed since."""
    return index.apply(patch, "--reverse", "--check", *_loosely(text)).code == 0


def _merge(ours: Optional[Blob], base: Optional[Blob], theirs: Optional[Blob],
           scratch: Path) -> Optional[Blob]:
    """What @theirs makes of @base, made of @ours.  Raises ValueError if unclear."""
    if _same(base, theirs) or _same(ours, theirs):
        return ours
    if _same(ours, base):
        return theirs
    if ours is None or base is None or theirs is None or \
       any(each.is_link for each in (ours, base, theirs)):
        raise ValueError("the file is not there" if ours is None else "conflict")
    names = []
    for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
        (scratch / name).write_bytes(data)
        names.append(name)
    done = proc.run(["git", "merge-file", "-q", *names], cwd=scratch)
    if done.code != 0:
        raise ValueError("conflict")
    mode = theirs.mode if theirs.mode != base.mode else ours.mode
    return blob((scratch / "ours").read_bytes(), mode)


def _same(one: Optional[Blob], other: Optional[Blob]) -> bool:
    return one is other if one is None else one.same(other)


def _three_way(patches: Sequence[Path], paths: set[str], index: Index,
               reference: Path, scratch: Path) -> list[str]:
    """Do to @index what the last of @patches, after the others, does to @reference.

    Returns the files that have changed.  Raises TestbedError if that is unclear.
    """
    with tempfile.TemporaryDirectory(prefix="merge.", dir=scratch) as name:
        states = []
        for count in (len(patches) - 1, len(patches)):
            folder = Path(name) / str(count)
            folder.mkdir()
            files = apply(reference, patches[:count], folder).files
            states.append({path: files[path] if path in files
                           else beneath.blob_at(reference, path) for path in paths})
        now = index.files()
        changed: dict[str, Optional[Blob]] = {}
        for path in sorted(paths):
            ours = now.get(path)
            try:
                merged = _merge(ours, states[0][path], states[1][path], Path(name))
            except ValueError as err:
                raise TestbedError(f"{path}: {err}") from None
            if not _same(merged, ours):
                changed[path] = merged
    for path, content in changed.items():
        index.store(path, content)
    return sorted(changed)


def _by_other_means(patches: Sequence[Path], paths: set[str], index: Index,
                    reference: Optional[Reference], err: TestbedError,
                    notes: list[str], scratch: Path) -> bool:
    """Apply the last of @patches, which does not fit because of @err.

    Returns True if @index turns out to hold it already.  Raises TestbedError.
    """
    patch = patches[-1]
    try:
        if reference is None:
            raise err
        changed = _three_way(patches, paths, index, reference(), scratch)
    except TestbedError as why:
        if _loosely_in(patch, _read(patch)[0], index):
            return True
        if why is err:
            raise
        raise TestbedError(f"{err.message} (nor by a three-way merge: {why.message})",
                           err.details) from None
    if changed:
        notes.append(f"{patch.name} needed a three-way merge in {' '.join(changed)}")
    return not changed


def apply(tree: Path, patches: Sequence[Path], scratch: Path,
          reference: Optional[Reference] = None) -> Applied:
    """Apply @patches, in order, to what @tree holds; neither it nor anything else but
    the empty folder @scratch is written to.

    Moved lines are tolerated, and lines of context that have changed, down to one.  A
    patch that the tree holds already is left out, with a note.  What does not fit is
    merged with what the patch does to @reference, if given.  Raises TestbedError naming
    the patch and hunk.
    """
    result = Applied()
    everything: set[str] = set()
    index = Index(tree, scratch / "index")
    for number, patch in enumerate(patches, 1):
        text, paths = _read(patch)
        index.load(paths)
        everything |= paths
        try:
            there = not _fit(patch, text, index)
        except TestbedError as err:
            there = _by_other_means(patches[:number], paths, index, reference, err,
                                    result.notes, scratch)
        if there:
            result.notes.append(f"{patch.name} is in this tree already")
    held = index.files()
    for path in sorted(everything):
        result.files[path] = held.get(path)
    return result

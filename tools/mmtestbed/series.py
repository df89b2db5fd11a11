# SPDX-License-Identifier: GPL-2.0
"""Apply a quilt series to the files that it touches, away from the tree."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Sequence

from . import proc
from .errors import TestbedError, UsageError

_OLD = re.compile(r"^--- (?:a/)?([^\t\n]+)", re.MULTILINE)
_NEW = re.compile(r"^\+\+\+ (?:b/)?([^\t\n]+)", re.MULTILINE)
_DIFF = re.compile(r"^--- [^\n]+\n\+\+\+ [^\n]+\n@@", re.MULTILINE)
_FAILED = re.compile(r"^Hunk #(\d+) (?:FAILED|ignored) at (\d+)", re.MULTILINE)
_FILE = re.compile(r"^(?:checking|patching) file '?([^'\n]+?)'?$", re.MULTILINE)


@dataclass
class Applied:
    """What the patches make of the tree.

    @files: contents by path below the tree; None where a file goes away.
    @notes: what the user should know, such as patches that were in already.
    """

    files: dict[str, "bytes | None"] = field(default_factory=dict)
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


def touched(text: str) -> set[str]:
    """The paths (below the tree) that a patch with this @text touches."""
    paths: set[str] = set()
    for match in _DIFF.finditer(text):
        head = match.group(0)
        for pattern in (_OLD, _NEW):
            found = pattern.search(head)
            assert found
            path = re.sub(r"^[ab]/", "", found.group(1).strip())
            if path != "/dev/null":
                paths.add(path)
    return paths


def _failure(patch: Path, output: str) -> TestbedError:
    """Name the patch, the file and the hunk that do not fit."""
    file = hunk = ""
    for line in output.splitlines():
        match = _FILE.match(line)
        if match:
            file = match.group(1)
        match = _FAILED.match(line)
        if match:
            hunk = f"hunk #{match.group(1)} at line {match.group(2)} of {file}"
            break
    if not hunk:
        lines = output.strip().splitlines() or ["patch gave no reason"]
        hunk = lines[-1]
    return TestbedError(f"{patch.parent.name}/{patch.name} does not apply: {hunk}; "
                        "refresh the patch for this tree", output.splitlines()[:12])


# Where to find the tree that the patches were made on; may raise TestbedError.
Reference = Callable[[], Path]


def _paths(patch: Path) -> set[str]:
    """What @patch touches.  Raises TestbedError if that is nothing, or not ours."""
    try:
        text = patch.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as err:
        raise UsageError(f"cannot read {patch}: {err.strerror}") from None
    paths = touched(text)
    if not paths:
        raise TestbedError(f"{patch} holds no diff; restore or remove it")
    for path in paths:
        if path.startswith("/") or ".." in path.split("/"):
            raise TestbedError(f"{patch} touches {path}, outside of the tree")
    return paths


def paths(patches: Sequence[Path]) -> set[str]:
    """What @patches touch, below the tree.  Raises TestbedError."""
    return {path for patch in patches for path in _paths(patch)}


def _patch(patch: Path, scratch: Path, *words: str) -> proc.Done:
    return proc.run(["patch", "-p1", *words, "--no-backup-if-mismatch",
                     "--reject-file=-", "-d", str(scratch), "-i",
                     str(patch.absolute())])


def _fit(patch: Path, scratch: Path) -> bool:
    """Apply @patch to @scratch; False if it is in there already.

    It is in if it can be taken out to the letter but not put in to the letter: with
    fuzz, many a patch goes in twice.  Raises TestbedError if it does not fit.
    """
    for words in (("--forward", "-F0"), ("--reverse", "--force", "-F0"), ("--forward",)):
        trial = _patch(patch, scratch, *words, "--dry-run")
        if trial.code == 0:
            if "--reverse" in words:
                return False
            trial = _patch(patch, scratch, *words)
            if trial.code == 0:
                return True
    raise _failure(patch, trial.output)


def _loosely_in(patch: Path, scratch: Path) -> bool:
    """True if @scratch, into which @patch does not fit, holds what it adds, and none of
    what it removes, where the lines around that have changed since."""
    return _patch(patch, scratch, "--reverse", "--force", "--dry-run").code == 0


def _content(path: Path) -> Optional[bytes]:
    return path.read_bytes() if path.exists() else None


def _merge(ours: Optional[bytes], base: Optional[bytes], theirs: Optional[bytes],
           scratch: Path) -> Optional[bytes]:
    """What @theirs makes of @base, made of @ours.  Raises ValueError if unclear."""
    if base == theirs or ours == theirs:
        return ours
    if ours == base:
        return theirs
    if ours is None or base is None or theirs is None:
        raise ValueError("the file is not there" if ours is None else "conflict")
    names = []
    for name, data in (("ours", ours), ("base", base), ("theirs", theirs)):
        (scratch / name).write_bytes(data)
        names.append(name)
    done = proc.run(["git", "merge-file", "-q", *names], cwd=scratch)
    if done.code != 0:
        raise ValueError("conflict")
    return (scratch / "ours").read_bytes()


def _three_way(patches: Sequence[Path], paths: set[str], scratch: Path,
               reference: Path) -> list[str]:
    """Do to @scratch what the last of @patches, after the others, does to @reference.

    Returns the files that have changed.  Raises TestbedError if that is unclear.
    """
    with tempfile.TemporaryDirectory(prefix="merge.", dir=scratch.parent) as name:
        states = []
        for count in (len(patches) - 1, len(patches)):
            folder = Path(name) / str(count)
            folder.mkdir()
            files = apply(reference, patches[:count], folder).files
            states.append({path: files[path] if path in files
                           else _content(reference / path) for path in paths})
        changed: dict[str, Optional[bytes]] = {}
        for path in sorted(paths):
            ours = _content(scratch / path)
            try:
                merged = _merge(ours, states[0][path], states[1][path], Path(name))
            except ValueError as err:
                raise TestbedError(f"{path}: {err}") from None
            if merged != ours:
                changed[path] = merged
    for path, content in changed.items():
        if content is None:
            (scratch / path).unlink()
        else:
            (scratch / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).write_bytes(content)
    return sorted(changed)


def _by_other_means(patches: Sequence[Path], paths: set[str], scratch: Path,
                    reference: Optional[Reference], err: TestbedError,
                    notes: list[str]) -> bool:
    """Apply the last of @patches, which does not fit because of @err.

    Returns True if @scratch turns out to hold it already.  Raises TestbedError.
    """
    patch = patches[-1]
    try:
        if reference is None:
            raise err
        changed = _three_way(patches, paths, scratch, reference())
    except TestbedError as why:
        if _loosely_in(patch, scratch):
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
    """Apply @patches, in order, to copies of the files of @tree in @scratch.

    Moved lines and fuzz are tolerated.  A patch that the tree holds already is left
    out, with a note.  What does not fit is merged with what the patch does to
    @reference, if given.  Raises TestbedError naming the patch and hunk.
    """
    result = Applied()
    everything: set[str] = set()
    for number, patch in enumerate(patches, 1):
        paths = _paths(patch)
        for path in paths - everything:
            content = _content(tree / path)
            if content is not None:
                copy = scratch / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(content)
        everything |= paths
        there = True
        try:
            there = not _fit(patch, scratch)
        except TestbedError as err:
            there = _by_other_means(patches[:number], paths, scratch, reference, err,
                                    result.notes)
        if there:
            result.notes.append(f"{patch.name} is in this tree already")
    for path in sorted(everything):
        result.files[path] = _content(scratch / path)
    return result

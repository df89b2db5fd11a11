# SPDX-License-Identifier: GPL-2.0
"""Apply a quilt series to the files that it touches, away from the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Sequence

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


def apply(tree: Path, patches: Sequence[Path], scratch: Path) -> Applied:
    """Apply @patches, in order, to copies of the files of @tree in @scratch.

    Moved lines and fuzz are tolerated.  A patch that the tree holds already is
    left out, with a note.  Raises TestbedError naming the patch and hunk.
    """
    result = Applied()
    everything: set[str] = set()
    for patch in patches:
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
        for path in paths - everything:
            original = tree / path
            if original.exists():
                copy = scratch / path
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(original.read_bytes())
        everything |= paths
        command = ["patch", "-p1", "--forward", "--no-backup-if-mismatch",
                   "--reject-file=-", "-d", str(scratch), "-i", str(patch.absolute())]
        trial = proc.run([*command, "--dry-run"])
        if trial.code == 0:
            done = proc.run(command)
            if done.code != 0:
                raise _failure(patch, done.output)
            continue
        back = proc.run(["patch", "-p1", "--reverse", "--force", "--dry-run", "-F0",
                         "-d", str(scratch), "-i", str(patch.absolute())])
        if back.code != 0:
            raise _failure(patch, trial.output)
        result.notes.append(f"{patch.name} is in this tree already")
    for path in sorted(everything):
        patched = scratch / path
        result.files[path] = patched.read_bytes() if patched.exists() else None
    return result

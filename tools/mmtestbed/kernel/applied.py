# SPDX-License-Identifier: GPL-2.0
"""What a series makes of a tree, remembered: most runs apply the same to the same."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Iterable, Optional, Sequence

from ..errors import TestbedError
from ..host import beneath, lock
from . import cocci, patching, textprobe

# So many results are kept in a folder.
_KEPT = 80


def _key(tree: Path, patches: Sequence[Path]) -> str:
    """Changes with all that decides what @patches make of @tree.

    Raises OSError if a patch cannot be read.
    """
    found = hashlib.sha256(b"".join(Path(file).read_bytes() for file in (
        cocci.__file__, patching.__file__, textprobe.__file__)))
    paths: set[str] = set()
    for file in patching.files(patches):
        data = file.read_bytes()
        found.update(f"\0{file} {len(data)}\0".encode("utf-8", "surrogateescape") + data)
    with contextlib.suppress(TestbedError):
        paths |= patching.paths(patches) | patching.looked_at(patches)
    for path in sorted(paths):
        found.update(path.encode("utf-8", "surrogateescape"))
        # A link on the way makes a difference, too.
        with contextlib.suppress(TestbedError):
            for part in filter(None, (beneath.link(tree, path), path)):
                held = beneath.blob_at(tree, part)
                found.update(b"\0-\0" if held is None else
                             f"\0{len(held)} {held.mode:o}\0".encode() + held)
    return found.hexdigest()[:32]


def _read(path: Path) -> Optional[patching.Applied]:
    """What is kept in @path; None if there is nothing, or if it is damaged."""
    known = lock.read_json(path)
    try:
        files = {name: None if kept is None else
                 beneath.blob(kept[1].encode("latin-1"), kept[0])
                 for name, kept in known["files"].items()}
        path.touch()
        return patching.Applied(files, known["notes"],
                              [patching.Taken(*row) for row in known["taken"]])
    except (AttributeError, IndexError, KeyError, OSError, TypeError, UnicodeError):
        return None


def _sees(patch: Path) -> set[str]:
    """What decides how @patch goes in, beside the files that it touches."""
    found = {"Makefile"} if patch.is_dir() else set()
    for file in patch.glob(f"*{patching.NEEDED}") if patch.is_dir() else ():
        found |= {probe.path for probe in textprobe.read(file)}
    if any(patching.SELECT.search(variant.read_text("utf-8", "surrogateescape"))
           for variant in patching.variants(patch)):
        found |= set(patching.KCONFIGS)
    return found


def apart(patches: Sequence[Path]) -> list[list[int]]:
    """The numbers of @patches, from 0, in parts that have nothing to do with each other.

    No patch touches a file that one of another part touches or looks at.  Raises
    TestbedError if one cannot be read.
    """
    facts = [(patching.paths([patch]), _sees(patch)) for patch in patches]
    part = list(range(len(patches)))
    for number, (touches, sees) in enumerate(facts):
        for other, (touched, seen) in enumerate(facts[:number]):
            if touches & touched or touches & seen or sees & touched:
                old = part[number]
                part = [part[other] if each == old else each for each in part]
    found: dict[int, list[int]] = {}
    for number, each in enumerate(part):
        found.setdefault(each, []).append(number)
    return list(found.values())


def apply(folder: Path, tree: Path, patches: Sequence[Path], scratch: Path,
          reference: Optional[patching.Reference] = None) -> patching.Applied:
    """patching.apply(), with what it came to kept in @folder.

    What took a merge with another tree is not kept, since that may change, too.  After an
    edit of the tree, only those patches go in anew that have to do with it.
    Raises TestbedError, OSError.
    """
    try:
        parts = apart(patches)
        results = []
        for part in parts:
            own = scratch / f"part{part[0]}"
            own.mkdir()
            results.append(_apply(folder, tree, [patches[number] for number in part], own,
                                  reference))
    except (OSError, TestbedError):
        # In their order, they say which is the first that does not fit.
        (scratch / "whole").mkdir()
        return _apply(folder, tree, patches, scratch / "whole", reference)
    taken = {number: each for part, result in zip(parts, results)
             for number, each in zip(part, result.taken)}
    return patching.Applied(
        {path: data for result in results for path, data in result.files.items()},
        [note for result in results for note in result.notes],
        [taken[number] for number in sorted(taken)])


def _apply(folder: Path, tree: Path, patches: Sequence[Path], scratch: Path,
           reference: Optional[patching.Reference]) -> patching.Applied:
    """apply() for one part of the patches."""
    try:
        path = folder / f"applied-{_key(tree, patches)}.json"
    except OSError:
        return patching.apply(tree, patches, scratch, reference)
    known = _read(path)
    if known:
        return known
    asked = False

    def asks(paths: set[str]) -> Iterable[Path]:
        nonlocal asked
        asked = True
        return reference(paths) if reference else ()

    result = patching.apply(tree, patches, scratch, asks if reference else None)
    if not asked:
        folder.mkdir(parents=True, exist_ok=True)
        kept = sorted(folder.glob("applied-*.json"), key=lambda old: old.stat().st_mtime)
        for old in kept[:-_KEPT + 1]:
            old.unlink(missing_ok=True)
        lock.write_json(path, {"notes": result.notes, "taken": [
            [each.patch, each.variant, each.how] for each in result.taken], "files": {
            name: None if data is None else [data.mode, data.decode("latin-1")]
            for name, data in result.files.items()}})
    return result

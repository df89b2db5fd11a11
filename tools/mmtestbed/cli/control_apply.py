# SPDX-License-Identifier: GPL-2.0
"""scripts/controls.sh --apply: which controls does a kernel's source take?  Builds nothing."""

from __future__ import annotations

import difflib
import tempfile
from pathlib import Path
from typing import Mapping, Sequence

from ..errors import Exit
from ..host import beneath, cachedir, deps, lock
from ..kernel import patching, source
from ..kernel.cocci import Change
from ..model import lines
from ..proof import together
from ..proof.controls import Control
from ..ui import output, tables
from ..ui.console import Console
from ..ui.words import count
from .control_options import Options


# The changes of so many controls are shown.
_FEW = 3


def diff(change: Change) -> list[str]:
    """What @change does to its function, for people."""
    name = f"{change.file}: {change.function}()"
    return [line.rstrip("\n") for line in difflib.unified_diff(
        change.old.splitlines(), change.new.splitlines(), name, name, lineterm="")]


def _source(wanted: Options, cache: Path, console: Console) -> source.Source:
    if wanted.kdir:
        return source.from_kdir(wanted.kdir, wanted.line, console)
    line = wanted.line or lines.DEFAULT
    return source.unpack(line, source.tarball(line, cache, console), cache, console)


def write(tree: Path, chosen: Sequence[Control], files: Mapping[str, "bytes | None"],
          folder: Path) -> None:
    """Put what @chosen look at into @folder: the text of @tree, or of @files."""
    for path in sorted({name for control in chosen for name in control.files}):
        content = files[path] if path in files else beneath.read(tree, path)
        if content is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def show(wanted: Options, chosen: Sequence[Control], console: Console) -> int:
    """Apply @chosen to the source with the series on top; the exit code.

    Raises TestbedError.
    """
    deps.ensure(deps.CONTROLS, console, wanted.install)
    cache = cachedir.root(console, kdir=wanted.kdir)
    origin = _source(wanted, cache, console)
    with tempfile.TemporaryDirectory(prefix="mmtb-") as name:
        small, scratch = Path(name) / "tree", Path(name) / "scratch"
        rules = Path(name) / "rules"
        for folder in (small, scratch, rules):
            folder.mkdir()
        files = patching.apply(origin.path, patching.ours(groups=wanted.run.groups), scratch).files
        write(origin.path, chosen, files, small)
        console.begin(f"applying {count(len(chosen), 'control')}")
        which = together.plan(chosen, small, rules, cache / "cocci", wanted.jobs)
        console.end()
    if len(chosen) <= _FEW:
        for changes in which.built_in.values():
            for change in changes:
                console.lines(diff(change), "")
    missed = {found.control.name: found.why() for found in which.broken}
    for each, why in sorted(missed.items()):
        console.line(f"FAIL  {each}: {why}")
    if which.alone:
        console.lines(tables.plain([["built alone", "because"], *(
            [each, why] for each, why in sorted(which.alone.items()))]), "")
    word = "FAIL" if missed else "PASS"
    console.line(f"{word}: Linux {origin.version} takes {len(chosen) - len(missed)} of "
                 f"{count(len(chosen), 'control')}, {len(which.built_in)} of them function "
                 "by function")
    if wanted.json:
        output.write(wanted.json, lock.json_bytes({
            "schema": 1, "kernel_version": origin.version, "line": origin.line.name,
            "applied": sorted({control.name for control in chosen} - set(missed)),
            "built_alone": which.alone, "missed": missed}))
    return Exit.FAILED if missed else Exit.PASSED

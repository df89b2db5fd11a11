# SPDX-License-Identifier: GPL-2.0
"""An edit in a tree that was handed out, kept: as a control, as a patch, as a series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from ..errors import TestbedError, UsageError
from ..kernel import handout
from ..kernel.handout import BASE, SOURCE, Handout
from ..model import cases
from ..model.repository import CONTROLS, REPOSITORY, SUITES
from . import controls

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_FIELD = re.compile(r"^(Breaks|Kills): *(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Words:
    """What the user says of an edit; "" and () for what the commits say.

    @subject: in a line, what it does.  @text: why, and who would make it.
    """

    subject: str = ""
    text: str = ""
    breaks: tuple[str, ...] = ()
    kills: tuple[str, ...] = ()


def difference(tree: Handout) -> str:
    """What differs from what was handed out, commits and files alike.

    Raises UsageError if nothing does, or if it is about the suites.
    """
    tree.git("add", "-A", "-N", ".")
    diff = tree.git("diff", "--no-color", "--no-ext-diff", "--no-renames", BASE, "--")
    if not diff.strip():
        raise UsageError(f"nothing in {tree.path} differs from what was handed out")
    suites = str(SUITES.relative_to(REPOSITORY))
    names = tree.git("diff", "--name-only", "--no-renames", BASE, "--").splitlines()
    inside = [name for name in names if name.startswith(f"{suites}/")]
    if inside:
        raise UsageError(f"{inside[0]} is of the suites: edit it in {SUITES} instead, and "
                         "take it back here")
    return re.sub(r"^(?:diff --git|index|new file mode|deleted file mode) .*\n", "", diff,
                  flags=re.MULTILINE) if "Binary" not in diff else diff


def _said(tree: Handout) -> str:
    """What the commits on top of what was handed out say, the last one first."""
    return tree.git("log", "--format=%B", f"{BASE}..HEAD")


def _body(said: str) -> str:
    """The text of commit messages, without subject and fields."""
    lines = [line for line in said.splitlines()[1:]
             if not _FIELD.match(line) and not re.match(r"[\w-]+-by: ", line)]
    return "\n".join(lines).strip()


def as_control(tree: Handout, name: str, words: Words) -> Path:
    """Write the edit as the control @name; returns the file.

    Raises UsageError if something is missing, TestbedError if it is no control.
    """
    _check_name(name)
    diff, said = difference(tree), _said(tree)
    fields = dict(_FIELD.findall(said))
    breaks = words.breaks or tuple(fields.get("Breaks", "").replace(",", " ").split())
    kills = words.kills or tuple(filter(None, [fields.get("Kills", "")]))
    subject = words.subject or (said.strip().splitlines() or [""])[0]
    missing = [option for option, value in (("--breaks MW-2", breaks),
                                            ("--subject 'mm: what the bug does'", subject))
               if not value]
    if missing:
        raise UsageError(f"a control says what it breaks: add {' and '.join(missing)}, or "
                         "commit with such lines")
    _check_contracts(breaks)
    text = "\n".join([
        f"From: {tree.git('var', 'GIT_AUTHOR_IDENT').rpartition('>')[0]}>",
        f"Subject: [CONTROL] {subject}", "",
        *([words.text or _body(said), ""] if words.text or _body(said) else []),
        f"Breaks: {' '.join(breaks)}", *(f"Kills: {each}" for each in kills),
        f"Lines: {tree.line}", "---", diff.rstrip("\n"), ""])
    path = CONTROLS / f"{name}.patch"
    known = {(case.suite, case.name) for case in cases.read(SUITES)}
    control = controls.parse(path, text)
    for case in control.kills:
        if case not in known:
            raise UsageError(f"--kills {'.'.join(case)}: there is no such case; see mmt list")
    _write(path, text)
    return path


def as_patch(tree: Handout, name: str, words: Words) -> Path:
    """Write the edit as a patch at the end of the series, as GROUP/NAME; returns the file."""
    group, slash, last = name.rpartition("/")
    if not slash:
        raise UsageError(f"--patch {name}: say where it belongs, as in fixes/{name}")
    _check_name(last)
    folder = REPOSITORY / "patches" / group
    if not folder.is_dir():
        raise UsageError(f"--patch {name}: there is no patches/{group}")
    diff, said = difference(tree), _said(tree)
    subject = words.subject or (said.strip().splitlines() or [""])[0]
    text = words.text or _body(said)
    if not subject or not text:
        raise UsageError("a patch says what it does and why: commit it with a message, or "
                         "add --subject and --text")
    path = folder / f"{last}.patch"
    series = REPOSITORY / "patches" / "series"
    old = series.read_text(encoding="utf-8")
    _write(path, "\n".join([
        f"From: {tree.git('var', 'GIT_AUTHOR_IDENT').rpartition('>')[0]}>",
        f"Subject: {subject}", "", text, "---", diff.rstrip("\n"), ""]))
    series.write_text(f"{old.rstrip()}\n{name}\n", encoding="utf-8")
    return path


def as_mbox(tree: Handout) -> str:
    """The patches that the tree got, and the suites, as a series that can be posted."""
    return tree.git("format-patch", "--stdout", "--no-color", "--no-signature",
                    f"{SOURCE}..{BASE}")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"'{name}' is no name for a file: small letters, digits and -")


def _check_contracts(ids: Sequence[str]) -> None:
    path = REPOSITORY / "Documentation" / "contracts.rst"
    known = cases.contracts_of(path.read_text(encoding="utf-8"))
    for id in ids:
        if id not in known:
            raise UsageError(f"there is no contract {id}; see Documentation/contracts.rst")


def _write(path: Path, text: str) -> None:
    if path.exists():
        raise UsageError(f"{path} is there already; take another name")
    try:
        with open(path, "x", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    except OSError as err:
        raise TestbedError(f"cannot write {path}: {err.strerror}") from None


def open_tree(folder: Path) -> Handout:
    """The tree that @folder lies in.  Raises UsageError."""
    return handout.find(folder.absolute())

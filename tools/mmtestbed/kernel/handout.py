# SPDX-License-Identifier: GPL-2.0
"""A tree for people: a git repository of its own, one commit a patch, the suites on top.

What they change in there, git tells from what we have put there: the ref BASE.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

from ..errors import HostError, TestbedError, UsageError
from ..git import gitrepo
from ..host import beneath, proc
from ..host.beneath import Blob
from ..model.repository import REPOSITORY, SUITES, suite_files
from ..ui.console import Console
from . import patching
from .source import Source

# What we have put there: the pristine source, and all of it.
SOURCE, BASE = "refs/mmt/source", "refs/mmt/base"
_FACTS = "mmt.json"
_SCHEMA = 1
_WHO = ("-c", "user.name=mm-testbed", "-c", "user.email=mm-testbed@localhost",
        "-c", "core.autocrlf=false", "-c", "gc.auto=0", "-c", "commit.gpgSign=false")
_HEADER = re.compile(r"^(From|Subject): (.*(?:\n[ \t].*)*)", re.MULTILINE)
# The group of the patch that has the tree build the suites.
_BUILDS = "suites"
# Folders of mm/kunit that the others need, and what builds them all.
_FIRST, _LAST = ("compat", "lib"), ("Kconfig", "Makefile")


@dataclass(frozen=True)
class Handout:
    """A tree that was handed out.

    @line, @version, @origin: of its source.
    """

    path: Path
    line: str
    version: str
    origin: str

    def git(self, *words: str) -> str:
        """What git @words prints in the tree.  Raises TestbedError if it fails."""
        return _git(self.path, *words)


def _git(folder: Path, *words: str) -> str:
    done = proc.run(["git", *_WHO, "-C", str(folder), *words], env=gitrepo.environment(),
                    errors="surrogateescape")
    if done.code != 0:
        last = (done.output.strip().splitlines() or ["no message"])[-1]
        raise TestbedError(f"git {words[0]} fails in {folder}: {last}")
    return done.output


def find(folder: Path) -> Handout:
    """The tree that @folder lies in.  Raises UsageError if it is none of ours."""
    for top in [folder, *folder.parents]:
        try:
            facts: dict[str, Any] = json.loads(
                (top / ".git" / _FACTS).read_text(encoding="utf-8"))
        except OSError:
            continue
        except ValueError:
            facts = {}
        if facts.get("schema") != _SCHEMA:
            raise UsageError(f"{top} is of another version of mmt tree; get a new one")
        return Handout(top, facts["line"], facts["version"], facts["origin"])
    raise UsageError(f"{folder} is no tree of ours; get one with mmt tree DIR")


def make(origin: Source, target: Path, console: Console) -> Handout:
    """Hand out @origin, with all patches that it needs, as @target.

    @target is there in full afterwards, or not at all.  Raises TestbedError.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already; name a new folder")
    if not target.parent.is_dir():
        raise UsageError(f"{target.parent} is not there; make it first")
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", suffix=".mmt",
                                     dir=target.parent, ignore_cleanup_errors=True) as name:
        new = Path(name) / "tree"
        console.begin(f"copying Linux {origin.version}")
        _copy(origin.path, new)
        console.end()
        _git(new, "init", "-q", "-b", "mmt")
        _commit(new, f"Linux {origin.version}\n\nFrom {origin.origin}.")
        _git(new, "update-ref", SOURCE, "HEAD")
        # What builds the suites comes after them, so that each commit builds.
        ours = patching.ours()
        for patch in ours:
            if patch.parent.name != _BUILDS:
                _patch(new, patch, Path(name), console)
        _suites(new)
        for patch in ours:
            if patch.parent.name == _BUILDS:
                _patch(new, patch, Path(name), console)
        _git(new, "update-ref", BASE, "HEAD")
        (new / ".git" / _FACTS).write_text(json.dumps({
            "schema": _SCHEMA, "line": origin.line.name, "version": origin.version,
            "origin": origin.origin}), encoding="utf-8")
        if target.is_dir():
            target.rmdir()
        new.rename(target)
    return find(target)


def _copy(source: Path, target: Path) -> None:
    """The files of @source: what git tracks there, if it is a repository."""
    target.mkdir()
    tracked = proc.run(["git", "-C", str(source), "ls-files", "-z"],
                       env=gitrepo.environment(), errors="surrogateescape") \
        if (source / ".git").exists() else None
    if tracked and tracked.code == 0:
        with tempfile.NamedTemporaryFile("w", errors="surrogateescape") as names:
            names.write("".join(f"{path}\0" for path in tracked.output.split("\0")
                                if path and os.path.lexists(source / path)))
            names.flush()
            words = ["sh", "-c", 'tar -C "$1" --null -T "$2" -c --no-recursion | '
                     'tar -C "$3" -x', "sh", str(source), names.name, str(target)]
            done = proc.run(words)
    else:
        entries = [entry.name for entry in os.scandir(source) if entry.name != ".git"]
        done = proc.run(["cp", "-a", "--no-preserve=ownership", "--reflink=auto", "-t",
                         str(target), "--", *entries], cwd=source)
    if done.code != 0:
        said = done.output.splitlines()[-3:] or ["no message"]
        raise HostError(f"cannot copy {source} to {target} ({said[-1]}); make room there",
                        said)


def _commit(tree: Path, message: str, author: str = "") -> None:
    _git(tree, "add", "-A", "-f", ".")
    with tempfile.NamedTemporaryFile("w", errors="surrogateescape") as file:
        file.write(message)
        file.flush()
        _git(tree, "commit", "-q", "--no-verify", "--allow-empty", "-F", file.name,
             *([f"--author={author}"] if author else []))


def _patch(tree: Path, patch: Path, scratch: Path, console: Console) -> None:
    """Commit @patch, if the tree needs it."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        applied = patching.apply(tree, [patch], Path(folder))
    [taken] = applied.taken
    if taken.how in ("not needed", "in already"):
        console.line(f"{taken.patch}: {taken.how}")
        return
    file = patch / f"{taken.variant}.patch" if patch.is_dir() else patch
    author, message = header(file.read_text(encoding="utf-8", errors="surrogateescape"))
    for path, content in applied.files.items():
        _put(tree, path, content)
    _commit(tree, message or taken.patch, author)


def _put(tree: Path, path: str, content: "Blob | None") -> None:
    if content is None:
        beneath.remove(tree, path)
    else:
        beneath.put_blob(tree, path, content)


def header(text: str) -> tuple[str, str]:
    """(author, message) of the patch @text."""
    head = re.split(r"^(?:---|diff --git .*)$", text, maxsplit=1, flags=re.MULTILINE)[0]
    fields = {key: " ".join(value.split()) for key, value in _HEADER.findall(head)}
    body = _HEADER.sub("", head).strip()
    subject = re.sub(r"^(?:\[[^]]*\]\s*)+", "", fields.get("Subject", ""))
    return fields.get("From", ""), "\n\n".join(filter(None, [subject, body]))


def _suites(tree: Path) -> None:
    """Commit the suites: the building blocks, each mechanism, and then what builds
    them."""
    files = suite_files()
    groups: dict[str, list[str]] = {}
    for path in files:
        below = Path(path).relative_to(SUITES.relative_to(REPOSITORY))
        groups.setdefault(below.parts[0], []).append(path)
    order = sorted(groups, key=lambda name: (name in _LAST, name not in _FIRST, name))
    last = [path for name in order if name in _LAST for path in groups[name]]
    for name in [name for name in order if name not in _LAST]:
        _lay(tree, files, groups[name])
        _commit(tree, f"mm/kunit: add {name}")
    _lay(tree, files, last)
    _commit(tree, "mm/kunit: build the suites")


def _lay(tree: Path, files: dict[str, bytes], paths: Sequence[str]) -> None:
    for path in paths:
        beneath.put_blob(tree, path, beneath.blob(files[path], 0o100644))

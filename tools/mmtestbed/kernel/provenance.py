# SPDX-License-Identifier: GPL-2.0
"""What a result was made from: the suites, the patches, the commit and the day.

A result says nothing about other suites than those that it is of, and a number in the
documentation nothing without the commit that it was measured on.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, Iterable

from ..host import proc
from ..model import configs, lines
from . import patching

# What decides how a case comes out and what a run costs, below the repository.
_MATTERS = ("mm", "patches", "tools/configs", "tools/mmtestbed", ".kunitconfig")


def _digest(files: Iterable[tuple[str, Path]], more: Iterable[str] = ()) -> str:
    """One name for @files, each with what it is called, and for the words @more."""
    digest = hashlib.sha256()
    for name, path in sorted(files):
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0" +
                      hashlib.sha256(path.read_bytes()).digest())
    for word in more:
        digest.update(hashlib.sha256(word.encode()).digest())
    return digest.hexdigest()


def _below(repository: Path, folder: str) -> list[tuple[str, Path]]:
    return [(str(path.relative_to(repository)), path)
            for path in (repository / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts]


def suites(repository: Path) -> str:
    """A digest of the suites of @repository.  Raises OSError."""
    return _digest(_below(repository, "mm/kunit"))


def series(repository: Path, line: lines.Line) -> str:
    """A digest of the patches that a kernel of @line gets.  Raises OSError.

    Of the variants of a patch, the one counts that such a kernel tries first: that is the
    one that a line which is tested takes.
    """
    found = []
    for name, path in _below(repository, "patches"):
        top = path.relative_to(repository / "patches").parts[0]
        newest = f"{line.last[0]}.{line.last[1]}"
        if top != "controls" and (path.suffix != ".patch" or path.stem[:1].isalpha() or
                                  path == patching.variants(path.parent, newest)[0]):
            found.append((name, path))
    return _digest(found)


def inputs(repository: Path, line: lines.Line, config: configs.Config) -> str:
    """A digest of all that goes into a kernel of @line, but for its source.

    With other suites, patches or another configuration old results mean nothing.
    Raises OSError.
    """
    names = [".kunitconfig", *(f"tools/configs/{path.name}"
                               for path in config.on(line).fragments)]
    files = [(name, repository / name) for name in names
             if (repository / name).is_file()]
    return _digest(files, (suites(repository), series(repository, line), config.specs,
                           *config.args))


def _git(repository: Path, *words: str) -> str:
    """What git @words says in @repository; "" if git is missing or fails."""
    if not shutil.which("git"):
        return ""
    done = proc.run(["git", "-C", str(repository), *words], env=proc.environment())
    return done.output.strip() if done.code == 0 else ""


def commit(repository: Path) -> str:
    """The commit that @repository is at; "" if it is no git work tree of its own."""
    top = _git(repository, "rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != repository.resolve():
        return ""
    return _git(repository, "rev-parse", "--verify", "--quiet", "HEAD")


def digests(repository: Path, line: lines.Line, config: configs.Config) -> dict[str, Any]:
    """The part of facts() that depends on @line and @config.  Raises OSError."""
    return {"suites": suites(repository), "series": series(repository, line),
            "inputs": inputs(repository, line, config)}


def origin(repository: Path) -> dict[str, Any]:
    """The part of facts() that depends on no kernel."""
    at = commit(repository)
    return {
        "commit": at,
        "changed": bool(at and _git(repository, "status", "--porcelain", "--",
                                    *_MATTERS)),
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")}


def facts(repository: Path, line: lines.Line, config: configs.Config) -> dict[str, Any]:
    """What a result of @line in @config that begins now is made from, for its JSON.

    Documentation/run.rst describes the keys.  Raises OSError.
    """
    return {
        **origin(repository),
        "cpus": len(os.sched_getaffinity(0)),
        **digests(repository, line, config),
    }

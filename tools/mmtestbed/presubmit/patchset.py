# SPDX-License-Identifier: GPL-2.0
"""The series that presubmit.sh looks at: commits, or mails that become commits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import TestbedError, UsageError
from ..git.gitrepo import Commit, Ours, Theirs
from ..host import proc
from ..kernel import patching
from .checks import Patch

_SUBJECT = re.compile(r"^Subject:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_PREFIX = re.compile(r"^(?:\[[^]]*\]\s*)+")


@dataclass
class Entry:
    """One patch.

    @patch: None if it does not apply.  @applied: how it was applied.
    @refused: why not, in one line; @details: what git says.
    """

    subject: str
    patch: Optional[Patch]
    applied: str = ""
    refused: str = ""
    details: tuple[str, ...] = ()


def commits_of(theirs: Theirs, words: str) -> tuple[str, str]:
    """The ids that A..B means.  Raises UsageError."""
    if "..." in words or ".." not in words:
        raise UsageError(f"{words} is neither a file, nor a folder, nor a range of "
                         "commits such as HEAD~3..HEAD")
    old, _, new = words.partition("..")
    return theirs.resolve(old or "HEAD"), theirs.resolve(new or "HEAD")


def from_range(ours: Ours, words: str, old: str, new: str) -> tuple[str, list[Entry]]:
    """(base, the commits of @old..@new).  Raises UsageError for what is no series."""
    merges = ours.commits("--merges", f"{old}..{new}")
    if merges:
        raise UsageError(f"{words} holds a merge, {merges[-1]}; name the commits of one "
                         "side, or rebase")
    found = ours.commits("--reverse", "--topo-order", f"{old}..{new}")
    if not found:
        raise UsageError(f"{words} is empty: {new[:12]} holds no commit that "
                         f"{old[:12]} has not")
    if not found[0].parents:
        raise UsageError(f"the parent of {found[0]} is not in the repository"
                         f"{ours.theirs.hint}")
    base = found[0].parents[0]
    if ours.run("cat-file", "-e", f"{base}^{{tree}}").code != 0:
        raise UsageError(f"the files of the parent of {found[0]} are not in the repository"
                         f"{ours.theirs.hint}")
    return base, [Entry(commit.subject, _patch(ours, number, commit), "a commit already")
                  for number, commit in enumerate(found, 1)]


def _patch(ours: Ours, number: int, commit: Commit) -> Patch:
    parent = commit.parents[0]
    return Patch(number, commit, parent, tuple(ours.changed(parent, commit.id)))


def from_stdin(text: bytes, scratch: Path) -> list[Path]:
    """The patches in the mails @text, as mails() has them.  Raises UsageError."""
    if not text.strip():
        raise UsageError("the standard input holds no patch; pipe mails into it")
    scratch.mkdir(parents=True)
    path = scratch / "mbox"
    path.write_bytes(text)
    return mails(path, scratch, "the standard input")


def mails(path: Path, scratch: Path, called: str = "") -> list[Path]:
    """The patches in the mbox or the folder @path, one file each, in order.

    @called: what the user knows it by, if not by its path.

    Raises UsageError if there are none.
    """
    if path.is_dir():
        if (path / "series").is_file():
            try:
                files = patching.read(path)
            except TestbedError as err:
                raise UsageError(err.message) from None
        else:
            files = sorted(file for file in path.iterdir()
                           if file.suffix in (".patch", ".eml", ".mbox", ".mbx"))
    else:
        files = [path]
    found: list[Path] = []
    for number, file in enumerate(files):
        folder = scratch / f"mails-{number}"
        folder.mkdir(parents=True)
        done = proc.run(["git", "mailsplit", "-b", f"-o{folder}", "--",
                         str(file.absolute())])
        if done.code != 0:
            raise UsageError(f"cannot read {called or file}: "
                             f"{(done.output.strip().splitlines() or ['no mail'])[-1]}")
        found += sorted(folder.iterdir())
    # A cover letter holds no diff.
    patches = [mail for mail in found if patching.touched(_text(mail))]
    if not patches:
        raise UsageError(f"{called or path} holds no patch; give an mbox, a folder with *.patch, or "
                         "a range of commits")
    return patches


def _text(mail: Path) -> str:
    return mail.read_text(encoding="utf-8", errors="replace")


def subject(text: str) -> str:
    """The subject of a mail, without its prefix."""
    match = _SUBJECT.search(text)
    words = " ".join(match.group(1).split()) if match else "no subject"
    return _PREFIX.sub("", words)


def from_mails(ours: Ours, base: str, patches: Sequence[Path]) -> list[Entry]:
    """Apply the mails @patches to @base; what follows one that fails is not tried."""
    ours.checkout(base)
    ours.run("am", "--quit")
    entries: list[Entry] = []
    refused = ""
    for number, mail in enumerate(patches, 1):
        name = subject(_text(mail))
        if refused:
            entries.append(Entry(name, None, refused=f"follows {refused}, which does not "
                                 "apply"))
            continue
        before = ours.git("rev-parse", "HEAD").strip()
        done = _am(ours, mail, "-3")
        if done.code != 0 and "fake ancestor" in done.output:
            # The mail does not tell the files that it was made on.
            done = _am(ours, mail)
        if done.code != 0:
            refused = f"patch {number}"
            there = ours.run("apply", "--reverse", "--check", str(mail)).code == 0
            why = "the tree holds it already" if there else _why(done.output)
            entries.append(Entry(name, None, refused=why,
                                 details=tuple(done.output.splitlines()[:12])))
            continue
        commit = ours.commit("HEAD")
        if commit.id == before:
            entries.append(Entry(name, None, refused="the tree holds it already"))
            refused = f"patch {number}"
            continue
        how = "by a three-way merge" if "3-way merge" in done.output else "cleanly"
        entries.append(Entry(commit.subject, _patch(ours, number, commit),
                             f"applies {how}"))
    return entries


def _am(ours: Ours, mail: Path, *words: str) -> proc.Done:
    """git am @words: make @mail a commit, or leave no trace."""
    done = ours.run("-c", "user.useConfigOnly=false", "am", *words, "--keep-cr",
                    "--quoted-cr=nowarn", str(mail))
    if done.code != 0:
        ours.run("am", "--abort")
    return done


def _why(output: str) -> str:
    conflicts = re.findall(r"^CONFLICT .*?: (.*)$", output, re.MULTILINE)
    failed = re.findall(r"^error: patch failed: (.*)$", output, re.MULTILINE)
    missing = re.findall(r"^error: (.*: does not exist in index)$", output, re.MULTILINE)
    lines = [line for line in output.strip().splitlines()
             if line.startswith(("error:", "fatal:"))] or ["git am gives no reason"]
    if "Patch format detection failed" in output:
        return "is a bare diff, which says nothing of its author; use git format-patch"
    if conflicts:
        return f"conflict: {conflicts[0]}"
    if failed:
        return f"does not apply at {failed[0]}"
    return f"does not apply: {(missing or lines)[0]}"

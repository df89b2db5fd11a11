# SPDX-License-Identifier: GPL-2.0
"""The user's git repository, which is only read, and a private one beside it.

The private repository borrows the objects of the user's (info/alternates) and has
everything else of its own: HEAD, index, refs, work tree, the state of a bisection.
So git can do its work there as in any clone, while nothing of the user's changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence

from ..errors import HostError, TestbedError, UsageError
from ..host import lock, proc, prune
from ..ui.console import Console

# What would make git write to, run, or look at something of the user's.
_READ_ONLY = ("-c", "protocol.allow=never", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
              "-c", "gc.auto=0", "-c", "maintenance.auto=false")
_LEAKS = ("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE",
          "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_CONFIG_PARAMETERS",
          "GIT_CONFIG_COUNT", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_GRAFT_FILE",
          "GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_TRACE")
_CONFIG = """\
[core]
	repositoryformatversion = {version}
	bare = false
	logAllRefUpdates = false
	hooksPath = /dev/null
	excludesFile = /dev/null
	attributesFile = /dev/null
	autocrlf = false
	preloadIndex = true
	trustctime = false
	checkStat = minimal
[gc]
	auto = 0
[maintenance]
	auto = false
[advice]
	detachedHead = false
[checkout]
	workers = 0
[index]
	version = 4
[user]
	name = mm-testbed
	email = mm-testbed@example.org
[commit]
	gpgSign = false
[log]
	showSignature = false
[diff]
	noprefix = false
	mnemonicPrefix = false
"""
# What git says where it lacks an object.
_MISSING = re.compile(r"unable to read (?:sha1 file|tree)|bad object|missing (?:blob|object)|"
                      r"could not fetch|not our ref|promisor|[Cc]ould not read|"
                      r"invalid object|unable to (?:find|read)")
# What it says of a repository of somebody else.
_OWNER = re.compile(r"dubious ownership in repository at '(.*)'")
# A checkout that takes longer is worth a word, in seconds.
_PATIENCE = 3


def environment() -> dict[str, str]:
    """The environment for git: that of a user without any settings."""
    env = proc.environment({"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
                            "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat",
                            "GIT_ADVICE": "0"})
    for name in _LEAKS:
        env.pop(name, None)
    return env


def _last(output: str) -> str:
    lines = [line for line in output.strip().splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return re.sub(r"^(fatal|error): ", "", (fatal or lines or ["no message"])[0])


@dataclass(frozen=True)
class Commit:
    """One commit.

    @parents: ids; a shallow clone hides those that it lacks.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    date: str
    subject: str

    @property
    def short(self) -> str:
        """The id as people write it."""
        return self.id[:12]

    def __str__(self) -> str:
        return f"{self.short} {self.subject}"


class Theirs:
    """The repository that the folder @path belongs to.  Raises UsageError if none."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise UsageError(f"{path} is no folder; give KDIR or --kdir a git tree of "
                             "the kernel")
        self.path = path.resolve()
        done = self._git("rev-parse", "--path-format=absolute", "--git-common-dir",
                         "--git-path", "objects")
        words = done.output.splitlines()
        owner = _OWNER.search(done.output)
        if done.code != 0 and owner:
            raise UsageError(f"{path} belongs to somebody else, and its settings could run "
                             "commands; if you trust them: git config --global --add "
                             f"safe.directory {owner.group(1)}")
        if done.code != 0 or len(words) != 2:
            raise UsageError(f"{path} is no git repository that can be used "
                             f"({_last(done.output)})")
        self.common, self.objects = (Path(word).resolve() for word in words)
        self.shallow = (self.common / "shallow").exists()
        # Files that nobody has looked at yet are not there, and we do not fetch any.
        self.partial = self._git("config", "--get-regexp",
                                 r"^(extensions\.partialclone|remote\..*\.promisor)$"
                                 ).code == 0
        self.format = self._git("rev-parse",
                                "--show-object-format").output.strip() or "sha1"

    def _git(self, *words: str, errors: str = "replace") -> proc.Done:
        env = proc.environment({"GIT_TERMINAL_PROMPT": "0"})
        for name in _LEAKS:
            env.pop(name, None)
        return proc.run(["git", *_READ_ONLY, "-C", str(self.path), *words], env=env,
                        errors=errors)

    def resolve(self, name: str) -> str:
        """The id of the commit that the user calls @name.  Raises UsageError."""
        done = self._git("rev-parse", "--verify", "--quiet", "--end-of-options",
                         f"{name}^{{commit}}")
        if done.code != 0:
            raise UsageError(f"{self.path} has no commit {name}{self.hint}")
        return done.output.strip()

    def differing(self, commit: str) -> list[str]:
        """The files that differ from @commit as they stand.  Raises UsageError."""
        done = self._git("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff",
                         "--no-textconv", "--ignore-submodules", commit, "--")
        if done.code != 0:
            raise UsageError(f"git diff fails in {self.path}: {_last(done.output)}{self.hint}")
        return [name for name in done.output.split("\0") if name]

    def show(self, commit: str, path: str) -> Optional[str]:
        """The text of @path at @commit; None if it has none."""
        done = self._git("show", "--no-textconv", f"{commit}:{path}")
        return done.output if done.code == 0 else None

    def blob(self, id: str) -> Optional[bytes]:
        """What the blob @id holds; None if it is not there, and nothing is fetched."""
        done = self._git("cat-file", "blob", id, errors="surrogateescape")
        return done.output.encode("utf-8", "surrogateescape") if done.code == 0 else None

    def with_patch(self, text: bytes, most: int = 300) -> str:
        """The id of the commit that makes the change of the mail @text; "" if none of the
        last @most of HEAD does."""
        wanted = self._patch_ids(text)
        log = self._git("log", f"-{most}", "--no-merges", "-p", "--no-ext-diff", "--no-textconv",
                        "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "HEAD",
                        errors="surrogateescape")
        known = self._patch_ids(log.output.encode("utf-8", "surrogateescape"))
        return next((known[id] for id in wanted if id in known), "")

    def _patch_ids(self, text: bytes) -> dict[str, str]:
        """The commits in @text, as git log or a mail has it, by the id of their change."""
        done = proc.run(["git", "patch-id", "--stable"], data=text, env=environment())
        return {words[0]: words[1] for line in done.output.splitlines()
                if len(words := line.split()) == 2}

    @property
    def hint(self) -> str:
        """Why it may lack something, and what to do then, to end a line with."""
        if self.shallow:
            return "; the clone is shallow: git fetch --deepen=N, or --unshallow"
        if self.partial:
            return "; it is a partial clone, and nothing is fetched: clone it without --filter"
        return ""

    def dirty(self) -> bool:
        """True if there are changes that are not committed."""
        done = self._git("status", "--porcelain", "--untracked-files=no",
                         "--ignore-submodules=all")
        return done.code == 0 and bool(done.output.strip())


class Ours:
    """The private repository for @theirs, with its work tree; see opened()."""

    def __init__(self, theirs: Theirs, cache: Path, console: Console) -> None:
        self.theirs = theirs
        self.key = hashlib.sha256(str(theirs.common).encode(
            "utf-8", "surrogateescape")).hexdigest()[:16]
        self.folder = cache / "git" / self.key
        self.tree = self.folder / "tree"
        self._console = console

    @contextlib.contextmanager
    def opened(self) -> Iterator["Ours"]:
        """It is there, whole, and nobody else's for as long as this is open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with lock.held(self.folder / "lock", lambda: self._console.note(
                "waiting for another run, which works on the same repository")):
            self._prepare()
            self.forget_others()
            yield self

    def _prepare(self) -> None:
        git = self.tree / ".git"
        if not (git / "HEAD").exists() or not (git / "mm-testbed").exists():
            shutil.rmtree(self.tree, ignore_errors=True)
            self.tree.mkdir(parents=True)
            self.git("init", "-q", "--template=",
                     f"--object-format={self.theirs.format}", ".")
        # All of this may have changed, or have been left half-done.
        sha256 = self.theirs.format != "sha1"
        config = _CONFIG.format(version=1 if sha256 else 0)
        if sha256:
            config += f"[extensions]\n\tobjectFormat = {self.theirs.format}\n"
        lock.write(git / "config", config.encode())
        (git / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (git / "info").mkdir(exist_ok=True)
        lock.write(git / "objects" / "info" / "alternates",
                   f"{self.theirs.objects}\n".encode("utf-8", "surrogateescape"))
        shallow = self.theirs.common / "shallow"
        if shallow.exists():
            lock.write(git / "shallow", shallow.read_bytes())
        else:
            (git / "shallow").unlink(missing_ok=True)
        for rest in git.rglob("*.lock"):
            rest.unlink(missing_ok=True)
        (git / "mm-testbed").touch()
        lock.write(self.folder / "origin",
                   str(self.theirs.common).encode("utf-8", "surrogateescape"))

    def forget_others(self) -> None:
        """Remove the private repositories of those that are gone."""
        for origin in self.folder.parent.glob("*/origin"):
            path = origin.read_bytes().decode("utf-8", "surrogateescape")
            if not Path(path).exists() and origin.parent != self.folder:
                self._console.begin(f"removing the private copy of {path}, which is gone")
                done = prune.remove(origin.parent)
                self._console.end("done" if done else "not now: it is in use")

    def run(self, *words: str, data: Optional[bytes] = None,
            tick: Optional[Callable[[], None]] = None,
            errors: str = "replace") -> proc.Done:
        """git @words in it, however that ends.  @errors: as for proc.run()."""
        return proc.run(["git", *words], cwd=self.tree, env=environment(), data=data,
                        tick=tick, errors=errors)

    def git(self, *words: str, data: Optional[bytes] = None) -> str:
        """What git @words prints.  Raises TestbedError if it fails."""
        done = self.run(*words, data=data)
        if done.code != 0:
            raise self._failure(f"git {words[0]} fails", done)
        return done.output

    def _failure(self, what: str, done: proc.Done) -> TestbedError:
        """The error for @what, which git has @done."""
        if self.theirs.partial and _MISSING.search(done.output):
            return UsageError(f"{what}: {self.theirs.path} is a partial clone, without "
                              "files that this needs, and nothing is fetched; clone it "
                              "without --filter")
        return TestbedError(f"{what}: {_last(done.output)}",
                            done.output.splitlines()[:6])

    def commits(self, *words: str) -> list[Commit]:
        """What git rev-list @words lists."""
        text = self.git("log", "--no-show-signature", "--no-decorate", "--encoding=UTF-8",
                        "--format=%H%x00%P%x00%an%x00%ad%x00%s", "--date=short",
                        *words, "--")
        found = []
        for line in text.splitlines():
            parts = line.split("\0")
            if len(parts) == 5:
                found.append(Commit(parts[0], tuple(parts[1].split()), *parts[2:]))
        return found

    def commit(self, name: str) -> Commit:
        """The commit @name.  Raises TestbedError."""
        return self.commits("-1", name)[0]

    def is_ancestor(self, old: str, new: str) -> bool:
        """True if @new holds @old."""
        return self.run("merge-base", "--is-ancestor", old, new).code == 0

    def changed(self, old: str, new: str) -> list[str]:
        """The files that differ between two commits and are there in @new."""
        return self.differing(old, new, (), "--diff-filter=d")

    def differing(self, old: str, new: str, paths: Sequence[str], *words: str) -> list[str]:
        """The files that differ between two commits, below @paths if there are any; @words
        are options of git diff."""
        done = self.run("diff", "--name-only", "-z", "--no-renames", *words, old, new, "--",
                        *paths, errors="surrogateescape")
        if done.code != 0:
            raise self._failure("git diff fails", done)
        return [name for name in done.output.split("\0") if name]

    def diff(self, old: str, new: str) -> str:
        """What has changed between two commits, without context."""
        return self.git("diff", "--no-color", "--no-ext-diff", "--no-renames", "-U0",
                        old, new, "--")

    def show(self, commit: str, path: str) -> Optional[str]:
        """The file @path at @commit; None if there is none."""
        done = self.run("cat-file", "blob", f"{commit}:{path}")
        return done.output if done.code == 0 else None

    def checkout(self, commit: str) -> None:
        """Bring the work tree to @commit.  Raises TestbedError.

        git writes only what differs, so that make builds only what differs.
        """
        busy = self.tree / ".git" / "mm-testbed.busy"
        broken = busy.exists()
        seconds = 0

        def tick() -> None:
            nonlocal seconds
            seconds += 1
            if seconds == _PATIENCE:
                self._console.begin(f"checking out {commit[:12]} in the private copy")
            elif seconds > _PATIENCE:
                self._console.progress("")

        busy.touch()
        done = self.run("checkout", "-q", "-f", "--detach", commit, tick=tick)
        if done.code == 0 and broken:
            # Killed half-way: there may be files that no index knows of.
            done = self.run("clean", "-q", "-f", "-d", "-x")
        if done.code != 0:
            if "No space left" in done.output:
                raise HostError("the disk is full; make room there or set MMTB_CACHE to "
                                "another folder")
            raise self._failure(f"cannot check out {commit[:12]}", done)
        if seconds >= _PATIENCE:
            self._console.end()
        busy.unlink()

# SPDX-License-Identifier: GPL-2.0
"""Git histories on top of the source of the fake kernel, made in no time.

The source itself is one commit in a bare repository in the cache of the tests.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from mmtestbed.host import lock
from mmtestbed.kernel import patching
from mmtestbed.model import lines

from tests import fake

# git goes by dates: what comes later must be younger.
_BASE_DATE, _DATE = "1600000000 +0000", "1700000000 +0000"
_IDENT = f"Test <test@example.org> {_DATE}"
# Files that no User-Mode Linux kernel is built from.
UNRELATED = ("Documentation/mm/page_migration.rst", "arch/arm64/mm/fault.c",
             "drivers/gpu/drm/i915/i915_driver.c", "MAINTAINERS",
             "tools/mm/page-types.c", "net/mctp/route.c")
# Files that it is built from, to which every commit may add a comment.
RELATED = ("mm/mempool.c", "lib/string.c", "fs/pipe.c", "mm/list_lru.c")


def git(folder: Path, *words: str, data: Optional[bytes] = None,
        date: str = _DATE) -> str:
    """git @words in @folder, with nothing of this machine's settings."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    env.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", LC_ALL="C",
               GIT_AUTHOR_NAME="Test", GIT_AUTHOR_EMAIL="test@example.org",
               GIT_COMMITTER_NAME="Test", GIT_COMMITTER_EMAIL="test@example.org",
               GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date,
               # A step of "git bisect run" leaves nothing in the user's own one.
               MMTB_CACHE=str(fake.cache()))
    done = subprocess.run(["git", "-C", str(folder), *words], input=data, env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise AssertionError(f"git {words}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "replace")


def source(line: lines.Line = lines.DEFAULT) -> tuple[Path, str]:
    """(bare repository that holds the source of @line, its one commit)."""
    tree = fake.tree(line)
    folder = fake.cache() / "test-history" / tree.name / "source.git"
    with lock.held(folder.parent / "lock", lambda: None):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            git(folder, "init", "-q", "--bare")
            git(folder, "-c", "core.compression=1", "-c", "core.bare=false",
                f"--work-tree={tree}", "add", "-f", "-A", ".")
            made = git(folder, "write-tree").strip()
            commit = git(folder, "commit-tree", "-m", "the source", made,
                         date=_BASE_DATE).strip()
            git(folder, "update-ref", "refs/heads/source", commit)
            (folder / "complete").touch()
    return folder, git(folder, "rev-parse", "source").strip()


@dataclass
class Line:
    """A line of commits that is being made, from @parent on.

    @files: contents that differ from the source.
    """

    tree: Path
    parent: str
    files: dict[str, bytes] = field(default_factory=dict)
    stream: list[bytes] = field(default_factory=list)
    count: int = 0

    def read(self, path: str) -> bytes:
        """@path as the last commit has it."""
        return self.files.get(path) or (self.tree / path).read_bytes()

    def commit(self, subject: str, changes: dict[str, bytes], body: str = "") -> None:
        """One commit more."""
        self.files.update(changes)
        self.count += 1
        message = f"{subject}\n\n{body}".rstrip().encode() + b"\n"
        head = f"commit refs/heads/import\nmark :{self.count}\nauthor {_IDENT}\n" \
            f"committer {_IDENT}\ndata {len(message)}\n".encode() + message + b"\n"
        if self.count == 1:
            head += f"from {self.parent}\n".encode()
        for path, content in changes.items():
            head += f"M 100644 inline {path}\ndata {len(content)}\n".encode() + \
                content + b"\n"
        self.stream.append(head + b"\n")

    def comment(self, path: str, text: str) -> None:
        """A commit that adds a comment to the end of @path."""
        mark = "/* {} */\n" if path.endswith((".c", ".h")) else "{}\n"
        self.commit(f"{path}: {text}",
                    {path: self.read(path) + mark.format(text).encode()})

    def patch(self, subject: str, path: Path, body: str = "") -> None:
        """A commit that applies the patch @path."""
        with tempfile.TemporaryDirectory() as name:
            top, scratch = Path(name) / "top", Path(name) / "scratch"
            scratch.mkdir()
            for file in patching.touched(path.read_text(encoding="utf-8")):
                (top / file).parent.mkdir(parents=True, exist_ok=True)
                (top / file).write_bytes(self.read(file))
            changed = patching.apply(top, [path], scratch)
        assert not changed.notes
        self.commit(subject, {file: content for file, content in changed.files.items()
                              if content is not None}, body)

    def write(self, repository: Path, branch: str) -> list[str]:
        """Put it into @repository as @branch; the ids of the commits, in order."""
        if self.stream:
            git(repository, "fast-import", "--quiet", "--force",
                data=b"".join(self.stream))
        git(repository, "branch", "-f", branch, "import")
        git(repository, "update-ref", "-d", "refs/heads/import")
        return git(repository, "rev-list", "--reverse",
                   f"{self.parent}..{branch}").split()


def bisectable(repository: Path, base: str, name: str, seed: int,
               length: int = 64) -> tuple[list[str], str]:
    """A branch called @name, one commit of which applies the control @name.

    Some commits do not build, most have nothing to do with it.
    Returns (the commits, the bad one).
    """
    dice = random.Random(seed)
    line = Line(fake.tree(), base)
    bad = dice.randrange(5, length - 5)
    broken = {dice.randrange(1, length - 3) for _ in range(4)} - {bad, bad - 1}
    for number in range(length):
        if number == bad:
            line.patch("mm: be quicker", fake.control(name))
        elif number in broken:
            victim = dice.choice(("mm/mempool.c", "lib/string.c"))
            text = line.read(victim)
            line.commit(f"{victim}: does not build", {victim: b"oops\n" + text})
        elif number - 1 in broken and line.read("mm/mempool.c").startswith(b"oops"):
            line.commit("mm/mempool.c: builds again",
                        {"mm/mempool.c": line.read("mm/mempool.c")[5:]})
        elif number - 1 in broken and line.read("lib/string.c").startswith(b"oops"):
            line.commit("lib/string.c: builds again",
                        {"lib/string.c": line.read("lib/string.c")[5:]})
        elif dice.random() < 0.6:
            line.comment(dice.choice(UNRELATED), f"change {number}")
        elif dice.random() < 0.5:
            line.comment(dice.choice(RELATED), f"change {number}")
        else:
            path = dice.choice(RELATED)
            line.commit(f"{path}: variable {number}", {path: line.read(path) + (
                f"static int variable_{number} __used;\n".encode())})
    commits = line.write(repository, name)
    return commits, commits[bad]


def shallow(user: "UserTree", branch: str, depth: int) -> Path:
    """A clone of @user with no more than @depth commits of @branch."""
    path = user.path.parent / "shallow"
    shutil.rmtree(path, ignore_errors=True)
    git(user.path, "clone", "-q", "--depth", str(depth), "--reference", str(user.path),
        "--no-checkout", "-b", branch, f"file://{user.path}", str(path))
    return path


def short(line: Line, before: Callable[[], None] = lambda: None) -> int:
    """Eight commits, and what @before adds; the number of the one that breaks MV-2."""
    line.comment("MAINTAINERS", "one")
    line.comment("mm/mempool.c", "two")
    before()
    line.comment("lib/string.c", "three")
    line.comment("mm/migrate_device.c", "four")
    line.comment("net/mctp/route.c", "five")
    line.patch("mm: be quicker", fake.control("mv-2-write-flag-lost"))
    bad = line.count - 1
    line.comment("mm/mempool.c", "seven")
    line.comment("MAINTAINERS", "eight")
    return bad


def changes(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """What differs between two looks at a tree, by name."""
    return sorted(name for name in {*before, *after}
                  if before.get(name) != after.get(name))


class BareTree:
    """A bare clone of the source of @line; in the cache, with its private clone."""

    def __init__(self, line: lines.Line) -> None:
        bare, self.base = source(line)
        self.path = bare.parent / "bare.git"
        shutil.rmtree(self.path, ignore_errors=True)
        git(bare, "clone", "-q", "--shared", "--bare", str(bare), str(self.path))

    def look(self) -> dict[str, bytes]:
        """Everything that must not change."""
        return {str(path): path.read_bytes() for path in sorted(self.path.rglob("*"))
                if path.is_file()}


class UserTree:
    """A clone of the source, as a user has one; and all that git keeps of it."""

    def __init__(self, name: str = "user tree") -> None:
        bare, self.base = source()
        self.path = bare.parent / name / "linux"
        if not (self.path / ".git/index").exists():
            shutil.rmtree(self.path, ignore_errors=True)
            self.path.parent.mkdir(exist_ok=True)
            git(bare, "clone", "-q", "--shared", "--no-checkout", "-b", "source",
                str(bare), str(self.path))
        for rest in self.path.glob(".git/*.lock"):
            rest.unlink()
        git(self.path, "-c", "checkout.workers=4", "checkout", "-q", "-f", "source")
        git(self.path, "clean", "-q", "-f", "-d", "-x")
        for branch in git(self.path, "for-each-ref", "--format=%(refname:short)",
                          "refs/heads").split():
            if branch != "source":
                git(self.path, "branch", "-q", "-D", branch)
        git(self.path, "worktree", "prune")
        git(self.path, "config", "gc.auto", "0")

    def look(self) -> dict[str, bytes]:
        """Everything that must not change: all of .git, and more."""
        git_dir = self.path / ".git"
        if git_dir.is_file():
            git_dir = Path(git(self.path, "rev-parse", "--absolute-git-dir").strip())
        seen = {}
        for path in sorted(git_dir.rglob("*")):
            name = str(path.relative_to(git_dir))
            if path.is_file():
                seen[name] = path.read_bytes()
            else:
                seen[name + "/"] = b""
        seen["HEAD id"] = git(self.path, "rev-parse", "HEAD").encode()
        seen["reflog"] = git(self.path, "reflog").encode()
        seen["worktrees"] = git(self.path, "worktree", "list").encode()
        seen["status"] = git(self.path, "--no-optional-locks", "status", "--porcelain",
                             "--ignored").encode()
        return seen

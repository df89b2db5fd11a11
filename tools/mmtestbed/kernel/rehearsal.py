# SPDX-License-Identifier: GPL-2.0
"""Tomorrow's kernel, made up: today's with changes such as each release brings.

Each change is one that mm or User-Mode Linux sees in every release: a function gets another
name, or one more parameter; code moves within its file, or into another one; lines around a
patch are written anew; a fix of ours goes in upstream.  The kernel that comes out builds, and
does what it did: what stops then is ours.
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from ..errors import HostError, TestbedError
from ..host import proc
from ..model import known
from . import patching, textprobe

Files = dict[str, bytes]
_FUNCTION = re.compile(r"^(?:static )?(?:inline )?(?:[\w*]+ )+\*?(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """One change: what kind, and of what."""

    kind: str
    what: str


class Tree:
    """The files that patches touch, of the source @top, and what has become of them.

    @whole: of all other files of @top, those that a change reaches as well.
    """

    def __init__(self, top: Path, patches: Sequence[Path], whole: bool = False) -> None:
        self.top, self.patches = top, patches
        self.files: Files = {}
        self._whole = whole
        for path in sorted(patching.paths(patches) | patching.looked_at(patches)):
            if (top / path).is_file():
                self.files[path] = (top / path).read_bytes()
        # The changes are drawn from these alone, so that a seed means the same.
        self._code = [path for path in self.files if path.endswith((".c", ".h"))]

    def code(self) -> list[str]:
        """The C files and headers that patches touch, by path."""
        return list(self._code)

    def mention(self, name: str) -> list[str]:
        """The files with code that hold the word @name.  Raises HostError."""
        if self._whole:
            done = proc.run(["grep", "-rlwFZ", "--include=*.[chS]", "--include=*.lds", "-e",
                             name, "."], cwd=self.top)
            if done.code not in (0, 1):
                raise HostError(f"cannot search {self.top}: {done.output.strip()}")
            for path in filter(None, done.output.split("\0")):
                path = path.removeprefix("./")
                # Programs of the host are no part of the kernel.
                if not path.startswith(("tools/", "scripts/", "samples/", "Documentation/")):
                    self.files.setdefault(path, (self.top / path).read_bytes())
        word = re.compile(rb"\b%s\b" % name.encode())
        return [path for path, data in self.files.items()
                if path.endswith((".c", ".h", ".S", ".lds")) and word.search(data)]

    def text(self, path: str) -> str:
        """What @path holds."""
        return self.files[path].decode("utf-8", "surrogateescape")

    def put(self, path: str, text: str) -> None:
        """Let @path hold @text."""
        self.files[path] = text.encode("utf-8", "surrogateescape")

    def write(self, folder: Path) -> None:
        """Write it all below @folder."""
        for path, data in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)


def _defined(tree: Tree, path: str) -> list[str]:
    text = tree.text(path)
    return [name for name in dict.fromkeys(_FUNCTION.findall(text))
            if textprobe.body(text, name)]


def _pick(tree: Tree, chance: random.Random) -> tuple[str, str]:
    """(file, function in it)."""
    while True:
        path = chance.choice(tree.code())
        names = _defined(tree, path)
        if names:
            return path, chance.choice(names)


def _depth(lines: Sequence[str]) -> int:
    """How many #if of @lines are open at their end; -1 if one was closed ahead of them."""
    depth = 0
    for line in lines:
        word = line.removeprefix("#").strip() if line.startswith("#") else ""
        depth += word.startswith("if")
        if word.startswith(("endif", "el")) and depth == 0:
            return -1
        depth -= word.startswith("endif")
    return depth


def rename(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function gets another name, everywhere."""
    _, name = _pick(tree, chance)
    # A single word may be another thing elsewhere: an instruction, a header.
    if "_" not in name.strip("_"):
        return None
    word = re.compile(rf"^[ \t]*#[ \t]*include.*|\b{name}\b", re.MULTILINE)
    for path in tree.mention(name):
        tree.put(path, word.sub(lambda match: f"{name}_anew" if match[0] == name else match[0],
                                tree.text(path)))
    return Change("renamed", name)


def parameter(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function of one file takes one more parameter, and all that call it give it."""
    path, name = _pick(tree, chance)
    text = tree.text(path)
    head = textprobe.body(text, name).partition("{")[0]
    # One whose address is taken would need a type of its own.
    if not path.endswith(".c") or not head.startswith("static") or \
            re.search(rf"\b{name}\b(?!\()", text):
        return None
    text = re.sub(rf"^((?!\t)[^\n;=]*\b{name}\()(?:void\)|(?=(.)))", lambda match:
                  f"{match[1]}unsigned int how" + (", " if match[2] else ")"), text,
                  flags=re.MULTILINE)
    tree.put(path, re.sub(rf"^(\t(?:[^\n]*?[^\w\n])?){name}\((?=(.?))", lambda match:
                          f"{match[1]}{name}(0" + ("" if match[2] == ")" else ", "), text,
                          flags=re.MULTILINE))
    return Change("one more parameter", name)


def move(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function goes to the end of its file, and leaves a declaration behind."""
    path, name = _pick(tree, chance)
    text = tree.text(path)
    body = textprobe.body(text, name)
    ahead = text.partition(body)[0]
    if path.endswith(".h") or text.count(body) != 1 or _depth(ahead.splitlines()):
        return None
    head = body.partition("{")[0].rstrip()
    tree.put(path, f"{text.replace(body, head + ';').rstrip()}\n\n{body.strip()}\n")
    return Change("moved within its file", f"{path}: {name}")


def split(tree: Tree, chance: random.Random) -> Optional[Change]:
    """The last part of a header goes to another one, which it includes."""
    path = chance.choice([each for each in tree.code() if each.endswith(".h")])
    lines = tree.text(path).splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if line == "\n"
            and number >= len(lines) // 2]
    other = path.removesuffix(".h") + "_more.h"
    # All of it stands within the #ifndef that has the header read once.
    if not ends or other in tree.files or not lines[-1].startswith("#endif") or \
            _depth(lines[:ends[0]]) != 1 or _depth(lines[ends[0]:-1]) != 0:
        return None
    tree.put(other, "".join(lines[ends[0]:-1]))
    tree.put(path, "".join([*lines[:ends[0]], f'#include "{Path(other).name}"\n', lines[-1]]))
    return Change("header split", path)


def reword(tree: Tree, chance: random.Random) -> Optional[Change]:
    """Some lines of a file get a comment ahead of them, as if code had come in there."""
    path = chance.choice(tree.code())
    lines = tree.text(path).splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith("\t")
              and line.rstrip().endswith(";") and not line.startswith("\t\t\t")
              and not lines[number - 1].endswith("\\\n")]
    for number in sorted(chance.sample(places, min(5, len(places))), reverse=True):
        lines.insert(number, "\t/* As of tomorrow */\n")
    tree.put(path, "".join(lines))
    return Change("lines in between", path)


def mend(tree: Tree, chance: random.Random) -> Optional[Change]:
    """One of our fixes is in, as it would be once upstream has taken it."""
    fixes = [patch for patch in tree.patches if patch.parent.name == known.GROUP]
    if not fixes:
        return reword(tree, chance)
    fix = chance.choice(fixes)
    with tempfile.TemporaryDirectory() as name:
        top, scratch = Path(name) / "tree", Path(name) / "scratch"
        scratch.mkdir()
        tree.write(top)
        try:
            applied = patching.apply(top, [fix], scratch)
        except TestbedError:
            return None
        if applied.taken[0].how not in ("exactly", "loosely"):
            return None
        for path, data in applied.files.items():
            if data is not None:
                tree.files[path] = bytes(data)
    return Change("fix taken", patching.name_of(fix).partition("/")[2])


KINDS: Mapping[str, Callable[[Tree, random.Random], Optional[Change]]] = {
    "rename": rename, "parameter": parameter, "move": move, "split": split,
    "reword": reword, "mend": mend}


def derive(top: Path, patches: Sequence[Path], seed: int, count: int, whole: bool = False
           ) -> tuple[Tree, list[Change]]:
    """(the tree of @seed, what @count changes were made): @top, as @patches see it.

    @whole: the changes reach all of @top.  Raises HostError.
    """
    tree, chance = Tree(top, patches, whole), random.Random(seed)
    changes: list[Change] = []
    while len(changes) < count:
        made = KINDS[chance.choice(tuple(KINDS))](tree, chance)
        if made:
            changes.append(made)
    return tree, changes


def keep(tree: Tree, folder: Path) -> None:
    """Write @tree, and all else that its source has, to the new @folder.

    Raises HostError.
    """
    done = proc.run(["cp", "-a", "--reflink=auto", "--", str(tree.top), str(folder)])
    if done.code != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise HostError(f"cannot write {folder}: {done.output.strip().splitlines()[-1]}")
    tree.write(folder)

# SPDX-License-Identifier: GPL-2.0
"""Tomorrow's kernel, made up: today's with changes such as each release brings.

Each change is one that mm or User-Mode Linux sees in every release: a function gets another
name, or one more parameter; code moves within its file, or into another one; lines around a
patch are written anew; a fix of ours goes in upstream.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Optional, Sequence

from . import patching, textprobe

Files = dict[str, bytes]
_FUNCTION = re.compile(r"^(?:static )?(?:inline )?(?:[\w*]+ )+\*?(\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """One change: what kind, and of what."""

    kind: str
    what: str


class Tree:
    """The files that patches touch, of the source @top, and what has become of them."""

    def __init__(self, top: Path, patches: Sequence[Path]) -> None:
        self.files: Files = {}
        for path in sorted(patching.paths(patches) | patching.looked_at(patches)):
            if (top / path).is_file():
                self.files[path] = (top / path).read_bytes()

    def code(self) -> list[str]:
        """The C files and headers, by path."""
        return [path for path in self.files if path.endswith((".c", ".h"))]

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


def rename(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function gets another name, everywhere."""
    _, name = _pick(tree, chance)
    for path in tree.code():
        tree.put(path, re.sub(rf"\b{name}\b", f"{name}_folio", tree.text(path)))
    return Change("renamed", name)


def parameter(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function takes one more parameter, and all that call it give it."""
    _, name = _pick(tree, chance)
    for path in tree.code():
        text = tree.text(path)
        text = re.sub(rf"^((?!\t)[^\n;=]*\b{name}\()(?!void\))", r"\1unsigned int how, ", text,
                      flags=re.MULTILINE)
        tree.put(path, re.sub(rf"^(\t[^\n]*\b{name}\()(?!\))", r"\g<1>0, ", text,
                              flags=re.MULTILINE))
    return Change("one more parameter", name)


def move(tree: Tree, chance: random.Random) -> Optional[Change]:
    """A function goes to the end of its file."""
    path, name = _pick(tree, chance)
    text = tree.text(path)
    body = textprobe.body(text, name)
    if path.endswith(".h") or text.count(body) != 1:
        return None
    tree.put(path, f"{text.replace(body, '').rstrip()}\n\n{body.strip()}\n")
    return Change("moved within its file", f"{path}: {name}")


def split(tree: Tree, chance: random.Random) -> Optional[Change]:
    """The last part of a header goes to another one, which it includes."""
    path = chance.choice([each for each in tree.code() if each.endswith(".h")])
    lines = tree.text(path).splitlines(keepends=True)
    ends = [number for number, line in enumerate(lines) if line == "\n"
            and number >= len(lines) // 2]
    if not ends or sum(line.startswith("#if") for line in lines[ends[0]:-2]) != sum(
            line.startswith("#endif") for line in lines[ends[0]:-2]):
        return None
    other = path.removesuffix(".h") + "_more.h"
    tree.put(other, "".join(lines[ends[0]:-1]))
    tree.put(path, "".join([*lines[:ends[0]], f'#include "{Path(other).name}"\n', lines[-1]]))
    return Change("header split", path)


def reword(tree: Tree, chance: random.Random) -> Optional[Change]:
    """Some lines of a file get a comment ahead of them, as if code had come in there."""
    path = chance.choice(tree.code())
    lines = tree.text(path).splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith("\t")
              and line.rstrip().endswith(";") and not line.startswith("\t\t\t")]
    for number in sorted(chance.sample(places, min(5, len(places))), reverse=True):
        lines.insert(number, "\tmight_sleep();\n")
    tree.put(path, "".join(lines))
    return Change("lines in between", path)


KINDS: Mapping[str, Callable[[Tree, random.Random], Optional[Change]]] = {
    "rename": rename, "parameter": parameter, "move": move, "split": split,
    "reword": reword}


def derive(top: Path, patches: Sequence[Path], seed: int, count: int,
           kinds: Sequence[str] = tuple(KINDS)) -> tuple[Tree, list[Change]]:
    """(the tree of @seed, what @count changes were made): @top, as @patches see it."""
    tree, chance = Tree(top, patches), random.Random(seed)
    changes: list[Change] = []
    while len(changes) < count:
        made = KINDS[chance.choice(kinds)](tree, chance)
        if made:
            changes.append(made)
    return tree, changes

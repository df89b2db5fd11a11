# SPDX-License-Identifier: GPL-2.0
"""C source as text: its tokens, and where its functions are.

No parser of C: it relies on braces that match, and on the layout that kernel code has.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Iterable, Optional, Sequence

_TOKEN = re.compile(r"""
    (?P<space>[ \t\r\n\f\v]+|\\\n)
  | (?P<comment>/\*.*?\*/|//(?:\\\n|[^\n])*)
  | (?P<cpp>(?<![^\n])[ \t]*\#(?:\\\n|/\*.*?\*/|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<word>[A-Za-z_$][\w$]*)
  | (?P<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\.\.\.|\#\#|
      \+=|-=|\*=|/=|%=|&=|\|=|\^=|.)
""", re.VERBOSE | re.DOTALL)
# What may stand with parentheses between the parameters of a function and its body, or
# in front of its name.
_ATTRIBUTES = frozenset((
    "__attribute__", "__printf", "__acquires", "__releases", "__must_hold", "__aligned",
    "__section", "__cold", "__alloc_size", "noinline_for_tracing", "__cacheline_aligned",
    "__context_unsafe", "__cond_acquires", "__acquires_shared", "__releases_shared",
    "no_context_analysis"))
_HIDDEN = frozenset(("space", "comment"))


@dataclass(frozen=True)
class Token:
    """One of C's words, with where it stands in the text.

    @kind: "word", "number", "string", "sign", or "cpp": a line for the preprocessor.
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Function:
    """The definition of @name: text[@start:@end], with its { at @brace."""

    name: str
    start: int
    brace: int
    end: int


def scan(text: str) -> Iterable[Token]:
    """The tokens of @text, without comments."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in _HIDDEN:
            yield Token(kind, match.group(), *match.span())


def words(text: str) -> list[str]:
    """What the compiler sees of @text: its tokens, without comments and layout."""
    return [" ".join(token.text.replace("\\\n", " ").split()) if token.kind == "cpp"
            else token.text for token in scan(text)]


class _Branches:
    """Which tokens belong to the first part of an #if with #else."""

    def __init__(self) -> None:
        self._hidden: list[bool] = []

    def step(self, line: str, inside: bool) -> None:
        """Take in the preprocessor's @line; @inside: of a function."""
        directive = line.strip().lstrip("#").strip()
        if directive.startswith("if"):
            self._hidden.append(False)
        elif directive.startswith(("else", "elif")) and self._hidden:
            # Outside, each part has functions of its own.
            self._hidden[-1] = inside or self._hidden[-1]
        elif directive.startswith("endif") and self._hidden:
            self._hidden.pop()

    @property
    def hidden(self) -> bool:
        """True for what comes now."""
        return any(self._hidden)


@functools.lru_cache(maxsize=64)
def functions(text: str) -> Sequence[Function]:
    """The functions that @text defines, in its order."""
    found = []
    head: list[Token] = []
    depth = 0
    current: Optional[tuple[str, int, int]] = None
    branches = _Branches()
    for token in scan(text):
        if token.kind == "cpp":
            branches.step(token.text, bool(depth))
            head = head if depth else []
        elif branches.hidden:
            continue
        elif token.text == "{":
            if not depth:
                head = _without_calls(head)
                name = name_of(head)
                current = (name, head[0].start, token.start) if name else None
            depth += 1
        elif token.text == "}" and depth:
            depth -= 1
            if not depth:
                if current:
                    found.append(Function(*current, token.end))
                current, head = None, []
        elif depth:
            continue
        elif token.text == ";":
            head = []
        else:
            head.append(token)
    return found


def name_of(head: Sequence[Token]) -> str:
    """What the function with the declaration @head is called; "" if it is none."""
    depth = 0
    for token, after in zip(head, [*head[1:], None]):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
        elif depth:
            continue
        elif token.text == "=":
            return ""
        elif token.kind == "word" and after is not None and after.text == "(" \
                and token.text not in _ATTRIBUTES:
            if not token.text.startswith(("SYSCALL_DEFINE", "COMPAT_SYSCALL_DEFINE")):
                return token.text
            first = head[head.index(after) + 1:]
            return first[0].text if first else ""
    return ""


def _without_calls(head: list[Token]) -> list[Token]:
    """@head without the calls of macros in front of it that end in no semicolon."""
    while len(head) > 1 and head[0].kind == "word" and head[1].text == "(":
        depth = 0
        for at, token in enumerate(head):
            depth += (token.text == "(") - (token.text == ")")
            if at and not depth:
                break
        rest = head[at + 1:]
        if head[0].text in _ATTRIBUTES or not name_of(rest):
            return head
        head = rest
    return head


def find(text: str, names: Iterable[str]) -> list[Function]:
    """The functions of @text that are called one of @names."""
    wanted = set(names)
    return [each for each in functions(text) if each.name in wanted]

# SPDX-License-Identifier: GPL-2.0
"""All controls in one kernel: a second version of each function for each of them.

A function that controls change first looks which of them was chosen, and enters the
version of that one, which stands behind it.  See tools/controls/mm_controls.h.
"""

from __future__ import annotations

import collections
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterable, Mapping, Sequence

from ..host import beneath
from ..kernel.cocci import Change
from ..model import ctext

# What a version of a function is not, whatever the function is.
_STORAGE = frozenset((
    "static", "inline", "__inline", "__inline__", "__always_inline", "extern", "noinline",
    "asmlinkage", "__weak", "noinline_for_stack", "__visible", "__maybe_unused", "__cold",
    "notrace", "__must_check"))
_INLINE = frozenset(("inline", "__inline", "__inline__", "__always_inline"))
HEADER = "linux/mm_controls.h"
# Numbers are below that; for functions, as in mm_controls.c.
CONTROLS = 1 << 31
SITES = 1 << 16
# What the kernel says of itself begins like this.
MARK = "mm_control: "


class Alone(Exception):
    """A control that needs a kernel of its own; the reason is its text."""


@dataclass(frozen=True)
class Declaration:
    """How a function is declared.

    @words: what stands in front of its name, without its storage class.
    @parameters: with the parentheses.  @names: those of the parameters.
    @inline: it is part of other functions.
    """

    name: str
    words: tuple[str, ...]
    parameters: str
    names: tuple[str, ...]
    inline: bool

    @property
    def returns(self) -> bool:
        """False for void."""
        return "*" in self.words or "void" not in self.words

    def version(self, name: str) -> str:
        """The declaration of a version called @name."""
        how = "static inline" if self.inline else "static noinline"
        return f"{how} __maybe_unused {' '.join(self.words)} {name}{self.parameters}"


def declaration(head: str) -> Declaration:
    """What @head, the text in front of the { of a function, says.  Raises Alone."""
    tokens = list(ctext.scan(head))
    name = ctext.name_of(tokens)
    at = next((i for i, token in enumerate(tokens[:-1])
               if token.text == name and tokens[i + 1].text == "("), None)
    if at is None:
        raise Alone(f"{name or 'something'} is made by a macro")
    end = _closing(tokens, at + 1)
    parameters = head[tokens[at + 1].start:tokens[end].end]
    names = tuple(_parameter(part) for part in _split(tokens[at + 2:end]))
    before = [token.text for token in tokens[:at]]
    return Declaration(name, tuple(word for word in before if word not in _STORAGE),
                       parameters, names, bool(_INLINE & set(before)))


def _closing(tokens: Sequence[ctext.Token], at: int) -> int:
    """Where the bracket that is opened at @at is closed.  Raises Alone."""
    depth = 0
    for number in range(at, len(tokens)):
        depth += (tokens[number].text == "(") - (tokens[number].text == ")")
        if not depth:
            return number
    raise Alone("brackets that do not match")


def _split(tokens: Sequence[ctext.Token]) -> list[list[ctext.Token]]:
    """The parameters in @tokens."""
    parts: list[list[ctext.Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in "([") - (token.text in ")]")
        if token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return [] if [t.text for part in parts for t in part] in ([], ["void"]) else parts


def _parameter(tokens: Sequence[ctext.Token]) -> str:
    """The name of a parameter.  Raises Alone."""
    words = [token.text for token in tokens]
    for number, word in enumerate(words[:-2]):
        if word == "(" and words[number + 1] == "*":
            return words[number + 2]
    if "[" in words:
        words = words[:words.index("[")]
    named = [token.text for token in tokens
             if token.kind == "word" and token.text in words
             and not token.text.startswith("__")]
    if words[-1:] == ["..."] or not named or words[-1] == "*":
        raise Alone("a parameter without a name")
    return named[-1]


def split(file: str, old: str, new: str) -> list[Change]:
    """What differs between @old and @new, the texts of @file, function by function.

    Raises Alone if something else differs.
    """
    before, after = ctext.functions(old), ctext.functions(new)
    if [each.name for each in before] != [each.name for each in after]:
        raise Alone(f"{file} gets, or loses, a function")
    rests = [[text[one.end:two] for one, two in zip(found, [
        *(each.start for each in found[1:]), len(text)])]
             for text, found in ((old, before), (new, after))]
    heads = [text[:found[0].start if found else len(text)]
             for text, found in ((old, before), (new, after))]
    if any(ctext.words(one) != ctext.words(two)
           for one, two in zip([heads[0], *rests[0]], [heads[1], *rests[1]])):
        raise Alone(f"{file} changes outside of functions")
    changes = []
    for one, two in zip(before, after):
        texts = old[one.start:one.end], new[two.start:two.end]
        if ctext.words(texts[0]) != ctext.words(texts[1]):
            changes.append(Change(file, one.name, one.start, *texts))
    return changes


def functions_of(changes: Sequence[Change]) -> list[Change]:
    """@changes, function by function.  Raises Alone if they change something else, or
    if a version of a function cannot be had."""
    found: list[Change] = []
    for change in changes:
        found += split(change.file, change.old, change.new) if not change.function else \
            [change]
    for change in found:
        if not change.file.endswith((".c", ".h")):
            raise Alone(f"{change.file} is no C")
        made = ctext.functions(change.new)
        if len(made) != 1 or made[0].name != change.function or \
           ctext.words(change.new[:made[0].start]):
            raise Alone(f"{change.function} gets something beside it")
        one, two = (declaration(text[:ctext.functions(text)[0].brace])
                    for text in (change.old, change.new))
        if (one.words, one.names) != (two.words, two.names):
            raise Alone(f"{change.function} gets other parameters")
    if not found:
        raise Alone("nothing of C changes")
    return found


def _free(name: str, taken: Mapping[int, object], limit: int) -> int:
    """A number for @name from 1 to @limit - 1 that is not @taken.

    It depends on nothing else, if possible: what is compiled is the same as before when
    there is one more.
    """
    number = zlib.crc32(name.encode("utf-8")) % (limit - 1)
    while number + 1 in taken:
        number = (number + 1) % (limit - 1)
    return number + 1


@dataclass
class Build:
    """The controls that go into one kernel.

    @names: what they are called, by their numbers.
    @sites: the functions that they change, as (file, name), by theirs.
    """

    names: dict[int, str] = field(default_factory=dict)
    sites: dict[int, tuple[str, str]] = field(default_factory=dict)
    _places: dict[tuple[str, int], list[tuple[int, Change]]] = field(
        default_factory=lambda: collections.defaultdict(list))

    def add(self, name: str, changes: Sequence[Change]) -> None:
        """Put the control @name in, with what functions_of() made of it."""
        number = _free(name, self.names, CONTROLS)
        self.names[number] = name
        for change in changes:
            self._places[(change.file, change.start)].append((number, change))
            if (change.file, change.function) not in self.sites.values():
                self.sites[_free(f"{change.file}:{change.function}", self.sites,
                                 SITES)] = (change.file, change.function)

    def of_site(self, site: int) -> set[str]:
        """The controls that change the function with this number."""
        return {self.names[number] for places in self._places.values()
                for number, change in places
                if (change.file, change.function) == self.sites[site]}

    def files(self, tree: Path) -> dict[str, bytes]:
        """The files of @tree with all versions in them."""
        found = {}
        for file in dict.fromkeys(file for file, _ in self._places):
            text = (beneath.read(tree, file) or b"").decode("utf-8", "surrogateescape")
            for (_, start), versions in sorted(
                    ((place, each) for place, each in self._places.items()
                     if place[0] == file), key=lambda item: -item[0][1]):
                text = self._rewrite(text, start, versions)
            found[file] = self._with_header(file, text).encode("utf-8", "surrogateescape")
        return found

    def _rewrite(self, text: str, start: int,
                 versions: Sequence[tuple[int, Change]]) -> str:
        """@text with @versions behind the function at @start of it."""
        file, old = versions[0][1].file, versions[0][1].old
        function = ctext.functions(old)[0]
        how = declaration(old[:function.brace])
        site = next(number for number, where in self.sites.items()
                    if where == (file, function.name))
        line, after = (text.count("\n", 0, offset) + 1
                       for offset in (start, start + len(old)))
        enter = [f"mm_control_site({site});"]
        heads, bodies = [], []
        for number, change in versions:
            name = f"{function.name}__control{number}"
            call = f"{name}({', '.join(how.names)})"
            enter.append(f"if (mm_control_is({number})) return {call};" if how.returns else
                         f"if (mm_control_is({number})) {{ {call}; return; }}")
            heads.append(how.version(name) + ";\n")
            brace = ctext.functions(change.new)[0].brace
            bodies.append(f"\n#line {line}\n{how.version(name)}\n{change.new[brace:]}")
        return (f"{text[:start]}\n{''.join(heads)}#line {line}\n"
                f"{old[:function.brace]}{{ {' '.join(enter)}{old[function.brace + 1:]}"
                f"{''.join(bodies)}\n#line {after}\n{text[start + len(old):]}")

    @staticmethod
    def _with_header(file: str, text: str) -> str:
        """@text, with what it needs to be told of the controls first."""
        if not file.endswith(".h"):
            return (f"#include <{HEADER}>\n"
                    "#pragma GCC diagnostic ignored \"-Wdeclaration-after-statement\"\n"
                    f"#line 1\n{text}")
        # Behind the guard.
        at = next((token.end for token in ctext.scan(text) if token.kind == "cpp"
                   and token.text.lstrip("# \t").startswith("define")), 0)
        return f"{text[:at]}\n#include <{HEADER}>{text[at:]}"

    def names_header(self) -> bytes:
        """mm_control_names.h."""
        return "".join(f'{{ {number}, "{name}" }},\n'
                       for number, name in self.names.items()).encode("utf-8")


def reached(output: Iterable[str]) -> set[int]:
    """The sites that a case has reached, by what the kernel has said meanwhile."""
    return set(_numbers(output, "site"))


def entered(output: Iterable[str]) -> int:
    """How often at least the version of the control was entered; 0 if never."""
    return max(_numbers(output, "entered"), default=0)


def _numbers(output: Iterable[str], word: str) -> list[int]:
    found = []
    for line in output:
        _, mark, rest = line.partition(MARK)
        words = rest.split()
        if mark and words[:1] == [word] and len(words) > 1 and words[1].isdigit():
            found.append(int(words[1]))
    return found

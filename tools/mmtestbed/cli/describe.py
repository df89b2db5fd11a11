# SPDX-License-Identifier: GPL-2.0
"""The words of mmt with their options: what help, the man page and completion are made of."""

from __future__ import annotations

from dataclasses import dataclass

from . import mmt
from .parser import Parser, Shown


@dataclass(frozen=True)
class Described:
    """One word of mmt.

    @parser: what reads its options.
    """

    name: str
    what: str
    parser: Parser


def word(name: str) -> Described:
    """The word @name.  Raises KeyError."""
    for each in mmt.WORDS:
        if each.name == name:
            return Described(name, each.what, _parser_of(each))
    raise KeyError(name)


def words() -> list[Described]:
    """All of them, in the order of mmt --help."""
    return [word(each.name) for each in mmt.WORDS]


def _parser_of(each: "mmt.Word") -> Parser:
    """The parser that its main() makes, which is stopped before it reads anything."""
    Parser.give_away = True
    try:
        # What some have to have before they come to their options.
        each.load()(["x"] if each.name == "known" else [])
    except Shown as shown:
        return shown.parser
    finally:
        Parser.give_away = False
    raise AssertionError(f"mmt {each.name} reads no options")

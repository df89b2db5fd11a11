# SPDX-License-Identifier: GPL-2.0
"""How a command line is read: --help that fits a screen, and the user's own settings.

Settings stand in ~/.config/mm-testbed/config (or $MMTB_CONFIG), in git's format: a section
for each word of mmt, in it options without their dashes.  They count for the word that the
user calls, and not for what it calls in turn; what is on the command line goes before them.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, NoReturn, Optional, Sequence

from ..errors import UsageError

# What --help may take: a terminal as it always was.
ROWS, COLUMNS = 24, 79
# What the value of a switch may be.
_YES = ("", "true", "yes", "on", "1")
_NO = ("false", "no", "off", "0")
# The words that the user has called; see shared.called().
called: dict[str, bool] = {}


class Shown(BaseException):
    """Instead of reading a command line: the parser that would.  See caught()."""

    def __init__(self, parser: "Parser") -> None:
        super().__init__()
        self.parser = parser


class Parser(argparse.ArgumentParser):
    """One that raises UsageError.

    @common: the options that --help shows if it has no room for all.
    """

    # Set by describe.py: give away the parser instead of using it.
    give_away = False

    def __init__(self, *args: Any, common: Sequence[str] = (), **more: Any) -> None:
        more.setdefault("add_help", False)
        super().__init__(*args, **more)
        self.common = tuple(common)
        self._settled = False
        self.add_argument("-h", "--help", action=_Help, nargs=0,
                          help="show this, or the options that are used most")

    @property
    def word(self) -> str:
        """The word of mmt that it is for; "" for a part of one."""
        *_, name = self.prog.split("/")
        words = name.removesuffix(".sh").split()
        return words[-1] if len(words) <= 2 else ""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse's own does not mind if nobody reads it.
        if message and file:
            file.write(message)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if Parser.give_away:
            raise Shown(self)
        if not self._settled and self.word in called:
            self._settle()
        self._settled = True
        return super().parse_known_args(args, namespace)

    def options(self) -> list[argparse.Action]:
        """Those that have a name."""
        return [each for each in self._actions if each.option_strings]

    def places(self) -> list[argparse.Action]:
        """Those that go by their place."""
        return [each for each in self._actions if not each.option_strings]

    # --- the user's settings

    def _settle(self) -> None:
        """Take what the user has set once and for all.  Raises UsageError."""
        path = settings_file()
        told = []
        for key, value in settings(path, self.word):
            # The environment is nearer than a file.
            if key == "kdir" and os.environ.get("KDIR"):
                continue
            told += self._take(key, value, path)
        if told:
            print(f"note: from {path}: {shlex.join(told)}", file=sys.stderr, flush=True)

    def _take(self, key: str, value: Optional[str], path: Optional[Path]) -> list[str]:
        """Let the option @key be @value unless the command line says otherwise; the words
        for it.  Raises UsageError."""
        name = f"--{key}"
        here = f"{path}: {self.word}.{key}"
        action = next((each for each in self.options()
                       if name in each.option_strings and key != "help"), None)
        if action is None:
            raise UsageError(f"{here} is no option of mmt {self.word}; see mmt help "
                             f"{self.word}")
        if action.nargs == 0:
            text = (value or "").lower()
            if text not in (*_YES, *_NO):
                raise UsageError(f"{here} is neither true nor false, but {value}")
            if text in _NO:
                return []
            action.default = action.const
            return [name]
        if value is None:
            raise UsageError(f"{here} has no value; write {key} = ...")
        text = os.path.expanduser(value) if value.startswith("~") else value
        try:
            taken = self._get_value(action, text)
            self._check_value(action, taken)
        except argparse.ArgumentError as err:
            raise UsageError(f"{here}: {err.message}") from None
        if isinstance(action, argparse._AppendAction):
            action.default = [*(action.default or []), taken]
        else:
            action.default = taken
        return [name, text]

    # --- help

    def short(self) -> str:
        """What --help prints: all options if they fit a screen, else the common ones."""
        places = " ".join(_place(each) for each in self.places())
        head = [f"usage: {self.prog} [options]{' ' if places else ''}{places}", ""]
        told = textwrap.wrap(" ".join((self.description or "").split()), COLUMNS)
        shown = [each for each in self.options() if not isinstance(each, _Help)]
        tail = ["", f"mmt help {self.word}: all of it"] if self.word else []
        rows = [*(_row(each) for each in self.places()), *map(_row, shown)]
        room = ROWS - len(head) - len(told) - 1 - len(tail)
        if self.common and len(rows) > room:
            rows = [_row(each) for each in [*self.places(), *shown]
                    if {each.dest, *each.option_strings} & set(self.common)]
        rows = [row for row in rows if row[0]]
        rows += [(f"  {name}", text) for name, text in parts(self)]
        width = min(24, max((len(name) for name, _ in rows), default=0))
        lines = [_fit(name, text, width) for name, text in rows]
        return "\n".join([*head, *told, "", *lines, *tail]) + "\n"


class _Help(argparse.Action):
    """-h and --help."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: Any, values: Any,
                 option_string: Optional[str] = None) -> None:
        assert isinstance(parser, Parser)
        parser._print_message(parser.short(), sys.stdout)
        parser.exit()


def parts(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """The words that come next, if @parser has any, and what each does."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return [(str(each.dest), each.help or "") for each in action._choices_actions]
    return []


def _place(action: argparse.Action) -> str:
    """How the usage names what goes by its place."""
    if isinstance(action, argparse._SubParsersAction):
        return "WORD ..."
    name = name_of(action)
    if action.nargs in ("*", "?"):
        return f"[{name}{' ...' if action.nargs == '*' else ''}]"
    return f"{name}{' ...' if action.nargs == '+' else ''}"


def name_of(action: argparse.Action) -> str:
    """What the value of @action is called; "" for a switch."""
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, tuple):
        return " ".join(action.metavar)
    if action.metavar:
        return action.metavar
    return action.dest.upper() if action.option_strings else action.dest


def text_of(action: argparse.Action) -> str:
    """What @action is for, on one line."""
    text = " ".join((action.help or "").split())
    return text % {**vars(action), "prog": "mmt"} if "%" in text else text


def _row(action: argparse.Action) -> tuple[str, str]:
    """The option and its value, and what it is for."""
    if isinstance(action, argparse._SubParsersAction):
        return "", ""
    value = name_of(action)
    if not action.option_strings:
        return f"  {value}", text_of(action)
    value = f"[{value}]" if action.nargs == "?" else value
    return f"  {action.option_strings[-1]} {value}".rstrip(), text_of(action)


def _fit(name: str, text: str, width: int) -> str:
    """One line: of @text as many whole clauses as there is room for."""
    room = COLUMNS - max(width, len(name)) - 2
    if len(text) > room:
        clauses = [text[:match.start()] for match in re.finditer(r"[;:,]? \(|[;:,.] ", text)]
        whole = [clause for clause in clauses if len(clause) <= room
                 and clause.count("(") == clause.count(")")]
        text = whole[-1] if whole else text[:text.rfind(" ", 0, room - 3)] + " ..."
    return f"{name:{width}}  {text}".rstrip()


def settings_file() -> Optional[Path]:
    """Where the user's settings are; None if there shall be none."""
    named = os.environ.get("MMTB_CONFIG")
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base) / "mm-testbed" / "config"


def settings(path: Optional[Path], section: str) -> list[tuple[str, Optional[str]]]:
    """The (key, value) of @section in the file @path, in order; no value is None.

    Raises UsageError if it cannot be read.
    """
    if path is None or not path.exists():
        return []
    try:
        done = subprocess.run(["git", "config", "--file", str(path), "--list", "-z"],
                              capture_output=True, check=False)
    except OSError:
        raise UsageError(f"{path} is there, but no git to read it; install git") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise UsageError(f"cannot read {path}: {' '.join(reason) or 'git fails'}")
    found: list[tuple[str, Optional[str]]] = []
    for entry in done.stdout.decode(errors="replace").split("\0"):
        name, has, value = entry.partition("\n")
        match = re.fullmatch(rf"{re.escape(section)}\.([A-Za-z][A-Za-z0-9-]*)", name)
        if match:
            found.append((match[1], value if has else None))
    return found

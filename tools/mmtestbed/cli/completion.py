# SPDX-License-Identifier: GPL-2.0
"""mmt completion: let bash or zsh complete words, options and cases."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Iterator, Optional, Sequence

from ..errors import Exit, TestbedError
from ..model import cases
from ..model.repository import SUITES
from ..ui.console import Console
from . import describe, shared
from .parser import name_of, parts, text_of

# Values that are files, and folders, by what they are called.
_FILES = ("FILE", "PATCH", "JSON", "MBOX")
_FOLDERS = ("PATH", "DIR", "FOLDER", "KDIR")


def case_words() -> Iterator[str]:
    """What stands for cases: contracts, and suite.case."""
    known = cases.read(SUITES)
    yield from sorted({contract for case in known for contract in case.contracts})
    for case in known:
        yield f"{case.suite}.{case.name}"


def _choices(action: argparse.Action) -> list[str]:
    return [] if isinstance(action, argparse._SubParsersAction) else \
        [str(each) for each in action.choices or ()]


def _kind(action: argparse.Action) -> str:
    """What completes the value of @action, in bash."""
    if action.nargs == 0:
        return "none"
    if _choices(action):
        return "words " + " ".join(_choices(action))
    name = name_of(action)
    if name in ("CASES", "CASE"):
        return "cases"
    return "files" if name in _FILES else "dirs" if name in _FOLDERS else "any"


def bash() -> str:
    """The script for bash."""
    known = describe.words()
    lines = ["# SPDX-License-Identifier: GPL-2.0",
             "# Made by: mmt completion bash", "",
             "_mmt()", "{",
             '\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} kind=any',
             "\tlocal options='' places=any",
             "\tCOMPREPLY=()",
             "\tif [ \"$COMP_CWORD\" -eq 1 ]; then",
             "\t\tmapfile -t COMPREPLY < <(compgen -W "
             f"{shlex.quote(' '.join(each.name for each in known))} -- \"$cur\")",
             "\t\treturn", "\tfi",
             "\tcase ${COMP_WORDS[1]} in"]
    for each in known:
        names = [name for action in each.parser.options() for name in action.option_strings]
        lines += [f"\t{each.name})", f"\t\toptions={shlex.quote(' '.join(names))}"]
        words = [name for name, _ in parts(each.parser)]
        place = f"words {' '.join(words)}" if words else \
            next((_kind(action) for action in each.parser.places()), "any")
        if each.name == "help":
            place = "words " + " ".join(other.name for other in known)
        lines += [f"\t\tplaces={shlex.quote(place)}", "\t\tcase $prev in"]
        for action in each.parser.options():
            if _kind(action) != "none":
                lines.append(f"\t\t{'|'.join(action.option_strings)}) "
                             f"kind={shlex.quote(_kind(action))} ;;")
        lines += ["\t\t*) kind=$places ;;", "\t\tesac", "\t\t;;"]
    return "\n".join([
        *lines, "\tesac",
        '\tif [ "${cur#-}" != "$cur" ]; then kind="words $options"; fi',
        "\tcase $kind in",
        '\tfiles|any) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;',
        '\tdirs) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;',
        '\tcases) mapfile -t COMPREPLY < <(compgen -W '
        '"$("${COMP_WORDS[0]}" completion cases 2>/dev/null)" -- "$cur") ;;',
        '\twords*) mapfile -t COMPREPLY < <(compgen -W "${kind#words}" -- "$cur") ;;',
        "\tesac", "}",
        "complete -o filenames -F _mmt mmt", ""])


def _zsh_text(text: str) -> str:
    """@text inside of a specification of _arguments, in single quotes."""
    for special in ("\\", "[", "]", ":"):
        text = text.replace(special, "\\" + special)
    return text.replace("'", "'\\''")


def _zsh_value(action: argparse.Action) -> str:
    """":name:what completes it" for _arguments, in single quotes."""
    kind, _, words = _kind(action).partition(" ")
    does = {"words": f"({_zsh_text(words)})", "cases": "_mmt_cases", "files": "_files",
            "dirs": "_files -/"}.get(kind, " ")
    return f":{_zsh_text(name_of(action).lower())}:{does}"


def zsh() -> str:
    """The script for zsh."""
    known = describe.words()
    lines = ["#compdef mmt", "# SPDX-License-Identifier: GPL-2.0",
             "# Made by: mmt completion zsh", "",
             "_mmt_cases() {", "\tlocal -a found",
             '\tfound=(${(f)"$($_mmt_command completion cases 2>/dev/null)"})',
             "\tcompadd -a found", "}", "",
             "_mmt() {", "\tlocal _mmt_command=${words[1]}", "\tlocal -a known",
             "\tif (( CURRENT == 2 )); then", "\t\tknown=("]
    lines += [f"\t\t\t'{each.name}:{_zsh_text(each.what)}'" for each in known]
    lines += ["\t\t)", "\t\t_describe word known", "\t\treturn", "\tfi",
              "\tlocal word=${words[2]}", "\tshift words", "\t(( CURRENT-- ))",
              "\tcase $word in"]
    for each in known:
        lines += [f"\t{each.name})", "\t\t_arguments -s \\"]
        for action in each.parser.options():
            value = _zsh_value(action) if action.nargs != 0 else ""
            told = f"[{_zsh_text(text_of(action))}]"
            lines += [f"\t\t\t'*{name}{told}{value}' \\" for name in action.option_strings]
        words = [name for name, _ in parts(each.parser)]
        if each.name == "help":
            words = [other.name for other in known]
        place = f"(({' '.join(words)}))" if words else ""
        spec = f":word:({' '.join(words)})" if place else \
            next((_zsh_value(action) for action in each.parser.places()), "")
        lines += [f"\t\t\t'*{spec}'" if spec else "\t\t\t'*: :_files'", "\t\t;;"]
    return "\n".join([*lines, "\tesac", "}", "",
                      "if [ \"$funcstack[1]\" = _mmt ]; then _mmt \"$@\"; else compdef _mmt mmt; "
                      "fi", ""])


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("completion"), allow_abbrev=False,
        description="Print what lets the shell complete words, options and cases of mmt: "
                    "put eval \"$(scripts/mmt completion bash)\" in ~/.bashrc, or the same "
                    "with zsh, behind compinit, in ~/.zshrc.")
    parser.add_argument("shell", choices=("bash", "zsh", "cases"),
                        help="for which; cases: print what stands for cases")
    console = Console()
    try:
        args = parser.parse_args(argv)
        text = {"bash": bash, "zsh": zsh}.get(
            args.shell, lambda: "\n".join(case_words()) + "\n")()
        sys.stdout.write(text)
    except TestbedError as err:
        console.error(err)
        return err.code
    return Exit.PASSED

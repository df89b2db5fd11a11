# SPDX-License-Identifier: GPL-2.0
"""A man page, made from the parsers of a command's words; see man-pages(7)."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import Sequence

# Environment and files that any of the words looks at.
_ENVIRONMENT = (
    ("KDIR", "The kernel tree to test; it is never written to."),
    ("LLVM", "Build with clang, as kbuild has it: 1, -16, or a folder with a / at its end."),
    ("MMTB_CACHE", "Where builds and sources are kept, instead of ~/.cache/mm-testbed."),
    ("MMTB_CACHE_MAX", "GiB that they may take; 0 means no limit."),
    ("MMTB_CONFIG", "The settings, instead of ~/.config/mm-testbed/config; empty for none."),
    ("MMTB_KERNELS", "Folders with kernel trees for --line, separated by colons."),
    ("NO_COLOR", "No colours on the terminal."),
)
_FILES = (
    ("~/.config/mm-testbed/config",
     "Settings in the format of git-config(1): a section for each word, in it options "
     "without their dashes. They count as if they came first on the command line."),
    ("~/.config/mm-testbed/kernels", "Folders with kernel trees, one a line."),
)
_STATUS = (("0", "Good: every case passed, or what was asked for is done."),
           ("1", "Bad: a case failed, or the kernel misbehaved."),
           ("2", "Wrong usage."),
           ("125", "Nothing can be said: no tree, no build, no host for it."))


@dataclass(frozen=True)
class Section:
    """One word of the command."""

    name: str
    what: str
    parser: argparse.ArgumentParser


def quoted(text: str) -> str:
    """@text with nothing in it that roff would take for its own."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq") \
        .replace("^", "\\(ha").replace("~", "\\(ti").replace("`", "\\(ga")
    return re.sub(r"(?m)^([.])", r"\\&\1", text)


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    metavar = action.metavar or action.dest.upper()
    name = " ".join(metavar) if isinstance(metavar, tuple) else metavar
    return f" [{name}]" if action.nargs == "?" else f" {name}"


def _entry(names: Sequence[str], value: str, text: str) -> list[str]:
    """A paragraph with a hanging tag."""
    bold = ", ".join(f"\\fB{quoted(name)}\\fR" for name in names)
    tag = f"{bold}\\fI{quoted(value)}\\fR" if value else bold
    return [".TP", tag, quoted(text or "\\-")]


def _options(parser: argparse.ArgumentParser) -> list[str]:
    lines: list[str] = []
    for action in parser._actions:
        text = " ".join((action.help or "").split())
        text = text % {**vars(action), "prog": "mmt"} if "%" in text else text
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                lines += _entry([str(choice.dest)], "", str(choice.help or ""))
        elif action.option_strings:
            lines += _entry(action.option_strings, _value(action), text)
        else:
            lines += _entry([str(action.metavar or action.dest)], "", text)
    return lines


def _prose(text: str) -> list[str]:
    """Paragraphs; what is indented stays as it is."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if re.search(r"(?m)^ ", block):
            lines += [".PP", ".nf", *(quoted(line) or "\\&" for line in block.splitlines()),
                      ".fi"]
        else:
            lines += [".PP", quoted(" ".join(block.split()))]
    return lines


def page(name: str, what: str, sections: Sequence[Section]) -> str:
    """The page @name(1) of a command that does @what."""
    lines = [f".TH {name.upper()} 1 \"\" \"mm\\-testbed\" \"User Commands\"",
             ".SH NAME", f"{quoted(name)} \\- {quoted(what)}",
             ".SH SYNOPSIS", f".B {quoted(name)}", "\\fIWORD\\fR [\\fIoptions\\fR]",
             ".SH DESCRIPTION",
             quoted("KUnit suites, built into a User-Mode Linux kernel, drive the real "
                    "code of mm. Each word below does one thing with them; most have a "
                    "script of their own as well, such as scripts/run.sh."),
             ".SH WORDS"]
    for section in sections:
        lines += [f".SS {quoted(f'{name} {section.name}')}",
                  quoted(f"{section.what[:1].upper()}{section.what[1:]}")]
        lines += _prose(section.parser.description or "")
        lines += _options(section.parser)
        lines += _prose(section.parser.epilog or "") if section.parser.epilog else []
    for title, entries in (("EXIT STATUS", _STATUS), ("ENVIRONMENT", _ENVIRONMENT),
                           ("FILES", _FILES)):
        lines.append(f".SH {title}")
        for tag, text in entries:
            lines += _entry([tag], "", text)
    lines += [".SH SEE ALSO", ".BR git\\-bisect (1),", ".BR git\\-config (1),",
              "the files in Documentation/"]
    return "\n".join(lines) + "\n"

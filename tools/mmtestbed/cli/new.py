# SPDX-License-Identifier: GPL-2.0
"""mmt new control, mmt new case: ask three questions, write a skeleton that builds."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..host import cachedir
from ..kernel import cocci, source
from ..model import cases, ctext, lines
from ..model.repository import CONTROLS, REPOSITORY, SUITES
from ..proof import controls
from ..proof.controls import KINDS
from ..ui.console import Console
from . import shared

_SKIPPED = 'kunit_skip(test, "not written yet");'


@dataclass(frozen=True)
class Options:
    """What was said on the command line; the rest is asked for."""

    what: str
    contract: str
    function: str
    sentence: str
    kills: str
    suite: str
    statement: int


def parse(argv: Sequence[str]) -> Options:
    """The options in @argv.  Raises UsageError; --help exits."""
    parser = shared.Parser(
        prog=shared.me("new"), allow_abbrev=False,
        description="Write the skeleton of a control (a bug that a case has to notice), or "
                    "of a case. What is not said is asked for.",
        epilog="Exit codes: 0 it is written; 2 wrong usage; 125 it cannot be written.")
    add = parser.add_argument
    add("what", choices=("control", "case"))
    add("--contract", metavar="ID", default="", help="that it breaks, or asserts: MW-2")
    add("--sentence", metavar="TEXT", default="",
        help="what the bug does, or what the case promises")
    add("--function", metavar="NAME", default="", help="control: the function with the bug")
    add("--statement", metavar="N", type=shared.positive, default=0,
        help="control: the statement of it that is left out, to begin with")
    add("--kills", metavar="CASE", default="", help="control: the case that notices it")
    add("--suite", metavar="SUITE", default="", help="case: the suite that it goes to")
    args = parser.parse_args(argv)
    return Options(args.what, args.contract, args.function, args.sentence, args.kills,
                   args.suite, args.statement)


# Characters of a name.
LONGEST = 40


def name_of(sentence: str) -> str:
    """A sentence as a name: "Keep the lock" is keep_the_lock.

    A long one loses its articles, and then what goes beyond 40 characters.
    """
    words = re.findall(r"[a-z0-9]+", sentence.lower())
    if len("_".join(words)) > LONGEST:
        words = [word for word in words if word not in ("a", "an", "the")]
    while len("_".join(words)) > LONGEST and len(words) > 1:
        words.pop()
    return "_".join(words)


def statements(function: str) -> list[str]:
    """The statements of a @function, one line of text each, that could be left out."""
    tokens = list(ctext.scan(function))
    found: list[str] = []
    begin: Optional[int] = None
    depth = 0
    inside = False
    for number, token in enumerate(tokens):
        if token.text == "{":
            inside, begin = True, number + 1
        elif token.text in ("}", ":") or token.kind == "cpp":
            begin = number + 1
        elif token.text in "([":
            depth += 1
        elif token.text in ")]":
            depth -= 1
        elif token.text == ";" and not depth and inside and begin is not None:
            text = " ".join(function[tokens[begin].start:token.end].split())
            if re.match(r"[\w>.*()-]+(\s*=\s*[^=]|\(|\+\+|--)", text) and \
               not re.match(r"(return|if|for|while|goto|else|do|switch)\b", text):
                found.append(text)
            begin = number + 1
    once = [text for text in found if found.count(text) == 1]
    return [text for text in once if not re.search(r"\b(if|for|while|switch)\b", text)]


def control_text(contract: str, sentence: str, kills: str, where: tuple[str, str],
                 statement: str) -> str:
    """The skeleton of a control."""
    file, function = where
    folder = file.split("/", maxsplit=1)[0]
    return f"""\
// SPDX-License-Identifier: GPL-2.0
// Subject: {folder}: {sentence}
//
// What the mistake is, in a sentence. Who would make it, in another.
//
// Breaks: {contract}
// Kills: {kills}: {KINDS[0]}
// In: {file}: {function}

@@
@@
- {statement}
"""


def case_text(name: str, contract: str, sentence: str) -> str:
    """The skeleton of a case."""
    return f"""\
/**
 * {name}() - {sentence}
 *
 * What holds, and what somebody has to do so that it does not.
 *
 * Contract: {contract}
 */
static void {name}(struct kunit *test)
{{
	{_SKIPPED}
}}

"""


def add_case(text: str, name: str, skeleton: str) -> str:
    """The suite with the source @text, with the case @name.  Raises TestbedError."""
    array = re.search(r"^(static )?struct kunit_case \w+\[\] = \{\n(.*?)^\t\{ ?\}",
                      text, re.MULTILINE | re.DOTALL)
    if not array:
        raise TestbedError("the suite has no array of cases that ends with {}")
    end = array.end(2)
    return text[:array.start()] + skeleton + text[array.start():end] + \
        f"\tKUNIT_CASE({name}),\n" + text[end:]


class New:
    """One call.  @ask: asks the user a question."""

    def __init__(self, wanted: Options, console: Console,
                 ask: Callable[[str], str] = input) -> None:
        self._wanted = wanted
        self._console = console
        self._ask = ask

    def _answer(self, given: str, question: str, right: str = r".*\S.*") -> str:
        """What was @given, or what the user answers to @question.  Raises UsageError."""
        try:
            answer = (given or self._ask(f"{question}: ")).strip()
        except (EOFError, KeyboardInterrupt):
            raise UsageError("nobody answers; say it on the command line, see mmt new "
                             "--help") from None
        if not re.fullmatch(right, answer):
            raise UsageError(f"'{answer}' is no answer to: {question}")
        return answer

    def _contract(self) -> str:
        text = (REPOSITORY / "Documentation/contracts.rst").read_text(encoding="utf-8")
        contract = self._answer(self._wanted.contract,
                                "Contract (Documentation/contracts.rst), such as MW-2",
                                r"[A-Za-z]{2,}-\d+").upper()
        if contract not in cases.contracts_of(text):
            raise UsageError(f"Documentation/contracts.rst has no {contract}")
        return contract

    def control(self) -> int:
        """Write a control.  Raises TestbedError."""
        console, wanted = self._console, self._wanted
        contract = self._contract()
        origin = self._tree()
        function = self._answer(wanted.function, "Function with the bug", r"\w+")
        file, text = find(origin.path, function)
        sentence = self._answer(wanted.sentence, "What the bug does, such as 'keep a folio "
                                "reference while waiting'")
        # "mm: " is put in front of it, as of the subject of a patch.
        sentence = re.sub(r"^[\w/]+: +", "", sentence).rstrip(" .")
        if re.match(r"[A-Z][a-z]* ", sentence):
            sentence = sentence[0].lower() + sentence[1:]
        known = [case for case in cases.read(SUITES) if contract in case.contracts]
        if not wanted.kills:
            console.lines([f"{case.full_name}  {case.summary}" for case in known])
        kills = self._answer(wanted.kills, "Case that has to notice it", r"\w+\.\w+")
        if kills not in [case.full_name for case in known]:
            raise UsageError(f"{kills} does not assert {contract}; see scripts/run.sh --list")
        choice = statements(text)
        if not choice:
            raise TestbedError(f"{function}() has no statement that could be left out; write "
                               "the rule by hand (Documentation/controls.rst)")
        number = wanted.statement
        if not number:
            console.lines([f"{place:3}  {each}" for place, each in enumerate(choice, 1)])
            number = int(self._answer("", "Statement that is left out, to begin with (you "
                                      "can write another rule)", r"\d{1,4}"))
        if not 1 <= number <= len(choice):
            raise UsageError(f"there is no statement {number} of {len(choice)}")
        name = f"{contract.lower()}-{name_of(sentence).replace('_', '-')}"
        path = CONTROLS / contract / f"{name}.cocci"
        content = control_text(contract, sentence, kills, (file, function),
                               choice[number - 1])
        if path.exists() or any(each.name == name for each in controls.read(CONTROLS)):
            raise UsageError(f"there is a control {name} already")
        with tempfile.TemporaryDirectory() as scratch:
            rule = cocci.parse(path.name, content)
            cocci.apply(rule, origin.path, Path(scratch))
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        console.line(f"wrote {path.relative_to(REPOSITORY)}, which applies to Linux "
                     f"{origin.version}")
        console.line("say in it who would make the mistake, look at what it does "
                     f"(scripts/mmt controls --apply {name}), and try it (without "
                     "--apply)")
        return Exit.PASSED

    def _tree(self) -> source.Source:
        """A kernel source that is there.  Raises TestbedError."""
        cache = cachedir.root(self._console)
        for line in lines.LINES:
            found = source.present(line, cache)
            if found:
                return found
        raise TestbedError("there is no kernel source yet; run scripts/run.sh once")

    def case(self) -> int:
        """Write a case.  Raises TestbedError."""
        contract = self._contract()
        known = cases.read(SUITES)
        if not self._wanted.suite:
            self._console.lines(sorted({case.suite for case in known
                                        if contract in case.contracts}))
        suite = self._answer(self._wanted.suite, "Suite that it goes to", r"\w+")
        files = {case.file for case in known if case.suite == suite}
        if len(files) != 1:
            raise UsageError(f"there is no suite {suite}; see scripts/run.sh --list")
        sentence = self._answer(self._wanted.sentence, "What it promises, such as 'Waiters "
                                "hold no reference'")
        name = name_of(sentence)
        if name in {case.name for case in known}:
            raise UsageError(f"there is a case {name} already")
        path = REPOSITORY / files.pop()
        text = path.read_text(encoding="utf-8")
        path.write_text(add_case(text, name, case_text(name, contract, sentence)),
                        encoding="utf-8")
        self._console.line(f"wrote {name}() into {path.relative_to(REPOSITORY)}, which is "
                           f"skipped for now; try it: scripts/run.sh --filter {suite}.{name}")
        return Exit.PASSED


def find(tree: Path, function: str) -> tuple[str, str]:
    """(file, text) of @function in @tree.  Raises UsageError if it is not under test."""
    for folder in ("mm", "fs", "fs/proc", "include/linux", "kernel"):
        for path in sorted((tree / folder).glob("*.[ch]")):
            text = path.read_text(encoding="utf-8", errors="surrogateescape")
            if function not in text:
                continue
            for found in ctext.find(text, [function]):
                return str(path.relative_to(tree)), text[found.start:found.end]
    raise UsageError(f"no function {function} in mm, fs or include/linux of this source")


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        wanted = parse(sys.argv[1:] if argv is None else argv)
        new = New(wanted, console)
        return new.control() if wanted.what == "control" else new.case()
    except TestbedError as err:
        console.error(err)
        return err.code

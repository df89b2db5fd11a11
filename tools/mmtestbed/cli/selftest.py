# SPDX-License-Identifier: GPL-2.0
"""scripts/test.sh: the project's own tests, one line each, and the sum of them."""

from __future__ import annotations

import fnmatch
import os
import resource
import signal
import sys
import time
import unittest
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Iterator, Optional, Sequence, Union

from ..errors import Exit, TestbedError
from ..host import deps
from ..ui import tables
from ..ui.console import GREEN, RED, YELLOW, Console
from . import entry, shared

TOOLS = Path(__file__).resolve().parents[2]
# What unittest hands over for an error.
_ExcInfo = Union[tuple[type[BaseException], BaseException, TracebackType],
                 tuple[None, None, None]]


def cpu_seconds() -> float:
    """What this process, and all that it has waited for, have cost so far."""
    return sum(usage.ru_utime + usage.ru_stime for usage in
               map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


@dataclass
class Part:
    """Some tests, and what they have cost, in seconds of the clock and of CPUs."""

    tests: int = 0
    wall: float = 0.0
    cpu: float = 0.0


class Parts:
    """What the time has gone into, from now on."""

    def __init__(self) -> None:
        self._parts: dict[str, Part] = {}
        self._wall, self._cpu = time.monotonic(), cpu_seconds()

    def spent(self, name: str, tests: int = 0) -> None:
        """All since the last call has been spent on the part called @name."""
        wall, cpu = time.monotonic(), cpu_seconds()
        part = self._parts.setdefault(name, Part())
        part.tests += tests
        part.wall += wall - self._wall
        part.cpu += cpu - self._cpu
        self._wall, self._cpu = wall, cpu

    def table(self) -> list[str]:
        """Lines with a row for each part, and one for the sum, in minutes."""
        whole = Part(*(sum(getattr(part, name) for part in self._parts.values())
                       for name in ("tests", "wall", "cpu")))
        rows = [["part", "tests", "minutes", "CPU minutes"]]
        for name, part in [*self._parts.items(), ("all", whole)]:
            rows.append([name, str(part.tests or "-"), f"{part.wall / 60:.1f}",
                         f"{part.cpu / 60:.1f}"])
        return tables.plain(rows)


def part_of(test: str) -> str:
    """The part that the test with the id @test counts to."""
    words = test.removeprefix("tests.").split(".")
    return ".".join(words[:2]) if words[0] == "e2e" else "unit tests"


class Result(unittest.TestResult):
    """Prints each test as it comes out.  A subtest that fails, fails its test."""

    def __init__(self, console: Console, parts: Parts) -> None:
        super().__init__()
        self._console = console
        self._parts = parts
        self._started = 0.0
        self._bad = False
        self._skip: Optional[str] = None
        self.passed = self.failed = self.left_out = 0

    def startTest(self, test: unittest.TestCase) -> None:
        """A test begins."""
        super().startTest(test)
        self._started = time.monotonic()
        self._bad, self._skip = False, None

    def stopTest(self, test: unittest.TestCase) -> None:
        """A test is over: say how it came out."""
        super().stopTest(test)
        took = time.monotonic() - self._started
        self._parts.spent(part_of(test.id()), 1)
        name = test.id().removeprefix("tests.")
        if self._bad:
            self.failed += 1
            word, tail = self._console.paint("FAIL", RED), ""
        elif self._skip is not None:
            self.left_out += 1
            word, tail = self._console.paint("skip", YELLOW), f"  # {self._skip}"
        else:
            self.passed += 1
            word, tail = self._console.paint("ok  ", GREEN), ""
        self._console.line(f"{word}  {name:70} {took:6.1f} s{tail}")

    def _note(self, test: Any, err: Any) -> None:
        self._bad = True
        self._console.line(self._console.paint(str(test), RED))
        text: str = self._exc_info_to_string(err, test)  # type: ignore[attr-defined]
        self._console.lines(text.splitlines())

    def addError(self, test: unittest.TestCase, err: _ExcInfo) -> None:
        """A test, or what goes with it, raised an exception."""
        super().addError(test, err)
        self._note(test, err)
        if not isinstance(test, unittest.TestCase):
            self.failed += 1            # the set-up of a class or module

    def addFailure(self, test: unittest.TestCase, err: _ExcInfo) -> None:
        """A test failed."""
        super().addFailure(test, err)
        self._note(test, err)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase,
                   err: Optional[_ExcInfo]) -> None:
        """A part of a test is over."""
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(subtest, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """A test does not apply here."""
        super().addSkip(test, reason)
        self._skip = reason


def tests_in(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    """The single tests in @suite."""
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


# Tests that take long on the real kernel, and say little that those with the fake one
# do not say: only with --all, or when they are named.
LONG = ("tests.e2e.test_a_run.Kill.", "tests.e2e.test_explore.Built.",
        "tests.e2e.test_container.Debootstrap.")


def collect(patterns: Sequence[str], quick: bool, everything: bool) -> unittest.TestSuite:
    """The tests below tools/tests whose name matches one of @patterns."""
    loader = unittest.TestLoader()
    tests = list(tests_in(loader.discover(str(TOOLS / "tests"), top_level_dir=str(TOOLS))))
    chosen = [test for test in tests
              if not (quick and ".e2e." in test.id())
              and (everything or patterns or not test.id().startswith(LONG))
              and (not patterns or any(fnmatch.fnmatch(test.id(), f"*{pattern}*")
                                       for pattern in patterns))]
    # What takes a second comes before what takes minutes.
    chosen.sort(key=lambda test: ".e2e." in test.id())
    return unittest.TestSuite(chosen)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("test"), description="Test mm-testbed itself; the kernel tests "
        "among it build Linux and take some minutes.")
    parser.add_argument("--quick", action="store_true",
                        help="leave out what builds or boots a kernel, the fake one "
                        "included")
    parser.add_argument("--all", action="store_true",
                        help="also what takes long on the real kernel")
    parser.add_argument("patterns", metavar="PATTERN", nargs="*",
                        help="only tests whose name holds this (a glob)")
    shared.add_install(parser)
    console, parts = Console(), Parts()
    try:
        args = parser.parse_args(argv)
    except TestbedError as err:
        console.error(err)
        return err.code
    try:
        named = args.all or any("Browser" in pattern for pattern in args.patterns)
        deps.ensure([*deps.BUILD, *deps.TEST, *(deps.BROWSER if named else ())], console,
                    args.install)
    except TestbedError as err:
        console.error(err)
        return err.code
    os.chdir(TOOLS.parent)
    # The user's settings are for the user's runs.
    os.environ["MMTB_CONFIG"] = ""
    result = Result(console, parts)
    suite = collect(args.patterns, args.quick, args.all)
    parts.spent("preparations")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        suite.run(result)
    except KeyboardInterrupt:
        result.failed += 1
        console.line("interrupted")
    parts.spent("the rest")
    console.line()
    console.lines(parts.table(), "")
    console.line(f"{result.passed} passed, {result.failed} failed, "
                 f"{result.left_out} skipped")
    good = result.failed == 0 and result.passed > 0
    return Exit.PASSED if good else Exit.FAILED


if __name__ == "__main__":
    sys.exit(entry.run(main))

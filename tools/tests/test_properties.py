# SPDX-License-Identifier: GPL-2.0
"""What holds for any input: parsers of strangers' text, and of what users type."""

import itertools
import tempfile
import unittest
from pathlib import Path
from typing import Any

from mmtestbed.boot import guards, ktap
from mmtestbed.boot.uml import Ending, How
from mmtestbed.cli import run_options
from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.git import patchtext
from mmtestbed.kernel import handout, patching
from mmtestbed.model import cases, functions, selectors
from mmtestbed.model.outcomes import Name, Outcome, Splat, Status
from mmtestbed.proof import controls
from mmtestbed.result import as_json, as_ktap, junit, measured, verdict

from tests import support
from tests.properties import given, st

# Pieces of what kernels print, so that chance gets somewhere.
PIECES = (
    "KTAP version 1", "1..2", "    1..1", "    # Subtest: s", "    KTAP version 1",
    "    ok 1 a", "    not ok 1 a", "ok 1 s", "not ok 1 s", "        ok 1 p # SKIP no",
    "------------[ cut here ]------------", "WARNING: CPU: 0 PID: 1 at mm/x.c:3 f+0x1/0x2",
    "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2", "kernel BUG at mm/x.c:1!",
    "---[ end trace 0000000000000000 ]---", "Kernel panic - not syncing: x",
    "Modules linked in:", "reboot: System halted", "BUG: Bad page state", "[    0.000001] ",
    "INFO: task x:1 blocked for more than 1 seconds.", "page: refcount:1",
    "    # a: ASSERTION FAILED at mm/kunit/x.c:3", "Linux version 6.12.1", "\x1b[0m", "")


def lines() -> Any:
    """A console: pieces of one, and any text; perhaps from the header to the last suite."""
    some = st.lists(st.one_of(
        st.sampled_from(PIECES), st.text(max_size=60),
        st.builds("{}{}".format, st.sampled_from(PIECES), st.text(max_size=20))),
        max_size=20)
    whole = st.builds(lambda inner, end: [
        "KTAP version 1", "1..1", "    KTAP version 1", "    # Subtest: s", *inner, end],
        some, st.sampled_from(["ok 1 s", "not ok 1 s"]))
    return st.one_of(some, whole)


def words() -> Any:
    """A command line."""
    known = sorted(word for action in run_options._parser()._actions
                   for word in action.option_strings if word not in ("-h", "--help"))
    return st.lists(st.one_of(st.sampled_from(known), st.text(max_size=8),
                              st.sampled_from(["6.12", "gcov", "0", "1", "3", "-1", "a.b",
                                               "MW-3", "--", "--arch=um", "1e9"])),
                    max_size=6)


def names() -> Any:
    """A (suite, case)."""
    return st.tuples(*(st.text("abcxyz_019", min_size=1, max_size=6) for _ in range(2)))


def diff(old: list[str], new: list[str], path: str) -> str:
    """A patch of the file @path."""
    import difflib
    return "".join(line if line.endswith("\n") else line + "\n" for line in
                   difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", lineterm=""))


class Console(unittest.TestCase):
    @given(lines)
    def test_any_console_is_judged(self, console: list[str]) -> None:
        """Each expected case gets one outcome, or somebody is told; nothing raises."""
        expected: list[Name] = [("s", "a"), ("s", "b")]
        judge = support.judged(console, expected)
        self.assertLessEqual(set(judge.outcomes) - set(expected),
                             {(o.suite, o.name) for o in judge.outcomes.values()})
        bad = any(not outcome.status.good for outcome in judge.outcomes.values())
        if set(expected) - set(judge.outcomes):
            self.assertTrue(bad or judge.troubles)

    @given(lines)
    def test_splats_keep_to_their_limit(self, console: list[str]) -> None:
        scanner = guards.Scanner()
        # A report is long.
        for line in [*console, *["[<0>] ? f+0x1/0x2"] * 60]:
            scanner.feed(line)
        for splat in scanner.take():
            self.assertIn(splat.kind, guards.KINDS)
            self.assertLessEqual(len(splat.lines), 41)
            self.assertTrue(splat.lines)
        self.assertFalse(scanner.pending())

    @given(lambda: st.tuples(st.sampled_from(["", "[    0.000001] ", "<6>[   12.345678] ",
                                              "[    1.000000][    T1] "]),
                             st.sampled_from(["", "\x1b[0m", "\x1b[1;31m", "\r"]),
                             st.text("abc:# 019.", max_size=30), st.text(max_size=30)))
    def test_one_line(self, parts: tuple[str, str, str, str]) -> None:
        """Time stamps and colours make no difference."""
        stamp, noise, text, anything = parts
        self.assertEqual(ktap.clean(f"{noise}{stamp}{text}{noise}"), text.rstrip())
        ktap.parse(ktap.clean(anything))
        measured.read([anything])

    @given(lambda: st.lists(st.tuples(names(), st.sampled_from(list(Status)),
                                      st.text(max_size=20)), max_size=6,
                            unique_by=lambda each: each[0]))
    def test_what_is_written_can_be_read(self, found: list[tuple[Name, Status, str]]) -> None:
        run = verdict.Run("6.12", "plain", "6.12.1", "x")
        run.outcomes = [Outcome(*name, status, reason=reason, splats=[
            Splat("bug", reason, [reason])] if status is Status.FAILED else [])
            for name, status, reason in found]
        results = [event for line in as_ktap.of(run).decode().split("\n")
                   if isinstance(event := ktap.parse(line), ktap.Result)
                   and event.level == 1]
        by_suite: dict[str, list[str]] = {}
        for (suite, case), _, _ in found:
            by_suite.setdefault(suite, []).append(case)
        self.assertEqual([event.name for event in results],
                         list(itertools.chain(*by_suite.values())))
        junit.of(run).decode()
        as_json.of(run)


class Patches(unittest.TestCase):
    @given(lambda: st.tuples(*(st.lists(st.sampled_from(
        ["a", "b", "", "{", "}", "int f(void)", "\tx();", "--- a", "+++ b", "@@ -1 +1 @@"]),
        max_size=12) for _ in range(2))))
    def test_a_diff_is_read_back(self, sides: tuple[list[str], list[str]]) -> None:
        """What a hunk wants to find is what the old file has there."""
        old, new = sides
        text = diff(old, new, "mm/x.c")
        if not text:
            return
        self.assertEqual(patchtext.touched(text), {"mm/x.c"})
        for hunk in functions.hunks(text).get("mm/x.c", []):
            if hunk.old:
                start = max(0, hunk.start - 1)
                self.assertEqual(old[start:start + len(hunk.old)], hunk.old)

    @given(lambda: st.text(max_size=200))
    def test_any_header(self, text: str) -> None:
        handout.header(text)
        patchtext.touched(text)
        cases.parse(text, "x.c")
        functions.spans(text.splitlines())

    @given(lambda: st.lists(st.sampled_from(
        ["Subject: x", "Breaks: MW-2", "Kills: a.b", "Lines: 6.12", "Kills: a.b: assertion",
         "--- a/mm/x.c", "+++ b/mm/x.c", "@@ -1 +1 @@", "-a", "+b", "Kernels: from 7.0: x",
         "// Breaks: MW-2", "@@", "// In: mm/x.c: f"]), max_size=10))
    def test_any_control(self, text: list[str]) -> None:
        """It is one, or the user is told what it lacks."""
        for suffix in (".patch", ".cocci"):
            try:
                control = controls.parse(Path(f"patches/controls/x{suffix}"),
                                         "\n".join(text) + "\n")
            except TestbedError as err:
                self.assertTrue(err.message)
            else:
                self.assertTrue(control.breaks and control.subject and control.files)

    @given(lambda: st.lists(st.sampled_from(["a", "b", "# c", "", "a/b", "../x", "a b"]),
                            max_size=6))
    def test_any_series(self, text: list[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            (top / "a.patch").write_text("x", encoding="utf-8")
            (top / "series").write_text("\n".join(text), encoding="utf-8")
            try:
                found = patching.read(top)
            except TestbedError as err:
                self.assertIn("names", err.message)
            else:
                self.assertTrue(all(path == top / "a.patch" for path in found))


class Typed(unittest.TestCase):
    @given(words)
    def test_any_command_line(self, argv: list[str]) -> None:
        """It is understood, or refused in one line; nothing else."""
        try:
            opts = run_options.parse(argv)
        except UsageError as err:
            self.assertTrue(err.message.strip())
            self.assertNotIn("Traceback", err.message)
        else:
            self.assertGreater(opts.jobs, 0)
            self.assertGreater(opts.timeout, 0)
            self.assertFalse(opts.filter and opts.select)

    @given(lambda: st.tuples(st.lists(names(), max_size=6, unique=True),
                             st.lists(st.text("abcxyz_019.*?[]!-MW3", max_size=6),
                                      max_size=3)))
    def test_selectors(self, both: tuple[list[Name], list[str]]) -> None:
        """What is selected is there, in order, and not what is left out."""
        there, given_ = both
        try:
            found = selectors.select(given_, {}, there)
        except UsageError:
            return
        self.assertEqual(found, [name for name in there if name in found])
        for word in given_[:1]:
            try:
                left = selectors.select((), {}, there, [word])
            except UsageError:
                continue
            self.assertFalse(set(left) & set(selectors.meant(word, {}, there)))

    @given(lambda: names())
    def test_a_name_selects_itself(self, name: Name) -> None:
        self.assertEqual(cases.selected(".".join(name), [name, ("other", "case")]), [name])


ENDINGS = (Ending(How.EXITED, 0), Ending(How.EXITED, -6), Ending(How.HUNG, 0))


class Endings(unittest.TestCase):
    @given(lambda: st.tuples(lines(), st.sampled_from(ENDINGS)))
    def test_a_boot_that_ends_badly_is_somebody_s_fault(
            self, both: tuple[list[str], Ending]) -> None:
        console, ending = both
        judge = support.judged(console, [("s", "a")], ending)
        bad = any(not outcome.status.good for outcome in judge.outcomes.values())
        self.assertTrue(bad or judge.troubles or judge.notes or ending.code == 0 and
                        ending.how is How.EXITED)

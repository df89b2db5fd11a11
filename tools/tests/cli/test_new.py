# SPDX-License-Identifier: GPL-2.0
"""Tests of mmt new: what is written, and what is refused."""

import io
import shutil
import unittest
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from mmtestbed.cli import new
from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.model import cases
from mmtestbed.proof import controls
from mmtestbed.ui.console import Console

from tests import support

SOURCE = """\
static void wait(struct folio *folio)
{
	struct folio *other = NULL;

	if (!folio)
		return;
	lock(folio);
	other = next(folio);
	while (other)
		other = next(other);
	lock(folio);
out:
	unlock(folio);
}
"""
CONTRACTS = "MW-2\n  Waiters hold no reference.\n"
SUITE = """\
/**
 * waits() - It does
 *
 * Contract: MW-2
 */
static void waits(struct kunit *test)
{
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE(waits),
	{}
};

static struct kunit_suite wait_suite = {
	.name = "wait",
	.test_cases = wait_cases,
};
"""


class Names(unittest.TestCase):
    """The pieces."""

    def test_name(self) -> None:
        self.assertEqual(new.name_of("Waiters hold NO reference!"),
                         "waiters_hold_no_reference")
        self.assertEqual(new.name_of("The half that is split off comes into the tree "
                                     "without its lock"),
                         "half_that_is_split_off_comes_into_tree")
        self.assertEqual(new.name_of("x" * 50), "x" * 50)

    def test_statements(self) -> None:
        self.assertEqual(new.statements(SOURCE), ["other = next(folio);", "unlock(folio);"])


class Writing(support.TempCase):
    """Whole calls."""

    def setUp(self) -> None:
        super().setUp()
        for name, text in (("Documentation/contracts.rst", CONTRACTS),
                           ("mm/kunit/wait_kunit.c", SUITE), ("tree/mm/wait.c", SOURCE)):
            path = self.tmp / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (self.tmp / "patches/controls").mkdir(parents=True)
        value: Any
        for name, value in (("REPOSITORY", self.tmp), ("SUITES", self.tmp / "mm/kunit"),
                            ("CONTROLS", self.tmp / "patches/controls")):
            patch = mock.patch.object(new, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        tree: Any = lambda each: SimpleNamespace(path=self.tmp / "tree", version="6.12.1")
        patch = mock.patch.object(new.New, "_tree", tree)
        patch.start()
        self.addCleanup(patch.stop)

    def new(self, *words: str, answers: tuple[str, ...] = ()) -> new.New:
        """A call with @words of a user who gives @answers."""
        left = iter(answers)

        def ask(question: str) -> str:
            try:
                return next(left)
            except StopIteration:
                raise EOFError from None

        return new.New(new.parse(words), Console(io.StringIO()), ask)

    @unittest.skipUnless(shutil.which("spatch"), "spatch is not installed")
    def test_control(self) -> None:
        self.new("control", answers=("mw-2", "wait", "mm: Keep the lock.", "wait.waits",
                                     "2")).control()
        [control] = controls.read(self.tmp / "patches/controls")
        self.assertEqual((control.name, control.breaks, control.kills),
                         ("mw-2-keep-the-lock", ("MW-2",), (("wait", "waits"),)))
        self.assertIn("- unlock(folio);", control.text)
        self.assertIn("Subject: mm: keep the lock\n", control.text)
        with self.assertRaisesRegex(UsageError, "already"):
            self.new("control", answers=("MW-2", "wait", "keep the lock", "wait.waits",
                                         "1")).control()

    def test_control_that_is_refused(self) -> None:
        for answers, what in ((("MW-3",), "has no MW-3"), (("2",), "no answer"),
                              (("MW-2", "gone"), "no function gone"),
                              (("MW-2", "wait", "x", "wait.other"), "does not assert MW-2"),
                              (("MW-2", "wait", "x", "wait.waits", "3"), "no statement 3"),
                              (("MW-2", "wait"), "nobody answers")):
            with self.subTest(what), self.assertRaisesRegex(UsageError, what):
                self.new("control", answers=answers).control()
        self.assertEqual(list((self.tmp / "patches/controls").iterdir()), [])

    def test_case(self) -> None:
        self.new("case", "--contract", "MW-2", "--suite", "wait", "--sentence",
                 "Nobody waits twice").case()
        text = (self.tmp / "mm/kunit/wait_kunit.c").read_text(encoding="utf-8")
        found = cases.parse(text, "mm/kunit/wait_kunit.c")
        self.assertEqual([(case.name, case.contracts, case.summary) for case in found],
                         [("waits", ("MW-2",), "It does"),
                          ("nobody_waits_twice", ("MW-2",), "Nobody waits twice")])
        with self.assertRaisesRegex(UsageError, "already"):
            self.new("case", answers=("MW-2", "wait", "Nobody waits twice")).case()
        with self.assertRaisesRegex(UsageError, "no suite other"):
            self.new("case", answers=("MW-2", "other", "It waits")).case()

    def test_suite_without_an_array(self) -> None:
        with self.assertRaisesRegex(TestbedError, "no array"):
            new.add_case("int a;\n", "x", "")
        self.assertTrue(Path(self.tmp).exists())

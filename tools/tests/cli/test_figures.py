# SPDX-License-Identifier: GPL-2.0
"""The numbers in the documents are those of the sources and of recorded results."""

import contextlib
import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Iterator
from unittest import mock

from mmtestbed.cli import figures
from mmtestbed.errors import TestbedError
from mmtestbed.figures import figure_texts, results
from mmtestbed.figures.results import Sources
from mmtestbed.model import repository
from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Outcome, Status
from mmtestbed.result import verdict

from tests import support
from tests.figures import test_results
from tests.proof import test_controls

TOP = repository.REPOSITORY
SUITE = test_results.SUITE


class Tree(support.TempCase):
    """The documents of this repository."""

    def test_places_are_filled(self) -> None:
        code = figures.check(TOP, False, self.console)
        self.assertEqual(code, 0, "\n" + self.text.getvalue())

    def test_each_text_has_its_place(self) -> None:
        names = [name for path in figures.documents(TOP) for name in re.findall(
            r"^\.\. figures: begin (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)]
        self.assertEqual(sorted(names), sorted(figure_texts.TEXTS))

    def paragraphs(self, path: Path) -> Iterator[str]:
        """The prose of the document @path, without places and what is quoted."""
        text = figure_texts.fill(path.read_text(encoding="utf-8"), None, path.name)
        for part in re.split(r"\n\s*\n", text):
            if not part.startswith((" ", "..")) or path.name == "contracts.rst":
                yield " ".join(part.split())

    def test_no_number_by_hand(self) -> None:
        """Nobody counts cases, contracts or controls by hand, or names no commit."""
        counted = re.compile(
            r"\b\d[\d,]* (?:of \d+ )?(?:cases|contracts|controls|mutants)\b"
            r"|\b\d+\.\d+ (?:s|min|times)\b")
        for path in figures.documents(TOP):
            for part in self.paragraphs(path):
                found = counted.search(part)
                if found and not re.search(r"\b[Cc]ommit [0-9a-f]{8}\b", part):
                    with self.subTest(path.name):
                        self.fail(f"'{found.group()}' comes from no record, and names "
                                  f"no commit: {part}")

    def test_commits_are_in_the_history(self) -> None:
        git = [shutil.which("git") or "true", "-C", str(TOP)]
        shallow = subprocess.run([*git, "rev-parse", "--is-shallow-repository"],
                                 capture_output=True, text=True, check=False)
        if shallow.stdout.strip() != "false":
            self.skipTest("no complete git repository")
        named = {record["commit"] for record in results.read(TOP).values()}
        for path in figures.documents(TOP):
            named.update(re.findall(r"\b[Cc]ommit ([0-9a-f]{7,40})\b", " ".join(
                self.paragraphs(path))))
        self.assertGreater(len(named), 3)
        for commit in sorted(named):
            with self.subTest(commit):
                done = subprocess.run([*git, "merge-base", "--is-ancestor", commit, "HEAD"],
                                      check=False, capture_output=True)
                self.assertEqual(done.returncode, 0,
                                 "it is no commit that this one builds on")


class Places(test_results.Repository):
    def setUp(self) -> None:
        super().setUp()
        self.record(self.run_json(), self.controls_json())

    def test_filled_by_recording(self) -> None:
        self.assertIn("MW-2  yes      2      2", self.readme())
        self.assertTrue(self.readme().startswith("Before.\n\n.. figures: begin covered\n"))
        self.assertTrue(self.readme().endswith(".. figures: end\n\nBehind.\n"))
        self.assertEqual(self.check(), 0)

    def test_a_number_by_hand(self) -> None:
        self.write("README.rst", self.readme().replace("yes      2", "yes      3"))
        self.assertEqual(self.check(), 1)
        self.assertIn("+MW-2  yes      2      2", self.text.getvalue())
        self.assertIn("mmtestbed.cli.figures update", self.text.getvalue())
        figures.update(self.tmp, self.console)
        self.assertEqual(self.check(), 0)

    def test_update_changes_only_what_differs(self) -> None:
        before = (self.tmp / "README.rst").stat().st_mtime_ns
        figures.update(self.tmp, self.console)
        self.assertEqual((self.tmp / "README.rst").stat().st_mtime_ns, before)

    def test_a_new_case(self) -> None:
        self.write("mm/kunit/three_kunit.c", SUITE.format(name="three"))
        self.assertEqual(self.check(), 1)
        figures.update(self.tmp, self.console)
        self.assertIn("MW-2  yes      3      2", self.readme())

    def test_a_contract_that_nothing_proves(self) -> None:
        self.write("Documentation/contracts.rst",
                   "MW-2\n  It works.\n\nMW-3\n  It does.\n")
        figures.update(self.tmp, self.console)
        self.assertIn("MW-3  no       0      0", self.readme())

    def test_a_contract_that_no_control_has_reached(self) -> None:
        data = self.controls_json()
        for entry in data["controls"]:
            entry["contracts_reached"] = []
        self.record(data)
        self.assertIn("MW-2  no       2      2", self.readme())

    def test_other_suites(self) -> None:
        """The text says so of a record, and check --current fails."""
        self.assertEqual(self.check(True), 0)
        self.write("README.rst", ".. figures: begin control-runs\n\n.. figures: end\n")
        figures.update(self.tmp, self.console)
        self.assertIn("commit 01234567, 2026-11-30).", " ".join(self.readme().split()))
        path = "mm/kunit/one_kunit.c"
        self.write(path, SUITE.format(name="one") + "\n")
        self.assertEqual(self.check(), 1)
        figures.update(self.tmp, self.console)
        self.assertIn("with other suites or patches than today's",
                      " ".join(self.readme().split()))
        self.write("mm/kunit/three_kunit.c", SUITE.format(name="three"))
        figures.update(self.tmp, self.console)
        self.assertIn("commit 01234567, 2026-11-30, which had 2 cases",
                      " ".join(self.readme().split()))
        self.assertEqual(self.check(), 0)
        self.assertEqual(self.check(True), 1)
        self.assertIn("run-6.12: of commit 01234567", self.text.getvalue())

    def test_other_controls_and_patches(self) -> None:
        for path in ("patches/controls/a.patch", "patches/um/x.patch"):
            with self.subTest(path):
                file = self.tmp / path
                old = file.read_text(encoding="utf-8") if file.exists() else None
                self.write(path, test_controls.PATCH.replace(", ME-10", "") + " more\n")
                self.assertEqual(self.check(True), 1)
                if old is None:
                    file.unlink()
                else:
                    file.write_text(old, encoding="utf-8")
                self.assertEqual(self.check(True), 0)

    def test_no_record(self) -> None:
        (self.tmp / "Documentation/results/controls-6.12.json").unlink()
        with self.assertRaisesRegex(TestbedError, "no record 'controls-6.12'"):
            self.check()

    def test_bad_places(self) -> None:
        for text, why in ((".. figures: begin nonsense\n.. figures: end\n", "'nonsense'"),
                          (".. figures: begin covered\n\nno end\n", "begin with its end"),
                          (".. figures: end\n", "begin with its end"),
                          (".. figures: beginning\n", "begin with its end")):
            self.write("README.rst", text)
            with self.subTest(text), self.assertRaisesRegex(TestbedError, why):
                self.check()

    def test_command(self) -> None:
        err = io.StringIO()
        with mock.patch.object(figures, "REPOSITORY", self.tmp), \
             mock.patch.object(figures, "Console", lambda: self.console), \
             contextlib.redirect_stderr(err):
            self.assertEqual(figures.main(["check"]), 0)
            self.write("mm/kunit/three_kunit.c", SUITE.format(name="three"))
            self.assertEqual(figures.main(["check"]), 1)
            self.assertEqual(figures.main(["update"]), 0)
            self.assertEqual(figures.main(["check"]), 0)
            self.assertEqual(figures.main(["check", "--current"]), 1)
            self.assertEqual(figures.main(["record", str(self.tmp / "no.json")]), 2)
            self.assertEqual(figures.main(["nonsense"]), 2)
            self.write("Documentation/results/x.json", "{")
            self.assertEqual(figures.main(["check"]), 125)
        self.assertIn("no.json is no JSON", err.getvalue())
        self.assertIn("BROKEN: Documentation/results/x.json", err.getvalue())


class Texts(test_results.Repository):
    """What single places say."""

    def book(self, *some: dict[str, Any], first: bool = False) -> figure_texts.Book:
        """The records of @some results."""
        found = {}
        for data in some:
            found.update(self.make(data, first))
        return figure_texts.Book(Sources.read(self.tmp), found, ["MW-2"])

    def test_example_ends_as_a_run_does(self) -> None:
        book = self.book(self.run_json())
        text = figure_texts.example(figure_texts.Book(
            book.sources, {**book.records, "first-6.12": book.records["run-6.12"]},
            book.contracts))
        run = verdict.Run("6.12", "plain", "6.12.117", "", cases={
            (name, name): Case(name, name, ("MW-2",), "", "x.c", 1)
            for name in ("one", "two")})
        run.outcomes = [Outcome(name, name, Status.PASSED) for name in ("one", "two")]
        run.seconds = 1.25
        self.assertEqual(text[-1].strip(), run.closing_line())
        self.assertIn("with two CPUs that had nothing built yet, the build took 6 min 6 s "
                      "and the verdict 2 s (commit 01234567, 2026-11-30)::",
                      " ".join(text).replace("\n", " "))

    def test_example_of_another_commit(self) -> None:
        book = self.book(self.run_json())
        first = {**book.records["run-6.12"], "commit": "f" * 12}
        text = " ".join(figure_texts.example(figure_texts.Book(
            book.sources, {**book.records, "first-6.12": first}, book.contracts)))
        self.assertIn("(commit ffffffff, 2026-11-30). What follows is of commit 01234567",
                      text)

    def test_controls_that_survive(self) -> None:
        data = self.controls_json(skipped_without_control=[])
        data["controls"][1].update(outcome="survived", killed_by=[])
        text = " ".join(figure_texts.control_runs(self.book(data)))
        self.assertIn("1 of 2 controls were killed", text)
        self.assertIn("but for 1 case that none of those tried with them turned red.", text)

    def test_durations(self) -> None:
        self.assertEqual([figure_texts.duration(value) for value in
                          (0.4, 119.4, 119.6, 3601)],
                         ["0 s", "119 s", "2 min 0 s", "60 min 1 s"])

# SPDX-License-Identifier: GPL-2.0
"""The checks of presubmit.sh, without a kernel."""

import json
from pathlib import Path
from typing import Any, Callable, Mapping, Optional, Sequence

from mmtestbed.cli import bisect_status, bisect_step, mutate_options, passed
from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.git import gitrepo
from mmtestbed.git.gitrepo import Commit
from mmtestbed.history import explain, mutations, trial
from mmtestbed.history.evidence import Failure, Finding
from mmtestbed.host import proc
from mmtestbed.model import cases, repository
from mmtestbed.model.outcomes import Status as Case
from mmtestbed.presubmit import checks, patchset, summary
from mmtestbed.presubmit.checks import Context, Message, Patch, Place, Result, Series
from mmtestbed.presubmit.checks import Status
from mmtestbed.presubmit.checks.build import Build
from mmtestbed.presubmit.checks.coverage import Coverage
from mmtestbed.presubmit.checks.mutants import Mutants
from mmtestbed.presubmit.checks.schedules import Schedules
from mmtestbed.presubmit.checks.suites import Suites
from mmtestbed.presubmit.checks.verdicts import Verdicts
from mmtestbed.presubmit.checks.warnings import Warnings

from tests import support
from tests.git.test_gitrepo import RepoCase, git

COMMIT = Commit("a" * 40, ("b" * 40,), "A", "2026-01-01", "mm: x")
GCC = """\
  CC      mm/x.o
mm/x.c: In function 'one':
mm/x.c:12:5: warning: unused variable 'b' [-Wunused-variable]
./include/linux/y.h:7: warning: bad line
mm/x.c:30:1: error: expected ';' before '}' token
mm/x.c:12:5: note: declared here
"""
FAILS = Failure(("migration_wait", "sleep_is_uninterruptible"), Case.FAILED, "because",
                3, 3)


class Parts(support.TempCase):
    def test_load(self) -> None:
        each, whole = checks.load()
        self.assertEqual([check.name for check in each],
                         ["applies", "build", "W=1", "checkpatch", "sparse", "cocci",
                          "doc", "suites"])
        self.assertEqual([check.name for check in whole],
                         ["contracts", "verdicts", "coverage", "mutants", "schedules"])
        for check in [*each, *whole]:
            self.assertTrue(check.title)

    def test_messages(self) -> None:
        found = checks.messages(GCC)
        self.assertEqual([(m.path, m.line) for m in found],
                         [("mm/x.c", "12"), ("include/linux/y.h", "7"), ("mm/x.c", "30")])

    def test_only_what_is_new_counts(self) -> None:
        old = [Message("x.c", "3", "bad"), Message("x.c", "9", "worse")]
        new = [Message("x.c", "4", "bad"), Message("x.c", "8", "bad"),
               Message("y.c", "1", "worse")]
        self.assertEqual(checks.new_messages(old, new), new[1:])
        self.assertEqual(checks.new_messages(new, old), [old[1]])


class Judged(support.TempCase):
    def context(self, make: Optional[checks.Make] = None, built: bool = True,
                files: tuple[str, ...] = ("mm/x.c",)) -> Context:
        """What a check gets to see."""
        explainer = explain.Explainer(repository.REPOSITORY, {
            (case.suite, case.name): case
            for case in cases.read(repository.REPOSITORY / "mm" / "kunit")})
        ours: Any = None                # not for these checks
        return Context(Patch(1, COMMIT, "b" * 40, files),
                       Place(COMMIT.id, self.tmp, self.tmp, lambda path: built, make),
                       ours, explainer)

    def test_build(self) -> None:
        context = self.context()
        self.assertIs(Build().run(context).status, Status.PASS)
        context.error = TestbedError("it does not build", ["x.c:1: error"])
        result = Build().run(context)
        self.assertEqual((result.status, result.details),
                         (Status.FAIL, ("x.c:1: error",)))

    def test_warnings(self) -> None:
        words: list[str] = []

        def make(targets: Sequence[str]) -> proc.Done:
            words.extend(targets)
            return proc.Done(0, GCC)

        context = self.context(make)
        found = Warnings().look(context.place, ["mm/x.c", "mm/y.h", "mm/z.c"])
        self.assertEqual(words, ["W=1", "-k", "mm/x.o", "mm/y.o", "mm/z.o"])
        context.after = found
        self.assertIn("3 new warnings: mm/x.c:12", Warnings().run(context).line)
        context.before = found
        self.assertIs(Warnings().run(context).status, Status.PASS)

    def test_warnings_of_what_is_not_built(self) -> None:
        self.assertIn("no file that this kernel",
                      Warnings().run(self.context(built=False)).line)
        self.assertIn("no .c file",
                      Warnings().run(self.context(files=("mm/x.h",))).line)
        self.assertIn("overlay", Warnings().run(self.context()).line)

    def test_suites(self) -> None:
        context = self.context()
        good = Finding(passed=[("a", "b")])
        bad = Finding(failures=[FAILS], passed=[("a", "b")])
        for found, base, status in ((None, good, Status.SKIP), (good, good, Status.PASS),
                                    (bad, good, Status.FAIL), (bad, bad, Status.WARN),
                                    (bad, None, Status.FAIL),
                                    (Finding(), good, Status.FAIL),
                                    (Finding(passed=[("a", "b")], troubles=["WARN"]),
                                     good, Status.FAIL)):
            with self.subTest((found, base)):
                context.found, context.base = found, base
                self.assertIs(Suites().run(context).status, status)

    def test_a_failure_is_explained(self) -> None:
        context = self.context()
        known = cases.read(repository.REPOSITORY / "mm" / "kunit")
        case = next(case for case in known if "MW-8" in case.contracts)
        context.found = Finding(failures=[Failure((case.suite, case.name), Case.HUNG,
                                                  "no progress", 3, 3)])
        result = Suites().run(context)
        text = " ".join(" ".join(result.details).split())
        self.assertIn("breaking MW-8", result.line)
        for words in ("MW-8 The sleep is TASK_UNINTERRUPTIBLE", "promises", "3 of 3",
                      "instead no progress", case.file):
            self.assertIn(words, text)


class Whole(RepoCase):
    def series(self, ours: gitrepo.Ours, **files: tuple[str, str]) -> Series:
        """A series that turns the first text of each of @files into the second."""
        patches = [Patch(1, COMMIT, "b" * 40,
                         tuple(name.replace("_", "/") + ".c" for name in files))]
        texts = {(side, name.replace("_", "/") + ".c"): text[number].encode()
                 for name, text in files.items()
                 for number, side in enumerate(("old", "new"))}
        explainer = explain.Explainer(repository.REPOSITORY, {})
        return Series("old", "new", patches, ours, explainer, self.tmp, {},
                      lambda commit, path: texts[commit, path])

    def test_verdicts(self) -> None:
        series = self.series(self.ours(), mm_x=("", ""))
        good = Finding(passed=[FAILS.name])
        bad = Finding(failures=[FAILS])
        for old, new, status in ((good, good, Status.PASS), (good, bad, Status.FAIL),
                                 (bad, good, Status.WARN), (bad, bad, Status.PASS)):
            with self.subTest((old, new)):
                series.findings = {"old": old, "new": new}
                self.assertIs(Verdicts().judge(series).status, status)
        series.findings = {}
        self.assertIs(Verdicts().judge(series).status, Status.SKIP)

    def test_coverage(self) -> None:
        old = "int f(void)\n{\n\treturn 0;\n}\n"
        texts = (old, old.replace("\treturn 0;", "\tif (a)\n\t\tb();\n\treturn 0;"))
        series = self.series(self.ours(), mm_x=texts)
        self.assertIn("touches none", Coverage().judge(series).line)
        series = self.series(self.ours(), mm_rmap=texts)
        self.assertIn("no kernel", Coverage().judge(series).line)
        series.findings = {"new": Finding()}

        def cover(target: Path) -> None:
            target.mkdir(exist_ok=True)
            (target / "functions.json").write_text(json.dumps({"functions": [
                {"file": "mm/rmap.c", "lines_run": [1, 3, 5], "lines_not_run": [4]}]}),
                encoding="ascii")

        series.cover = cover
        result = Coverage().judge(series)
        self.assertEqual(result.line, "1 of 2 changed lines with code run")
        self.assertEqual(result.details, ("  mm/rmap.c: not run: 4 (f)",))

        def cannot(target: Path) -> None:
            raise TestbedError("no kernel that counts: BROKEN: it is so")

        series.cover = cannot
        result = Coverage().judge(series)
        self.assertEqual((result.status, result.line), (
            Status.WARN, "not measured: no kernel that counts: BROKEN: it is so"))

    def test_mutants(self) -> None:
        texts = ("int f(void)\n{\n\treturn 0;\n}\n",
                 "int f(void)\n{\n\tif (a < b)\n\t\tgo();\n\treturn 0;\n}\n")
        series = self.series(self.ours(), mm_rmap=texts)
        self.assertIn("no kernel", Mutants().judge(series).line)
        series.findings = {"new": Finding()}
        asked = []

        def fate(number: int, state: str) -> dict[str, Any]:
            return {"number": number, "file": "mm/rmap.c", "function": "f", "line": 3,
                    "op": "relational", "before": "a < b", "after": "<=", "state": state, "by": "",
                    "why": "", "cases": 1}

        def mutate(*states: str) -> Callable[[Mapping[str, set[int]], Path], None]:
            def write(lines: Mapping[str, set[int]], target: Path) -> None:
                asked.append(dict(lines))
                target.write_text(json.dumps({"mutants": [
                    fate(number, state) for number, state in enumerate(states)]}), encoding="ascii")
            return write

        series.mutate = mutate("killed", "survived", "unreached", "not built")
        result = Mutants().judge(series)
        self.assertEqual(asked, [{"mm/rmap.c": {3, 4}}])
        self.assertEqual((result.status, result.line), (
            Status.WARN, "2 of 3 mistakes in the changed lines, in 1 line, are not asserted "
            "by anything"))
        self.assertEqual(result.details, (
            "  mm/rmap.c:3: if (a < b)", "    relational: a < b -> <=",
            "    relational: a < b -> <= (no case gets there)"))
        series.mutate = mutate("killed")
        self.assertIs(Mutants().judge(series).status, Status.PASS)
        series.mutate = mutate("not built")
        self.assertIs(Mutants().judge(series).status, Status.SKIP)

        def cannot(lines: Mapping[str, set[int]], target: Path) -> None:
            raise TestbedError("no kernel with mistakes: BROKEN: it is so")

        series.mutate = cannot
        self.assertIs(Mutants().judge(series).status, Status.WARN)

    def test_schedules(self) -> None:
        texts = ("int f(void)\n{\n\treturn 0;\n}\n", "int f(void)\n{\n\treturn 1;\n}\n")
        self.assertIn("no operation", Schedules().judge(self.series(self.ours(), mm_x=texts)).line)
        series = self.series(self.ours(), mm_mremap=texts)
        self.assertIn("no kernel", Schedules().judge(series).line)
        series.findings = {"new": Finding()}
        asked: list[str] = []

        def explore(*bad: str) -> Callable[[Sequence[str], Path], None]:
            def write(programs: Sequence[str], target: Path) -> None:
                asked[:] = programs
                target.write_text(json.dumps({"programs": [
                    {"levels": [{"run": 2}, {"run": 3}], "bad": [
                        {"id": f"{name}/01", "why": "hangs"}] if name in bad else []}
                    for name in programs]}), encoding="ascii")
            return write

        series.explore = explore()
        result = Schedules().judge(series)
        self.assertEqual((result.status, result.line), (
            Status.PASS, f"{5 * len(asked)} schedules of {len(asked)} programs, all good"))
        self.assertTrue(all("mremap" in name for name in asked))
        self.assertIn("moving:mremap+end", asked)
        series.explore = explore("moving:mremap+end")
        result = Schedules().judge(series)
        self.assertIs(result.status, Status.FAIL)
        self.assertEqual(result.details[0], "  moving:mremap+end/01: hangs")

        def cannot(programs: Sequence[str], target: Path) -> None:
            raise TestbedError("nothing explored: BROKEN: it is so")

        series.explore = cannot
        self.assertIs(Schedules().judge(series).status, Status.WARN)

    def test_lines_for_the_mutants(self) -> None:
        self.assertEqual(mutations.words({"mm/b.c": {7}, "mm/a.c": {1, 2, 3, 9}}),
                         ["--lines", "mm/a.c:1-3,9", "--lines", "mm/b.c:7"])
        [(file, numbers)] = mutate_options.parse(["--lines", "mm/a.c:1-3,9"]).lines
        self.assertEqual((file, numbers), ("mm/a.c", {1, 2, 3, 9}))
        for word in ("mm/a.c", "mm/a.h:1", "mm/a.c:1-", "mm/a.c:x"):
            with self.subTest(word), self.assertRaises(UsageError):
                mutate_options.parse(["--lines", word])

    def test_coverage_without_gcov(self) -> None:
        self.set_env("PATH", str(self.tmp))
        self.assertEqual(Coverage().missing(), "gcov is not installed")


class Report(support.TempCase):
    def report(self, *statuses: Status) -> summary.Summary:
        """One check of one patch for each of @statuses."""
        return summary.Summary(
            "b" * 40, "6.12", [patchset.Entry("mm: x", None) for _ in statuses],
            [{"build": Result(status, "it " + "is so " * 30)} for status in statuses],
            {"verdicts": Result(Status.PASS, "none")})

    def test_closing_line(self) -> None:
        self.assertIn("PASS: 2 patches, no check failed, 1 warning",
                      self.report(Status.PASS, Status.WARN).closing_line())
        self.assertIn("FAIL: 2 checks failed on patches 1, 3 of 3",
                      self.report(Status.FAIL, Status.SKIP, Status.FAIL).closing_line())

    def test_fits_under_a_cover_letter(self) -> None:
        lines = self.report(Status.PASS, Status.WARN, Status.FAIL).summary()
        self.assertLessEqual(max(map(len, lines)), 78)

    def test_json(self) -> None:
        data = self.report(Status.FAIL).as_json(1)
        self.assertEqual(data["patches"][0]["checks"]["build"]["status"], "fail")
        json.dumps(data)


class Patches(RepoCase):
    def entries(self, words: str) -> list[patchset.Entry]:
        """The series that @words name."""
        with self.ours().opened() as ours:
            old, new = patchset.commits_of(ours.theirs, words)
            return patchset.from_range(ours, words, old, new)[1]

    def mails(self, path: Path) -> list[patchset.Entry]:
        """The series in @path, on the first commit."""
        scratch = self.tmp / "scratch"
        with self.ours().opened() as ours:
            return patchset.from_mails(ours, self.ids[0],
                                       patchset.mails(path, scratch))

    def test_range(self) -> None:
        entries = self.entries("HEAD~3..HEAD")
        self.assertEqual([entry.subject for entry in entries],
                         ["commit 13", "commit 14", "commit 15"])
        assert entries[0].patch
        self.assertEqual(entries[0].patch.files, ("file13",))

    def test_no_series(self) -> None:
        git(self.user, "checkout", "-q", "-b", "side", self.ids[3])
        self.add(50)
        git(self.user, "merge", "-q", "--no-edit", "main")
        for words, text in (("main..main", "is empty"), ("main...side", "nor a range"),
                            ("main", "nor a range"), ("main..side", "holds a merge"),
                            ("main..nowhere", "no commit nowhere")):
            with self.subTest(words), self.assertRaisesRegex(UsageError, text):
                self.entries(words)

    def test_mails(self) -> None:
        folder = self.tmp / "mails"
        git(self.user, "format-patch", "-q", "--cover-letter", "-o", str(folder), "-3",
            self.ids[3])
        entries = self.mails(folder)
        self.assertEqual([entry.subject for entry in entries], ["commit 1", "commit 2",
                                                                "commit 3"])
        self.assertTrue(all(entry.patch for entry in entries))

    def test_mail_that_does_not_apply(self) -> None:
        (self.user / "file0").write_text("else\n", encoding="ascii")
        git(self.user, "commit", "-q", "-a", "-m", "needs what is not there")
        (self.user / "file0").write_text("more\n", encoding="ascii")
        git(self.user, "commit", "-q", "-a", "-m", "second")
        folder = self.tmp / "mails"
        git(self.user, "format-patch", "-q", "-o", str(folder), "-1")
        git(self.user, "format-patch", "-q", "--start-number", "2", "-o", str(folder),
            "-1", self.ids[5])
        entries = self.mails(folder)
        self.assertIn("file0", entries[0].refused)
        self.assertIn("follows patch 1", entries[1].refused)
        # And the next series finds nothing of it.
        (folder / "0001-second.patch").unlink()
        self.tmp.joinpath("scratch").rename(self.tmp / "old")
        self.assertTrue(self.mails(folder)[0].patch)

    def test_quilt_folder(self) -> None:
        folder = self.tmp / "quilt"
        git(self.user, "format-patch", "-q", "-o", str(folder), "-2", self.ids[3])
        names = sorted(path.name for path in folder.iterdir())
        (folder / "series").write_text(f"{names[1]}\n# no\n{names[0]}\n",
                                       encoding="ascii")
        self.assertEqual([entry.subject for entry in self.mails(folder)],
                         ["commit 3", "commit 2"])

    def test_no_mail(self) -> None:
        with self.assertRaisesRegex(UsageError, "holds no patch"):
            self.mails(self.write("letter", "hello\n"))


class ExitStatus(support.TempCase):
    """What git bisect run would make of it."""

    def test_table(self) -> None:
        for code, host, told in ((0, False, 0), (1, False, 1), (125, False, 125),
                                 (2, False, 255), (125, True, 255), (130, False, 130),
                                 (143, True, 143), (3, False, 255), (-9, False, 255)):
            with self.subTest((code, host)):
                self.assertEqual(bisect_status.exit_status(code, host), told)

    def test_calls(self) -> None:
        self.assertEqual(bisect_step.main(["--nonsense"]), 255)
        self.assertEqual(bisect_step.main(["--case", "XX-1"]), 255)
        self.assertEqual(bisect_step.main(["--", "--repeat", "3"]), 255)


class Patience(support.TempCase):
    def test_busy_machine(self) -> None:
        ours = passed.options([], "", "x").timeout
        for timeout, load, wanted in ((ours, 0.5, ours), (ours, 4.0, ours),
                                      (ours, 12.0, 3 * ours), (30.0, 12.0, 30.0)):
            with self.subTest((timeout, load)):
                self.assertEqual(trial.patience(timeout, load, 4), wanted)

# SPDX-License-Identifier: GPL-2.0
"""What is recorded of a result, and what is refused."""

import contextlib
import io
import json
from typing import Any
from unittest import mock

from mmtestbed.boot.runner import Options as RunOptions
from mmtestbed.cli import control_options, control_run, figures, run, run_options
from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.figures import figure_texts, results
from mmtestbed.figures.results import Sources
from mmtestbed.kernel import provenance
from mmtestbed.model import lines, repository
from mmtestbed.model.outcomes import Outcome, Results, Status
from mmtestbed.proof import controls, guardtest, mutation
from mmtestbed.result import as_json

from tests import measure, support
from tests.proof import test_controls

TOP = repository.REPOSITORY
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SUITE = """\
/**
 * {name}() - It works.
 * Contract: MW-2
 */
static void {name}(struct kunit *test)
{{
}}
static struct kunit_case {name}_cases[] = {{
	KUNIT_CASE({name}),
	{{}}
}};
static struct kunit_suite {name}_suite = {{
	.name = "{name}",
	.test_cases = {name}_cases,
}};
"""


class Repository(support.TempCase):
    """A small repository with two cases, two controls and a document."""

    def setUp(self) -> None:
        super().setUp()
        for name in ("one", "two"):
            self.write(f"mm/kunit/{name}_kunit.c", SUITE.format(name=name))
        self.write("patches/series", "")
        for name in ("a", "b"):
            self.write(f"patches/controls/{name}.patch",
                       test_controls.PATCH.replace(", ME-10", ""))
        self.write("Documentation/contracts.rst", "MW-2\n  It works.\n")
        self.write("README.rst", "Before.\n\n.. figures: begin covered\n\n"
                   ".. figures: end\n\nBehind.\n")

    def made(self, **more: Any) -> dict[str, Any]:
        """What a result says that it was made from."""
        return {"commit": COMMIT, "changed": False, "date": "2026-11-30", "cpus": 2,
                "suites": provenance.suites(self.tmp),
                "series": provenance.series(self.tmp, lines.DEFAULT), **more}

    def head(self, **more: Any) -> dict[str, Any]:
        """What each JSON begins with."""
        return {"schema": 1, "testbed": self.made(), "line": "6.12",
                "variant": "plain", "kernel_version": "6.12.117", "verdict": "pass",
                **more}

    def run_json(self, **more: Any) -> dict[str, Any]:
        """What a run of both cases writes."""
        return self.head(**{
            "patches": [], "repeat": 1, "boots": 3, "seconds": 1.25, "build_seconds": 366.4,
            "boot_seconds": 2.5, "cases": [
                {"suite": name, "name": name, "status": "passed", "seconds": 0.5,
                 "contracts": ["MW-2"]} for name in ("one", "two")], **more})

    def controls_json(self, **more: Any) -> dict[str, Any]:
        """What a run of both controls writes."""
        here = controls.read(self.tmp / "patches/controls")
        return self.head(**{
            "jobs": 2, "seconds": 10.0, "cpu_seconds": 12.0,
            "skipped_without_control": ["two.two"], "controls": [
                {"name": control.name, "digest": control.digest, "outcome": "killed",
                 "killed_by": [{"suite": "one", "name": "one", "status": "failed"}],
                 "also_failed": [], "contracts_reached": ["MW-2"]}
                for control in here], **more})

    def make(self, data: Any, first: bool = False) -> dict[str, Any]:
        """The records of @data."""
        path = self.write("out.json", json.dumps(data))
        return dict(results.make(path, Sources.read(self.tmp), first))

    def record(self, *some: dict[str, Any]) -> None:
        """Record @some results, the way the command does."""
        paths = [self.write(f"out{number}.json", json.dumps(data))
                 for number, data in enumerate(some)]
        figures.record(self.tmp, paths, False, self.console)

    def readme(self) -> str:
        """README.rst as it is."""
        return (self.tmp / "README.rst").read_text(encoding="utf-8")

    def check(self, current: bool = False) -> int:
        """The exit code of check."""
        return figures.check(self.tmp, current, self.console)

    def refused(self, data: Any, why: str) -> None:
        """Require that @data is not recorded, for the reason @why."""
        with self.assertRaisesRegex(UsageError, why):
            self.make(data)


class Recording(Repository):
    def test_run(self) -> None:
        [(name, found)] = self.make(self.run_json()).items()
        self.assertEqual(name, "run-6.12")
        self.assertEqual([found[key] for key in ("passed", "skipped", "contracts", "cases",
                                                 "cpus", "date", "commit")],
                         [2, 0, 1, 2, 2, "2026-11-30", COMMIT[:12]])
        self.assertEqual(list(self.make(self.run_json(), True)), ["first-6.12"])
        self.assertEqual(list(self.make(self.run_json(repeat=9, variant="smp"))),
                         ["repeat-6.12-smp"])

    def test_run_with_a_proposal(self) -> None:
        """It is no record of the kernel as it is."""
        self.write("patches/idea/proposal", "SPDX")
        applied = [{"patch": "idea/first", "variant": "7.3.patch", "how": "exactly"}]
        [(name, found)] = self.make(self.run_json(applied=applied)).items()
        self.assertEqual((name, found["groups"]), ("run-6.12-idea", ["idea"]))
        self.assertEqual(figure_texts.name_of(found), "6.12 with idea")
        applied[0]["how"] = "not needed"
        [(name, found)] = self.make(self.run_json(applied=applied)).items()
        self.assertEqual(name, "run-6.12")
        self.assertNotIn("groups", found)

    def test_runs_of_everything(self) -> None:
        data = {"schema": 1, "runs": [{"verdict": "pass", "report": self.run_json()},
                         {"verdict": "pass", "report": self.run_json(variant="kasan")},
                         {"verdict": "fail", "report": self.run_json(variant="gcov")},
                         {"verdict": "skip", "report": {}}]}
        self.assertEqual(list(self.make(data)), ["run-6.12", "run-6.12-kasan"])
        self.refused({"schema": 1, "runs": []}, "holds no result")

    def test_controls(self) -> None:
        [(name, found)] = self.make(self.controls_json()).items()
        self.assertEqual(name, "controls-6.12")
        self.assertEqual([found[key] for key in (
            "total", "killed", "proven", "never_red", "never_red_skipped", "jobs",
            "each_seconds", "each_cpu_seconds")], [2, 2, ["MW-2"], [], 1, 2, 5.0, 6.0])

    def test_controls_of_a_variant(self) -> None:
        """Those that plain lacks are a record, too; and what they prove is proven."""
        self.write("patches/controls/f.patch", test_controls.PATCH.replace(
            "Breaks: MW-2, ME-10", "Breaks: MW-2\nVariants: full"))
        self.write("mm/kunit/ksm/three_kunit.c", SUITE.format(name="three"))
        own = [each for each in self.controls_json()["controls"] if each["name"] == "f"]
        [(name, found)] = self.make(self.controls_json(
            variant="full", controls=own, skipped_without_control=[])).items()
        self.assertEqual(name, "controls-6.12-full")
        self.assertEqual([found[key] for key in ("own", "total", "proven", "never_red")],
                         [True, 1, ["MW-2"], ["three.three"]])
        self.assertTrue(Sources.read(self.tmp).current(found))
        plain = {**found, "variant": "plain", "proven": [], "own": False}
        records = {"controls-6.12": plain}
        for word in ("no", "yes"):
            self.assertRegex("\n".join(figure_texts.covered(figure_texts.Book(
                Sources.read(self.tmp), records, ["MW-2"]))), f"MW-2 +{word}")
            records[name] = found
        self.refused(self.controls_json(variant="full", controls=[]), "nor of the --own ones")

    def test_controls_of_a_proposal(self) -> None:
        self.write("patches/controls/g.patch", test_controls.PATCH.replace(
            "Breaks: MW-2, ME-10", "Breaks: MW-2\nGroup: new"))
        data = self.controls_json()
        data["controls"] = [each for each in data["controls"] if each["name"] == "g"]
        [(name, found)] = self.make(data).items()
        self.assertEqual(name, "controls-6.12-new")
        self.assertEqual([found[key] for key in ("group", "own", "total", "never_red")],
                         ["new", False, 1, []])
        self.assertTrue(Sources.read(self.tmp).current(found))
        [(name, found)] = self.make(self.controls_json(controls=[
            each for each in self.controls_json()["controls"] if each["name"] != "g"])).items()
        self.assertEqual((name, found["group"]), ("controls-6.12", ""))

    def test_a_case_that_did_not_run_was_not_red(self) -> None:
        data = self.controls_json()
        data["controls"][1]["also_failed"] = [
            {"suite": "two", "name": "two", "status": "missing"}]
        self.assertEqual(self.make(data)["controls-6.12"]["never_red_skipped"], 1)

    def test_measure(self) -> None:
        side = {"wall": [3.0, 1.0, 2.04], "cpu": [4, 4, 4], "codes": [0, 0, 0]}
        data = self.head(passed=2, skipped=0,
                         ways={"warm": {"run.sh": side, "kunit.py": side}})
        found = self.make(data)["measure-6.12"]
        self.assertEqual(found["ways"]["warm"]["run.sh"], {"wall": 2.0, "cpu": 4})
        side["codes"] = [0, 1, 0]
        self.refused(data, "not every run of 'warm' passed")
        side["codes"] = [0]
        self.refused({**data, "ways": {"warm": {"run.sh": side, "before": side}}},
                     "something else than kunit.py")

    def test_mutants(self) -> None:
        def fate(before: str, state: mutation.State) -> dict[str, Any]:
            return mutation.Fate(mutation.Mutant(1, "mm/a.c", "f", 1, "delete", before, ""),
                                 state).as_json()

        data = self.head(filter="*", mutants=[
            *(fate("i++", state) for state in mutation.State),
            fate("cond_resched()", mutation.State.SURVIVED)])
        found = self.make(data)["mutants-6.12"]
        self.assertEqual(found["rows"], [
            {"file": "mm/a.c", "mutants": 5, "live": 4, "reached": 3, "killed": 1,
             "equivalent": 1}])
        self.assertEqual(found["lives"], ["mm/a.c:f: delete: i++"])
        self.assertEqual(found["kinds"]["slow"], 1)
        self.refused({**data, "filter": "mm/b.c:*"}, "some mutants only")

    def test_guards(self) -> None:
        data = self.head(guards=[["case"], ["x"]], caught=1, misbehave=1, missed=1, absent=0)
        self.assertEqual(self.make(data)["guards-6.12"]["table"], [["case"], ["x"]])
        self.refused({**data, "verdict": "fail"}, "no run that passed")

    def test_refused(self) -> None:
        run = self.run_json()
        for data, why in (
                ("text", "no JSON of a command of mm-testbed"),
                ({"schema": 1}, "no JSON of a command whose results are recorded"),
                ({**run, "testbed": self.made(commit="")}, "which commit"),
                ({**run, "testbed": None}, "which commit"),
                ({**run, "testbed": self.made(changed=True)}, "not committed"),
                ({**run, "testbed": self.made(suites="0")}, "of other suites"),
                ({**run, "testbed": self.made(series="0")}, "of other suites"),
                ({**run, "line": "7.x", "testbed": self.made(series="0")}, "of other"),
                ({**run, "verdict": "fail"}, "no run that passed"),
                ({**run, "patches": ["x.patch"]}, "--with"),
                ({**run, "cases": run["cases"][:1]}, "lacks two.two"),
                ({key: run[key] for key in run if key != "boots"}, "lacks what"),
                (self.controls_json(controls=self.controls_json()["controls"][:1]),
                 "not of all 2 controls")):
            with self.subTest(why):
                self.refused(data, why)

    def test_controls_that_have_changed(self) -> None:
        data = self.controls_json()
        self.write("patches/controls/a.patch",
                   test_controls.PATCH.replace("Somebody", "He"))
        self.refused(data, "as they are here")

    def test_records_are_kept(self) -> None:
        self.record(self.run_json(), self.controls_json())
        self.assertEqual(list(results.read(self.tmp)), ["controls-6.12", "run-6.12"])
        self.assertIn("recorded Documentation/results/run-6.12.json",
                      self.text.getvalue())

    def test_nothing_is_kept_of_two_of_which_one_is_refused(self) -> None:
        with self.assertRaises(UsageError):
            self.record(self.controls_json(), self.run_json(verdict="fail"))
        self.assertEqual(results.read(self.tmp), {})

    def test_damaged_records(self) -> None:
        self.record(self.controls_json())
        path = self.tmp / "Documentation/results/controls-6.12.json"
        good = json.loads(path.read_text(encoding="utf-8"))
        damaged: tuple[Any, ...] = ([], {}, {**good, "schema": 2},
                                    {**good, "commit": "HEAD"}, {**good, "cases": "2"})
        for bad in damaged:
            path.write_text(json.dumps(bad), encoding="utf-8")
            with self.subTest(bad), self.assertRaisesRegex(TestbedError, "no record"):
                results.read(self.tmp)


class Commands(support.TempCase):
    """What the commands write is what can be recorded."""

    def make(self, data: dict[str, Any]) -> dict[str, Any]:
        """The records of @data, as if all was committed."""
        self.assertLessEqual({"commit", "changed", "date", "cpus", "suites", "series",
                              "inputs"}, data["testbed"].keys())
        data = {**data, "testbed": {**data["testbed"], "commit": COMMIT, "changed": False}}
        path = self.write("out.json", json.dumps(data))
        return dict(results.make(path, Sources.read(TOP), False))

    def run_json(self) -> dict[str, Any]:
        """What scripts/run.sh would write if every case passed."""
        command = run.Command(run_options.parse(["--json", str(self.tmp / "x.json")]),
                              self.console)
        report = command._result
        report.version = "6.12.117"
        report.outcomes = [Outcome(*name, Status.PASSED) for name in report.cases]
        return json.loads(json.dumps(as_json.of(report)))  # type: ignore[no-any-return]

    def test_run(self) -> None:
        found = self.make(self.run_json())["run-6.12"]
        self.assertEqual(found["cases"], len(Sources.read(TOP).cases))
        self.assertGreaterEqual(found["passed"], found["cases"])

    def test_controls(self) -> None:
        command = control_run.Command(control_options.parse([]), self.console)
        command._kernel_version = "6.12.117"
        command._verdicts = [
            controls.Verdict(control, controls.Kind.KILLED, reached=control.breaks)
            for control in command._controls]
        command._took = (100.0, 200.0)
        found = self.make(dict(command._as_json()))["controls-6.12"]
        self.assertEqual(found["total"], found["killed"])
        self.assertEqual(set(found["proven"]), {
            id for control in command._controls for id in control.breaks})

    def test_guards(self) -> None:
        command = control_run.Command(control_options.parse(["--guards"]), self.console)
        command._kernel_version = "6.12.117"
        watched = guardtest.Command(
            self.console, self.tmp, self.tmp, guardtest.Options(
                RunOptions(self.tmp, self.tmp, (), 1.0, 1), True, {}, False, None,
                command._head()))
        name = ("guard_selftest", "warns")
        self.assertEqual(watched._report(
            {name: guardtest.Wanted(Status.PASSED, "", "It is quiet")}, [name],
            Results({name: Outcome(*name, Status.PASSED)}, [], version="6.12.117"),
            [True]), 0)
        found = self.make(json.loads(json.dumps(watched.as_json())))["guards-6.12"]
        self.assertEqual(found["table"][1][:3], ["warns", "It is quiet", "passed"])
        self.assertEqual((found["caught"], found["misbehave"], found["missed"]), (0, 0, 0))

    def test_measure(self) -> None:
        report = self.run_json()

        class Side:
            """Runs nothing."""

            def __init__(self, *_words: Any) -> None:
                pass

            def prepare(self, way: str) -> None:
                """Nothing."""

            def run(self, way: str) -> tuple[float, float, int]:
                """Some times."""
                return 1.0, 2.0, 0

            def report(self) -> dict[str, Any]:
                """What run.sh has found."""
                return report

        path = self.tmp / "measure.json"
        with mock.patch.object(measure, "Ours", Side), \
             mock.patch.object(measure, "Plain", Side), \
             mock.patch.object(measure, "unpacked", lambda line: self.tmp), \
             mock.patch("subprocess.run"), \
             contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(measure.main(["--ways", "warm,case", "--json", str(path)]), 0)
        found = self.make(json.loads(path.read_text(encoding="utf-8")))["measure-6.12"]
        self.assertEqual(found["ways"]["case"], {
            who: {"wall": 1.0, "cpu": 2.0} for who in ("run.sh", "kunit.py")})
        self.assertEqual(found["passed"], len(report["cases"]))

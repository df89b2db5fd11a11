# SPDX-License-Identifier: GPL-2.0
"""The report for KCIDB, held against the schema that KCIDB publishes."""

import importlib
import json
import unittest
from typing import Any

from mmtestbed.model import known
from mmtestbed.model.outcomes import Outcome, Splat, Status, Trouble
from mmtestbed.result import as_json, kcidb

from tests import support
from tests.result.test_verdict import outcome, run

SCHEMA = support.DATA / "kcidb-5.3.json"
BUG = known.Bug("fixes/x", "mm: do not", "7.3", "fails", ("ME-1",), {("s", "three"): ()})
INPUTS = {"inputs": "abc", "cpus": 2, "commit": "", "date": "2026-11-30"}


def data(*outcomes: Outcome, trouble: str = "", error: str = "") -> dict[str, Any]:
    """The JSON of a run on a kernel with BUG."""
    bugs = known.Known([BUG])
    made = run(*map(bugs.settle, outcomes),
               troubles=[Trouble(trouble, [Splat("bug", trouble, ["a\0b"])])] if trouble else [])
    made.known, made.error, made.testbed = bugs, error, INPUTS
    result: dict[str, Any] = json.loads(json.dumps(as_json.of(made)))
    return result


def refused(report: Any) -> str:
    """What the schema has against @report; "" if nothing."""
    try:
        jsonschema = importlib.import_module("jsonschema")
    except ImportError:
        raise unittest.SkipTest("python3-jsonschema is not installed") from None
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return "; ".join(f"{list(each.absolute_path)}: {each.message}" for each in
                     jsonschema.Draft202012Validator(schema).iter_errors(report))


class Schema(unittest.TestCase):
    def test_all_outcomes(self) -> None:
        """Each outcome that a case can have, a report of the kernel, a known bug."""
        for status in Status:
            with self.subTest(status):
                bad = outcome("one", status, "a\0b \udcff")
                self.assertEqual(refused(kcidb.of(data(
                    bad, outcome("two", Status.PASSED), outcome("three", Status.FAILED)))), "")
        self.assertEqual(refused(kcidb.of(data(outcome("one", Status.PASSED),
                                               trouble="a\0warning"))), "")
        self.assertEqual(refused(kcidb.of(data(error="it does not build"))), "")

    def test_the_schema_refuses(self) -> None:
        report = kcidb.of(data(outcome("one", Status.PASSED)))
        del report["tests"][0]["build_id"]
        self.assertIn("'build_id' is a required property", refused(report))
        report = kcidb.of(data(outcome("one", Status.PASSED)))
        report["builds"][0]["status"] = "GOOD"
        self.assertIn("'GOOD' is not one of", refused(report))


class Objects(unittest.TestCase):
    def test_statuses(self) -> None:
        report = kcidb.of(data(outcome("one", Status.CRASHED), outcome("two", Status.SKIPPED),
                               outcome("three", Status.FAILED)))
        self.assertEqual([(test["path"], test["status"]) for test in report["tests"]],
                         [("mm_testbed.s.one", "FAIL"), ("mm_testbed.s.two", "SKIP"),
                          ("mm_testbed.s.three", "FAIL")])

    def test_trouble_is_a_test(self) -> None:
        report = kcidb.of(data(outcome("one", Status.PASSED), trouble="a warning"))
        last = report["tests"][-1]
        self.assertEqual((last["path"], last["status"], last["comment"], last["log_excerpt"]),
                         ("mm_testbed.kernel", "FAIL", "a warning", "a?b"))

    def test_known_bug(self) -> None:
        report = kcidb.of(data(outcome("one", Status.PASSED), outcome("three", Status.FAILED)))
        [issue], [incident] = report["issues"], report["incidents"]
        self.assertEqual(issue["comment"], "mm: do not (fixed in 7.3)")
        self.assertEqual((incident["issue_id"], incident["present"]), (issue["id"], True))
        self.assertIn(incident["test_id"], [test["id"] for test in report["tests"]])
        gone = kcidb.of(data(outcome("three", Status.PASSED)))
        self.assertEqual([each["present"] for each in gone["incidents"]], [False])

    def test_what_does_not_build(self) -> None:
        report = kcidb.of(data(error="it does not build"))
        self.assertEqual((report["builds"][0]["status"], report["builds"][0]["comment"],
                          report["tests"]), ("ERROR", "it does not build", []))

    def test_names_lead_to_each_other(self) -> None:
        report = kcidb.of(data(outcome("one", Status.PASSED), outcome("two", Status.PASSED)),
                          "my_ci")
        [checkout], [build] = report["checkouts"], report["builds"]
        self.assertEqual(build["checkout_id"], checkout["id"])
        self.assertEqual({test["build_id"] for test in report["tests"]}, {build["id"]})
        names = [each["id"] for key in ("checkouts", "builds", "tests") for each in report[key]]
        self.assertEqual(len(set(names)), len(names))
        self.assertTrue(all(name.startswith("my_ci:") for name in names))

    def test_same_run_same_names(self) -> None:
        """What is reported twice is one thing; two runs of one kernel share the build."""
        one, again = (kcidb.of(data(outcome("one", Status.PASSED))) for _ in range(2))
        self.assertEqual(one, again)
        other = kcidb.of(data(outcome("one", Status.FAILED)))
        self.assertEqual(other["builds"][0]["id"], one["builds"][0]["id"])
        self.assertNotEqual(other["tests"][0]["id"], one["tests"][0]["id"])

    def test_long_log(self) -> None:
        long = outcome("one", Status.FAILED)
        long.output = ["x" * 1000] * 100
        report = kcidb.of(data(long))
        self.assertEqual(len(report["tests"][0]["log_excerpt"]), 16384)
        self.assertEqual(refused(report), "")

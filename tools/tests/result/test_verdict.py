# SPDX-License-Identifier: GPL-2.0
"""The closing line, JSON and JUnit."""

import json
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from mmtestbed.boot import ktap
from mmtestbed.errors import Exit
from mmtestbed.model import known
from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Name, Outcome, Results, Splat, Status, Trouble
from mmtestbed.result import as_json, as_ktap, failures, junit, verdict

CASES = {("s", name): Case("s", name, (contract,), "Does it", "mm/kunit/s_kunit.c", 3)
         for name, contract in (("one", "MW-2"), ("two", "MW-12"), ("three", "ME-1"))}


def run(*outcomes: Outcome, troubles: "list[Trouble] | None" = None) -> verdict.Run:
    result = verdict.Run("6.12", "plain", "6.12.1", "test", cases=CASES)
    results = Results({o.key: o for o in outcomes}, troubles or [], "6.12.117", 1.94, 1)
    result.add([results], list(CASES))
    return result


def outcome(name: str, status: Status, reason: str = "") -> Outcome:
    return Outcome("s", name, status, 0.5, reason, ["what it said"])


class Closing(unittest.TestCase):
    def test_pass(self) -> None:
        result = run(outcome("one", Status.PASSED), outcome("two", Status.PASSED))
        self.assertEqual(result.closing_line(), "PASS: 2 cases, 2 contracts, "
                         "Linux 6.12.117, 1.9 s in the kernel")
        self.assertEqual(result.code, Exit.PASSED)

    def test_fail(self) -> None:
        result = run(outcome("one", Status.FAILED), outcome("two", Status.HUNG),
                     outcome("three", Status.PASSED))
        self.assertEqual(result.closing_line(), "FAIL: 2 of 3 cases (s.one, s.two), "
                         "contracts MW-2 MW-12; Linux 6.12.117, 1.9 s in the kernel")
        self.assertEqual(result.code, Exit.FAILED)

    def test_skipped_is_no_pass(self) -> None:
        result = run(outcome("one", Status.SKIPPED, "not here"))
        self.assertEqual(result.code, Exit.FAILED)
        self.assertIn("no case passed", result.closing_line())

    def test_trouble_fails_the_run(self) -> None:
        result = run(outcome("one", Status.PASSED), troubles=[Trouble("a warning")])
        self.assertEqual(result.code, Exit.FAILED)
        self.assertIn("the kernel misbehaved: a warning", result.closing_line())

    def test_flaky_fails_the_run(self) -> None:
        result = verdict.Run("6.12", "plain", "", "", cases=CASES)
        flaky: dict[Name, dict[str, int]] = {("s", "one"): {"passed": 2, "failed": 1}}
        result.flaky = flaky
        result.add([Results({("s", "one"): outcome("one", status)})
                    for status in (Status.PASSED, Status.FAILED, Status.PASSED)], [])
        self.assertEqual(result.code, Exit.FAILED)
        self.assertEqual(result.outcomes[0].status, Status.FAILED)


class KnownBugs(unittest.TestCase):
    def test_a_crash_is_of_its_bug(self) -> None:
        """Even when functions and lines have got their names."""
        bug = known.Bug("fixes/x", "mm: do not", "", "crashes", ("MW-12",), {("s", "two"): ()})
        bad = outcome("two", Status.CRASHED, "oops: at once in foo")
        bad.splats.append(Splat("oops", "at once", [], "foo"))
        bugs = known.Known([bug])
        result = run(outcome("one", Status.PASSED), bugs.settle(bad))
        result.known = bugs
        failures.decode(result, Path("/no/kernel"))
        self.assertEqual({each.name: len(shown) for each, shown in result.shown().items()},
                         {"fixes/x": 1})
        self.assertIn("known bug, not fixed upstream yet; see \"mm: do not\": oops: at once",
                      next(o.reason for o in result.outcomes if o.name == "two"))


class Files(unittest.TestCase):
    def setUp(self) -> None:
        bad = outcome("two", Status.CRASHED, "panic \x01")
        bad.splats.append(Splat("panic", "Kernel panic", ["a", "b"], "foo (mm/x.c:1)"))
        self.run_ = run(outcome("one", Status.PASSED), bad,
                        outcome("three", Status.SKIPPED, "not here"))

    def test_json(self) -> None:
        data = json.loads(json.dumps(as_json.of(self.run_)))
        self.assertEqual((data["kernel_version"], data["line"], data["variant"],
                          data["verdict"], data["exit_code"]),
                         ("6.12.117", "6.12", "plain", "fail", 1))
        self.assertEqual([case["status"] for case in data["cases"]],
                         ["passed", "crashed", "skipped"])
        self.assertEqual(data["cases"][1]["contracts"], ["MW-12"])
        self.assertEqual(data["cases"][1]["guards"][0]["where"], "foo (mm/x.c:1)")
        self.assertEqual(data["counts"]["crashed"], 1)

    def test_where(self) -> None:
        """An editor goes to the assertion, or else to the case."""
        [one, two, _] = self.run_.outcomes
        self.assertEqual(self.run_.place(one), ("mm/kunit/s_kunit.c", 3))
        two.reason = "ASSERTION FAILED at mm/kunit/lib/mm.c:26: Expected x"
        self.assertEqual(self.run_.place(two), ("mm/kunit/lib/mm.c", 26))
        self.assertEqual((as_json.of(self.run_)["cases"][1]["file"],
                          as_json.of(self.run_)["cases"][1]["line"]),
                         ("mm/kunit/lib/mm.c", 26))
        node = ElementTree.fromstring(junit.of(self.run_)).find(".//testcase[@name='two']")
        assert node is not None
        self.assertEqual((node.get("file"), node.get("line")), ("mm/kunit/lib/mm.c", "26"))

    def test_ktap(self) -> None:
        text = as_ktap.of(self.run_).decode()
        found = [event for event in map(ktap.parse, text.splitlines())
                 if isinstance(event, ktap.Result)]
        self.assertEqual([(event.name, event.ok, event.skip) for event in found],
                         [("one", True, None), ("two", False, None),
                          ("three", True, "not here"), (found[3].name, False, None)])
        self.assertIn("# two: b\n", text)
        self.assertEqual(text.splitlines()[:2], ["KTAP version 1", "1..1"])

    def test_junit(self) -> None:
        root = ElementTree.fromstring(junit.of(self.run_))
        suite = root.find("testsuite")
        assert suite is not None
        self.assertEqual((suite.get("tests"), suite.get("failures"),
                          suite.get("skipped")), ("3", "1", "1"))
        failure = root.find(".//failure")
        assert failure is not None
        self.assertEqual(failure.get("message"), "MW-12: panic ?")

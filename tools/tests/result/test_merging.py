# SPDX-License-Identifier: GPL-2.0
"""Results of several machines, put together."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any, Optional

from mmtestbed.cli import merge as command
from mmtestbed.errors import Exit, UsageError
from mmtestbed.model import known, shards
from mmtestbed.model.outcomes import Outcome, Splat, Status, Trouble
from mmtestbed.model.shards import Shard
from mmtestbed.result import as_json, as_ktap, from_json, junit, merging

from tests import support
from tests.result.test_verdict import outcome, run

NAMES = ["one", "two", "three"]
BUG = known.Bug("fixes/x", "mm: do not", "7.3", "fails", ("ME-1",), {("s", "three"): ()})
MADE = {"suites": "1", "series": "2", "inputs": "3", "commit": "c", "date": "2026-11-30",
        "cpus": 2, "changed": False}
# What differs between one run and two.
TIMES = ("seconds", "build_seconds", "boot_seconds", "boots", "children", "merged",
         "missing_shards", "shard")


def told(*outcomes: Outcome, shard: Optional[Shard] = None, **more: Any) -> dict[str, Any]:
    """The JSON of a run of @outcomes; @more: keys that differ from the usual."""
    bugs = known.Known([BUG])
    made = run(*map(bugs.settle, outcomes))
    made.known, made.testbed = bugs, dict(MADE)
    made.shard = shards.facts(shard, NAMES, str)
    made.code = Exit.PASSED
    made.judge()
    return {**json.loads(json.dumps(as_json.of(made))), **more}


def whole() -> list[Outcome]:
    """A run with a crash, a known bug and a case that is skipped."""
    bad = outcome("two", Status.CRASHED, "panic")
    bad.splats.append(Splat("panic", "Kernel panic", ["a", "b"], "foo (mm/x.c:1)"))
    return [outcome("one", Status.SKIPPED, "not here"), bad,
            outcome("three", Status.FAILED, "EXPECTATION FAILED at mm/kunit/y.c:7")]


def parts(of: int) -> list[tuple[str, dict[str, Any]]]:
    """The same in shards."""
    return [(f"{index}.json", told(*shards.part(Shard(index, of), whole()),
                                   shard=Shard(index, of))) for index in range(1, of + 1)]


class Runs(support.TempCase):
    def test_shards_are_one_run(self) -> None:
        for of in (2, 3):
            for files in (parts(of), parts(of)[::-1]):
                one, many = told(*whole()), merging.merge(files)
                for key in TIMES:
                    one.pop(key, None)
                    many.pop(key, None)
                self.assertEqual(many, one)

    def test_sums(self) -> None:
        files = parts(2)
        for number, (_, data) in enumerate(files, 1):
            data.update({"seconds": 1.5 * number, "build_seconds": number, "boots": 2,
                         "children": 3})
        found = merging.merge(files)
        self.assertEqual((found["seconds"], found["build_seconds"], found["boots"],
                          found["children"]), (4.5, 2, 4, 6))
        self.assertEqual([each["shard"] for each in found["merged"]], ["1/2", "2/2"])

    def test_missing_shard(self) -> None:
        with self.assertRaisesRegex(UsageError, r"^shard 2/3 is missing: run it, or say "):
            merging.merge([parts(3)[0], parts(3)[2]])
        found = merging.merge([parts(3)[0], parts(3)[2]], partial=True)
        self.assertEqual((found["verdict"], found["exit_code"], found["error"],
                          found["missing_shards"]),
                         ("broken", 125, "shard 2/3 is missing", ["2/3"]))
        self.assertEqual([case["name"] for case in found["cases"]], ["one", "three"])

    def test_no_case_passed(self) -> None:
        """One shard may skip all of its cases; all of them may not."""
        skipped, passed = outcome("one", Status.SKIPPED), outcome("two", Status.PASSED)
        shard = [told(skipped, shard=Shard(1, 2)), told(passed, shard=Shard(2, 2)),
                 told(outcome("two", Status.SKIPPED), shard=Shard(2, 2))]
        self.assertEqual([each["verdict"] for each in shard], ["pass"] * 3)
        self.assertEqual(merging.merge([("a", shard[0]), ("b", shard[1])])["verdict"], "pass")
        self.assertEqual(merging.merge([("a", shard[0]), ("b", shard[2])])["verdict"], "fail")

    def test_no_shards(self) -> None:
        """Whatever cases two machines have run."""
        found = merging.merge([("a", told(outcome("two", Status.PASSED))),
                               ("b", told(outcome("one", Status.PASSED)))])
        self.assertEqual([case["name"] for case in found["cases"]], ["one", "two"][::-1])
        self.assertEqual((found["verdict"], found["counts"]["passed"]), ("pass", 2))

    def test_one_case_twice(self) -> None:
        """A case that passes on one machine alone is flaky."""
        same = [("a", told(outcome("one", Status.PASSED))),
                ("b", told(outcome("one", Status.PASSED)))]
        self.assertEqual(merging.merge(same)["verdict"], "pass")
        found = merging.merge([*same, ("c", told(outcome("one", Status.HUNG)))])
        [case] = found["cases"]
        self.assertEqual((case["status"], case["flaky"], found["verdict"]),
                         ("hung", {"passed": 2, "hung": 1}, "fail"))

    def test_trouble_and_errors(self) -> None:
        one, two = (told(outcome(name, Status.PASSED)) for name in ("one", "two"))
        one["troubles"] = [{"what": "a warning", "guards": []}]
        one.update(exit_code=1, verdict="fail")
        found = merging.merge([("a", one), ("b", two)])
        self.assertEqual((found["verdict"], found["troubles"][0]["what"]),
                         ("fail", "a warning"))
        two.update(error="the disk is full", exit_code=125, verdict="broken")
        # It ended while cases ran.
        found = merging.merge([("a", one), ("b", two)])
        self.assertEqual((found["verdict"], found["error"]), ("broken", "the disk is full"))


    def test_no_results(self) -> None:
        """A machine that could not begin is told as such."""
        one = told(outcome("one", Status.PASSED), shard=Shard(1, 2))
        two = {**told(), "error": "no disk", "exit_code": 125, "verdict": "broken",
               "kernel_version": "", "shard": None}
        with self.assertRaisesRegex(UsageError, "^b holds no results, but an error: no disk$"):
            merging.merge([("a", one), ("b", two)])
        found = merging.merge([("a", one), ("b", two)], partial=True)
        self.assertEqual((found["verdict"], found["error"], found["missing_shards"]),
                         ("broken", "b: no disk", ["2/2"]))


class Refused(support.TempCase):
    def test_what_does_not_belong_together(self) -> None:
        one = told(outcome("one", Status.PASSED))
        shard = told(outcome("one", Status.PASSED), shard=Shard(1, 2))
        other = {**shard, "shard": {**shard["shard"], "index": 2, "of": 3}}
        table: list[tuple[str, Any, Any]] = [
            ("b differs from a in its kernel (6.18.2, not 6.12.117): merge them apart",
             one, {**one, "kernel_version": "6.18.2"}),
            ("b differs from a in its suites (4, not 1): merge them apart",
             one, {**one, "testbed": {**MADE, "suites": "4"}}),
            ("b differs from a in its variant (kasan, not plain): merge them apart",
             one, {**one, "variant": "kasan"}),
            ("b differs from a in its seed (2, not 3): merge them apart",
             {**one, "seed": 3}, {**one, "seed": 2}),
            ("b is of mmt controls and a of mmt run: merge them apart",
             one, {**one, "controls": []}),
            ("b is no shard and a is one: merge them apart", shard, one),
            ("a is no shard and b is one: merge them apart", one, shard),
            ("b is shard 2/3 of 3 things and a shard 1/2 of 3 others: merge them apart",
             shard, other),
            ("b is not what run, controls, mutate or explore write with --json",
             one, {"schema": 1})]
        for message, first, second in table:
            with self.subTest(message), self.assertRaises(UsageError) as caught:
                merging.merge([("a", first), ("b", second)])
            self.assertEqual(caught.exception.message, message)


class Others(support.TempCase):
    def other(self, key: str, *things: dict[str, Any], shard: int = 0, **more: Any) -> Any:
        head = told(outcome("one", Status.PASSED))
        return {**{name: head[name] for name in ("kernel_version", "line", "variant",
                                                 "testbed")},
                "schema": 1, "exit_code": 0, key: list(things), **more,
                **({"shard": {"index": shard, "of": 2, "total": 3, "list": "x"}}
                   if shard else {})}

    def test_controls(self) -> None:
        a, b, c = ({"name": name, "outcome": "killed"} for name in "abc")
        first = self.other("controls", a, c, shard=1, seconds=2, seconds_of={"apply": 1.0},
                           failed_without_control=["s.x"])
        second = self.other("controls", b, shard=2, seconds=3, seconds_of={"apply": 2.0},
                            failed_without_control=["s.x"])
        found = merging.merge([("2", second), ("1", first)])
        self.assertEqual([each["name"] for each in found["controls"]], ["a", "b", "c"])
        self.assertEqual((found["verdict"], found["seconds"], found["seconds_of"],
                          found["failed_without_control"]),
                         ("pass", 5, {"apply": 3.0}, ["s.x"]))
        b["outcome"] = "survived"
        self.assertEqual(merging.merge([("2", second), ("1", first)])["verdict"], "fail")

    def test_mutants(self) -> None:
        ones = [{"number": number, "state": "killed"} for number in (1, 2, 3)]
        found = merging.merge([("1", self.other("mutants", *ones[0::2], shard=1)),
                               ("2", self.other("mutants", ones[1], shard=2))])
        self.assertEqual(found["mutants"], ones)

    def test_programs(self) -> None:
        good: dict[str, Any]
        bad: dict[str, Any]
        good, bad = ({"program": name, "bad": wrong, "verdict": word} for name, wrong, word in (
            ("a", [], "good so far"), ("b", [{"id": "x"}], "BAD")))
        useless: dict[str, Any] = {"program": "c", "bad": [], "verdict": "read always given up"}
        for second, verdict_ in ((good, "pass"), (bad, "fail"), (useless, "fail")):
            found = merging.merge([("1", self.other("programs", good)),
                                   ("2", self.other("programs", second))])
            self.assertEqual(found["verdict"], verdict_)

    def test_hunts(self) -> None:
        rows = [{"control": name, "found": found} for name, found in (("a", True),
                                                                      ("b", False))]
        found = merging.merge([("1", self.other("hunts", rows[0])),
                               ("2", self.other("hunts", rows[1]))])
        self.assertEqual((found["hunts"], found["verdict"]), (rows, "fail"))


class Back(support.TempCase):
    def test_nothing_is_lost(self) -> None:
        """What is read from JSON makes the same JSON, JUnit and KTAP again."""
        made = run(*whole(), troubles=[Trouble("a warning", [Splat("bug", "x", ["y"])])])
        made.flaky = {("s", "two"): {"passed": 1, "crashed": 2}}
        made.testbed, made.nearest = dict(MADE), "6.18.2"
        made.elsewhere, made.notes = {"s.one": "not here"}, ["odd"]
        data = json.loads(json.dumps(as_json.of(made)))
        again = from_json.run(data)
        self.assertEqual(as_json.of(again), data)
        self.assertEqual(junit.of(again), junit.of(made))
        self.assertEqual(as_ktap.of(again), as_ktap.of(made))
        self.assertEqual(again.closing_line(), made.closing_line())

    def test_known_bugs(self) -> None:
        data = told(*whole())
        again = from_json.run(data)
        self.assertEqual(as_json.of(again), data)
        self.assertIn("1 known bug (1 case)", again.closing_line())
        gone = told(outcome("three", Status.PASSED))
        self.assertEqual(as_json.of(from_json.run(gone)), gone)


class Command(support.TempCase):
    def merge(self, *words: str) -> tuple[int, str]:
        """What mmt merge @words ends with and says."""
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(io.StringIO()) as err:
            code = command.main(words)
        return code, out.getvalue() + err.getvalue()

    def file(self, name: str, data: Any) -> str:
        return str(self.write(name, json.dumps(data)))

    def test_formats(self) -> None:
        one, two = (self.file(name, data) for name, data in parts(2))
        code, text = self.merge(one, two, *(word for kind in ("json", "junit", "ktap", "kcidb")
                                            for word in (f"--{kind}", str(self.tmp / kind))))
        self.assertEqual(code, 1, text)
        self.assertEqual(text.splitlines(), [
            "s.two  MW-12  crashed: panic (mm/kunit/s_kunit.c:3)",
            "FAIL: 1 of 3 cases (s.two), contracts MW-12; 1 known bug (1 case), 1 skipped, "
            "Linux 6.12.117, 3.9 s in the kernel"])
        self.assertEqual(json.loads((self.tmp / "json").read_text("utf-8"))["verdict"], "fail")
        self.assertIn("<testsuites", (self.tmp / "junit").read_text("utf-8"))
        self.assertIn("KTAP version 1", (self.tmp / "ktap").read_text("utf-8"))
        self.assertIn('"mmtestbed:', (self.tmp / "kcidb").read_text("utf-8"))

    def test_of_one_file(self) -> None:
        """It makes the other formats of a file that is there."""
        one = self.file("one", told(outcome("one", Status.PASSED)))
        self.assertEqual(self.merge(one, "--ktap", "-")[0], 0)

    def test_what_is_no_file_of_ours(self) -> None:
        self.assertEqual(self.merge(str(self.tmp / "no"))[0], 2)
        for text, data in (("no JSON of a command", []), ("of schema 9", {"schema": 9}),
                           ("another version", {"schema": 1, "cases": []})):
            with self.subTest(text):
                code, said = self.merge(self.file("x", data))
                self.assertEqual((code, said.count("\n")), (2, 1), said)
                self.assertIn(text, said)

    def test_partial(self) -> None:
        one = self.file(*parts(2)[0])
        self.assertEqual(self.merge(one), (2, "mm-testbed: shard 2/2 is missing: run it, or say "
                                           "--partial\n"))
        code, text = self.merge(one, "--partial")
        self.assertEqual((code, text.splitlines()[-1]),
                         (125, "BROKEN: shard 2/2 is missing; Linux 6.12.117 plain"))

    def test_no_other_format_of_controls(self) -> None:
        data = Others().other("controls", {"name": "a", "outcome": "killed"})
        code, text = self.merge(self.file("c", data))
        self.assertEqual((code, text), (0, "PASS: 1 of 1 control killed, Linux 6.12.117 plain\n"))
        self.assertEqual(self.merge(self.file("c", data), "--ktap", str(self.tmp / "k"))[0], 2)
        self.assertFalse(Path(self.tmp / "k").exists())

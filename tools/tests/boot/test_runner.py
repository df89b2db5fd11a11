# SPDX-License-Identifier: GPL-2.0
"""Boots of a pretended kernel: a script that prints KTAP, crashes and hangs."""

import concurrent.futures
import signal
import stat

from mmtestbed.boot import runner
from mmtestbed.errors import TestbedError
from mmtestbed.model import globs, outcomes
from mmtestbed.model.outcomes import Outcome, Status

from tests import support

# Two suites; the environment of a case is its name: crash*, hang*, warn*, flaky*, due*.
KERNEL = r'''#!/usr/bin/env python3
import fnmatch, os, sys, time
suites = {SUITES}
args = dict(word.partition("=")[::2] for word in sys.argv[1:])
glob = args.get("kunit.filter_glob", "*")
suite_glob, _, case_glob = glob.partition(".")
print("Linux version 6.12.117 (pretended)", flush=True)
chosen = {s: [c for c in cases if fnmatch.fnmatch(c, case_glob or "*")]
          for s, cases in suites.items() if fnmatch.fnmatch(s, suite_glob)}
chosen = {s: cases for s, cases in chosen.items() if cases}
print("KTAP version 1", flush=True)
if args.get("kunit.action") == "list":
    for s, cases in chosen.items():
        print(s)
        for c in cases:
            print(s + "." + c)
    sys.exit()
print(f"1..{len(chosen)}")
for i, (s, cases) in enumerate(chosen.items(), 1):
    print(f"    KTAP version 1\n    # Subtest: {s}\n    1..{len(cases)}", flush=True)
    for j, c in enumerate(cases, 1):
        if c.startswith("crash"):
            print("Kernel panic - not syncing: by hand", flush=True)
            sys.exit(1)
        if c.startswith("due"):
            if "mm_kunit.expect_report" not in args:
                print(f"    ok {j} {c} # SKIP wants a boot of its own", flush=True)
                continue
            if c == "due_bug":
                print("kernel BUG at mm/x.c:26!\nKernel panic - not syncing: BUG!",
                      flush=True)
                sys.exit(1)
        if c.startswith("hang"):
            time.sleep(1000)
        if c.startswith("warn"):
            print("WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30")
        if c.startswith("flaky"):
            try:
                os.mkdir(os.environ["FLAKY"])
                ok = "ok"
            except FileExistsError:
                ok = "not ok"
            print(f"    {ok} {j} {c}")
            continue
        if not c.startswith("absent"):
            print(f"    ok {j} {c}", flush=True)
    print(f"ok {i} {s}", flush=True)
'''


class Boots(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.seen: list[Outcome] = []

    def make(self, suites: dict[str, list[str]],
               timeout: float = 20, spread: bool = False) -> runner.Runner:
        kernel = self.write("linux", KERNEL.replace("{SUITES}", repr(suites)))
        kernel.chmod(kernel.stat().st_mode | stat.S_IXUSR)
        self.set_env("FLAKY", str(self.tmp / "flaky"))
        return runner.Runner(
            runner.Options(kernel, self.tmp / "boots", (), timeout, 2,
                           spread=spread),
            self.seen.append, {("a", "due_bug"): ["bug mm/x.c"],
                               ("b", "due_none"): ["bug mm/x.c"]})

    def outcomes(self, suites: dict[str, list[str]], glob: str = "",
                 timeout: float = 20,
                 spread: bool = False) -> tuple[dict[str, str], outcomes.Results]:
        boots = self.make(suites, timeout, spread)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = boots.round(boots.cases(glob), glob, pool)
        self.assertEqual(len(self.seen), len(results.outcomes))
        return ({".".join(name): outcome.status.value
                 for name, outcome in results.outcomes.items()}, results)

    def test_all_good(self) -> None:
        found, results = self.outcomes({"a": ["one", "two"], "b": ["three"]})
        self.assertEqual(set(found.values()), {"passed"})
        self.assertEqual((results.boots, results.version), (1, "6.12.117"))

    def test_each_suite_has_a_boot(self) -> None:
        suites = {"a": ["one", "crash", "two"], "b": ["three", "four"], "c": ["one"]}
        found, results = self.outcomes(suites, "*.*e", spread=True)
        self.assertEqual(found, {"a.one": "passed", "b.three": "passed",
                                 "c.one": "passed"})
        self.assertEqual(results.boots, 3)

    def test_what_comes_first_and_enough(self) -> None:
        boots = self.make({"a": ["one"], "b": ["two"], "c": ["red"], "d": ["last"]},
                          spread=True)
        names = [("a", "one"), ("b", "two"), ("c", "red"), ("d", "last")]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            results = boots.round(names, "", pool,
                                  enough=lambda seen: ("c", "red") in seen,
                                  first={("c", "red")})
        self.assertEqual(list(results.outcomes), [("c", "red")])
        self.assertEqual(results.boots, 1)

    def test_a_large_suite_has_two_boots(self) -> None:
        cases = [f"{letter}{number}" for letter in "acmz" for number in range(5)]
        found, results = self.outcomes({"a": [*cases, "crash"], "b": ["one"]},
                                       spread=True)
        self.assertEqual(found.pop("a.crash"), "crashed")
        self.assertEqual(set(found.values()), {"passed"})
        self.assertEqual(len(found), 21)
        names = [("a", case) for case in cases]
        self.assertEqual([glob for _, glob in globs.halves((names, "a"))],
                         ["a.[a-l]*", "a.[m-z]*"])
        self.assertEqual(globs.halves((names, "a.*x*")), [(names, "a.*x*")])
        self.assertEqual(globs.halves((names[:5], "a")), [(names[:5], "a")])
        self.assertEqual(len(globs.halves((names[:5] * 4, "a"))), 1)

    def test_crash_in_a_spread_round_hides_nothing(self) -> None:
        found, results = self.outcomes(
            {"a": ["one", "crash", "two"], "b": ["three"]}, spread=True)
        self.assertEqual(found, {"a.one": "passed", "a.crash": "crashed",
                                 "a.two": "passed", "b.three": "passed"})
        self.assertEqual(results.boots, 3)

    def test_one_suite_is_one_boot_however_spread(self) -> None:
        found, results = self.outcomes({"a": ["one", "two"]}, spread=True)
        self.assertEqual(set(found.values()), {"passed"})
        self.assertEqual(results.boots, 1)

    def test_crash_hides_nothing(self) -> None:
        found, results = self.outcomes(
            {"a": ["one", "crash", "two"], "b": ["three", "four"]})
        self.assertEqual(found, {"a.one": "passed", "a.crash": "crashed",
                                 "a.two": "passed", "b.three": "passed",
                                 "b.four": "passed"})
        self.assertEqual(results.boots, 3)

    def test_hang_hides_nothing(self) -> None:
        found, _ = self.outcomes({"a": ["hang", "two"]}, timeout=1)
        self.assertEqual(found, {"a.hang": "hung", "a.two": "passed"})

    def test_warning_is_followed_by_a_fresh_boot(self) -> None:
        found, results = self.outcomes({"a": ["warn", "two"], "b": ["three"]})
        self.assertEqual(found, {"a.warn": "failed", "a.two": "passed",
                                 "b.three": "passed"})
        self.assertEqual(results.boots, 3)

    DUE = {"a": ["one", "due_bug", "two"], "b": ["due_none", "three"]}
    DUE_FOUND = {"a.one": "passed", "a.due_bug": "passed", "a.two": "passed",
                 "b.due_none": "failed", "b.three": "passed"}

    def test_due_report_comes_in_a_boot_of_its_own(self) -> None:
        for spread, boots in ((False, 3), (True, 4)):
            with self.subTest(spread=spread):
                self.seen.clear()
                found, results = self.outcomes(self.DUE, spread=spread)
                self.assertEqual(found, self.DUE_FOUND)
                self.assertEqual((results.boots, results.troubles), (boots, []))

    def test_due_report_beside_a_crash(self) -> None:
        found, _ = self.outcomes({"a": ["one", "due_bug", "crash", "two"]})
        self.assertEqual(found, {"a.one": "passed", "a.due_bug": "passed",
                                 "a.crash": "crashed", "a.two": "passed"})

    def test_due_report_alone(self) -> None:
        found, results = self.outcomes(self.DUE, "a.due*")
        self.assertEqual(found, {"a.due_bug": "passed"})
        self.assertEqual(results.boots, 1)

    def test_due_report_one_after_the_other_and_shuffled(self) -> None:
        boots = self.make(self.DUE)
        names = boots.cases("")
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for results in (boots.round(names, ""),
                            boots.isolated(runner.shuffled(names, 1), pool)):
                self.assertEqual({".".join(name): outcome.status.value for name, outcome
                                  in results.outcomes.items()}, self.DUE_FOUND)

    def test_absent_case(self) -> None:
        found, _ = self.outcomes({"a": ["one", "absent"]})
        self.assertEqual(found, {"a.one": "passed", "a.absent": "missing"})

    def test_filter_also_holds_after_a_crash(self) -> None:
        found, _ = self.outcomes({"a": ["crash_x", "y"], "b": ["x_ray", "y"]}, "*.*x*")
        self.assertEqual(found, {"a.crash_x": "crashed", "b.x_ray": "passed"})

    def test_isolated(self) -> None:
        boots = self.make({"a": ["one", "two"], "b": ["crash"]})
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = boots.isolated(runner.shuffled(boots.cases(""), 3), pool)
        self.assertEqual(results.boots, 3)
        self.assertEqual(results.outcomes[("b", "crash")].status, Status.CRASHED)

    def test_flaky(self) -> None:
        boots = self.make({"a": ["one", "flaky"]})
        names = boots.cases("")
        rounds = [boots.round(names, "") for _ in range(3)]
        self.assertEqual(runner.flaky(rounds),
                         {("a", "flaky"): {"passed": 1, "failed": 2}})

    def test_dies_before_kunit(self) -> None:
        kernel = self.write("linux", "#!/bin/sh\necho no memory; exit 1\n")
        kernel.chmod(0o755)
        boots = runner.Runner(runner.Options(kernel, self.tmp / "b", (), 5, 1),
                              self.seen.append)
        with self.assertRaisesRegex(TestbedError, "dies before KUnit starts"):
            boots.cases("")

    def test_killed_kernel(self) -> None:
        kernel = self.write("linux", "#!/bin/sh\necho KTAP version 1\necho 1..1\n"
                            f"kill -{signal.SIGSEGV} $$\n")
        kernel.chmod(0o755)
        boots = runner.Runner(runner.Options(kernel, self.tmp / "b", (), 5, 1),
                              self.seen.append)
        results = boots.round([("a", "one")], "")
        self.assertEqual(results.outcomes[("a", "one")].status, Status.MISSING)
        self.assertIn("signal 11", results.troubles[0].what)

    def test_listing_is_remembered(self) -> None:
        boots = self.make({"a": ["one"]})
        names = boots.listed(self.tmp, "sha", "")
        (self.tmp / "linux").unlink()
        self.assertEqual(boots.listed(self.tmp, "sha", ""), names)
        with self.assertRaises(TestbedError):
            boots.listed(self.tmp, "other", "")


class Split(support.TempCase):
    NAMES = [("a", "1"), ("a", "2"), ("b", "1"), ("b", "2")]

    def test_whole_suites_stay_together(self) -> None:
        self.assertEqual(globs.split(self.NAMES[1:], self.NAMES, ""),
                         [([("a", "2")], "a.2"), (self.NAMES[2:], "b")])

    def test_a_suite_that_died_at_once_is_taken_apart(self) -> None:
        self.assertEqual(globs.split(self.NAMES[:2], self.NAMES[:2], "a"),
                         [([("a", "1")], "a.1"), ([("a", "2")], "a.2")])

    def test_shuffle_is_repeatable(self) -> None:
        self.assertEqual(runner.shuffled(self.NAMES, 5), runner.shuffled(self.NAMES, 5))
        self.assertEqual(sorted(runner.shuffled(self.NAMES, 5)), self.NAMES)



# SPDX-License-Identifier: GPL-2.0
"""How often and with which seeds, and what is shown of it; a pretended kernel."""

import concurrent.futures
from dataclasses import replace

from mmtestbed.boot import children, runner
from mmtestbed.cli import rounds, run_options
from mmtestbed.errors import UsageError
from mmtestbed.model import options
from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Outcome, Status
from mmtestbed.result import failures, verdict

from tests import support

CASES = {("a", "lucky"): Case("a", "lucky", ("MW-2",), "Has luck", "mm/kunit/a_kunit.c", 3,
                              random="luck")}


class Rounds(support.TempCase):
    def run_as(self, words: list[str], cases: list[str],
               traits: str = "") -> verdict.Run:
        self.set_env("FAKE_TRAITS", traits)
        opts = run_options.parse([*words, "--jobs", "2"], fixes=False)
        report = verdict.Run("6.12", "plain", "", "", cases=CASES)
        display = failures.Display(self.console, report, opts)
        seed = options.SEED if opts.seed is None else opts.seed
        plan = rounds.Rounds(opts, self.console, display, seed, list(CASES))
        how = runner.Options(support.fake_kernel(self.tmp, {"a": cases}),
                             self.tmp / "boots", (), 30, 2, virtual=True, servers=2,
                             seed=seed)
        with children.open_runner(how, plan.live, {}, self.console.note,
                                  not opts.children) as boots, \
             concurrent.futures.ThreadPoolExecutor(4) as pool:
            names = boots.cases(opts.filter)
            found = plan.run(boots, names, names, pool)
        report.flaky = runner.flaky(found)
        report.add(found, names)
        display.failures()
        return report

    def test_once(self) -> None:
        report = self.run_as([], ["one", "two"])
        self.assertEqual((report.word(), report.children), ("PASS", 2))
        self.assertIn("ok    a.one", self.text.getvalue())

    def test_new_seeds_each_time(self) -> None:
        report = self.run_as(["--repeat", "3"], ["lucky", "one"])
        self.assertEqual(report.flaky, {("a", "lucky"): {"passed": 2, "failed": 1}})
        self.assertEqual(report.children, 6)
        text = self.text.getvalue()
        self.assertIn("seed:     2", text)
        self.assertIn("again:    scripts/run.sh --seed 2 --filter a.lucky\n", text)
        self.assertIn("in gdb:   scripts/run.sh --seed 2 --gdb a.lucky\n", text)

    def test_same_seed_each_time(self) -> None:
        report = self.run_as(["--repeat", "3", "--seed", "3"], ["lucky", "one"])
        self.assertEqual((report.word(), report.flaky), ("PASS", {}))
        self.assertIn("2 cases printed the same 3 times, byte for byte",
                      self.text.getvalue())

    def test_says_if_the_same_seed_does_not_do_the_same(self) -> None:
        self.run_as(["--repeat", "2", "--seed", "3"], ["flaky"])
        self.assertIn("1 of 1 cases did not print the same each time: a.flaky",
                      self.text.getvalue())

    def test_for_seconds(self) -> None:
        report = self.run_as(["--seconds", "1"], ["lucky", "one"])
        [outcome] = report.outcomes
        self.assertEqual((outcome.status, outcome.seed), (Status.FAILED, 2))
        self.assertGreaterEqual(report.children, 2)
        text = self.text.getvalue()
        self.assertRegex(text, r"\d+ children, seeds 1 to \d+")
        self.assertIn("--seed 2 --filter a.lucky", text)

    def test_a_case_that_has_failed_is_left_alone(self) -> None:
        report = self.run_as(["--seconds", "1", "--filter", "a.*"], ["fail", "one"])
        self.assertGreater(report.children, 4)
        self.assertIn(self.text.getvalue().count("FAIL  a.fail"), (1, 2))

    def test_for_seconds_needs_something_random(self) -> None:
        with self.assertRaisesRegex(UsageError, "draws anything at random"):
            self.run_as(["--seconds", "1"], ["one"])
        with self.assertRaisesRegex(UsageError, "can fork itself"):
            self.run_as(["--seconds", "1"], ["one"], "no-snapshot")

    def test_shuffled_boots(self) -> None:
        report = self.run_as(["--one-boot", "--shuffle", "3"], ["one", "two", "three"])
        self.assertEqual((report.word(), report.children, report.boots), ("PASS", 0, 3))

    def test_repeated_boots(self) -> None:
        report = self.run_as(["--one-boot", "--repeat", "3"], ["one", "two"])
        self.assertEqual((report.word(), report.children, report.boots), ("PASS", 0, 3))


class Again(support.TempCase):
    def test_all_that_made_a_difference(self) -> None:
        patch = self.write("some.patch", "")
        opts = run_options.parse([
            "--kdir", "/k d", "--line", "6.12", "--variant", "kasan", "--with", str(patch),
            "--timeout", "7", "--host-time", "--jobs", "3", "--json", str(self.tmp / "j"),
            "--", "--kconfig_add", "CONFIG_X=y", "--kernel_args=z"], fixes=False)
        outcome = replace(Outcome("a", "b", Status.FAILED), seed=9)
        command = failures.again(opts, outcome)
        self.assertEqual(command, "scripts/run.sh --kdir '/k d' --line 6.12 --variant kasan "
                         f"--with {patch} --timeout 7 --host-time --seed 9 --filter a.b -- "
                         "--kconfig_add CONFIG_X=y --kernel_args=z")

    def test_nothing_else(self) -> None:
        outcome = replace(Outcome("a", "b", Status.FAILED), seed=options.SEED)
        self.assertEqual(failures.again(run_options.parse(["--jobs", "2"], fixes=False), outcome),
                         "scripts/run.sh --filter a.b")
        self.assertEqual(failures.again(run_options.parse([], fixes=False), outcome, "--gdb", "a.b"),
                         "scripts/run.sh --gdb a.b")

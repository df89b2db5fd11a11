# SPDX-License-Identifier: GPL-2.0
"""--all: what is run, and what its table says."""

import signal
import unittest
from typing import Any

from mmtestbed.cli import every, run_options
from mmtestbed.errors import Exit
from mmtestbed.host import deps, ns
from mmtestbed.model import configs, lines
from mmtestbed.ui import tables

from tests import support

OLD, NEW = lines.by_name("6.12"), lines.by_name("7.x")
KASAN = configs.by_name("kasan")
REPORT: dict[str, Any] = {"verdict": "pass", "kernel_version": "6.12.117",
                          "build_seconds": 61.23,
                          "boot_seconds": 5.0, "error": ""}
CLOSING = ("PASS: 3 cases, 2 contracts, 1 skipped, Linux 6.12.117 kasan, 1.9 s in the "
           "kernel\n")


def row(code: int = 0, report: object = None, output: str = CLOSING) -> every.Row:
    """What a run comes to."""
    return every.row(OLD, KASAN, code, REPORT if report is None else report, output)


class Plan(unittest.TestCase):
    def test_all(self) -> None:
        found = every.plan(None, None)
        self.assertEqual(len(found), len(lines.LINES) * len(configs.CONFIGS))
        self.assertEqual(found[0], (lines.DEFAULT, configs.PLAIN))

    def test_narrowed(self) -> None:
        self.assertEqual(every.plan(NEW, KASAN), [(NEW, KASAN)])
        self.assertEqual({line for line, _ in every.plan(NEW, None)}, {NEW})
        self.assertEqual(every.plan(None, KASAN), [(line, KASAN) for line in lines.LINES])

    def test_words_mean_the_same_to_the_run(self) -> None:
        given = ["--all", "--jobs", "3", "--filter", "a.b", "--repeat", "2", "--timeout",
                 "9", "--one-boot", "--host-time", "--shuffle", "7", "--seed", "8",
                 "--keep", "--", "--kconfig_add", "CONFIG_X=y", "--kernel_args=z=1"]
        opts = run_options.parse(given)
        again = run_options.parse(every.words(opts, NEW, KASAN))
        self.assertEqual((again.line, again.config, again.all), (NEW, KASAN, False))
        for name in ("jobs", "filter", "repeat", "timeout", "seed", "shuffle", "one_boot",
                     "host_time", "keep",
                     "build_options", "kernel_args"):
            self.assertEqual(getattr(again, name), getattr(opts, name), name)

    def test_a_variant_keeps_its_own_time_limit(self) -> None:
        opts = run_options.parse(["--all"])
        self.assertEqual(run_options.parse(every.words(opts, NEW, KASAN)).timeout,
                         run_options.parse(["--variant", "kasan"]).timeout)


class Rows(unittest.TestCase):
    def test_pass(self) -> None:
        found = row()
        self.assertEqual(found.cells(), ["6.12", "6.12.117", "kasan", "PASS", "61.2 s",
                                         "5.0 s", "3 cases, 2 contracts, 1 skipped"])

    def test_fail(self) -> None:
        found = row(1, {**REPORT, "verdict": "fail"},
                    "FAIL: 1 of 3 cases (s.one); Linux 6.12.117 kasan, 1.9 s\n")
        self.assertEqual((found.word, found.note), ("FAIL", "1 of 3 cases (s.one)"))

    def test_broken_and_skipped(self) -> None:
        for verdict in ("broken", "skip"):
            found = row(125, {**REPORT, "verdict": verdict, "error": "no source"})
            self.assertEqual((found.word, found.note), (verdict.upper(), "no source"))
            self.assertEqual(found.cells()[4:6], ["", ""])

    def test_no_report(self) -> None:
        found = row(2, {}, "mm-testbed: no case matches x; see --list\n")
        self.assertEqual((found.word, found.note),
                         ("BROKEN", "no case matches x; see --list"))
        self.assertEqual(row(137, {}, "").note, "exit code 137")

    def test_exit_code_is_the_worst(self) -> None:
        def rows(*words: str) -> list[every.Row]:
            return [every.Row("6.12", "plain", word, "", {}) for word in words]

        self.assertEqual(every.code(rows("PASS", "SKIP")), Exit.PASSED)
        self.assertEqual(every.code(rows("PASS", "FAIL", "SKIP")), Exit.FAILED)
        self.assertEqual(every.code(rows("BROKEN", "FAIL", "PASS")), Exit.BROKEN)
        self.assertEqual(every.code(rows("SKIP", "SKIP")), Exit.BROKEN)


class DryRun(support.TempCase):
    def test_names_what_cannot_be(self) -> None:
        opts = run_options.parse(["--all", "--dry-run", "--variant", "smp"])
        self.assertEqual(every.Command(opts, self.console).run(), 0)
        text = self.text.getvalue().splitlines()
        self.assertEqual(text[0], "# 6.12 smp: User-Mode Linux 6.12 has no SMP")
        self.assertEqual(text[1], "# 6.18 smp: User-Mode Linux 6.18 has no SMP")
        self.assertTrue(text[2].startswith("scripts/run.sh --line 7.x --variant smp"))

    def test_a_tool_that_cannot_be_had(self) -> None:
        for signum in ns.FORWARDED:
            self.addCleanup(signal.signal, signum, signal.getsignal(signum))
        self.set_env("PATH", str(self.tmp))
        self.addCleanup(setattr, deps, "PATH", deps.PATH)
        setattr(deps, "PATH", str(self.tmp))
        self.write("apt-get", "#!/bin/sh\nexit 100\n").chmod(0o755)
        opts = run_options.parse(["--all", "--line", "6.12", "--variant", "gcov"])
        self.assertEqual(every.Command(opts, self.console).run(), Exit.BROKEN)
        self.assertIn("SKIP  6.12 gcov: cannot install gcc gcovr; check the network",
                      self.text.getvalue())

    def test_table(self) -> None:
        rows = [["line", "kernel", "variant", "verdict", "build", "run", ""],
                row().cells()]
        self.assertEqual(len(tables.plain(rows, 160)), 3)

# SPDX-License-Identifier: GPL-2.0
"""Lines of the console."""

import unittest

from mmtestbed.boot import ktap


class Clean(unittest.TestCase):
    def test_time_stamp(self) -> None:
        self.assertEqual(ktap.clean("[    0.250000]     1..3"), "    1..3")

    def test_caller_and_level(self) -> None:
        self.assertEqual(ktap.clean("<6>[   12.000001][   T19] ok 1 a"), "ok 1 a")

    def test_carriage_return_and_escapes(self) -> None:
        self.assertEqual(ktap.clean("\x1b[1;31m[    1.0] ok 1 a\x1b[0m\r"), "ok 1 a")

    def test_no_stamp(self) -> None:
        self.assertEqual(ktap.clean("Core dump limits :\n"), "Core dump limits :")


class Parse(unittest.TestCase):
    def test_versions(self) -> None:
        self.assertEqual(ktap.parse("KTAP version 1"), ktap.Version(0))
        self.assertEqual(ktap.parse("TAP version 14"), ktap.Version(0))
        self.assertEqual(ktap.parse("        KTAP version 1"), ktap.Version(2))

    def test_plan(self) -> None:
        self.assertEqual(ktap.parse("    1..12"), ktap.Plan(12, 1))

    def test_subtest(self) -> None:
        self.assertEqual(ktap.parse("    # Subtest: my_suite"),
                         ktap.Subtest("my_suite", 1))

    def test_results(self) -> None:
        self.assertEqual(ktap.parse("ok 1 suite"),
                         ktap.Result(True, 1, "suite", 0, None))
        self.assertEqual(ktap.parse("    not ok 2 - a_case"),
                         ktap.Result(False, 2, "a_case", 1, None))
        self.assertEqual(ktap.parse("        ok 3 param with spaces"),
                         ktap.Result(True, 3, "param with spaces", 2, None))

    def test_skip(self) -> None:
        self.assertEqual(ktap.parse("    ok 2 a_case # SKIP not here"),
                         ktap.Result(True, 2, "a_case", 1, "not here"))
        self.assertEqual(ktap.parse("    ok 2 a_case # SKIP"),
                         ktap.Result(True, 2, "a_case", 1, ""))

    def test_other(self) -> None:
        for text in ("WARNING: CPU: 0 PID: 1 at x.c:1", "okay 1 then", "    # a: b",
                     "not okay", "ok then", ""):
            self.assertEqual(ktap.parse(text), ktap.Other(text))

# SPDX-License-Identifier: GPL-2.0
"""What is read out of the lines that cases print."""

import unittest

from mmtestbed.result import measured

LINES = """\
    # Subtest: measure_contention
    # contention_is_measured: 2 contender(s): 17 of 640 pages skipped
    # hammered: 16 tasks: 30 of 100 migrations succeeded, in 214 tries
    # hammered: pass:1 fail:0 skip:0 total:1
    # hammered: EXPECTATION FAILED at mm/kunit/x.c:12
    ok 1 contention_is_measured
""".splitlines()


class Read(unittest.TestCase):
    def test_figures(self) -> None:
        self.assertEqual(measured.read(LINES), [
            ("contention_is_measured", "2 contender(s)", "pages skipped", 17, 640),
            ("hammered", "16 tasks", "migrations succeeded", 30, 100),
            ("hammered", "16 tasks", "tries", 214, 0)])

    def test_median_and_spread(self) -> None:
        runs = [measured.read([f"    # c: 1 task: {value} of 10 pages skipped, in {value} "
                               "tries"]) for value in (2, 9, 4)]
        share, tries = measured.gather(runs)
        self.assertEqual(share.cells(), ["c", "1 task", "pages skipped (of 10)", "40.0 %",
                                         "20.0 % .. 90.0 %", "3"])
        self.assertEqual(tries.cells()[3:], ["4", "2 .. 9", "3"])
        data = measured.as_json([share, tries], {"line": "6.12"})
        self.assertEqual((data["schema"], data["line"]), (1, "6.12"))
        self.assertEqual([figure["values"] for figure in data["figures"]],
                         [[2, 9, 4], [2, 9, 4]])
        self.assertEqual([figure["of"] for figure in data["figures"]], [10, None])

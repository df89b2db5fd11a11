# SPDX-License-Identifier: GPL-2.0
"""What a terminal gets: colours that one can refuse, and lines that fit."""

import io
import unittest

from mmtestbed.ui import words
from mmtestbed.ui.console import RED, Console

from tests import support


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


class Terminal(support.TempCase):
    def said(self, colourless: str) -> str:
        """What a terminal gets where NO_COLOR is @colourless."""
        self.set_env("NO_COLOR", colourless)
        out = Tty()
        console = Console(out)
        console.line(console.paint("FAIL", RED))
        return out.getvalue()

    def test_no_color(self) -> None:
        self.assertEqual(self.said(""), "\x1b[31mFAIL\x1b[0m\n")
        self.assertEqual(self.said("1"), "FAIL\n")

    def test_progress_fits(self) -> None:
        """What wraps cannot be wiped out again."""
        self.set_env("COLUMNS", "40")
        out = Tty()
        console = Console(out)
        console.begin("running 612 cases of all suites", "3 of 612, 0 %, about 9 s left")
        longest = max(map(len, out.getvalue().replace("\r\x1b[K", "\n").splitlines()))
        self.assertEqual(longest, 39)
        console.line("a line that may be as long as it likes, since nobody wipes it out")
        self.assertIn("nobody wipes it out\n", out.getvalue())


class Words(unittest.TestCase):
    def test_counts(self) -> None:
        for number, noun, text in ((1, "case", "1 case"), (2, "patch", "2 patches"),
                                   (0, "child", "0 children"), (3, "kernel", "3 kernels")):
            self.assertEqual(words.count(number, noun), text)

    def test_share(self) -> None:
        self.assertEqual(words.share(1, 4, 9.0), "1 of 4, 25 %")
        self.assertEqual(words.share(3, 12, 6.0), "3 of 12, 25 %, about 18 s left")
        self.assertEqual(words.share(3, 12, 120.0), "3 of 12, 25 %, about 6 min left")
        self.assertEqual(words.share(12, 12, 6.0), "12 of 12, 100 %")
        self.assertEqual(words.share(0, 0, 0.0), "0 of 0, 0 %")

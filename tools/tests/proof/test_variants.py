# SPDX-License-Identifier: GPL-2.0
"""Controls that are for some configurations only."""

import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.proof import controls


def control(name: str, header: str) -> controls.Control:
    """One with @header."""
    return controls.parse(Path(f"patches/controls/{name}.patch"),
                          f"Subject: x\nBreaks: MV-2\nLines: 6.12\n{header}"
                          "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n")


class Variants(unittest.TestCase):
    def test_left_out_elsewhere(self) -> None:
        known = [control("mv-2-a", ""), control("mv-2-b", "Variants: full, kasan\n")]
        for config, names in (("plain", "a"), ("full", "ab"), ("kasan", "ab"), ("", "ab")):
            with self.subTest(config):
                self.assertEqual("".join(each.name[-1] for each in controls.select(
                    known, "6.12", "", "", config)), names)

    def test_one_that_has_another(self) -> None:
        self.assertTrue(control("mv-2-b", "Variants: dax\n").is_for("6.12", "smp"))
        self.assertFalse(control("mv-2-b", "Variants: smp\n").is_for("6.12", "dax"))

    def test_none_is_left(self) -> None:
        with self.assertRaises(UsageError):
            controls.select([control("mv-2-b", "Variants: full\n")], "6.12", "", "", "plain")

    def test_no_such_variant(self) -> None:
        with self.assertRaisesRegex(TestbedError, "no variant fool"):
            control("mv-2-b", "Variants: fool\n")

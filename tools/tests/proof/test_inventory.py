# SPDX-License-Identifier: GPL-2.0
"""No control that there ever was has been lost, and none is there twice."""

import collections
import unittest

from mmtestbed.model.repository import REPOSITORY
from mmtestbed.proof import controls

from tests import support


class Inventory(unittest.TestCase):
    """What is in patches/controls."""

    def setUp(self) -> None:
        self.controls = controls.read(REPOSITORY / "patches" / "controls")

    def test_every_name_is_there(self) -> None:
        """test_data/controls.txt: each name of 2026-11-30, and what has its bug now."""
        names = {control.name.removesuffix("-7.x") for control in self.controls}
        text = (support.DATA / "controls.txt").read_text(encoding="utf-8")
        for line in text.splitlines()[1:]:
            with self.subTest(line):
                self.assertIn(line.split()[-1], names)

    def test_none_is_there_twice(self) -> None:
        """Neither as two files with one bug, nor as a twin for some release."""
        found = collections.defaultdict(list)
        for control in self.controls:
            if control.rule:
                found["".join(control.rule.body.split()), control.rule.places].append(
                    control.name)
        for names in found.values():
            self.assertEqual(len(names), 1, names)
        for control in self.controls:
            if control.name.endswith("-7.x"):
                self.assertFalse(control.rule)

    def test_each_says_what_it_kills(self) -> None:
        for control in self.controls:
            with self.subTest(control.name):
                self.assertTrue(control.kills)
                self.assertTrue(all(control.how))

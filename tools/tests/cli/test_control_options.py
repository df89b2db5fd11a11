# SPDX-License-Identifier: GPL-2.0
"""Which controls the words of scripts/controls.sh mean."""

from mmtestbed.cli import control_options

from tests import support


class Chosen(support.TempCase):
    def names(self, *words: str) -> set[str]:
        """The controls that @words mean, by name."""
        wanted = control_options.parse(["--no-install", "--line", "7.x", *words])
        return {each.name for each in control_options.chosen(wanted)}

    def test_group(self) -> None:
        """With a proposal, those for it; without it, none of them."""
        group = self.names("--group", "zone-device-at-zero")
        self.assertIn("zd-15-last-put-resets-the-count", group)
        self.assertFalse(group & self.names())
        dax = self.names("--group", "zone-device-at-zero", "--variant", "dax")
        self.assertIn("zd-15-dax-keeps-its-reference", dax - group)
        self.assertFalse(dax & self.names("--variant", "dax"))

    def test_own(self) -> None:
        """Those that the variant has and plain has not."""
        own = self.names("--variant", "full", "--own")
        self.assertIn("ks-1-children-are-forgotten", own)
        self.assertEqual(own, self.names("--variant", "full") - self.names())
        self.assertLess(own, self.names("--variant", "kasan", "--own"))

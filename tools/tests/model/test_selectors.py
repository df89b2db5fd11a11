# SPDX-License-Identifier: GPL-2.0
"""Which cases words mean."""

import unittest

from mmtestbed.errors import UsageError
from mmtestbed.model import selectors
from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Name

NAMES: list[Name] = [("wait", "one"), ("wait", "two"), ("swap", "one"), ("swap", "last")]
KNOWN = {name: Case(*name, contracts, "", "x.c", 1) for name, contracts in zip(
    NAMES, (("MW-3",), ("MW-3", "MW-4"), ("SF-1",), ()))}


class Select(unittest.TestCase):
    def select(self, *words: str, exclude: tuple[str, ...] = ()) -> list[str]:
        return [".".join(name) for name in selectors.select(words, KNOWN, NAMES, exclude)]

    def test_all(self) -> None:
        self.assertEqual(len(self.select()), 4)

    def test_contracts_cases_and_globs(self) -> None:
        self.assertEqual(self.select("MW-3"), ["wait.one", "wait.two"])
        self.assertEqual(self.select("MW-*"), ["wait.one", "wait.two"])
        self.assertEqual(self.select("*.one"), ["wait.one", "swap.one"])
        self.assertEqual(self.select("swap"), ["swap.one", "swap.last"])

    def test_several_in_the_order_of_the_kernel(self) -> None:
        self.assertEqual(self.select("swap.last", "MW-4"), ["wait.two", "swap.last"])

    def test_exclude(self) -> None:
        self.assertEqual(self.select("*.one", exclude=("SF-1",)), ["wait.one"])
        self.assertEqual(self.select(exclude=("wait", "*.last")), ["swap.one"])

    def test_nothing(self) -> None:
        for word, exclude in (("MW-9", ()), ("no.*", ()), ("*", ("no.*",)),
                              ("wait", ("MW-3",))):
            with self.subTest((word, exclude)), self.assertRaises(UsageError):
                self.select(word, exclude=exclude)

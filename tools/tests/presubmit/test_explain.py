# SPDX-License-Identifier: GPL-2.0
"""What a failure is explained with: the promise of the case, and its contracts."""

import unittest

from mmtestbed.history import explain
from mmtestbed.model import cases, repository


class Promise(unittest.TestCase):
    def test_paragraphs(self) -> None:
        text = "/**\n * one() - it is one\n * @test: the case\n *\n * First\n * line." \
            "\n *\n * Second.\n *\n * Contract: MW-1\n */\n" \
            "static void one(struct kunit *test)\n{\n}\n"
        self.assertEqual(cases.promise(text, "one"),
                         ["one() - it is one", "First line.", "Second."])
        self.assertEqual(cases.promise(text, "two"), [])

    def test_contracts(self) -> None:
        text = (repository.REPOSITORY / "Documentation/contracts.rst").read_text(
            encoding="utf-8")
        known = explain.contracts(text)
        self.assertEqual(set(known), set(cases.contracts_of(text)))
        self.assertTrue(known["MW-8"].startswith("The sleep is TASK_UNINTERRUPTIBLE"))

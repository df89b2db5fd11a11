# SPDX-License-Identifier: GPL-2.0
"""Shards: all of a list, each thing once."""

import unittest

from mmtestbed.cli import control_options, explore_options, mutate_options, run_options
from mmtestbed.cli import shared
from mmtestbed.errors import UsageError
from mmtestbed.model import shards
from mmtestbed.model.shards import Shard


class Parts(unittest.TestCase):
    def test_together_they_are_all(self) -> None:
        for length in range(9):
            for of in range(1, 6):
                things = list(range(length))
                parts = [shards.part(Shard(index, of), things) for index in range(1, of + 1)]
                with self.subTest(length=length, of=of):
                    self.assertEqual(sorted(sum(parts, [])), things)
                    self.assertEqual(shards.together(parts), things)
                    self.assertLessEqual(max(map(len, parts)) - min(map(len, parts)), 1)

    def test_none_is_all(self) -> None:
        self.assertEqual(shards.part(None, "abc"), ["a", "b", "c"])
        self.assertIsNone(shards.facts(None, "abc", str))

    def test_facts(self) -> None:
        facts = shards.facts(Shard(2, 3), "abcd", str)
        assert facts
        self.assertEqual((facts["index"], facts["of"], facts["total"]), (2, 3, 4))
        self.assertEqual(facts["list"], (shards.facts(Shard(1, 3), "abcd", str) or {})["list"])
        self.assertNotEqual(facts["list"],
                            (shards.facts(Shard(2, 3), "abdc", str) or {})["list"])


class Option(unittest.TestCase):
    def test_words(self) -> None:
        for each in (run_options, control_options, mutate_options, explore_options):
            with self.subTest(each.__name__):
                self.assertEqual(each.parse(["--shard", "2/4"]).shard, Shard(2, 4))
                self.assertIsNone(each.parse([]).shard)

    def test_nonsense(self) -> None:
        for text in ("0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2"):
            with self.subTest(text), self.assertRaisesRegex(UsageError, "not of the form 1/4"):
                run_options.parse([f"--shard={text}"])

    def test_what_does_not_go_with_it(self) -> None:
        for words in (["--all"], ["--seconds", "1"], ["--gdb", "a.b"], ["--list"]):
            with self.subTest(words), self.assertRaisesRegex(UsageError, "--shard"):
                run_options.parse(["--shard", "1/2", *words])
        for word in ("--guards", "--matrix"):
            with self.subTest(word), self.assertRaisesRegex(UsageError, "--shard"):
                control_options.parse(["--shard", "1/2", word])

    def test_empty(self) -> None:
        with self.assertRaisesRegex(UsageError, "--shard 3/3 is empty: there are 2 programs"):
            shared.shared_out(Shard(3, 3), "ab", "program")

    def test_explore(self) -> None:
        """Programs are shared out; with --control, the controls are."""
        all_ = explore_options.parse([])
        parts = [explore_options.parse(["--shard", f"{index}/3"]) for index in (1, 2, 3)]
        self.assertEqual(shards.together([part.programs for part in parts]),
                         list(all_.programs))
        self.assertEqual(parts[0].whole, all_.programs)
        asked = explore_options.parse(["--shard", "1/3", "--control", "x", "XP-1"])
        self.assertEqual(asked.programs, explore_options.parse(["XP-1"]).programs)


if __name__ == "__main__":
    unittest.main()

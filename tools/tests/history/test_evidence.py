# SPDX-License-Identifier: GPL-2.0
"""A failure is not believed at once."""

import concurrent.futures
import itertools
import random
from typing import Optional, Sequence

from mmtestbed.boot.runner import Enough, Worthwhile
from mmtestbed.errors import UsageError
from mmtestbed.history import evidence
from mmtestbed.model import selectors
from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Name, Outcome, Results, Status, Trouble

from tests import support

NAMES = [("a", "one"), ("a", "two"), ("b", "three"), ("b", "four")]
CASES = {name: Case(*name, contracts, "says so", "mm/kunit/x.c", 1)
         for name, contracts in zip(NAMES, (("MW-1",), ("MW-1", "MW-12"), ("MV-3",), ()))}


class Pretended:
    """Boots of a kernel whose cases come out as they are told to, one by one."""

    def __init__(self, outcomes: dict[Name, Sequence[Status]]) -> None:
        self._next = {name: itertools.cycle(outcomes.get(name, [Status.PASSED]))
                      for name in NAMES}
        self.ran: list[Name] = []
        self.troubles: list[Trouble] = []

    def some(self, expected: Sequence[Name], all_names: Sequence[Name],
             pool: Optional[concurrent.futures.Executor], worthwhile: Worthwhile,
             enough: Optional[Enough]) -> Results:
        """Run @expected in their order."""
        del pool
        assert set(expected) <= set(all_names)
        results = Results(boots=1, version="6.12", troubles=self.troubles)
        for name in expected:
            if not worthwhile(results, [name]):
                break
            self.ran.append(name)
            results.outcomes[name] = Outcome(*name, next(self._next[name]),
                                             reason="because")
            if enough and enough(results.outcomes):
                break
        return results


class Examine(support.TempCase):
    def examine(self, outcomes: dict[Name, Sequence[Status]],
                first: bool = False, likely: Optional[Name] = None) -> evidence.Finding:
        self.boots = Pretended(outcomes)
        self.told: list[str] = []
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return evidence.examine(self.boots, NAMES, NAMES, pool, first,
                                    self.told.append, likely)

    def test_all_pass(self) -> None:
        found = self.examine({})
        self.assertEqual((found.passed, found.failures, found.boots), (NAMES, [], 1))

    def test_a_failure_is_seen_three_times(self) -> None:
        found = self.examine({NAMES[1]: [Status.FAILED]})
        [failure] = found.bad
        self.assertEqual((failure.tally(), failure.flaky), ("3 of 3 runs", False))
        self.assertEqual(self.boots.ran.count(NAMES[1]), 3)
        self.assertEqual(self.told, [])

    def test_once_is_not_enough(self) -> None:
        found = self.examine({NAMES[1]: [Status.FAILED, Status.PASSED, Status.PASSED]})
        self.assertEqual(found.bad, [])
        self.assertEqual(found.flaky[0].tally(), "1 of 3 runs")
        self.assertIn("a.two is flaky", self.told[0])

    def test_twice_is_enough_but_flaky(self) -> None:
        found = self.examine({NAMES[1]: [Status.FAILED, Status.PASSED, Status.HUNG]})
        self.assertEqual(found.bad, found.flaky)
        self.assertEqual(found.bad[0].tally(), "2 of 3 runs")

    def test_the_likely_one_is_booted_at_once(self) -> None:
        found = self.examine({NAMES[1]: [Status.FAILED]}, True, NAMES[1])
        self.assertEqual(found.bad[0].tally(), "3 of 3 runs")
        self.assertEqual(self.boots.ran.count(NAMES[1]), 3)

    def test_the_likely_one_passes(self) -> None:
        found = self.examine({}, True, NAMES[1])
        self.assertEqual((found.passed, found.failures, found.boots), (NAMES, [], 3))

    def test_another_one_fails(self) -> None:
        found = self.examine({NAMES[2]: [Status.FAILED]}, True, NAMES[1])
        self.assertEqual([failure.name for failure in found.bad], [NAMES[2]])
        self.assertEqual(found.bad[0].tally(), "3 of 3 runs")

    def test_the_likely_one_is_flaky(self) -> None:
        """Whichever of its boots comes first: the majority decides."""
        for outcomes, bad in (([Status.FAILED, Status.PASSED, Status.PASSED], False),
                              ([Status.PASSED, Status.FAILED, Status.FAILED], True)):
            for _ in range(20):
                found = self.examine({NAMES[1]: outcomes}, True, NAMES[1])
                [failure] = found.failures
                self.assertEqual((failure.name, failure.believed), (NAMES[1], bad))
                self.assertEqual(failure.reason, "because")
                self.assertEqual(len(self.told), 1)
                self.assertNotIn(NAMES[1], found.passed)

    def test_the_first_will_do(self) -> None:
        found = self.examine({NAMES[0]: [Status.FAILED]}, first=True)
        self.assertEqual(len(found.bad), 1)
        self.assertEqual(set(self.boots.ran), {NAMES[0]})

    def test_the_first_is_flaky_and_the_rest_runs(self) -> None:
        found = self.examine({NAMES[0]: [Status.FAILED, Status.PASSED, Status.PASSED],
                              NAMES[2]: [Status.CRASHED]}, first=True)
        self.assertEqual([failure.name for failure in found.bad], [NAMES[2]])
        self.assertNotIn(NAMES[3], self.boots.ran)

    def test_many_failures_are_not_all_repeated(self) -> None:
        most = evidence.MOST
        try:
            evidence.MOST = 2
            found = self.examine({name: [Status.FAILED] for name in NAMES})
        finally:
            evidence.MOST = most
        self.assertEqual((len(found.bad), len(found.unsure)), (2, 2))

    def test_every_majority(self) -> None:
        """Of all ways in which three boots can come out."""
        for ways in itertools.product((Status.PASSED, Status.FAILED), repeat=3):
            with self.subTest(ways):
                found = self.examine({NAMES[3]: ways})
                bad = ways.count(Status.FAILED)
                self.assertEqual(bool(found.bad), ways[0] is Status.FAILED and bad >= 2)

    def test_a_random_order_of_outcomes_ends(self) -> None:
        dice = random.Random(1)
        for number in range(200):
            with self.subTest(number):
                found = self.examine(
                    {name: dice.choices(list(Status), k=5) for name in NAMES},
                    first=bool(number % 2))
                self.assertLessEqual(len(found.bad), len(NAMES))


class Select(support.TempCase):
    def test_words(self) -> None:
        for words, chosen in (("MW-1", [0, 1]), ("MW-*", [0, 1]), ("a.t*", [1]),
                              ("b", [2, 3]), ("MV-3 a.one", [0, 2]),
                              ("", [0, 1, 2, 3])):
            with self.subTest(words):
                self.assertEqual(selectors.select(words.split(), CASES, NAMES),
                                 [NAMES[index] for index in chosen])

    def test_nothing(self) -> None:
        for word in ("MW-2", "c.*", "a.three"):
            with self.subTest(word), self.assertRaises(UsageError):
                selectors.select([word], CASES, NAMES)

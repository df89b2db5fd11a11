# SPDX-License-Identifier: GPL-2.0
"""How often, in which order and with which seeds scripts/run.sh runs the cases."""

from __future__ import annotations

import collections
import concurrent.futures
import time
from typing import Collection, Mapping, Optional, Sequence

from ..boot import runner
from ..boot.children import Children
from ..errors import UsageError
from ..model import options
from ..model.outcomes import Name, Outcome, Results
from ..result.failures import Display
from ..ui import words
from ..ui.console import Console


def differing(rounds: Sequence[Results]) -> list[Name]:
    """The cases whose children have not printed the same in all of @rounds."""
    seen: dict[Name, set[str]] = collections.defaultdict(set)
    for results in rounds:
        for name, console in results.consoles.items():
            seen[name].add(console)
    return sorted(name for name, consoles in seen.items() if len(consoles) > 1)


def _fails(outcomes: Mapping[Name, Outcome]) -> bool:
    """One of @outcomes is bad."""
    return any(not outcome.status.good for outcome in outcomes.values())


class Rounds:
    """Runs the cases as the user asked for.

    @seed: the first one.
    @random: the cases that draw from it.
    """

    def __init__(self, opts: options.Options, console: Console, display: Display,
                 seed: int, random: Collection[Name]) -> None:
        self._opts = opts
        self._console = console
        self._display = display
        self._seed = seed
        self._random = random
        self._total = self._done = self._bad = 0
        self._there: Sequence[Name] = ()
        self._begun = 0.0

    def live(self, outcome: Outcome) -> None:
        """Show a case that has just come out."""
        opts, console = self._opts, self._console
        self._done += 1
        self._bad += not outcome.status.good
        if opts.raw:
            return
        if opts.seconds:
            if not outcome.status.good:
                self._display.line(outcome)
            console.progress(words.count(self._done, "child") +
                             f", {self._bad} failed")
        elif opts.repeat == 1:
            self._display.line(outcome)
            if self._total > self._done:
                console.progress(words.share(self._done, self._total,
                                             time.monotonic() - self._begun))

    def run(self, boots: runner.Runner, names: Sequence[Name], there: Sequence[Name],
            pool: concurrent.futures.ThreadPoolExecutor) -> list[Results]:
        """Run @names of @there, all that the kernel has; what came out of each round."""
        opts, console = self._opts, self._console
        self._there = there
        if opts.seconds:
            return [self._for_seconds(boots, names, pool)]
        self._total = len(names)
        self._begun = time.monotonic()
        order: Sequence[Name] = names
        if opts.shuffle is not None:
            order = runner.shuffled(names, opts.shuffle)
            console.line(f"each case in a boot of its own, order {opts.shuffle}")
        if opts.repeat > 1:
            console.begin(f"running {opts.repeat} times")
            rounds = self._repeat(boots, order, pool)
            console.end()
            self._compare(rounds)
            return rounds
        console.begin(f"running {words.count(len(names), 'case')}")
        found = boots.isolated(order, pool) if opts.shuffle is not None else \
            self._once(boots, order, pool)
        console.abandon()
        return [found]

    def _once(self, boots: runner.Runner, order: Sequence[Name],
              pool: Optional[concurrent.futures.Executor]) -> Results:
        """One round."""
        enough = _fails if self._opts.fail_fast else None

        def worthwhile(results: Results, names: Sequence[Name]) -> bool:
            return not enough or not enough(results.outcomes)

        if len(order) == len(self._there) or isinstance(boots, Children):
            return boots.round(order, self._opts.filter, pool, worthwhile, enough)
        return boots.some(order, self._there, pool, worthwhile, enough)

    def _repeat(self, boots: runner.Runner, order: Sequence[Name],
                pool: concurrent.futures.ThreadPoolExecutor) -> list[Results]:
        opts, console = self._opts, self._console
        results: list[Results] = []
        if isinstance(boots, Children) or opts.shuffle is not None:
            for number in range(opts.repeat):
                if isinstance(boots, Children):
                    seed = self._seed + (number if opts.seed is None else 0)
                    results.append(self._once(boots.with_seed(seed), order, pool))
                else:
                    assert opts.shuffle is not None
                    results.append(boots.isolated(
                        runner.shuffled(order, opts.shuffle + number), pool))
                console.progress(f"{number + 1} of {opts.repeat}")
            return results
        # As many at a time as there are jobs.
        waiting: collections.deque[concurrent.futures.Future[Results]] = \
            collections.deque()
        for number in range(opts.repeat):
            waiting.append(pool.submit(self._once, boots, order, None))
            # Thousands at once take seconds to submit.
            if number >= 2 * opts.jobs:
                results.append(waiting.popleft().result())
                console.progress(f"{len(results)} of {opts.repeat}")
        while waiting:
            results.append(waiting.popleft().result())
            console.progress(f"{len(results)} of {opts.repeat}")
        return results

    def _compare(self, rounds: Sequence[Results]) -> None:
        """With one seed, a case should print the same each time: say so if not."""
        if self._opts.seed is None or not any(found.consoles for found in rounds):
            return
        odd = differing(rounds)
        total = len({name for found in rounds for name in found.consoles})
        if odd:
            names = ", ".join(".".join(name) for name in odd[:3])
            self._console.note(f"{len(odd)} of {total} cases did not print the same each "
                               f"time: {names}{', ...' if odd[3:] else ''}")
        else:
            self._console.line(f"{words.count(total, 'case')} printed the same "
                               f"{len(rounds)} times, byte for byte")

    def _for_seconds(self, boots: runner.Runner, names: Sequence[Name],
                     pool: concurrent.futures.ThreadPoolExecutor) -> Results:
        opts, console = self._opts, self._console
        assert opts.seconds
        if not isinstance(boots, Children):
            raise UsageError("--seconds needs a kernel that can fork itself; this one "
                             "cannot")
        chosen = list(names) if opts.filter or opts.chooses else \
            [name for name in names if name in self._random]
        if not chosen:
            raise UsageError("no case draws anything at random; name some with --filter")
        limit = time.monotonic() + opts.seconds
        console.begin(f"running {words.count(len(chosen), 'case')} for "
                      f"{opts.seconds:g} s, with seeds from {self._seed}")
        found = boots.drawn(chosen, pool, lambda: time.monotonic() >= limit)
        last = self._seed + max(0, found.children - 1) // len(chosen)
        console.end(f"{found.children} children, seeds {self._seed} to {last}")
        return found

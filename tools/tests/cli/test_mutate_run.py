# SPDX-License-Identifier: GPL-2.0
"""Mutants that children of a pretended kernel choose."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

from mmtestbed.boot import children, runner
from mmtestbed.cli import mutate_options, mutate_run
from mmtestbed.model import outcomes
from mmtestbed.model.outcomes import Name
from mmtestbed.proof import judged
from mmtestbed.proof.mutation import Fate, Mutant, State, Target

from tests import support

CASES = ["slow", "notices_3", "notices_4", "also_notices"]
NAMES: list[Name] = [("a", case) for case in CASES]


def mutant(number: int, function: str = "f") -> Mutant:
    return Mutant(number, "mm/x.c", function, 7, "op", "a", "b")


class Mutants(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.command = mutate_run.Command(mutate_options.parse([]), self.console)
        self.command._names = NAMES
        self.command._built = {1, 2, 3, 4}
        self.command._seconds = dict(zip(NAMES, (9.0, 0.2, 0.1, 0.3)))
        self.command._reach = {name: {1, 3, 4} for name in NAMES}
        how = runner.Options(support.fake_kernel(self.tmp, {"a": CASES}),
                             self.tmp / "boots", (), 30, 1, virtual=True, logs=False)
        found = children.open_runner(how, lambda outcome: None)
        self.boots, self.how = found.__enter__(), how
        self.addCleanup(found.__exit__, None, None, None)

    def fate(self, number: int, function: str = "f") -> Fate:
        return self.command._fate(mutant(number, function), None, self.boots, self.how)

    def test_killed_by_the_case_that_notices(self) -> None:
        found = self.fate(3)
        self.assertEqual((found.state, found.by, found.cases),
                         (State.KILLED, "a.notices_3", 4))

    def test_survives(self) -> None:
        found = self.fate(1)
        self.assertEqual((found.state, found.cases), (State.SURVIVED, 4))

    def test_what_is_judged_is_not_run(self) -> None:
        self.command._kinds = judged.parse("== slow: it costs time\n...: op: a -> b\n", "x")
        found = self.fate(3)
        self.assertEqual((found.state, found.why, found.left),
                         (State.SURVIVED, "it costs time", 4))

    def test_no_more_cases_than_wanted(self) -> None:
        self.command._wanted = replace(self.command._wanted, cases=1)
        found = self.fate(3)
        self.assertEqual((found.state, found.cases, found.left), (State.SURVIVED, 4, 3))
        self.assertEqual(self.fate(4).state, State.KILLED)

    def test_not_reached_and_not_built(self) -> None:
        self.assertEqual(self.fate(2).state, State.UNREACHED)
        self.assertEqual(self.fate(5).state, State.DEAD)

    def test_no_boot_for_a_mutant(self) -> None:
        assert isinstance(self.boots, children.Children)
        self.boots._servers.new()
        self.fate(1)
        self.fate(3)
        self.assertEqual(self.boots._servers.new(), 0)
        self.assertEqual(list((self.tmp / "boots").glob("a.*.log")), [])

    def test_who_has_noticed_one_is_asked_first(self) -> None:
        ran: list[str] = []
        round_ = children.Children.round

        def noted(boots: children.Children, names: list[Name], *rest: object,
                  **more: object) -> outcomes.Results:
            ran[:] = [name for _, name in names]
            return round_(boots, names, *rest, **more)  # type: ignore[arg-type]

        with mock.patch.object(children.Children, "round", noted):
            self.fate(4, "g")
            self.assertEqual(ran[0], "notices_4")
            self.fate(3, "f")
            self.fate(1, "f")
            self.assertEqual(ran[0], "notices_3")
            self.fate(1, "g")
            self.assertEqual(ran, ["notices_4", "notices_3", "also_notices", "slow"])

    def test_what_runs_little_else_is_asked_by_turns(self) -> None:
        self.command._reach = dict(zip(NAMES, ({1, 2, 3, 4}, {1, 2, 3}, {1, 3}, {1})))
        for number in (1, 2, 3, 4):
            self.command._mutants.append(mutant(number))
        found = self.command._in_turn(mutant(1), NAMES)
        self.assertEqual([case for _, case in found],
                         ["slow", "also_notices", "notices_3", "notices_4"])


class Files(support.TempCase):
    def test_what_the_kernel_is_not_built_from_is_left_out(self) -> None:
        """As drivers/xen, and what has its mutants elsewhere than in mm finds the header."""
        command = mutate_run.Command(mutate_options.parse([]), self.console)
        self.write("src/drivers/dax/device.c", "old")
        self.write("src/drivers/xen/pages.c", "old")
        self.write("build/drivers/dax/.device.o.cmd", "cmd")
        offshoot: Any = SimpleNamespace(src=self.tmp / "src", build=self.tmp / "build",
                                        edit=lambda path, change: None)
        (self.tmp / "src/mm").mkdir()
        targets = [Target("drivers/xen/pages.c"), Target("drivers/dax/device.c")]
        with mock.patch.object(command, "_targets", lambda src: targets), \
                mock.patch.object(mutate_run, "compile_tool"), \
                mock.patch.object(mutate_run, "mutate",
                                  lambda tool, target, *more: ([mutant(1)], b"new")):
            command._mutate(offshoot, self.tmp)
        src = self.tmp / "src/drivers"
        self.assertEqual([(src / file).read_text() for file in ("xen/pages.c", "dax/device.c")],
                         ["old", "new"])
        self.assertEqual(len(command._mutants), 1)
        self.assertTrue((src / "dax/mm_mutate.h").exists())
        self.assertIn("not built from drivers/xen/pages.c", self.text.getvalue())


class Shards(support.TempCase):
    def test_each_mutant_once(self) -> None:
        done = []
        for index in (1, 2, 3):
            command = mutate_run.Command(mutate_options.parse(["--shard", f"{index}/3"]),
                                         self.console)
            command._mutants = [mutant(number) for number in range(1, 8)]
            with mock.patch.object(command._bare, "opened"), \
                    mock.patch.object(command, "_fate",
                                      lambda each, *_: Fate(each, State.DEAD)):
                done += command._run_mutants(self.tmp / "linux", self.tmp)
        self.assertEqual(sorted(fate.mutant.number for fate in done), list(range(1, 8)))

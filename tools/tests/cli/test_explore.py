# SPDX-License-Identifier: GPL-2.0
"""mmt explore, with a pretended kernel in the place of one that has been built."""

import contextlib
import json
from unittest import mock

from mmtestbed.cli import explore, explore_options
from mmtestbed.cli.session import Ground
from mmtestbed.errors import Exit, UsageError
from mmtestbed.explore import program
from mmtestbed.host import ns
from mmtestbed.kernel.build import Kernel
from mmtestbed.kernel.source import Source
from mmtestbed.kernel.workshop import Made, Workshop
from mmtestbed.model import lines

from tests import support

CASE = program.CASE.partition(".")[2]


class Explorer(support.TempCase):
    def run_it(self, *argv: str) -> int:
        kernel = support.fake_kernel(self.tmp, {"explore": [CASE]})
        command = explore.Command(explore_options.parse([*argv, "--jobs", "2"]), self.console)
        origin = Source(self.tmp, lines.DEFAULT, "6.12.117", "a test", "x", True)
        made = Made(Kernel(kernel, "0"), self.tmp)
        self.text.truncate(0)
        self.text.seek(0)
        with mock.patch.multiple(
                Workshop, opened=lambda *_: contextlib.nullcontext(),
                source=lambda *_: origin, kernel=lambda *_: made):
            return command.work(Ground(ns.Isolation.NONE, self.tmp))

    def said(self) -> str:
        return self.text.getvalue()

    def test_all_good(self) -> None:
        self.assertEqual(self.run_it("mapped:write+protect", "--switches", "2"), Exit.PASSED)
        self.assertIn("mapped:write+protect: all 20 schedules with at most 2 switches, good",
                      self.said())
        self.assertRegex(self.said(), r"mapped:write\+protect +3 +2 +20 +20 +100 % ")
        self.assertRegex(self.said(), r"PASS: 1 program, all 20 schedules with at most 2 "
                                      r"switches at locks and references, Linux 6\.12\.117, ")

    def test_a_bad_one(self) -> None:
        out = self.tmp / "found.json"
        self.assertEqual(self.run_it("mapped:write+write", "mapped:write+protect",
                                     "--json", str(out)), Exit.FAILED)
        self.assertIn("nearest serial end: sum 2", self.said())
        self.assertRegex(self.said(), r"FAIL: 2 programs, \d+ % of 16 schedules")
        found = json.loads(out.read_text(encoding="utf-8"))
        bad, good = found["programs"]
        self.assertEqual((bad["verdict"], good["verdict"]), ("BAD", "good"))
        self.assertEqual(good["levels"], [
            {"switches": 0, "schedules": 2, "done": 2, "run": 2},
            {"switches": 1, "schedules": 6, "done": 6, "run": 6}])
        self.assertEqual(good["ends"], [{"done": 3, "state": "sum 2", "schedules": 8}])
        id_ = bad["bad"][0]["id"]
        self.assertEqual(self.run_it("--replay", id_), Exit.FAILED)
        self.assertIn("its console is the same, byte for byte", self.said())
        self.assertIn("task 0: write", self.said())
        self.assertEqual(self.run_it("--replay", id_.partition("=")[0] + "=000000"),
                         Exit.FAILED)
        self.assertIn("its console is another one", self.said())

    def test_a_good_replay(self) -> None:
        self.assertEqual(self.run_it("--replay", "mapped:write+protect/01/1>1"), Exit.PASSED)
        self.assertRegex(self.said(), r"01/1>1=[0-9a-f]{6}: good; ends with sum 2")

    def test_gdb(self) -> None:
        with mock.patch("mmtestbed.boot.debug.run", return_value=0) as run:
            self.assertEqual(self.run_it("--gdb", "mapped:write+protect/01/1>1/3>0"), 0)
        (how, name, due, sources, _, _, orders), _ = run.call_args
        self.assertEqual((".".join(name), due), (program.CASE, False))
        self.assertEqual(how.args[-3:], (
            "mm_kunit.explore_program=mapped:write+protect", "mm_kunit.explore_order=01",
            "mm_kunit.explore_at=1:1,3:0"))
        self.assertEqual(orders, ["break mmx_switched", "ignore $bpnum 1"])
        self.assertIn(self.tmp, sources.values())

    def test_with_a_control(self) -> None:
        words = ("--control", "mw-3-ptl-dropped-before-queue-lock")
        special = mock.patch.object(explore.Command, "_special", lambda self, folder: (
            support.fake_kernel(self._fake, {"explore": [CASE]}),
            [each.name for each in self._controls]))
        with special, mock.patch.object(explore.Command, "_fake", self.tmp, create=True):
            out = self.tmp / "found.json"
            self.assertEqual(self.run_it(*words, "--json", str(out), "mapped:write+protect",
                                         "mapped:write+write"), Exit.PASSED)
            row, = json.loads(out.read_text(encoding="utf-8"))["hunts"]
            self.assertEqual((row["program"], row["switches"], row["programs"], row["tried"]),
                             ("mapped:write+write", 1, 2, 2))
            self.assertEqual(self.run_it(*words, "mapped:write+protect"), Exit.FAILED)
            self.assertRegex(self.said(),
                             r"not found by 8 schedules of 1 out of 1 program")
            # Without programs, those of the files that it changes.
            with mock.patch("mmtestbed.explore.touched.hunting", return_value=[
                    program.parse("mapped:write+write")]) as hunting:
                self.assertEqual(self.run_it(*words), Exit.PASSED)
            self.assertEqual(hunting.call_args.args[0], ("mm/filemap.c",))
            self.assertIn("migration_entry_wait_on_locked", hunting.call_args.args[1])
            self.assertEqual(self.run_it(*words, "--replay", row["id"]), Exit.FAILED)
            self.assertIn("its console is the same, byte for byte", self.said())
            self.assertIn(f"mmt explore {' '.join(words)} --replay '{row['id']}'", self.said())
            with mock.patch("mmtestbed.boot.debug.run", return_value=0) as run:
                self.assertEqual(self.run_it(*words, "--gdb", row["id"]), 0)
            (how, *_), _ = run.call_args
            self.assertIn(f"mm_control={words[1]}", how.args)
        with self.assertRaisesRegex(UsageError, "with one control: --control names [2-9]"):
            self.run_it("--control", "mw-3-*", "--replay", row["id"])

    def test_given_up(self) -> None:
        self.assertEqual(self.run_it("mapped:fork+migrate"), Exit.FAILED)
        self.assertIn("migrate always given up", self.said())

    def test_little_time(self) -> None:
        self.assertEqual(self.run_it("mapped:write+protect", "--seconds", "0.0001"),
                         Exit.PASSED)
        self.assertRegex(self.said(), r"\d of \d+ schedules|all 2 schedules with no switch")


class Words(support.TempCase):
    def test_what_does_not_go_together(self) -> None:
        for argv in (["--replay", "x"], ["--replay", "mapped:write+protect/01", "XP-1"],
                     ["--seed", "3"], ["--switches", "9"], ["none"],
                     ["--all-points"], ["--aside"], ["--accesses", "--with", __file__],
                     ["--gdb", "mapped:write+protect/01", "--seconds", "3"],
                     ["--gdb", "mapped:write+protect/01", "--replay",
                      "mapped:write+protect/01"]):
            with self.subTest(argv), self.assertRaises(UsageError):
                explore_options.parse(argv)

    def test_defaults(self) -> None:
        found = explore_options.parse([])
        self.assertEqual((found.switches, found.seed, found.run.fixes), (1, None, False))
        self.assertEqual(list(found.programs), program.pairs())
        found = explore_options.parse(["--control", "mw-3-*", "--seconds", "5"])
        self.assertEqual((found.seed, found.run.fixes), (1, True))

    def test_gdb(self) -> None:
        found = explore_options.parse(["--gdb", "moving:read+end/01/5>1/9>0"])
        self.assertEqual([str(each) for each in found.programs], ["moving:read+end"])
        # It has to be on the machine.
        self.assertEqual([tool.name for tool in found.run.tools], ["gdb"])

    def test_accesses(self) -> None:
        found = explore_options.parse(["--accesses", "--all-points"])
        self.assertEqual((found.accesses, found.all_points, found.run.fixes),
                         (True, True, True))

    def test_list(self) -> None:
        self.assertEqual(explore.main(["--list", "moving:read+end", "--json",
                                       str(self.tmp / "x")]), Exit.PASSED)

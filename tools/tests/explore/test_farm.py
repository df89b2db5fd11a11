# SPDX-License-Identifier: GPL-2.0
"""Schedules in children of children of a pretended kernel, and what their consoles say."""

import concurrent.futures
import unittest
from typing import Optional

from mmtestbed.boot import runner
from mmtestbed.boot.server import Patience, Server
from mmtestbed.boot.uml import Ending, How, Next
from mmtestbed.errors import TestbedError
from mmtestbed.explore import farm, lanes, outcome, program, report, search
from mmtestbed.explore.outcome import Found, Reader, Ready
from mmtestbed.explore.program import Program
from mmtestbed.explore.schedule import Schedule

from tests import support

RACE = program.parse("mapped:write+write")
SAFE = program.parse("mapped:write+protect")
CASE = program.CASE.partition(".")[2]


class Words(unittest.TestCase):
    def test_places_are_told_by_their_distance(self) -> None:
        self.assertEqual(farm.steps({"6012", "600a", "7000"}), "600a,8,fee")
        self.assertEqual(farm.steps([]), "")


class Children(support.TempCase):
    def kernels(self, servers: int = 2) -> farm.Farm:
        kernel = support.fake_kernel(self.tmp, {"explore": [CASE]})
        found = farm.Farm(runner.Options(kernel, self.tmp / "boots", (), 20, 1, virtual=True,
                                         servers=servers, logs=False), self.notes.append)
        self.addCleanup(found.close)
        return found

    def setUp(self) -> None:
        super().setUp()
        self.notes: list[str] = []
        self.pool = concurrent.futures.ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)

    def explore(self, which: Program, switches: int = 2,
                keep_going: bool = False, on: Optional[farm.Farm] = None) -> search.Coverage:
        return search.explore(which, (on or self.kernels()).run, switches, 2, self.pool,
                              keep_going=keep_going)

    def test_all_schedules(self) -> None:
        found = self.explore(SAFE)
        self.assertTrue(found.good and found.complete)
        self.assertEqual([level.done for level in found.levels], [2, 6, 12])
        self.assertEqual(found.points, 3)
        self.assertEqual(found.ends, {(3, "sum 2"): 20})
        self.assertGreater(found.usec, 0)
        self.assertEqual(report.covered(found), "all 20 schedules with at most 2 switches")

    def test_twice_the_same(self) -> None:
        first, second = (report.as_json(self.explore(RACE, keep_going=True)) for _ in "12")
        for each in (first, second):
            del each["seconds"], each["cpu_seconds"]
        self.assertEqual(first, second)

    def test_a_bad_one(self) -> None:
        kernels = self.kernels()
        found = self.explore(RACE, on=kernels)
        bad = found.bad[0]
        self.assertEqual((bad.why, len(bad.schedule.at)), ("no serial order ends like this", 1))
        lines = report.fault(RACE, bad, kernels.ends(RACE)[3])
        self.assertRegex(lines[0], r"^mapped:write\+write/01/\d+>1=[0-9a-f]{6}: no serial")
        self.assertIn("    nearest serial end: sum 2", lines)
        self.assertIn("    is, and should not be: sum 1", lines)
        again = kernels.run(RACE, bad.schedule)
        self.assertEqual((again.digest, again.lines), (bad.digest, bad.lines))

    def test_a_trace(self) -> None:
        kernels = self.kernels(1)
        found = kernels.run(RACE, Schedule("01", ((1, 1),)), trace=True)
        self.assertEqual([(each.number, each.task, each.to) for each in found.points[:3]],
                         [(0, 0, None), (1, 0, 1), (2, 1, None)])
        drawn = lanes.draw(RACE, found.points, self.tmp / "no kernel")
        self.assertRegex(drawn[0], r"^task 0: write +task 1: write$")
        self.assertRegex(drawn[2], r"^0 takes mmap_lock: add\+0x12 < main$")
        self.assertTrue(any("==> task 1" in line for line in drawn))
        self.assertTrue(any(line.startswith(" " * 51 + "2 takes") for line in drawn))

    def test_one_program_after_the_other(self) -> None:
        kernels = self.kernels(1)
        for which in (SAFE, RACE, SAFE):
            self.assertEqual(kernels.run(which, Schedule("01")).end, "sum 2")
        self.assertEqual(self.notes, [])

    def test_given_up(self) -> None:
        found = self.explore(program.parse("mapped:write+migrate"), 1)
        self.assertEqual(found.gave_up, [0, 6])
        self.assertTrue(found.good)
        found = self.explore(program.parse("mapped:fork+migrate"), 1)
        self.assertEqual(found.useless, ["migrate"])
        self.assertEqual(report.verdict(found), "migrate always given up")

    def test_the_host_kills_one(self) -> None:
        found = self.explore(program.parse("mapped:write+munmap"), 1)
        self.assertEqual(len(found.bad), 1)
        self.assertRegex(found.bad[0].why, "panic|signal 6")
        self.assertEqual(len(self.notes), 1)
        self.assertIn("the host has killed it (signal 9)", self.notes[0])

    def test_not_ready(self) -> None:
        which = program.parse("none:read+read")
        with self.assertRaisesRegex(outcome.NotReady, "none:read.read cannot be run"):
            self.kernels(1).run(which, Schedule("01"))
        # It is a fault like others, and the rest of an exploration goes on.
        kernels = self.kernels()
        found = self.explore(which, on=kernels)
        self.assertEqual((found.good, found.complete, found.run), (False, False, 1))
        self.assertRegex(found.bad[0].why, "none:read.read cannot be run")
        lines = report.fault(which, found.bad[0], kernels.ends(which).get(0, ()))
        self.assertRegex(lines[0], r"^none:read\+read/01: none:read.read cannot be run")
        self.assertEqual(report.verdict(found), "BAD")
        self.assertTrue(self.explore(SAFE, on=kernels).good)

    def test_a_kernel_that_goes(self) -> None:
        kernels = self.kernels(1)
        kernels.run(SAFE, Schedule("01"))
        booted = kernels._lanes[0]._booted
        assert booted
        booted.server.process.kill()
        self.assertEqual(kernels.run(SAFE, Schedule("01")).end, "sum 2")
        self.assertEqual(len(self.notes), 1)
        self.set_env("FAKE_TRAITS", "does-not-boot")
        booted = kernels._lanes[0]._booted
        assert booted
        booted.server.process.kill()
        with self.assertRaises(TestbedError):
            kernels.run(SAFE, Schedule("01"))

    def test_enter_and_leave(self) -> None:
        kernel = Server(support.fake_kernel(self.tmp, {"explore": [CASE], "a": ["one"]}),
                        self.tmp / "server", (), 10)
        self.addCleanup(kernel.close)
        said: list[str] = []

        def read(raw: str) -> Next:
            said.append(raw)
            return Next.GO

        patience = Patience(20, False)
        kernel.ready(20, read)
        self.assertIsNone(kernel.enter(
            f"kunit.filter_glob={program.CASE} mm_kunit.explore_program={SAFE} "
            "mm_kunit.explore_serve=1", read, patience))
        self.assertEqual(said[-1], "explore: serial 3: sum 2")
        self.assertEqual(kernel.run(Schedule("01").words, read, patience).code, 0)
        self.assertEqual(kernel.leave(read, patience).code, 0)
        # And is what it was.
        self.assertEqual(kernel.run("kunit.filter_glob=a.one", read, patience).code, 0)
        self.assertIn("    ok 1 one", said)
        ended = kernel.enter("kunit.filter_glob=a.one", read, patience)
        assert ended
        self.assertEqual(ended.code, 0)


HEAD = ["KTAP version 1", "1..1", "    KTAP version 1", "    # Subtest: explore", "    1..1",
        "        KTAP version 1", f"        # Subtest: {CASE}"]
GOOD = ["explore: path 02x3 11x2", "explore: points 5 switches 0", "explore: end 3: a 1, b 2",
        "        ok 1 moving:read+end", f"    ok 1 {CASE}", "ok 1 explore",
        "reboot: System halted"]


class Consoles(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.reader = Reader(("explore", CASE), Ready(HEAD))

    def read(self, lines: list[str], code: int = 0, how: How = How.EXITED) -> Found:
        return self.reader.read(Schedule("01"), [f"[    0.1{n:05}] {line}" for n, line in
                                                 enumerate(lines)], Ending(how, code), 7)

    def test_a_good_one(self) -> None:
        for _ in range(2):
            found = self.read(GOOD)
            self.assertEqual((found.why, found.done, found.end, found.usec),
                             ("", 3, "a 1, b 2", 7))
            self.assertEqual(found.path, ((0, 2, 3), (1, 1, 2)))
            self.assertEqual(found.lines, ())

    def test_what_is_wrong(self) -> None:
        self.read(GOOD)
        failed = [*GOOD[:3], f"        # {CASE}: EXPECTATION FAILED at mm/kunit/x.c:7",
                  "        Expected 1 == 2", "        not ok 1 moving:read+end",
                  f"    not ok 1 {CASE}", "not ok 1 explore"]
        for lines, code, why in (
                (failed, 0, "EXPECTATION FAILED"),
                ([*GOOD[:3], "WARNING: CPU: 0 PID: 1 at mm/x.c:26 foo+0x29/0x30", *GOOD[3:]],
                 0, "warning: WARNING"),
                ([*GOOD, "BUG: Bad page state in process x"], 0, "bad page"),
                (GOOD[:3], -6, "signal 6"),
                (GOOD[3:], 0, "."),
                (GOOD[:-1], 1, "exit status 1"),
                (["explore: task 1 (read) waits in schedule+0x1/0x2 io_schedule+0x1/0x2 "
                  "migration_entry_wait+0x7/0x9", *failed[3:]], 0,
                 r"hangs: task 1 \(read\) waits in migration_entry_wait")):
            with self.subTest(why):
                found = self.read(lines, code)
                self.assertRegex(found.why or "GOOD", why)
                self.assertNotEqual(found.why, "")
                self.assertTrue(found.lines)

    def test_differences(self) -> None:
        nearest, differ = outcome.differences("read 0; own: VMA rw, page 1 writable, anon 1", [
            "read 0; own: VMA rw, nothing, anon 0",
            "read 0; own: VMA rw, page 1, anon 1"])
        self.assertEqual(nearest, "read 0; own: VMA rw, page 1, anon 1")
        self.assertEqual(differ, ["is, and should not be: page 1 writable",
                                  "should be, and is not: page 1"])
        self.assertEqual(outcome.differences("x", []), ("", []))

    def test_ready(self) -> None:
        found = Ready.read([*HEAD, "[ 0.1] explore: serial 3: a", "[ 0.1] explore: serial 3: b",
                            "[ 0.1] explore: serial 1: c"])
        self.assertEqual(found.ends, {3: ["a", "b"], 1: ["c"]})
        self.assertEqual(found.head, HEAD)

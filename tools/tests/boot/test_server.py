# SPDX-License-Identifier: GPL-2.0
"""Children of one server, which is a pretended kernel."""

import os
import selectors
import signal
import time
from unittest import mock

from mmtestbed.boot import server
from mmtestbed.boot.server import Lost, NoSnapshot, Patience, Server
from mmtestbed.boot.uml import Next
from mmtestbed.host import proc

from tests import kill9, support

LONG = Patience(60, True)


class Servers(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.said: list[str] = []

    def read(self, raw: str) -> Next:
        self.said.append(raw)
        return Next.STOP if raw.startswith("KTAP") else Next.GO

    def boot(self, *cases: str, traits: str = "", cpu: int = 10) -> Server:
        self.set_env("FAKE_TRAITS", traits)
        found = Server(support.fake_kernel(self.tmp, {"a": list(cases)}),
                       self.tmp / "server", (), cpu)
        self.addCleanup(found.close)
        found.ready(20, self.read)
        return found

    def run_case(self, kernel: Server, case: str,
                 patience: Patience = LONG) -> server.Child:
        self.said.clear()
        return kernel.run(f"kunit.filter_glob=a.{case}", self.read, patience)

    def test_a_child_for_each_request(self) -> None:
        kernel = self.boot("one", "two")
        self.assertIn("Linux version", self.said[0])
        for case in ("one", "two", "one"):
            child = self.run_case(kernel, case)
            self.assertEqual(child.code, 0)
            self.assertGreater(child.usec, 0)
            self.assertEqual([line for line in self.said if line.startswith("    ok")],
                             [f"    ok 1 {case}"])
            self.assertEqual(self.said[-1], "ok 1 a")
        self.assertEqual(kernel.run("exit", self.read, LONG).code, 0)

    def test_what_a_child_does_changes_nothing_for_the_next(self) -> None:
        kernel = self.boot("one", "crash", "silent", "spin", "order_of_cases", cpu=1)
        self.run_case(kernel, "one")
        good = list(self.said)
        for case, code in (("crash", -signal.SIGABRT), ("silent", -signal.SIGSEGV),
                           ("spin", -signal.SIGXCPU)):
            self.assertEqual(self.run_case(kernel, case).code, code)
            self.assertEqual(self.run_case(kernel, "one").code, 0)
            self.assertEqual(self.said, good)
        self.run_case(kernel, "order_of_cases")
        self.assertIn("    not ok 1 order_of_cases", self.said)

    def test_much_output(self) -> None:
        kernel = self.boot("long")
        self.assertEqual(self.run_case(kernel, "long").code, 0)
        self.assertEqual(len([line for line in self.said if "line" in line]), 20000)

    def test_console_that_is_read_after_the_answer(self) -> None:
        kernel = self.boot("one")
        select = kernel._selector.select

        def answers_first(timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
            return [(key, mask) for key, mask in select(timeout)
                    if key.fd != kernel._console]

        with mock.patch.object(kernel._selector, "select", answers_first):
            self.run_case(kernel, "one")
        self.assertEqual(self.said[-1], "ok 1 a")

    def test_what_a_child_leaves_behind_is_killed(self) -> None:
        kernel = self.boot("orphan")
        self.assertEqual(self.run_case(kernel, "orphan").code, -signal.SIGSEGV)
        deadline = time.monotonic() + 20
        while len(kill9.marked(str(self.tmp))) > 1 and time.monotonic() < deadline:
            os.sched_yield()
        [left] = kill9.marked(str(self.tmp))
        self.assertEqual(int(left.split()[0]), kernel.process.pid)

    def test_no_process_to_be_had(self) -> None:
        kernel = self.boot("one", traits="cannot-fork")
        with self.assertRaisesRegex(Lost, "fork no child .error 11"):
            self.run_case(kernel, "one")

    def test_a_child_that_sleeps_is_killed(self) -> None:
        for virtual in (True, False):
            with self.subTest(virtual=virtual):
                kernel = self.boot("one", "hang")
                child = self.run_case(kernel, "hang", Patience(0.5, virtual))
                self.assertTrue(child.killed)
                self.assertEqual(child.code, -signal.SIGKILL)
                self.assertEqual(self.run_case(kernel, "one").code, 0)

    def test_a_host_that_does_not_tell_the_cpu_time(self) -> None:
        kernel = self.boot("spin", cpu=2)
        with mock.patch.object(server, "cpu_time", lambda pid: None):
            child = self.run_case(kernel, "spin", Patience(0.5, True))
        self.assertEqual((child.code, child.killed), (-signal.SIGXCPU, False))

    def test_cpu_time_is_a_sign_of_life_in_virtual_time_only(self) -> None:
        kernel = self.boot("spin", cpu=2)
        child = self.run_case(kernel, "spin", Patience(0.5, True))
        self.assertEqual((child.code, child.killed), (-signal.SIGXCPU, False))
        self.assertTrue(self.run_case(kernel, "spin", Patience(0.5, False)).killed)

    def test_no_snapshot_mode(self) -> None:
        with self.assertRaises(NoSnapshot):
            self.boot("one", traits="no-snapshot")

    def test_does_not_boot(self) -> None:
        with self.assertRaisesRegex(Lost, "exit status 1"):
            self.boot("one", traits="does-not-boot")
        self.assertIn("no memory", self.said)

    def test_dies_between_two_children(self) -> None:
        kernel = self.boot("one")
        os.kill(kernel.process.pid, signal.SIGKILL)
        with self.assertRaisesRegex(Lost, "signal 9"):
            self.run_case(kernel, "one")

    def test_its_child_kills_it(self) -> None:
        kernel = self.boot("regicide")
        with self.assertRaisesRegex(Lost, "signal 9"):
            self.run_case(kernel, "regicide")

    def test_nonsense(self) -> None:
        kernel = self.boot("one", traits="nonsense")
        with self.assertRaisesRegex(Lost, "answers 'what"):
            self.run_case(kernel, "one")

    def test_end_of_requests_ends_it(self) -> None:
        kernel = self.boot("one")
        os.close(kernel._requests)
        self.assertEqual(kernel.process.wait(20), 0)
        kernel._requests = os.open(os.devnull, os.O_WRONLY)

    def test_close_takes_the_child_along(self) -> None:
        kernel = self.boot("hang")
        os.write(kernel._requests, b"kunit.filter_glob=a.hang\n")
        line = None
        while line is None:
            line = kernel._line(self.read)
        pid = int(line.split()[1])
        self.assertIsNotNone(server.cpu_time(pid))
        kernel.close()
        kernel.close()
        deadline = time.monotonic() + 20
        while server.cpu_time(pid) is not None and time.monotonic() < deadline:
            os.sched_yield()
        self.assertIsNone(server.cpu_time(pid))
        self.assertNotIn(kernel.process, proc._alive)

    def test_the_command_line_is_the_same_each_time(self) -> None:
        """It is part of what the kernel's random numbers begin with."""
        found = []
        for name in ("a", "b"):
            self.set_env("FAKE_TRAITS", "")
            kernel = Server(support.fake_kernel(self.tmp, {"a": ["one"]}),
                            self.tmp / name, ("x",), 10)
            self.addCleanup(kernel.close)
            found.append(kernel.process.args)
            kernel.ready(20, self.read)
            self.assertEqual(self.run_case(kernel, "one").code, 0)
        self.assertEqual(found[0], found[1])
        self.assertIn("uml_dir=./", str(found[0]))

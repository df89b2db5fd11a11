# SPDX-License-Identifier: GPL-2.0
"""Namespaces: what is in them ends with the process outside."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from mmtestbed.host import ns

from tests import support

# Prints how it is isolated, then leaves a process of its own behind and waits.
SCRIPT = """
import signal, subprocess, sys, time
from pathlib import Path
from mmtestbed.host import ns, proc
def work(isolation):
    if sys.argv[1] == "exit":
        return 7
    if sys.argv[1] == "mount":
        if not isolation.mounts:
            return 0
        ns.tmpfs(Path(sys.argv[2]))
        Path(sys.argv[2], "file").touch()
        return 7
    if sys.argv[1] == "stubborn":
        for signum in ns.FORWARDED:
            signal.signal(signum, signal.SIG_IGN)
        print(isolation.value, flush=True)
        time.sleep(1000)
    proc.catch_signals()
    try:
        subprocess.Popen(["sleep", sys.argv[2]], start_new_session=True)
        print(isolation.value, flush=True)
        while True:
            time.sleep(0.1)
    except proc.Interrupted as stop:
        return 128 + stop.signum
if sys.argv[1] == "stubborn":
    ns.PATIENCE = 1.5
sys.exit(ns.run(work))
"""


def running(argument: str) -> bool:
    """True if a process with @argument on its command line is alive."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if argument in path.read_bytes().decode(errors="replace").split("\0") and \
               os.readlink(path.parent / "exe").endswith(("sleep", "coreutils")):
                return True
        except OSError:
            continue
    return False


def becomes(argument: str, alive: bool) -> bool:
    """Wait, for at most 10 s, until such a process is @alive, or none is.

    One that has just been started has no command line for a moment.
    """
    limit = time.monotonic() + 10
    while running(argument) != alive:
        if time.monotonic() > limit:
            return False
        os.sched_yield()
    return True


class Namespaces(support.TempCase):
    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen([sys.executable, "-c", SCRIPT, *words],
                                stdout=subprocess.PIPE, text=True)

    def test_exit_code(self) -> None:
        with self.start("exit") as process:
            self.assertEqual(process.wait(), 7)

    def test_who_does_not_stop_is_killed(self) -> None:
        with subprocess.Popen([sys.executable, "-c", SCRIPT, "stubborn"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout and process.stderr
            process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(60), 128 + signal.SIGTERM)
            self.assertIn("killed, for it did not stop at SIGTERM",
                          process.stderr.read())

    def test_mounts_stay_inside(self) -> None:
        with self.start("mount", str(self.tmp)) as process:
            if process.wait() == 0:
                self.skipTest("the host allows no mounts")
        self.assertEqual(os.listdir(self.tmp), [])

    def end(self, signum: int) -> int:
        nap = f"{os.getpid()}{signum}.5"
        with self.start("wait", nap) as process:
            # Leaving the block waits for it, also when an assertion has failed.
            killer = threading.Timer(60, process.kill)
            killer.start()
            self.addCleanup(killer.cancel)
            assert process.stdout
            isolation = process.stdout.readline().strip()
            if isolation == ns.Isolation.NONE.value:
                process.kill()
                self.skipTest("the host allows no namespaces")
            self.assertTrue(becomes(nap, True))
            process.send_signal(signum)
            code = process.wait()
        self.assertTrue(becomes(nap, False))
        return code

    def test_interrupt(self) -> None:
        self.assertEqual(self.end(signal.SIGINT), 130)

    def test_terminate(self) -> None:
        self.assertEqual(self.end(signal.SIGTERM), 143)

    def test_kill(self) -> None:
        self.assertEqual(self.end(signal.SIGKILL), -signal.SIGKILL)

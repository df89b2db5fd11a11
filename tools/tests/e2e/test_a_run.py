# SPDX-License-Identifier: GPL-2.0
"""The default run: every case passes, and nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from mmtestbed.model import cases, configs

from tests.e2e import support
from tests.e2e.support import ONE, RUN, TOP, call


class Default(support.RunCase):
    def test_1_every_case_passes(self) -> None:
        out, xml = self.tmp / "out.json", self.tmp / "out.xml"
        called = call("--json", str(out), "--junit", str(xml), cwd=self.tmp)
        data = json.loads(out.read_text(encoding="utf-8"))
        text = self.expect(0, called, "PASS: ")
        self.assertEqual((data["verdict"], data["line"]), ("pass", "6.12"))
        self.assertTrue(data["kernel_version"].startswith("6.12."))
        self.assertGreaterEqual(data["counts"]["passed"], 20)
        for case in data["cases"]:
            with self.subTest(f"{case['suite']}.{case['name']}"):
                self.assertIn(case["status"], ("passed", "skipped", "known"))
                self.assertTrue(case["contracts"])
        self.assertIsNotNone(ElementTree.parse(xml).getroot())
        self.assertIn(f"Linux {data['kernel_version']}", text.splitlines()[-1])
        self.clean()

    def test_2_every_case_of_the_sources_ran(self) -> None:
        data = self.json()
        ran = {(case["suite"], case["name"]) for case in data["cases"]}
        wanted = {(case.suite, case.name) for case in cases.read(TOP / "mm" / "kunit")
                  if not case.suite.startswith(("guard_selftest", "measure_"))
                  and configs.builds("plain", case.file)}
        self.assertEqual(ran, wanted)
        due = {(case.suite, case.name) for case in cases.read(TOP / "mm" / "kunit")
               if case.reports}
        self.assertEqual({(case["suite"], case["name"]) for case in data["cases"]
                          if case["expected"]}, due)

    def test_3_nothing_changed_builds_nothing(self) -> None:
        called = call(ONE)
        self.assertNotIn("building", self.expect(0, called))

    def test_4_list_needs_no_build(self) -> None:
        text = self.expect(0, call("--list", cached=str(self.tmp / "none")))
        self.assertIn("migration_wait_sleep.", text)
        self.assertFalse((self.tmp / "none").exists())

    def test_5_dry_run_does_nothing(self) -> None:
        text = self.expect(0, call("--dry-run", cached=str(self.tmp / "none")),
                           "kunit.py build", " apply ")
        self.assertFalse((self.tmp / "none").exists())
        self.assertNotIn("PASS", text)

    def test_6_repeat_and_shuffle(self) -> None:
        data = self.json("--repeat", "3", ONE)
        self.assertEqual((data["verdict"], data["repeat"]), ("pass", 3))
        self.assertIn(data["boots"], (1, 2))
        self.assertEqual((data["mode"], data["children"]),
                         ("children", 3 * len(data["cases"])))
        text = self.expect(0, call("--repeat", "3", "--seed", "5", ONE))
        self.assertIn("printed the same 3 times, byte for byte", text)
        data = self.json("--one-boot", "--shuffle", "7", ONE)
        self.assertEqual((data["verdict"], data["shuffle_seed"], data["mode"]),
                         ("pass", 7, "boots"))
        self.assertEqual(data["boots"], len(data["cases"]))

    def test_7_raw_and_keep(self) -> None:
        text = self.expect(0, call("--raw", "--keep", ONE), "KTAP version 1",
                           "kept the kernel and the logs in")
        folder = text.split("kept the kernel and the logs in ")[1].split("\n")[0]
        self.assertIn("Linux version",
                      (Path(folder) / "server-1.log").read_text(encoding="utf-8"))
        logs = list(Path(folder).glob("migration_entry*.*.log"))
        self.assertTrue(logs)
        self.assertIn("KTAP version 1", logs[0].read_text(encoding="utf-8"))


class More(support.RunCase):
    """What else only the real kernel can tell; each builds a part of one, or one more."""

    def test_controls(self) -> None:
        """One in a kernel of its own; test_one_kernel.py tries the others together."""
        self.expect(0, call("--alone", "--filter", "zd-6-ram-not-looked-for",
                            script="controls"), "1 of 1 control killed")
        self.clean()

    def test_everything_that_watches(self) -> None:
        """KASAN, UBSAN and page poisoning: a whole kernel."""
        data = self.json("--variant", "kasan")
        self.assertEqual((data["verdict"], data["variant"]), ("pass", "kasan"),
                         data["error"])
        self.assertLessEqual({case["status"] for case in data["cases"]},
                             {"passed", "skipped", "known"})


class Stopped(support.RunCase):
    """Signals, at some moments of a run."""

    # Without namespaces nobody clears up after SIGKILL but the next run.
    _later: bool

    @classmethod
    def setUpClass(cls) -> None:
        """See what the machine allows."""
        super().setUpClass()
        cls._later = "no private mounts" in call(ONE).text

    def stop(self, signum: int, after: float, *words: str) -> int:
        # A shell that runs us in the background has SIGINT ignored.
        with subprocess.Popen([str(RUN), *words], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, cwd=self.tmp,
                              preexec_fn=lambda: signal.signal(
                                  signal.SIGINT, signal.SIG_DFL)) as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                process.send_signal(signum)
            try:
                code = process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                self.fail("the run goes on after the signal")
        limit = time.monotonic() + 20
        while self.world.processes() and time.monotonic() < limit:
            time.sleep(0.05)
        if signum == signal.SIGKILL and self._later:
            self.expect(0, call(ONE))
        self.clean()
        return code

    def test_signals_leave_nothing_behind(self) -> None:
        for signum, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143),
                             (signal.SIGKILL, -9)):
            for after in (0.1, 0.5, 1.0, 2.0):
                with self.subTest(f"{signal.Signals(signum).name} after {after} s"):
                    found = self.stop(signum, after, "--repeat", "100000", ONE)
                    # Before Python is up, the signal itself ends the run.
                    self.assertIn(found, (code, -signum, 0))
        self.expect(0, call(ONE), "PASS: ")

    def test_interrupt_while_python_starts(self) -> None:
        for step in range(40):
            with subprocess.Popen([str(RUN), "--dry-run"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True,
                                  preexec_fn=lambda: signal.signal(
                                      signal.SIGINT, signal.SIG_DFL)) as process:
                time.sleep(0.005 * step)
                process.send_signal(signal.SIGINT)
                said = process.communicate()[1]
            self.assertNotIn("Traceback", said)
            self.assertNotIn("Fatal", said)
            self.assertIn(process.returncode, (130, -signal.SIGINT, 0))

    def test_reports_are_whole_or_not_there(self) -> None:
        out = self.tmp / "out.json"
        self.stop(signal.SIGKILL, 1.5, "--repeat", "100000", "--json", str(out), ONE)
        self.assertEqual(list(self.tmp.iterdir()), [])


class Kill(support.RunCase):
    """kill -9 at any moment, as in test_controls.py, with all that User-Mode Linux is."""

    def test_run(self) -> None:
        tool = TOP / "tools" / "tests" / "kill9.py"
        done = subprocess.run([sys.executable, str(tool), str(RUN), ONE], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "MMTB_CACHE": str(self.world.cache)})
        self.assertEqual(done.returncode, 0, done.stdout)

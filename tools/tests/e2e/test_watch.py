# SPDX-License-Identifier: GPL-2.0
"""mmt watch, with the fake kernel: a save, and what follows."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable, Optional

from tests import fake
from tests.e2e import support

# For each step, in seconds: a run of the fake kernel takes two.
_PATIENCE = 120.0


def _mmt(world: support.World) -> Path:
    return world.script("run").with_name("mmt")


class Watched:
    """One mmt watch, and what it says."""

    def __init__(self, world: support.World, *words: str) -> None:
        self.said = ""
        self._more = threading.Condition()
        self.process = subprocess.Popen(
            [str(_mmt(world)), "watch", *words], env=world.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        while data := os.read(self.process.stdout.fileno(), 4096):
            with self._more:
                self.said += data.decode()
                self._more.notify_all()

    def until(self, pattern: str, start: int = 0) -> int:
        """Wait until it has said @pattern behind @start; where that ends."""
        deadline = time.monotonic() + _PATIENCE
        with self._more:
            while True:
                match: Optional[re.Match[str]] = re.compile(pattern).search(self.said, start)
                if match:
                    return match.end()
                if not self._more.wait(deadline - time.monotonic()):
                    raise AssertionError(f"no {pattern!r} in {self.said[start:]!r}")

    def stop(self, signum: int = signal.SIGINT) -> int:
        """Send it @signum; its exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signum)
        code = self.process.wait(_PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        return code


class Watch(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        self.tree = self.tmp / "linux"
        shutil.copytree(fake.tree(), self.tree)
        for words in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "one"]):
            subprocess.run(["git", "-C", str(self.tree), "-c", "user.name=x", "-c",
                            "user.email=x@x", *words], check=True, capture_output=True)

    def start(self, *words: str) -> Watched:
        """Watch the tree."""
        watched = Watched(self.world, "--kdir", str(self.tree), "--no-install", *words)
        self.addCleanup(watched.stop, signal.SIGKILL)
        return watched

    def wait_for(self, there: Callable[[], bool]) -> None:
        """Wait until it is @there."""
        deadline = time.monotonic() + _PATIENCE
        while not there():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

    def of_the_tree(self) -> list[str]:
        """The command lines that name the tree: a watch, and a run."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                found.append(path.read_bytes().decode("utf-8", "replace"))
        return [line for line in found if str(self.tree) in line]

    def edit(self, inside: str) -> None:
        """Put @inside at the end of memremap_pages()."""
        file = self.tree / "mm/memremap.c"
        text = file.read_text(encoding="utf-8")
        at = text.index("\n}\n", text.index("\nint memremap_pages("))
        new = file.with_name("memremap.c.new~")
        new.write_text(f"{text[:at]}\n\t{inside}{text[at:]}", encoding="utf-8")
        new.rename(file)                # as most editors do

    def test_a_save(self) -> None:
        """Cases that reach the change come first, and what changes is told."""
        self.expect(0, self.call("--variant", "gcov", "--reach", "--no-install",
                                 kdir=self.tree), "recorded what ")
        errors = self.tmp / "errors"
        watched = self.start("--errors", str(errors))
        at = watched.until(r"since the save\)")
        self.assertIn("PASS: ", watched.said)
        self.edit("/* The end. */")
        at = watched.until(r"mm/memremap\.c\n", at)
        at = watched.until(r"memremap_pages\(\): \d+ cases? first\n", at)
        at = watched.until(r"first result after [\d.]+ s: ok zone_device\w*\.", at)
        at = watched.until(r"PASS: .*since the save\)", at)
        self.assertEqual(errors.read_text(encoding="utf-8"), "")
        self.assertEqual(watched.stop(), 0)

    def test_a_save_that_does_not_compile(self) -> None:
        watched = self.start("zone_device*")
        at = watched.until(r"since the save\)")
        self.edit("this is no C;")
        at = watched.until(r"error: ", at)
        self.edit("/* twice */")
        watched.until(r"mm/memremap\.c", at)
        self.assertEqual(watched.stop(), 125)

    def test_a_save_starts_it_anew(self) -> None:
        watched = self.start()
        watched.until("watching ")
        self.edit("/* At once. */")
        at = watched.until(r"mm/memremap\.c\n")
        self.assertNotIn("since the save", watched.said)
        watched.until(r"since the save\)", at)
        watched.stop()

    def test_nothing_is_left(self) -> None:
        watched = self.start()
        watched.until(r"watching ")
        self.wait_for(lambda: len(self.of_the_tree()) > 1)
        self.assertEqual(watched.stop(signal.SIGTERM), 128 + signal.SIGTERM)
        self.wait_for(lambda: not self.of_the_tree())
        self.clean()

    def test_refused(self) -> None:
        done = self.call("watch", script=_mmt(self.world), kdir=self.tmp)
        self.expect(2, done)
        env = {key: value for key, value in self.world.environment().items() if key != "KDIR"}
        again = subprocess.run([str(_mmt(self.world)), "watch"], env=env,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               check=False)
        self.assertEqual(again.returncode, 2)
        self.assertIn("name the tree to watch", again.stdout)

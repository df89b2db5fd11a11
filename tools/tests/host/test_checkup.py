# SPDX-License-Identifier: GPL-2.0
"""What mmt doctor says of a host that lacks something."""

import contextlib
import errno
import io
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from mmtestbed.cli import doctor
from mmtestbed.host import checkup, deps
from mmtestbed.host.checkup import State
from mmtestbed.model.repository import REPOSITORY

# Shut out: in here, no namespace of these kinds can be made.
_NO_SPACES = "for k in user mnt pid; do echo 0 > /proc/sys/user/max_${k}_namespaces; done; "


def spaces(prefix: list[str], before: str, cache: Path) -> dict[str, dict[str, str]]:
    """The findings of mmt doctor as JSON, by name, behind @prefix and after @before."""
    done = subprocess.run(
        [*prefix, "sh", "-c", f"(set -e; {before} :) || exit 77; "
         f"exec {REPOSITORY}/scripts/mmt doctor --json -"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "MMTB_CACHE": str(cache), "MMTB_CONFIG": ""})
    if done.returncode == 77:
        raise unittest.SkipTest(f"this host cannot be made to lack it: {done.stderr}")
    try:
        found = json.loads(done.stdout)["findings"]
    except ValueError:
        raise AssertionError(done.stdout + done.stderr) from None
    return {each["name"]: each for each in found}


class Real(unittest.TestCase):
    """Hosts that really lack it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)
        if subprocess.run(["unshare", "-Urm", "true"], check=False,
                          capture_output=True).returncode:
            self.skipTest("this host has no user namespaces to make such a host in")

    def test_no_namespaces(self) -> None:
        found = spaces(["unshare", "-Ur"], _NO_SPACES, self.cache)
        self.assertEqual(found["namespaces"]["state"], "less")
        self.assertEqual(found["namespaces"]["mend"],
                         "sysctl -w user.max_user_namespaces=15000")
        self.assertEqual(found["overlay"]["state"], "less")

    def test_full_disk(self) -> None:
        found = spaces(["unshare", "-Urm"], f"mount -t tmpfs -o size=1m none {self.cache}; "
                       f"{REPOSITORY}/scripts/mmt doctor > /dev/null || :; "
                       f"head -c 2M /dev/zero > {self.cache}/full 2> /dev/null || :;",
                       self.cache)
        self.assertEqual(found["disk"]["state"], "missing")
        self.assertEqual(found["disk"]["mend"], "mmt gc --free")
        self.assertNotIn("overlay", found)

    def test_cache_on_an_overlay(self) -> None:
        """Which cannot be the upper folder of another."""
        found = spaces(
            ["unshare", "-Urm"], f"cd {self.cache}; mkdir top; mount -t tmpfs none top; "
            "cd top; mkdir a b c d; mount -t overlay -o userxattr,lowerdir=a,upperdir=b,"
            "workdir=c none d;", self.cache / "top" / "d")
        self.assertEqual(found["namespaces"]["state"], "good")
        self.assertEqual(found["overlay"]["state"], "less")
        self.assertIn("MMTB_CACHE", found["overlay"]["mend"])

    def test_shared_memory(self) -> None:
        found = spaces(["unshare", "-Urm"],
                       "mount -t tmpfs -o noexec none /dev/shm;", self.cache)
        self.assertEqual(found["/dev/shm"]["state"], "missing")
        self.assertEqual(found["/dev/shm"]["mend"], "mount -o remount,exec /dev/shm")

    def test_nothing_is_left(self) -> None:
        found = spaces([], "", self.cache)
        self.assertEqual(found["disk"]["name"], "disk")
        self.assertEqual([path.name for path in self.cache.iterdir()], ["mnt"])


class Checks(unittest.TestCase):
    """Each, told what it would find."""

    def test_tools(self) -> None:
        gone = deps.Tool("no-such-tool", "no-such-package", "nothing")
        found = checkup.tools([gone, deps.Tool("sh", "dash", "a shell")], "build")
        self.assertEqual((found.state, found.fact), (State.MISSING, "missing: no-such-tool"))
        self.assertIn("no-such-package", found.mend)
        optional = deps.Tool("no-such-tool", "no-such-package", "nothing", optional=True)
        self.assertEqual(checkup.tools([optional], "build").state, State.LESS)
        with mock.patch.object(shutil, "which", return_value=None):
            self.assertIn("your distribution", checkup.tools([gone], "build").mend)

    def test_memory(self) -> None:
        self.assertEqual(checkup.memory(2 * checkup.MEMORY, 8).state, State.GOOD)
        self.assertEqual(checkup.memory(2 * checkup.MEMORY - 1, 2).state, State.LESS)
        self.assertEqual(checkup.memory(checkup.MEMORY, 1).state, State.GOOD)
        self.assertEqual(checkup.memory(checkup.MEMORY - 1, 1).state, State.MISSING)

    def test_disk(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            usage = mock.Mock(free=int(1 * (1 << 30)))
            with mock.patch.object(shutil, "disk_usage", return_value=usage):
                self.assertEqual(checkup.disk(Path(name), True).state, State.GOOD)
                self.assertEqual(checkup.disk(Path(name), False).state, State.MISSING)
            with mock.patch.object(os, "fsync", side_effect=OSError(errno.ENOSPC, "full")):
                found = checkup.disk(Path(name), True)
            self.assertEqual((found.state, found.mend), (State.MISSING, "mmt gc --free"))
            self.assertEqual(os.listdir(name), [])

    def test_refused(self) -> None:
        """What a container keeps from its processes."""
        with mock.patch.object(checkup, "in_child", return_value="refused"):
            self.assertEqual(checkup.tracing().state, State.MISSING)
            self.assertEqual(checkup.addresses().state, State.LESS)
        with mock.patch.object(checkup, "in_child", return_value="refused"), \
                mock.patch.object(checkup, "_sysctl", return_value="3"):
            self.assertIn("ptrace_scope", checkup.tracing().mend)
        self.assertEqual(checkup.in_child(lambda: "text"), "text")
        self.assertEqual(checkup.in_child(lambda: os._exit(3)), "")

    def test_huge_pages(self) -> None:
        with tempfile.TemporaryDirectory() as name, \
                mock.patch.object(checkup, "_THP", Path(name) / "enabled"):
            self.assertEqual(checkup.huge_pages().state, State.LESS)
            for text, state in (("always [madvise] never", State.GOOD),
                                ("always madvise [never]", State.LESS)):
                checkup._THP.write_text(text, encoding="ascii")
                self.assertEqual(checkup.huge_pages().state, state)

    def test_verdict(self) -> None:
        """Tools that a run installs by itself keep nobody from a verdict."""
        good = checkup.Finding("disk", State.GOOD, "room")
        less = checkup.Finding("overlay", State.LESS, "none", "do it")
        own = checkup.Finding("tools: build", State.MISSING, "missing: gcc",
                              "apt-get install gcc (a run does it by itself)")
        bad = checkup.Finding("ptrace", State.MISSING, "refused", "allow it")
        for found, code, text in (([good], 0, "PASS"), ([good, less], 0, "1 thing would"),
                                  ([own], 0, "PASS"), ([own, bad], 1, "FAIL: 1 thing")):
            with contextlib.redirect_stdout(io.StringIO()) as out, \
                    mock.patch.object(doctor, "examine", return_value=iter(found)):
                self.assertEqual(doctor.main([]), code)
            self.assertIn(text, out.getvalue())


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0
"""The house rules: checkers are content, licences are named, contracts exist."""

import os
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from mmtestbed.kernel import patching
from mmtestbed.model import cases
from mmtestbed.model.lines import LINES
from mmtestbed.model.repository import REPOSITORY
from mmtestbed.proof import controls

TOP = REPOSITORY
# Neither can hold a licence line of their own.
_BARE = {"COPYING"}
_BARE_SUFFIXES = (".log", ".patch", ".json", ".png")


def files() -> list[Path]:
    """What is, or is about to be, in the repository."""
    done = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                           "--exclude-standard"], cwd=TOP, capture_output=True,
                          text=True, check=False)
    if done.returncode == 0:
        names = [name for name in done.stdout.split("\0") if name]
    else:
        names = [str(path.relative_to(TOP)) for path in TOP.rglob("*")
                 if "__pycache__" not in path.parts and ".git" not in path.parts]
    return [TOP / name for name in sorted(names) if (TOP / name).is_file()]


class Checkers(unittest.TestCase):
    def check(self, *command: str, cwd: Path = TOP) -> None:
        if not shutil.which(command[0]):
            self.skipTest(f"{command[0]} is not installed")
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True,
                              env=env, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_shellcheck(self) -> None:
        scripts = [str(path.relative_to(TOP)) for path in files()
                   if path.suffix == ".sh" or path.read_bytes()[:9] == b"#!/bin/sh"]
        self.check("shellcheck", "-x", *scripts)

    def test_mypy(self) -> None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        self.check("mypy", "--strict", "--no-error-summary", "--cache-dir=/dev/null",
                   f"--python-version={version}", "mmtestbed", "tests",
                   cwd=TOP / "tools")

    def test_pyflakes(self) -> None:
        self.check("pyflakes3", "mmtestbed", "tests", cwd=TOP / "tools")


class Licences(unittest.TestCase):
    def test_spdx(self) -> None:
        for path in files():
            if path.name in _BARE or path.suffix in _BARE_SUFFIXES:
                continue
            with self.subTest(str(path.relative_to(TOP))):
                head = path.read_text(encoding="utf-8").splitlines()[:3]
                self.assertTrue(any("SPDX-License-Identifier: GPL-2.0" in line
                                    for line in head))


class Contracts(unittest.TestCase):
    """Who names a contract, names one that there is."""

    def setUp(self) -> None:
        path = TOP / "Documentation" / "contracts.rst"
        if not path.exists():
            self.skipTest("Documentation/contracts.rst is not there")
        self.known = set(cases.contracts_of(path.read_text(encoding="utf-8")))

    def test_every_case_has_one(self) -> None:
        for case in cases.read(TOP / "mm" / "kunit"):
            if case.suite.startswith("guard_selftest"):
                continue
            with self.subTest(case.full_name):
                # Suites that are built on demand measure; all others assert.
                wanted = case.measures if case.suite.startswith("measure_") \
                    else case.contracts
                self.assertTrue(wanted, f"{case.file}:{case.line}")
                self.assertLessEqual({*case.contracts, *case.measures}, self.known)
                self.assertTrue(case.summary)

    def test_controls(self) -> None:
        contracts = {(case.suite, case.name): case.contracts
                     for case in cases.read(TOP / "mm" / "kunit")}
        for control in controls.read(TOP / "patches" / "controls"):
            with self.subTest(control.path.name):
                self.assertLessEqual(set(control.breaks), self.known)
                self.assertLessEqual(set(control.lines), {line.name for line in LINES})
                for name in control.kills:
                    self.assertIn(name, contracts)
                    self.assertTrue(set(contracts[name]) & set(control.breaks), name)
                if control.rule:
                    self.assertEqual(control.path.parent.name, control.breaks[0])


class Layout(unittest.TestCase):
    def test_each_patch_is_in_the_series(self) -> None:
        there = {path for path in (TOP / "patches").rglob("*")
                 if path.is_file() and TOP / "patches/controls" not in path.parents}
        self.assertEqual(there, {TOP / "patches" / "series", TOP / "patches" / "blobs",
                                 *(TOP / "patches" / name / patching.PROPOSAL
                                   for name in patching.proposals()),
                                 *patching.files(patching.every())})

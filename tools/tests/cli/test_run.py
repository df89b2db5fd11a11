# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh: where a run has its files."""

import os
import resource
from pathlib import Path
from typing import Optional
from unittest import mock

from mmtestbed.cli import options, run
from mmtestbed.errors import Exit, Refused
from mmtestbed.host import confine, deps, ns, proc
from mmtestbed.model import provenance

from tests import support


class Command(run.Command):
    """A run whose work is to note its folder and then to fail."""

    def __init__(self, case: support.TempCase, error: Exception) -> None:
        super().__init__(options.parse([]), case.console)
        self._cache = case.tmp
        self._error = error
        self.folder: Optional[Path] = None

    def _work(self, isolation: ns.Isolation, folder: Path) -> int:
        self.folder = folder
        raise self._error


class Commit(support.TempCase):
    def test_git_may_come_with_the_tools(self) -> None:
        """On a fresh machine, the report of the first run names the commit, too."""
        facts = [{"commit": ""}, {"commit": "1234"}]
        with mock.patch.object(provenance, "facts", side_effect=facts), \
             mock.patch.object(deps, "ensure", return_value=[]):
            command = run.Command(options.parse(["--json", str(self.tmp / "x.json")]),
                                  self.console)
            self.assertEqual(command._report.testbed["commit"], "")
            command._ensure([])
            self.assertEqual(command._report.testbed["commit"], "1234")


class Folder(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.set_env("TMPDIR", os.environ.get("TMPDIR", "/tmp"))
        for module, name in ((confine, "confine"), (proc, "catch_signals"),
                             (ns, "no_address_randomisation"),
                             (resource, "setrlimit")):
            patch = mock.patch.object(module, name)
            patch.start()
            self.addCleanup(patch.stop)

    def inside(self, isolation: ns.Isolation, refusal: Optional[Refused] = None) -> Path:
        """Where a run is whose work ends with an error, which the user is told."""
        error = Refused("no")
        command = Command(self, error)
        with mock.patch.object(ns, "tmpfs", side_effect=refusal), \
             mock.patch.object(self.console, "error") as told:
            self.assertEqual(command._inside(isolation), Exit.BROKEN)
        told.assert_called_once_with(error)
        assert command.folder
        return command.folder

    def test_a_refusal_of_the_work_is_not_one_of_the_folder(self) -> None:
        self.assertEqual(self.inside(ns.Isolation.ROOT), self.tmp / "mnt" / "run")

    def test_without_a_tmpfs(self) -> None:
        found = self.inside(ns.Isolation.ROOT, Refused("no tmpfs"))
        self.assertTrue(found.name.startswith("run."))
        self.assertFalse(found.exists())

    def test_without_mounts(self) -> None:
        found = self.inside(ns.Isolation.NONE)
        self.assertTrue(found.name.startswith("run."))
        self.assertFalse(found.exists())

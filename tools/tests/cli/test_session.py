# SPDX-License-Identifier: GPL-2.0
"""What a command goes through: where it has its files."""

import os
import resource
from pathlib import Path
from typing import Optional
from unittest import mock

from mmtestbed.cli.session import Ground, Session
from mmtestbed.errors import Exit, Refused, TestbedError
from mmtestbed.host import confine, ns, proc

from tests import support


class Job:
    """One whose work is to note its folder and then to fail."""

    def __init__(self, error: TestbedError) -> None:
        self.error = error
        self.folder: Optional[Path] = None
        self.told: list[TestbedError] = []

    def prepare(self) -> Path:
        """Not called."""
        raise NotImplementedError

    def work(self, ground: Ground) -> int:
        """Fail."""
        self.folder = ground.folder
        raise self.error

    def broken(self, err: TestbedError) -> int:
        """Take note of @err."""
        self.told.append(err)
        return err.code

    def stopped(self) -> None:
        """Nothing."""


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
        job = Job(Refused("no"))
        with mock.patch.object(ns, "tmpfs", side_effect=refusal):
            self.assertEqual(Session(job, self.console).inside(isolation, self.tmp),
                             Exit.BROKEN)
        self.assertEqual(job.told, [job.error])
        assert job.folder
        return job.folder

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

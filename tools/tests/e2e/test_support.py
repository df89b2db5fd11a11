# SPDX-License-Identifier: GPL-2.0
"""What the tests of the whole command take for a process that a run has left behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Mapping, Optional

from tests.e2e import support


class Processes(support.RunCase):
    """World.processes() tells those of the tests from those of the user."""

    def seen(self, env: Optional[Mapping[str, str]]) -> bool:
        """True if a process with the cache in its command line and @env is one of ours."""
        world = support.World(support.TOP, cached=str(self.tmp))
        with subprocess.Popen(["sh", "-c", "echo; read line", str(self.tmp)], env=env,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            # It runs, and /proc has its environment: not that of its parent.
            process.stdout.readline()
            found = any(words.startswith(f"{process.pid} ") for words in world.processes())
            process.communicate(b"\n")
        return found

    def test_left_behind(self) -> None:
        self.assertTrue(self.seen(None))

    def test_those_of_the_kernel_have_no_environment(self) -> None:
        self.assertTrue(self.seen({}))

    def test_the_users_own(self) -> None:
        self.assertFalse(self.seen({key: value for key, value in os.environ.items()
                                    if key != support.MARK.split("=")[0]}))

    def test_elsewhere(self) -> None:
        world = support.World(support.TOP, cached=str(Path(self.tmp) / "other"))
        self.assertEqual(world.processes(), set())

# SPDX-License-Identifier: GPL-2.0
"""What several of the tests need."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Callable, Optional

from mmtestbed.boot.judge import Judge
from mmtestbed.boot.uml import Ending, How, Next
from mmtestbed.errors import TestbedError
from mmtestbed.model.outcomes import Name, Outcome
from mmtestbed.ui.console import Console

DATA = Path(__file__).parent / "test_data"
# A user and a group who own nothing.
NOBODY = 65534


def log(name: str) -> list[str]:
    """The lines of a recorded console."""
    return (DATA / f"{name}.log").read_text(encoding="utf-8").splitlines()


def judged(lines: list[str], expected: list[Name],
           ending: Ending = Ending(How.EXITED, 0)) -> Judge:
    """A Judge that has read @lines, up to where it wants no more."""
    ticks = iter(range(1 << 30))
    judge = Judge(expected, lambda outcome: None, lambda: float(next(ticks)))
    for line in lines:
        if judge.read(line) is Next.STOP:
            ending = Ending(How.STOPPED, 0)
            break
    judge.end(ending, 10)
    return judge


def only(judge: Judge) -> Outcome:
    """The one outcome that @judge has."""
    [outcome] = judge.outcomes.values()
    return outcome


def fake_kernel(folder: Path, suites: dict[str, list[str]]) -> Path:
    """A pretended kernel in @folder that has these cases; see fake_kernel.py."""
    kernel = folder / "linux"
    if not kernel.exists():
        shutil.copy(Path(__file__).parent / "fake_kernel.py", kernel)
        kernel.chmod(0o755)
    (folder / "suites.json").write_text(json.dumps(suites), encoding="ascii")
    return kernel


def without(folder: Path, tool: str) -> str:
    """A PATH, by way of links in @folder, that has all tools but @tool."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(":")):
        for path in Path(place).glob("*"):
            link = folder / path.name
            if path.name != tool:
                link.unlink(missing_ok=True)
                link.symlink_to(path)
    return str(folder)


def check(*command: str) -> str:
    """What @command prints; it has to succeed."""
    return subprocess.run(command, check=True, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout


def as_nobody(call: Callable[[], object]) -> str:
    """What @call says, which is made by somebody who is not root: the error, or ""."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        said = ""
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            call()
        except TestbedError as err:
            said = err.message
        except BaseException as err:
            said = repr(err)
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as file:
        found = file.read()
    os.waitpid(pid, 0)
    return found


class TempCase(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = Path(folder.name)
        self.text = io.StringIO()
        self.console = Console(self.text)

    def write(self, path: str, content: str) -> Path:
        """A file below the folder."""
        target = self.tmp / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
        return target

    def set_env(self, name: str, value: Optional[str]) -> None:
        """Set a variable, or unset it, for the time of the test."""
        old = os.environ.get(name)

        def restore() -> None:
            if old is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = old

        self.addCleanup(restore)
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value

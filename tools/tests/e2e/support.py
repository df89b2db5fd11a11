# SPDX-License-Identifier: GPL-2.0
"""Call the scripts as a user would, and look at what is left behind.

There are two worlds to do so in: this repository with the real kernel and the cache of
the user, and a copy of it for a fake kernel, with a cache of its own (tests/fake).
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Sequence

from mmtestbed.errors import Unavailable
from mmtestbed.host import cachedir
from mmtestbed.kernel import source
from mmtestbed.model import repository
from mmtestbed.model.lines import DEFAULT, Line
from mmtestbed.ui.console import Console

from tests import fake, support

TOP = repository.REPOSITORY
RUN = TOP / "scripts" / "run.sh"
# A single case, for what is not about the cases.
ONE = "--filter=migration_entry*"
# In the environment of all that the tests here start, and of nothing else.
_BY = "MMTB_STARTED_BY"
os.environ[_BY] = str(os.getpid())
MARK = f"{_BY}={os.environ[_BY]}"


@dataclass(frozen=True)
class Called:
    """A finished call: its exit code and all that it printed."""

    code: int
    text: str


@dataclass(frozen=True)
class World:
    """A repository, and what it is called with.

    @top: its top.  @cached: MMTB_CACHE, "" for the default.
    @kdir: KDIR where a test does not say so, "" for none.
    """

    top: Path
    cached: str = ""
    kdir: str = ""

    def script(self, name: str = "run") -> Path:
        """The script called @name."""
        return self.top / "scripts" / f"{name}.sh"

    @property
    def cache(self) -> Path:
        """The cache that the runs use."""
        return Path(self.cached) if self.cached else \
            cachedir.root(Console(open(os.devnull, "w", encoding="ascii")))

    def environment(self, kdir: "Path | str" = "", cached: str = "") -> dict[str, str]:
        """What a script finds.  @kdir, @cached: KDIR and MMTB_CACHE, if not ours."""
        environment = {key: value for key, value in os.environ.items() if key != "KDIR"}
        if self.cached:
            # The others' compiler cache is none of ours either.
            environment.pop("CCACHE_DIR", None)
        if kdir or self.kdir:
            environment["KDIR"] = str(kdir or self.kdir)
        if cached or self.cached:
            environment["MMTB_CACHE"] = cached or self.cached
        return environment

    def call(self, *words: str, cwd: Optional[Path] = None, script: "Path | str" = "run",
             prefix: Sequence[str] = (), kdir: "Path | str" = "",
             cached: str = "") -> Called:
        """Run @script with @words.  @prefix: a command that runs it."""
        path = script if isinstance(script, Path) else self.script(script)
        done = subprocess.run([*prefix, str(path), *words], cwd=cwd,
                              env=self.environment(kdir, cached),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        return Called(done.returncode, done.stdout)

    def processes(self) -> set[str]:
        """The command lines of what belongs to a run of these tests, by process.

        In a chroot, what runs outside has the same paths, and is none of ours.  Nor is a
        run of the user's own beside the tests, or a du of his: its environment lacks MARK.
        What has no environment any more (a process of the kernel under test) is ours.
        """
        found = set()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if not os.path.samefile(path.parent / "root", "/"):
                    continue
                words = path.read_bytes().decode("utf-8", "replace").split("\0")
                around = (path.parent / "environ").read_bytes()
                if around and MARK.encode() not in around.split(b"\0"):
                    continue
            except OSError:
                continue
            if any(str(self.cache) in word for word in words):
                found.add(f"{path.parent.name} {' '.join(words)}")
        return found

    def mounts(self) -> set[str]:
        """The mounts below the cache that the machine sees."""
        text = Path("/proc/self/mounts").read_text(encoding="utf-8")
        return {line for line in text.splitlines()
                if Path(line.split()[1]).is_relative_to(self.cache)}

    def rests(self) -> set[str]:
        """Temporary files in the cache."""
        return {str(path) for pattern in ("run.*", "src/*/.*", "state/*/.*")
                for path in self.cache.glob(pattern)}


REAL = World(TOP)
call = REAL.call


@functools.cache
def fake_world() -> World:
    """That of the fake kernel, which is not one of this machine's packages."""
    return World(fake.repository(), str(fake.cache()), str(fake.tree()))


def pristine(line: Line = DEFAULT) -> Path:
    """Debian's source of @line, unpacked; fetches it if need be.

    Raises SkipTest if this machine cannot have it.
    """
    silent = Console(sys.stderr)
    try:
        archive = source.tarball(line, REAL.cache, silent)
    except Unavailable as err:
        raise unittest.SkipTest(err.message) from None
    return source.unpack(line, archive, REAL.cache, silent).path


class RunCase(support.TempCase):
    """A test of the whole command."""

    @property
    def world(self) -> World:
        """What is called."""
        return REAL

    def call(self, *words: str, script: "Path | str" = "run",
             prefix: Sequence[str] = (), kdir: "Path | str" = "",
             cached: str = "") -> Called:
        """Run @script with @words; see World.call()."""
        return self.world.call(*words, script=script, prefix=prefix, kdir=kdir,
                               cached=cached)

    def expect(self, code: int, called: Called, *texts: str) -> str:
        """@called ended with @code and said each of @texts; all that it said."""
        self.assertEqual(called.code, code, called.text)
        for text in texts:
            self.assertIn(text, called.text)
        self.assertNotIn("Traceback", called.text)
        return called.text

    def clean(self) -> None:
        """Nothing of a run is left."""
        self.assertEqual(self.world.mounts(), set())
        self.assertEqual(self.world.processes(), set())
        self.assertEqual(self.world.rests(), set())

    def json(self, *words: str, kdir: "Path | str" = "") -> Any:
        """What --json says about a run with @words."""
        path = self.tmp / "out.json"
        called = self.call("--json", str(path), *words, kdir=kdir)
        self.assertTrue(path.exists(), called.text)
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual(data["exit_code"], called.code)
        return data


class FakeCase(RunCase):
    """A test of the whole command with the fake kernel."""

    @property
    def world(self) -> World:
        return fake_world()


def no_mounts(called: Called) -> bool:
    """True if @called got no mounts of its own: unshare says so, or a 77."""
    return called.code == 77 or called.text.startswith("unshare: ")


def without_mounts(test: RunCase) -> list[str]:
    """A prefix for call(): a machine that allows no mounts of one's own.

    What @test copies there, for want of an overlay, goes away with it.
    """
    def remove() -> None:
        for record in test.world.cache.glob("state/*/copied.json"):
            shutil.rmtree(record.parent)

    prefix = ["unshare", "--map-root-user", "sh", "-c",
              "for what in mnt user; do echo 0 > /proc/sys/user/max_${what}_namespaces || "
              'exit 77; done; exec "$@"', "sh"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        test.skipTest("no user namespaces to try it in")
    test.addCleanup(remove)
    return prefix


def needs_root(test: unittest.TestCase) -> None:
    """Skip @test for an ordinary user."""
    if os.geteuid() != 0:
        test.skipTest("needs root")

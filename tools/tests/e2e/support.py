# SPDX-License-Identifier: GPL-2.0
"""Call scripts/run.sh as a user would, and look at what is left behind."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unittest
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Sequence

from mmtestbed import run, source, tree
from mmtestbed.errors import Unavailable
from mmtestbed.lines import DEFAULT, Line
from mmtestbed.report import Console

from tests import support

TOP = run.REPOSITORY
RUN = TOP / "scripts" / "run.sh"
# A single case, for what is not about the cases.
ONE = "--filter=migration_entry*"

# What the suites find in kernels that Debian ships: the case, and the last version
# that it was seen in (Documentation/findings.rst).
_KNOWN = {("migrate_vma_device", "swap_cache_page_is_freed_from_it_or_refused"):
          (6, 12, 107)}


def known_faults(version: str) -> set[tuple[str, str]]:
    """The cases that are rightly red on Linux @version."""
    numbers = tuple(int(part) for part in version.split("-")[0].split("."))
    return {case for case, last in _KNOWN.items() if numbers <= last}


@dataclass(frozen=True)
class Called:
    """A finished call: its exit code and all that it printed."""

    code: int
    text: str


def call(*words: str, cwd: Optional[Path] = None, script: Path = RUN,
         prefix: Sequence[str] = (), kdir: "Path | str" = "", cached: str = "") -> Called:
    """Run @script with @words.

    @prefix: a command that runs it.  @kdir, @cached: KDIR and MMTB_CACHE.
    """
    environment = {key: value for key, value in os.environ.items() if key != "KDIR"}
    if kdir:
        environment["KDIR"] = str(kdir)
    if cached:
        environment["MMTB_CACHE"] = cached
    done = subprocess.run([*prefix, str(script), *words], cwd=cwd, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return Called(done.returncode, done.stdout)


def cache() -> Path:
    """The cache that the runs use."""
    return tree.cache_root(Console(open(os.devnull, "w", encoding="ascii")))


def pristine(line: Line = DEFAULT) -> Path:
    """Debian's source of @line, unpacked; fetches it if need be.

    Raises SkipTest if this machine cannot have it.
    """
    silent = Console(sys.stderr)
    try:
        archive = source.tarball(line, cache(), silent)
    except Unavailable as err:
        raise unittest.SkipTest(err.message) from None
    return source.unpack(line, archive, cache(), silent).path


def processes() -> set[str]:
    """The command lines of what belongs to a run, by process.

    In a chroot, what runs outside has the same paths, and is none of ours.
    """
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if not os.path.samefile(path.parent / "root", "/"):
                continue
            words = path.read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if any(str(cache()) in word for word in words):
            found.add(f"{path.parent.name} {' '.join(words)}")
    return found


def mounts() -> set[str]:
    """The mounts below the cache that the machine sees."""
    lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if str(cache()) in line}


def rests() -> set[str]:
    """Temporary files in the cache."""
    return {str(path) for pattern in ("run.*", "src/*/.*", "state/*/.*")
            for path in cache().glob(pattern)}


class RunCase(support.TempCase):
    """A test of the whole command."""

    def expect(self, code: int, called: Called, *texts: str) -> str:
        """@called ended with @code and said each of @texts; all that it said."""
        self.assertEqual(called.code, code, called.text)
        for text in texts:
            self.assertIn(text, called.text)
        self.assertNotIn("Traceback", called.text)
        return called.text

    def clean(self) -> None:
        """Nothing of a run is left."""
        self.assertEqual(mounts(), set())
        self.assertEqual(processes(), set())
        self.assertEqual(rests(), set())

    def json(self, *words: str, kdir: "Path | str" = "") -> Any:
        """What --json says about a run with @words."""
        path = self.tmp / "out.json"
        called = call("--json", str(path), *words, kdir=kdir)
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual(data["exit_code"], called.code)
        return data


def no_mounts(called: Called) -> bool:
    """True if @called got no mounts of its own: unshare says so, or a 77."""
    return called.code == 77 or called.text.startswith("unshare: ")


def without_mounts(test: unittest.TestCase) -> list[str]:
    """A prefix for call(): a machine that allows no mounts of one's own.

    What @test copies there, for want of an overlay, goes away with it.
    """
    def remove() -> None:
        for record in cache().glob("state/*/copied.json"):
            shutil.rmtree(record.parent)

    prefix = ["unshare", "--map-root-user", "sh", "-c",
              "for what in mnt user; do echo 0 > /proc/sys/user/max_${what}_namespaces || "
              'exit 77; done; exec "$@"', "sh"]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        test.skipTest("no user namespaces to try it in")
    if shutil.disk_usage(cache()).free < 3 << 30:
        test.skipTest("no room for a copy of the source")
    test.addCleanup(remove)
    return prefix


def needs_root(test: unittest.TestCase) -> None:
    """Skip @test for an ordinary user."""
    if os.geteuid() != 0:
        test.skipTest("needs root")

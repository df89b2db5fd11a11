#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Kill a command with SIGKILL at random moments and look for what it leaves behind.

    tools/tests/kill9.py [--times N] [--seed N] scripts/run.sh [option]...

The command runs once to its end; then it is killed N times, and after each time no
process, mount or temporary file of it may be left, nor may it have gone on to the report
that it writes at its end (--json); then it runs to its end again,
which has to come out as the first time, with the same files in the cache.
Minutes, not seconds: no part of the unit tests.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence

_MARK = "MMTB_KILL9"
# The kernel takes down a PID namespace before it reaps the last of it: seconds.
_PATIENCE = 20.0
# What changes from run to run in the closing line.
_NUMBERS = re.compile(r"\d+(?:\.\d+)?(?: CPU)? s\b")
# Below the cache: what make and ccache do in there is their own business.
_INNER = re.compile(r"(?:^|/)(?:ccache|build|upper|work|tree-[0-9a-f]+)/")


@dataclass(frozen=True)
class World:
    """What a run may leave a trace in."""

    mounts: frozenset[str]
    temporary: frozenset[str]


def mounts() -> frozenset[str]:
    """The mount points of this namespace."""
    text = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    return frozenset(line.split()[4] for line in text.splitlines())


def temporary(folders: Sequence[Path]) -> frozenset[str]:
    """The files in the folders for temporary files."""
    return frozenset(str(path) for folder in folders if folder.is_dir()
                     for path in folder.iterdir())


def marked(mark: str) -> list[str]:
    """The processes that have @mark in their environment, zombies left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found.append(f"{folder.name} {command.decode(errors='replace')[:80]}")
        except OSError:
            continue
    return found


def kept(cache: Path) -> frozenset[str]:
    """The files in the cache that are ours, not those of make or ccache."""
    found = set()
    for top, _, names in os.walk(cache):
        for name in names:
            path = os.path.relpath(os.path.join(top, name), cache)
            if not _INNER.search(path):
                found.add(path)
    return frozenset(found)


class Killer:
    """Runs and kills one command."""

    def __init__(self, command: Sequence[str], scratch: Path) -> None:
        self._command = list(command)
        self._scratch = scratch
        self._folders = [scratch, Path("/dev/shm")]
        self._mark = f"{_MARK}={uuid.uuid4().hex}"
        name, _, value = self._mark.partition("=")
        self._env: Mapping[str, str] = {**os.environ, name: value,
                                        "TMPDIR": str(scratch)}

    def look(self) -> World:
        """What the world is like now."""
        return World(mounts(), temporary(self._folders))

    def whole(self) -> tuple[int, str, float]:
        """Run it to its end: exit code, closing line, seconds."""
        begin = time.monotonic()
        done = subprocess.run(self._command, env=self._env, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = done.stdout.strip().splitlines() or [""]
        return done.returncode, _NUMBERS.sub("N s", lines[-1]), time.monotonic() - begin

    def kill_after(self, seconds: float, report: Path) -> bool:
        """Run it and kill it after @seconds; False if it was at its end before: if it
        had written its @report."""
        script, *words = self._command
        with subprocess.Popen([script, "--json", str(report), *words], env=self._env,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(seconds)
                return False
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                return not report.exists()

    def gone(self) -> list[str]:
        """Wait for its processes to go; those that do not."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            left = marked(self._mark)
            if not left:
                return []
            time.sleep(0.05)
        return left


def compare(before: World, after: World) -> list[str]:
    """What is there now that was not there before."""
    return [*(f"mount {name}" for name in sorted(after.mounts - before.mounts)),
            *(f"file {name}" for name in sorted(after.temporary - before.temporary))]


def _run(args: argparse.Namespace, scratch: Path, reports: Path) -> int:
    killer = Killer(args.command, scratch)
    cache = Path(os.environ.get("MMTB_CACHE") or
                 f"{os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'}"
                 "/mm-testbed")
    code, line, seconds = killer.whole()
    print(f"whole: exit code {code}, {seconds:.1f} s: {line}", flush=True)
    before, files = killer.look(), kept(cache)
    dice = random.Random(args.seed)
    bad = 0
    for number in range(1, args.times + 1):
        after = dice.uniform(0.0, seconds)
        report = reports / f"{number}.json"
        killed = killer.kill_after(after, report)
        left = [f"process {name}" for name in killer.gone()]
        if killed and report.exists():
            left.append("its report, which it went on to write")
        left += compare(before, killer.look())
        bad += bool(left)
        print(f"{number} of {args.times}: {'killed' if killed else 'ended'} after "
              f"{after:.1f} s: {', '.join(left) or 'nothing left'}", flush=True)
    again, last, seconds = killer.whole()
    print(f"whole: exit code {again}, {seconds:.1f} s: {last}", flush=True)
    faults = []
    if bad:
        faults.append(f"{bad} of {args.times} left something behind")
    if (again, last) != (code, line):
        faults.append("the last run came out differently from the first")
    extra = sorted(kept(cache) - files)
    if extra:
        faults.append(f"new files in the cache: {', '.join(extra[:5])}")
    print(f"FAIL: {'; '.join(faults)}" if faults else
          f"PASS: killed {args.times} times, nothing left behind")
    return 1 if faults else 0


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    if not args.command:
        parser.error("no command to kill")
    with tempfile.TemporaryDirectory(prefix="kill9.") as name, \
         tempfile.TemporaryDirectory(prefix="kill9-reports.") as reports:
        return _run(args, Path(name), Path(reports))


if __name__ == "__main__":
    sys.exit(main())

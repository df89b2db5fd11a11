#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Time scripts/run.sh beside plain kunit.py on the same patched source.

    tools/tests/measure.py [--line LINE] [--variant NAME] [--ways cold,warm,...]
                           [--times N] [--folder DIR] [--json FILE] [--before DIR]

The ways, each for both, one after the other, N times:

    cold     nothing built, ccache empty
    warm     nothing built, ccache filled
    nothing  a second run with nothing changed
    case     as nothing, with one case only (what a boot and a verdict cost)

The source is unpacked beforehand, for both, and so is what kunit.py gets to see: a
copy with the series applied and mm/kunit laid over, the same config fragments, the
same arguments for the kernel.  With --before, run.sh of another checkout takes the place
of kunit.py, with a cache of its own; only --ways nothing,case come out soon then.  Both wall time and CPU time are given, the latter of all
processes: it says more on a machine that does other things as well.  Some minutes
for each cold build: no part of the unit tests.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Optional, Sequence

TOP = Path(__file__).resolve().parents[2]
WAYS = ("cold", "warm", "nothing", "case")
CASE = "zone_device_type.pages_begin_idle"


class Plain:
    """kunit.py on a tree of its own, as one would use it without run.sh."""

    def __init__(self, folder: Path, dry_run: str, source: Path) -> None:
        """Make the tree; @dry_run: what run.sh would do, from where we take it."""
        self._tree, self._build = folder / "tree", folder / "build"
        self._ccache = folder / "ccache"
        lines = [shlex.split(line) for line in dry_run.splitlines()]
        build = next(words for words in lines if words[1:2] and
                     words[1].endswith("kunit.py"))
        boot = lines[-1]
        self._options = [word for word in build[3:] if word.startswith("--kunitconfig")]
        jobs = [word for word in build if word.startswith("--jobs")]
        self._options += ["--make_options", "CC=ccache gcc", *jobs]
        self._options += [f"--kernel_args={word}" for word in boot[1:]
                          if not word.startswith(("kunit", "mem=", "console=", "uml_dir=",
                                                  "snapshot=", "time-travel="))]
        subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(self._tree)],
                       check=True)
        self._env: dict[str, str] = {}
        for line, words in zip(dry_run.splitlines(), lines):
            if words[:1] == ["printf"]:
                # The spec file of the compiler, where KCFLAGS has it.
                subprocess.run(["sh", "-c", line], check=True)
            if words[:1] == ["export"]:
                name, _, value = words[1].partition("=")
                self._env[name] = value
            if words[:1] == ["git"]:
                subprocess.run([*words[:2], "-C", str(self._tree), "apply", words[-1]],
                               check=True)
        shutil.copytree(TOP / "mm" / "kunit", self._tree / "mm" / "kunit")

    def prepare(self, way: str) -> None:
        """Put everything into the state that @way begins with."""
        if way in ("cold", "warm"):
            shutil.rmtree(self._build, ignore_errors=True)
        if way == "cold":
            shutil.rmtree(self._ccache, ignore_errors=True)

    def command(self, way: str) -> list[str]:
        """What to run."""
        return ["tools/testing/kunit/kunit.py", "run", f"--build_dir={self._build}",
                *self._options, *([CASE] if way == "case" else [])]

    def report(self) -> dict[str, Any]:
        """The JSON of its last run: there is none."""
        return {}

    def run(self, way: str) -> tuple[float, float, int]:
        """(seconds, CPU seconds, exit status) of one run."""
        env = dict(os.environ, CCACHE_DIR=str(self._ccache), **self._env)
        return timed(self.command(way), self._tree, env)


class Ours:
    """scripts/run.sh of the checkout @top, with a cache of its own in @folder."""

    def __init__(self, folder: Path, line: str, variant: str, source: Path,
                 top: Path = TOP) -> None:
        folder.mkdir(exist_ok=True)
        self._top = top
        self._cache = folder / "cache"
        self._report = folder / "report.json"
        self._options = ["--line", line, "--variant", variant,
                         "--json", str(self._report)]
        target = self._cache / "src" / source.parent.name
        target.mkdir(parents=True)
        subprocess.run(["cp", "-al", str(source), str(target)], check=True)

    def prepare(self, way: str) -> None:
        """Put everything into the state that @way begins with."""
        if way in ("cold", "warm"):
            shutil.rmtree(self._cache / "state", ignore_errors=True)
        if way == "cold":
            shutil.rmtree(self._cache / "ccache", ignore_errors=True)
        if way in ("nothing", "case") and not (self._cache / "state").exists():
            self.run(way)

    def command(self, way: str) -> list[str]:
        """What to run."""
        return [str(self._top / "scripts" / "run.sh"), *self._options,
                *(["--filter", CASE] if way == "case" else [])]

    def report(self) -> dict[str, Any]:
        """The JSON of its last run."""
        report: dict[str, Any] = json.loads(self._report.read_text(encoding="utf-8"))
        return report

    def run(self, way: str) -> tuple[float, float, int]:
        """(seconds, CPU seconds, exit status) of one run."""
        return timed(self.command(way), self._top, dict(os.environ, MMTB_CACHE=str(self._cache)))


def timed(command: Sequence[str], folder: Path, env: dict[str, str]) -> tuple[float, float, int]:
    """(wall seconds, CPU seconds, exit status) of @command."""
    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    started, before = time.monotonic(), spent()
    code = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode
    return time.monotonic() - started, spent() - before, code


def unpacked(line: str) -> Path:
    """The source of @line in the cache of run.sh."""
    cache = Path(os.environ.get("MMTB_CACHE", "~/.cache/mm-testbed")).expanduser()
    trees = sorted((cache / "src" / line).glob("tree-*"))
    if not trees:
        raise SystemExit(f"measure.py: no source of {line} in {cache}; run "
                         f"scripts/run.sh --line {line} first")
    return trees[-1]


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; its exit status."""
    parser = argparse.ArgumentParser(description="Time run.sh beside plain kunit.py.")
    parser.add_argument("--line", default="6.12")
    parser.add_argument("--variant", default="plain")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--before", metavar="DIR", type=Path,
                        help="compare with run.sh of this checkout, not with kunit.py")
    parser.add_argument("--folder", help="for trees and builds, some 6 GB")
    parser.add_argument("--json", help="the single figures, for the record")
    args = parser.parse_args(argv)
    source = unpacked(args.line)
    ways: dict[str, dict[str, dict[str, list[float]]]] = {}
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=args.folder, prefix="mmtb-measure-") as name:
        folder = Path(name)
        dry_run = subprocess.run(
            [TOP / "scripts" / "run.sh", "--line", args.line, "--variant", args.variant,
             "--dry-run"], check=True, capture_output=True, text=True).stdout
        ours = Ours(folder / "after", args.line, args.variant, source)
        sides: dict[str, Ours | Plain] = {"run.sh": ours, "before": Ours(
            folder / "before", args.line, args.variant, source, args.before.resolve())} \
            if args.before else {"run.sh": ours, "kunit.py": Plain(folder, dry_run, source)}
        for way in args.ways.split(","):
            found = ways.setdefault(way, {who: {"wall": [], "cpu": [], "codes": []}
                                          for who in sides})
            for _ in range(args.times):
                for who, side in sides.items():
                    side.prepare(way)
                    seconds, cpu, code = side.run(way)
                    for what, value in (("wall", seconds), ("cpu", cpu), ("codes", code)):
                        found[who][what].append(value)
                    said = side.report()
                    if side is ours and way != "case":
                        report = said
                    counts = collections.Counter(
                        case["status"] for case in said.get("cases", ()))
                    print(f"{args.line} {args.variant} {way:8} {who:9} "
                          f"{seconds:7.1f} s {cpu:7.1f} CPU s  exit {code}",
                          *(f"{number} {status}" for status, number in counts.items()),
                          sep=", ", flush=True)
            for what in ("wall", "cpu"):
                mine, other = (statistics.median(found[who][what]) for who in sides)
                print(f"{args.line} {args.variant} {way:8} ratio {what:4} "
                      f"{mine / other:6.2f}", flush=True)
    if args.json:
        counts = collections.Counter(case["status"] for case in report.get("cases", ()))
        Path(args.json).write_text(json.dumps({
            "schema": 1, **{key: report.get(key) for key in (
                "testbed", "kernel_version", "line", "variant")},
            "passed": counts["passed"], "skipped": counts["skipped"], "ways": ways},
            indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

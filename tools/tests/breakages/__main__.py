# SPDX-License-Identifier: GPL-2.0
"""Break the tools on purpose, and see that the tests turn red.

    cd tools && python3 -m tests.breakages [PATTERN]...

What stays green is printed, and so is a test that fails without any mistake, one that takes
too long to tell, and an entry whose text the file no longer has.  Without PATTERN, which is
part of a test's name, it takes half an hour: no part of the tests themselves.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Sequence

from . import TOP, tables

_PARTS = ("scripts", "tools", "mm", "patches", "Documentation", ".kunitconfig", ".ci",
          "README.rst", "COPYING", "Containerfile")
# A test that takes longer, in seconds, does not count.
_PATIENCE = 600
_LATE = "out of patience"
_SUM = re.compile(r"FAILED \((?:failures|errors)=")
_BAD = re.compile(r"^(?:FAIL|ERROR): \S+ \(([\w.]+)\)", re.MULTILINE)
# What Python says last of an exception.
_WHY = re.compile(r"^(\w[\w.]*(?:Error|Exception|Interrupt|Exit|Refused)\b.*)$", re.MULTILINE)


def copy(folder: Path) -> None:
    """Copy the repository to the new @folder."""
    folder.mkdir()
    for part in _PARTS:
        if (TOP / part).is_dir():
            shutil.copytree(TOP / part, folder / part, symlinks=True,
                            ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(TOP / part, folder / part)


def run(top: Path, tests: Sequence[str], patience: int = _PATIENCE) -> str:
    """What unittest says of @tests of the repository @top."""
    done = subprocess.run(
        ["timeout", str(patience), sys.executable, "-P", "-m", "unittest", *tests],
        check=False, cwd=top / "tools", stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
        env={**os.environ, "PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"})
    return _LATE if done.returncode == 124 else done.stderr


def red(said: str) -> bool:
    """True if a test fails of which unittest has @said this."""
    last = (said.strip().splitlines() or [""])[-1]
    # What cannot even begin has not noticed anything.
    return _SUM.match(last) is not None and not re.search(
        r"ModuleNotFoundError|^ERROR: (?:setUpClass|setUpModule) ", said, re.MULTILINE)


def why(said: str) -> str:
    """The first reason that unittest gives in @said, in one line."""
    found = _WHY.search(said)
    return found.group(1)[:150] if found else ""


def chosen(patterns: Sequence[str]) -> list[tuple[tables.Breakage, list[str]]]:
    """The mistakes that tests whose name holds one of @patterns notice, with those."""
    found = []
    for entry, tests in tables.everything():
        some = [test for test in tests if not patterns or any(
            fnmatch.fnmatch(test, f"*{pattern}*") for pattern in patterns)]
        if some:
            found.append((entry, some))
    return found


def whole(top: Path, tests: Sequence[str]) -> set[str]:
    """Those of @tests that fail in the repository @top as it is."""
    said = run(top, tests, _PATIENCE * len(tests))
    if red(said):
        return set(_BAD.findall(said))
    if re.search(r"^OK\b", said, re.MULTILINE):
        return set()
    raise SystemExit(f"the tests do not even run:\n{said[-2000:]}")


def main() -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.breakages",
                                     description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--why", action="store_true", help="say how each test fails")
    parser.add_argument("patterns", metavar="PATTERN", nargs="*")
    args = parser.parse_args()
    todo = chosen(args.patterns)
    if not todo:
        parser.error("no test with such a name is in the tables")
    good = count = 0
    with tempfile.TemporaryDirectory(prefix="breakages.") as name:
        # Whoever is not root takes part in some tests.
        os.chmod(name, 0o755)
        top = Path(name) / "copy"
        copy(top)
        names = list(dict.fromkeys(test for _, tests in todo for test in tests))
        fail_anyway = whole(top, names)
        for entry, tests in todo:
            path = top / entry.path
            before = path.read_bytes()
            for test in tests:
                count += 1
                word, reason = "red", ""
                try:
                    path.write_text(entry.broken(top), encoding="utf-8")
                    said = run(top, [test])
                    word = "FAILS ANYWAY" if test in fail_anyway else \
                        "red" if red(said) else "SLOW" if said == _LATE else "GREEN"
                    reason = why(said)
                except ValueError as err:
                    word, reason = "STALE", str(err)
                finally:
                    path.write_bytes(before)
                good += word == "red"
                print(f"{word:5}  {test.removeprefix('tests.')}  ({entry.what})", flush=True)
                if reason and (args.why or word != "red"):
                    print(f"       {reason}", flush=True)
    print(f"{good} of {count} red")
    return 0 if good == count else 1


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: GPL-2.0
"""Which of the changed lines the suites run."""

import json
from typing import Sequence

from ...errors import TestbedError
from ...host import deps
from ...kernel import coverage
from ...model import counted, functions
from ...ui.words import count
from . import OneMoreKernel, Result, Series, Status, skip


class Coverage(OneMoreKernel):
    """Diff coverage, by a kernel that counts."""

    name = "coverage"
    title = "changed lines that the suites run, by gcov"
    order = 120
    without = "not measured"

    def missing(self) -> str:
        """They come with gcc, but not everywhere."""
        absent = deps.missing(counted.COUNTING_TOOLS)
        return f"{absent[0].probe} is not installed" if absent else ""

    def unfit(self, files: Sequence[str]) -> str:
        """Not each file has counters."""
        if any(map(counted.counts, files)):
            return ""
        return ("only files under test have counters (FILES in "
                "tools/mmtestbed/model/counted.py), and the series touches none")

    def measure(self, series: Series) -> Result:
        """Which of the changed lines a kernel that counts has run."""
        target = series.scratch / "coverage"
        series.cover(target)
        try:
            data = json.loads((target / "functions.json").read_text(encoding="utf-8"))
            known: dict[str, dict[int, bool]] = {}
            for entry in data["functions"]:
                lines = known.setdefault(entry["file"], {})
                lines.update({number: False for number in entry["lines_not_run"]})
                lines.update({number: True for number in entry["lines_run"]})
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise TestbedError(f"cannot read what has run: {err}") from None
        return self._sum(series, known)

    @staticmethod
    def _sum(series: Series, known: dict[str, dict[int, bool]]) -> Result:
        ran = total = 0
        details, others = [], []
        for path, fresh in series.fresh().items():
            if path not in known:
                others.append(path)
                continue
            code = sorted(fresh.lines & set(known[path]))
            missed = [number for number in code if not known[path][number]]
            total += len(code)
            ran += len(code) - len(missed)
            if missed:
                names = functions.at(fresh.text, missed)
                details.append(f"  {path}: not run: {coverage.ranges(missed)} "
                               f"({', '.join(sorted(names))})")
        if others:
            details.append(f"  not counted: {' '.join(others)}")
        if not total:
            return skip("no changed line has code that is counted")
        return Result(Status.PASS if ran == total else Status.WARN,
                      f"{ran} of {count(total, 'changed line')} with code run",
                      tuple(details))

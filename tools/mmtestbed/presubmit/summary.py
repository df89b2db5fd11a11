# SPDX-License-Identifier: GPL-2.0
"""All that came out of a series, as text that can go under a cover letter, and as JSON."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from ..ui import tables, words
from . import checks
from .checks import Result, Status
from .patchset import Entry

SCHEMA = 1
_WIDE = 76
_CELL = {Status.PASS: "ok", Status.WARN: "warn", Status.SKIP: "-", Status.FAIL: "FAIL"}


@dataclass
class Summary:
    """All that came out.

    @patches: by patch, the results by check.  @series: those of the whole.
    """

    base: str = ""
    version: str = ""
    entries: list[Entry] = field(default_factory=list)
    patches: list[dict[str, Result]] = field(default_factory=list)
    series: dict[str, Result] = field(default_factory=dict)
    seconds: float = 0.0

    def failed(self) -> int:
        """How many checks failed."""
        return sum(result.status is Status.FAIL
                   for results in [*self.patches, self.series]
                   for result in results.values())

    def closing_line(self) -> str:
        """The verdict in one line."""
        bad = [str(number) for number, results in enumerate(self.patches, 1)
               if any(r.status is Status.FAIL for r in results.values())]
        warnings = sum(result.status is Status.WARN
                       for results in [*self.patches, self.series]
                       for result in results.values())
        tail = f"Linux {self.version}, {self.seconds:.0f} s"
        if warnings:
            tail = f"{words.count(warnings, 'warning')}, {tail}"
        number = len(self.patches)
        if self.failed():
            what = f"{words.count(self.failed(), 'check')} failed"
            if bad:
                what += f" on {'patch' if len(bad) == 1 else 'patches'} " \
                    f"{', '.join(bad)} of {number}"
            return f"FAIL: {what}; {tail}"
        return f"PASS: {words.count(number, 'patch')}, no check failed, {tail}"

    def summary(self) -> list[str]:
        """The text that can go under a cover letter."""
        names = list(dict.fromkeys(name for results in self.patches
                                   for name in results))
        rows = [["", *names]]
        for number, results in enumerate(self.patches, 1):
            rows.append([f"{number}/{len(self.patches)}", *(
                _CELL[results[name].status] if name in results else "-"
                for name in names)])
        lines = [f"mm-testbed on Linux {self.version}, base {self.base[:12]}:", ""]
        lines += ["  " + line for line in tables.plain(rows)]
        lines.append("")
        for number, (item, results) in enumerate(zip(self.entries, self.patches), 1):
            for name, result in results.items():
                if result.status in (Status.FAIL, Status.WARN):
                    lines += _fold(f"{number}/{len(self.patches)} {name}: "
                                   f"{'' if result.status is Status.FAIL else 'warning: '}"
                                   f"{result.line}")
        for name, result in self.series.items():
            word = {Status.FAIL: "FAILED: ", Status.SKIP: "skipped: "}.get(
                result.status, "")
            lines += _fold(f"{name}: {word}{result.line}")
        same = {name: {results[name].line for results in self.patches if name in results
                       and results[name].status is Status.SKIP} for name in names}
        left = [f"{name} ({'; '.join(sorted(lines_))})" for name, lines_ in same.items()
                if lines_ and all(results.get(name, checks.skip("")).status is Status.SKIP
                                  for results in self.patches)]
        if left:
            lines += _fold(f"not checked: {', '.join(left)}")
        return [*lines, "", *_fold(self.closing_line())]

    def as_json(self, code: int) -> dict[str, Any]:
        """The report as Documentation/presubmit.rst describes it."""
        return {
            "schema": SCHEMA, "base": self.base, "kernel_version": self.version,
            "exit_code": code, "verdict": "fail" if self.failed() else "pass",
            "seconds": round(self.seconds, 1),
            "patches": [{
                "number": number, "subject": item.subject,
                "commit": item.patch.commit.id if item.patch else None,
                "checks": {name: result.as_json() for name, result in results.items()},
            } for number, (item, results) in enumerate(
                zip(self.entries, self.patches), 1)],
            "series": {name: result.as_json() for name, result in self.series.items()},
        }


def _fold(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDE, initial_indent="  ", subsequent_indent="      ",
                         break_on_hyphens=False, break_long_words=False)

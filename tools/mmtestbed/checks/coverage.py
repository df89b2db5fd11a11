# SPDX-License-Identifier: GPL-2.0
"""Which of the changed lines the suites run."""

import json
from pathlib import Path

from .. import functions, proc
from ..errors import TestbedError
from . import Result, Series, SeriesCheck, Status, count, skip


def ranges(numbers: list[int]) -> str:
    """Ascending @numbers in a few words: 3 5-7 9."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return " ".join("-".join(map(str, part)) for part in parts)


def added(old: bytes, new: bytes, scratch: Path) -> set[int]:
    """The lines of @new that @old has not."""
    for name, data in (("old", old), ("new", new)):
        (scratch / name).write_bytes(data)
    done = proc.run(["diff", "-U0", "old", "new"], cwd=scratch)
    return functions.added(done.output)


class Coverage(SeriesCheck):
    """Diff coverage, by a kernel that counts."""

    name = "coverage"
    title = "changed lines that the suites run, by gcov"
    order = 120

    def judge(self, series: Series) -> Result:
        """Run the suites at the tip once more, on a kernel that counts."""
        files = sorted({path for patch in series.patches for path in patch.sources()})
        if not files:
            return skip("the series touches no .c file")
        if series.cover is None:
            return skip("this version has no kernel that counts")
        if series.tip not in series.findings:
            return skip("no kernel was booted at the tip")
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
        return self._sum(series, files, known)

    @staticmethod
    def _sum(series: Series, files: list[str],
             known: dict[str, dict[int, bool]]) -> Result:
        ran = total = 0
        details, others = [], []
        for path in files:
            new = series.built(series.tip, path)
            if new is None:
                continue
            fresh = added(series.built(series.base, path) or b"", new,
                          series.scratch)
            if path not in known:
                others.append(path)
                continue
            code = sorted(fresh & set(known[path]))
            missed = [number for number in code if not known[path][number]]
            total += len(code)
            ran += len(code) - len(missed)
            if missed:
                names = functions.at(new.decode("utf-8", "replace").splitlines(), missed)
                details.append(f"  {path}: not run: {ranges(missed)} "
                               f"({', '.join(sorted(names))})")
        if others:
            details.append(f"  not counted: {' '.join(others)}")
        if not total:
            return skip("no changed line has code that is counted")
        return Result(Status.PASS if ran == total else Status.WARN,
                      f"{ran} of {count(total, 'changed line')} with code run",
                      tuple(details))

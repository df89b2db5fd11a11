# SPDX-License-Identifier: GPL-2.0
"""Which of the changed lines the suites run."""

import json
from pathlib import Path

from ...errors import HostError, TestbedError
from ...host import deps, proc
from ...kernel import coverage
from ...model import counted, functions
from ...ui.words import count
from . import Result, Series, SeriesCheck, Status, skip


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

    def missing(self) -> str:
        """They come with gcc, but not everywhere."""
        absent = deps.missing(counted.COUNTING_TOOLS)
        return f"{absent[0].probe} is not installed" if absent else ""

    def judge(self, series: Series) -> Result:
        """Run the suites at the tip once more, on a kernel that counts."""
        files = sorted({path for patch in series.patches for path in patch.sources()})
        if not files:
            return skip("the series touches no .c file")
        if not any(map(counted.counts, files)):
            return skip("only files under test have counters (FILES in "
                        "tools/mmtestbed/kernel/coverage.py), and the series touches none")
        if series.cover is None or series.tip not in series.findings:
            return skip("no kernel was booted at the tip")
        target = series.scratch / "coverage"
        try:
            series.cover(target)
        except HostError:
            raise
        except TestbedError as err:
            # The plain kernel has been built: it is hardly the fault of the series.
            return Result(Status.WARN, f"not measured: {err.message}", err.details)
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
                details.append(f"  {path}: not run: {coverage.ranges(missed)} "
                               f"({', '.join(sorted(names))})")
        if others:
            details.append(f"  not counted: {' '.join(others)}")
        if not total:
            return skip("no changed line has code that is counted")
        return Result(Status.PASS if ran == total else Status.WARN,
                      f"{ran} of {count(total, 'changed line')} with code run",
                      tuple(details))

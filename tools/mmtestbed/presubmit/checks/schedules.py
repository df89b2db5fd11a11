# SPDX-License-Identifier: GPL-2.0
"""Whether each schedule of the operations that the series touches ends well."""

import json
from typing import Sequence

from ...explore import touched
from ...ui.words import count
from . import SHOWN, OneMoreKernel, Result, Series, Status


# So many programs have a second each; those behind them are the least promising.
_MOST = 120
# What mmt explore says of a program that it could not get ready.
_NOT_READY = " cannot be run: "


class Schedules(OneMoreKernel):
    """The programs of mmt explore that go through the files of the series."""

    name = "schedules"
    title = "schedules of the operations that the series touches, for two minutes at most"
    order = 140
    without = "not explored"

    def unfit(self, files: Sequence[str]) -> str:
        """Some files are those of no operation."""
        return "" if touched.programs(files) else \
            "no operation of mmt explore goes through its files"

    def measure(self, series: Series) -> Result:
        """Explore, on the kernel of the suites."""
        target = series.scratch / "schedules.json"
        series.explore([str(each) for each in touched.hunting(series.sources())[:_MOST]],
                       target)
        try:
            found = json.loads(target.read_text(encoding="utf-8"))["programs"]
            bad = [each for each in found if each["bad"]]
            run = sum(level["run"] for each in found for level in each["levels"])
            details = [f"  {each['bad'][0]['id']}: {each['bad'][0]['why']}" for each in bad]
        except (OSError, ValueError, KeyError, TypeError, IndexError) as err:
            return Result(Status.WARN, f"cannot read what was explored: {err}")
        what = f"{count(run, 'schedule')} of {count(len(found), 'program')}"
        if bad and all(_NOT_READY in each["bad"][0]["why"] for each in found if each["bad"]) \
                and len(bad) == len(found):
            # Nothing has been explored: what is wrong there, the suites say.
            return Result(Status.WARN, f"{self.without}: no program can be run", (details[0],))
        if not bad:
            return Result(Status.PASS, f"{what}, all good")
        if len(details) > SHOWN:
            details[SHOWN:] = [f"  and {count(len(details) - SHOWN, 'more program')}"]
        return Result(Status.FAIL, f"{what}; {count(len(bad), 'program')} can go wrong",
                      (*details, "  see one again: mmt explore --fixes --replay ID"))

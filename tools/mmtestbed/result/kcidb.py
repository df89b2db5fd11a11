# SPDX-License-Identifier: GPL-2.0
"""A run as a report for KCIDB, the database of kernel test results (schema 5.3).

See https://github.com/kernelci/kcidb-io.  The kernel is a checkout and a build, each case a
test, each known bug an issue, and each case that shows one an incident.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Mapping

MAJOR, MINOR = 5, 3
# What we are called there, unless --origin says so.
ORIGIN = "mmtestbed"
# How the outcome of a case is called.
_STATUS = {"passed": "PASS", "failed": "FAIL", "crashed": "FAIL", "hung": "FAIL",
           "known": "FAIL", "missing": "MISS", "skipped": "SKIP"}
# As much of a log as KCIDB takes.
_MOST = 16384


def is_origin(text: str) -> bool:
    """True if a CI system can be called @text."""
    return re.fullmatch(r"[a-z0-9_]+", text) is not None


def of(data: Mapping[str, Any], origin: str = ORIGIN) -> dict[str, Any]:
    """The run that @data tells of (see as_json), reported by @origin."""
    report = _Report(data, origin)
    return {
        "version": {"major": MAJOR, "minor": MINOR},
        "checkouts": [report.checkout()], "builds": [report.build()],
        "tests": report.tests(), "issues": report.issues(),
        "incidents": report.incidents(),
    }


class _Report:
    """The objects of one report, which name each other."""

    def __init__(self, data: Mapping[str, Any], origin: str) -> None:
        self._data = data
        self._origin = origin
        made = data["testbed"]
        # The same run has the same names, however often it is reported.
        self._kernel = _digest(data["kernel_version"], data["line"], data["variant"],
                               data["source"], data["patches"], made.get("inputs"))
        self._run = _digest(self._kernel, made, [
            [case["suite"], case["name"], case["status"], case["seconds"]]
            for case in data["cases"]], data.get("shard"))

    def _id(self, *words: str) -> str:
        return f"{self._origin}:{'.'.join(words)}"

    def _common(self, name: str) -> dict[str, Any]:
        return {"id": name, "origin": self._origin}

    def _misc(self) -> dict[str, Any]:
        made = self._data["testbed"]
        return {"testbed": {key: made[key] for key in sorted(made)},
                "line": self._data["line"], "variant": self._data["variant"]}

    def checkout(self) -> dict[str, Any]:
        """The source of the kernel."""
        data = self._data
        taken = [each["patch"] for each in data["applied"] if each["how"] != "not needed"]
        return {**self._common(self._id(self._kernel)),
                "comment": _text(f"Linux {data['kernel_version']}, "
                                 f"{len(taken)} patches of mm-testbed"),
                "valid": not data["error"] or bool(data["cases"]),
                "misc": {**self._misc(), "source": data["source"],
                         "applied": list(data["applied"])}}

    def build(self) -> dict[str, Any]:
        """The kernel."""
        data = self._data
        built = bool(data["cases"]) or not data["error"]
        found = {**self._common(self._id(self._kernel, data["variant"])),
                 "checkout_id": self._id(self._kernel), "architecture": "um",
                 "config_name": data["variant"], "duration": data["build_seconds"],
                 "status": "PASS" if built else "ERROR", "misc": self._misc()}
        return found if built else {**found, "comment": _text(data["error"])}

    def tests(self) -> list[dict[str, Any]]:
        """A test for each case, and one for what the kernel did beside."""
        found = []
        for case in self._data["cases"]:
            status = _STATUS[case["status"]]
            flaky = bool(case["flaky"])
            said = [*case["output"], *(line for guard in case["guards"]
                                       for line in guard["lines"])]
            test = self._test([case["suite"], case["name"]],
                              "FAIL" if flaky else status, case["seconds"],
                              case["reason"] or case["summary"], said)
            test["misc"] = {key: case[key] for key in ("contracts", "file", "line", "seed",
                                                       "flaky")}
            test["misc"]["outcome"] = case["status"]
            found.append(test)
        if self._data["troubles"]:
            what = "; ".join(each["what"] for each in self._data["troubles"])
            found.append(self._test(["kernel"], "FAIL", None, what, [
                line for each in self._data["troubles"] for guard in each["guards"]
                for line in guard["lines"]]))
        return found

    def _test(self, path: list[str], status: str, seconds: Any, comment: str,
              said: list[str]) -> dict[str, Any]:
        found = {**self._common(self._id(self._run, *path)),
                 "build_id": self._id(self._kernel, self._data["variant"]),
                 "path": ".".join(["mm_testbed", *path]), "status": status,
                 "environment": {"comment": "User-Mode Linux",
                                 "misc": {"cpus": self._data["testbed"].get("cpus")}}}
        if seconds is not None:
            found["duration"] = seconds
        if comment:
            found["comment"] = _text(comment)
        if said:
            found["log_excerpt"] = _text("\n".join(said))[:_MOST]
        return found

    def issues(self) -> list[dict[str, Any]]:
        """The known bugs of this kernel."""
        return [{**self._common(self._issue(bug)), "version": 1,
                 "culprit": {"code": True, "tool": False, "harness": False},
                 "comment": _text(f"{bug['fix']}" + (f" (fixed in {bug['fixed']})"
                                                     if bug["fixed"] else "")),
                 "misc": {"breaks": list(bug["breaks"]), "happens": bug["happens"]}}
                for bug in self._data["known_bugs"]]

    def _issue(self, bug: Mapping[str, Any]) -> str:
        return self._id(str(bug["patch"]))

    def incidents(self) -> list[dict[str, Any]]:
        """Which case shows which of them; and which does not any more."""
        return [{**self._common(self._id(self._run, str(bug["patch"]), case)),
                 "issue_id": self._issue(bug), "issue_version": 1,
                 "test_id": self._id(self._run, case), "present": present}
                for bug in self._data["known_bugs"]
                for cases, present in ((bug["cases"], True), (bug["gone"], False))
                for case in cases]


def _text(text: str) -> str:
    """@text without what KCIDB does not take."""
    return text.replace("\0", "?").encode("utf-8", "backslashreplace").decode()


def _digest(*parts: Any) -> str:
    """One name for @parts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]

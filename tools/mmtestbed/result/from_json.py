# SPDX-License-Identifier: GPL-2.0
"""A run, read from the JSON that as_json has written."""

from __future__ import annotations

from typing import Any, Mapping

from ..errors import Exit
from ..kernel.patching import Taken
from ..model.cases import Case
from ..model.known import Bug, Known
from ..model.outcomes import Name, Outcome, Splat, Status, Trouble
from .verdict import Run


def run(data: Mapping[str, Any]) -> Run:
    """The run that @data tells of.  Raises KeyError, TypeError, ValueError if it does not."""
    found = Run(data["line"], data["variant"], data["kernel_version"], data["source"],
                list(data["patches"]))
    for case in data["cases"]:
        name = (case["suite"], case["name"])
        found.cases = {**found.cases, name: Case(
            *name, tuple(case["contracts"]), case["summary"], case["file"], case["line"])} \
            if case["file"] or case["contracts"] else found.cases
        found.outcomes.append(Outcome(
            *name, Status(case["status"]), case["seconds"], case["reason"],
            list(case["output"]), [_splat(each) for each in case["guards"]],
            [_splat(each) for each in case["expected"]], case["seed"]))
    found.flaky = {(case["suite"], case["name"]): case["flaky"] for case in data["cases"]
                   if case["flaky"]}
    found.troubles = [Trouble(each["what"], [_splat(one) for one in each["guards"]])
                      for each in data["troubles"]]
    found.seconds, found.boots = data["seconds"], data["boots"]
    found.build_seconds, found.boot_seconds = data["build_seconds"], data["boot_seconds"]
    found.repeat, found.shuffle, found.seed = (data["repeat"], data["shuffle_seed"],
                                               data["seed"])
    found.virtual, found.children = data["time"] == "virtual", data["children"]
    found.notes, found.error = list(data["notes"]), data["error"]
    found.unavailable = data["verdict"] == "skip"
    found.coverage, found.testbed = data["coverage"], dict(data["testbed"])
    found.taken = [Taken(each["patch"], each["variant"], each["how"])
                   for each in data["applied"]]
    found.known = _known(data["known_bugs"])
    found.nearest = data["skipped_but_not_on"]["kernel_version"]
    found.elsewhere = data["skipped_but_not_on"]["cases"]
    found.shard = data.get("shard")
    found.code = Exit(data["exit_code"])
    return found


def _splat(each: Mapping[str, Any]) -> Splat:
    return Splat(each["kind"], each["title"], list(each["lines"]), each["where"],
                 each["fatal"])


def _name(text: str) -> Name:
    suite, _, case = text.partition(".")
    return suite, case


def _known(bugs: Any) -> Known:
    """Those bugs, with the cases that showed them."""
    found = Known([Bug(bug["patch"], bug["fix"], bug["fixed"], bug["happens"],
                       tuple(bug["breaks"]), {_name(case): () for case in
                                              (*bug["cases"], *bug["gone"])})
                   for bug in bugs])
    found.gone = [(known, _name(case)) for known, bug in zip(found.bugs, bugs)
                  for case in bug["gone"]]
    return found

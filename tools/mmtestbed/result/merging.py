# SPDX-License-Identifier: GPL-2.0
"""The results of several machines as one.

What is put together has to be of one kernel and of one state of the suites.  Shards of one
list (--shard) have to be all there; whatever else is given is what it is.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Callable, Iterable, Mapping, Sequence

from ..errors import Exit, UsageError
from ..model import shards
from ..model.outcomes import Status

Data = Mapping[str, Any]
# A file, as it is called in messages, and what is in it.
File = tuple[str, Data]

# What tells the JSON of one command from that of another.
_KINDS = (("controls", "controls"), ("mutants", "mutants"), ("programs", "programs"),
          ("hunts", "hunts"), ("cases", "run"))
# What has to be the same, and what to call it.
_SAME: tuple[tuple[str, str], ...] = (
    ("kernel_version", "kernel"), ("line", "line"), ("variant", "variant"),
    ("testbed.suites", "suites"), ("testbed.series", "patch series"),
    ("testbed.inputs", "configuration"), ("patches", "--with"),
    ("applied", "patches"), ("mode", "mode"), ("time", "time"), ("repeat", "--repeat"),
    ("shuffle_seed", "--shuffle"), ("seed", "seed"), ("filter", "--filter"),
    ("switches", "--switches"), ("points", "points"))
_HOW = ("mode", "time", "seed")
# The worst one is that of all.
_WORST = (Status.CRASHED, Status.HUNG, Status.FAILED, Status.MISSING, Status.KNOWN,
          Status.PASSED, Status.SKIPPED)


def kind(data: Data) -> str:
    """Which command has written @data; "" if none that is merged."""
    return next((name for key, name in _KINDS if isinstance(data.get(key), list)), "")


def merge(files: Sequence[File], partial: bool = False) -> dict[str, Any]:
    """@files as one; @partial: even if a shard is missing.  Raises UsageError."""
    first, head = files[0]
    which = kind(head)
    for name, data in files:
        if not kind(data):
            raise UsageError(f"{name} is not what run, controls, mutate or explore write "
                             "with --json")
        if kind(data) != which:
            raise UsageError(f"{name} is of mmt {_word(kind(data))} and {first} of mmt "
                             f"{_word(which)}: merge them apart")
    files, lost = _lost(files, partial)
    for key, title in _SAME:
        # How cases ran cannot be told of a shard that had none.
        told = [each for each in files if each[1].get("cases", True) or key not in _HOW]
        for name, data in told[1:]:
            first, head = told[0]
            mine, theirs = _value(data, key), _value(head, key)
            if mine != theirs:
                raise UsageError(f"{name} differs from {first} in its {title}"
                                 f"{_told(mine, theirs)}: merge them apart")
    missing = _missing(files)
    if missing and not partial:
        raise UsageError(f"shard {missing[0]} is missing: run it, or say --partial")
    found = _MERGERS[which](files, missing)
    if lost:
        found.update(error=lost, exit_code=int(Exit.BROKEN), verdict="broken")
    return found


def _lost(files: Sequence[File], partial: bool) -> tuple[list[File], str]:
    """@files that have results, and what is said of one that has none.  Raises UsageError."""
    bad = [(name, data) for name, data in files
           if data.get("error") and not any(data.get(key) for key, _ in _KINDS)]
    good = [each for each in files if each not in bad]
    if not bad:
        return good, ""
    name, data = bad[0]
    if not partial or not good:
        raise UsageError(f"{name} holds no results, but an error: {data['error']}")
    return good, f"{name}: {data['error']}"


def _word(name: str) -> str:
    return {"mutants": "mutate", "programs": "explore", "hunts": "explore --control"}.get(
        name, name)


def _value(data: Data, key: str) -> Any:
    for part in key.split("."):
        data = data.get(part, {}) if isinstance(data, Mapping) else {}
    return data


def _told(mine: Any, theirs: Any) -> str:
    """What differs, if that can be said in a few words."""
    if all(isinstance(each, (str, int, float)) and len(str(each)) < 30
           for each in (mine, theirs)):
        return f" ({mine}, not {theirs})"
    return ""


def _missing(files: Sequence[File]) -> list[str]:
    """The shards that are not there.  Raises UsageError if they are of different lists."""
    first, head = files[0]
    there: set[int] = set()
    for name, data in files:
        mine, theirs = data.get("shard"), head.get("shard")
        if not mine and not theirs:
            continue
        if not mine or not theirs:
            raise UsageError(f"{name if theirs else first} is no shard and "
                             f"{first if theirs else name} is one: merge them apart")
        if any(mine[key] != theirs[key] for key in ("of", "total", "list")):
            raise UsageError(f"{name} is shard {mine['index']}/{mine['of']} of {mine['total']} "
                             f"things and {first} shard {theirs['index']}/{theirs['of']} of "
                             f"{theirs['total']} others: merge them apart")
        there.add(mine["index"])
    if not there:
        return []
    of = head["shard"]["of"]
    return [f"{number}/{of}" for number in range(1, of + 1) if number not in there]


def _in_order(files: Sequence[File], key: str,
              name: Callable[[Data], str]) -> list[list[Data]]:
    """What @files have below @key, each thing once, in the order of the whole list, with
    all that was said of it."""
    by_shard: dict[int, list[str]] = {}
    said: dict[str, list[Data]] = {}
    for _, data in files:
        place = (data.get("shard") or {}).get("index", 0)
        for each in data[key]:
            said.setdefault(name(each), []).append(each)
            names = by_shard.setdefault(place, [])
            if name(each) not in names:
                names.append(name(each))
    order = shards.together([by_shard[place] for place in sorted(by_shard)])
    return [said[each] for each in dict.fromkeys(order)]


def _union(files: Sequence[File], key: str) -> list[Any]:
    """All that is listed below @key, once."""
    found: list[Any] = []
    for _, data in files:
        found += [each for each in data.get(key) or () if each not in found]
    return found


def _sum(files: Sequence[File], key: str) -> Any:
    return round(sum(data.get(key) or 0 for _, data in files), 3)


def _longest(files: Sequence[File], key: str) -> Any:
    return max(data.get(key) or 0 for _, data in files)


def _head(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    """What all have in common, and where the parts are from."""
    head = dict(next((data for _, data in files if data.get("cases")), files[0][1]))
    made = dict(head.get("testbed") or {})
    made["changed"] = any((data.get("testbed") or {}).get("changed") for _, data in files)
    made["date"] = max(str((data.get("testbed") or {}).get("date", "")) for _, data in files)
    head.update(testbed=made, shard=None, missing_shards=list(missing), merged=[
        {"shard": data["shard"] and f"{data['shard']['index']}/{data['shard']['of']}"
         if "shard" in data else None,
         **{key: (data.get("testbed") or {}).get(key) for key in ("commit", "date", "cpus")},
         "seconds": data.get("seconds")} for _, data in files])
    return head


def _close(head: dict[str, Any], files: Sequence[File], missing: Sequence[str],
           failed: bool) -> dict[str, Any]:
    """The verdict."""
    errors = [str(data.get("error") or "") for _, data in files]
    if missing:
        errors.append(f"shard {', '.join(missing)} is missing")
    head["error"] = next(filter(None, errors), "")
    codes = [data.get("exit_code", 0) for _, data in files]
    code = Exit.BROKEN if head["error"] else Exit.FAILED if failed or any(codes) \
        else Exit.PASSED
    head["exit_code"] = int(code)
    head["verdict"] = {Exit.PASSED: "pass", Exit.FAILED: "fail"}.get(code, "broken")
    return head


def worst(said: Sequence[Data]) -> dict[str, Any]:
    """What several machines @said of one case: the worst, and flaky if they differ."""
    order = [status.value for status in _WORST]
    found = dict(min(said, key=lambda each: order.index(each["status"])))
    tally: Counter[str] = Counter()
    for each in said:
        tally.update(each["flaky"] or {each["status"]: 1})
    found["flaky"] = dict(tally) if len(tally) > 1 else {}
    return found


def _bugs(files: Sequence[File]) -> list[dict[str, Any]]:
    """The known bugs, with all the cases that showed them."""
    found: dict[str, dict[str, Any]] = {}
    for _, data in files:
        for bug in data["known_bugs"]:
            mine = found.setdefault(bug["patch"], {**bug, "cases": [], "gone": []})
            for key in ("cases", "gone"):
                mine[key] += [case for case in bug[key] if case not in mine[key]]
    return list(found.values())


def _runs(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    head = _head(files, missing)
    cases = [worst(said) for said in _in_order(files, "cases", _name)]
    tally = Counter(case["status"] for case in cases)
    place = {_name(case): number for number, case in enumerate(cases)}
    elsewhere: dict[str, str] = {}
    for _, data in files:
        elsewhere.update(data["skipped_but_not_on"]["cases"])
    troubles = {each["what"]: each for _, data in files for each in data["troubles"]}
    bugs = _bugs(files)
    for bug in bugs:
        for key in ("cases", "gone"):
            bug[key].sort(key=lambda name: place.get(name, len(place)))
    head.update(
        cases=cases, counts={status.value: tally[status.value] for status in Status},
        known_bugs=bugs, troubles=list(troubles.values()), notes=_union(files, "notes"),
        skipped_but_not_on={"kernel_version": head["skipped_but_not_on"]["kernel_version"],
                            "cases": {name: elsewhere[name] for name in sorted(
                                elsewhere, key=lambda name: place.get(name, 0))}},
        seconds=_sum(files, "seconds"), boots=_sum(files, "boots"),
        children=_sum(files, "children"), coverage="",
        build_seconds=_longest(files, "build_seconds"),
        boot_seconds=_longest(files, "boot_seconds"))
    passed = any(case["status"] == "passed" for case in cases)
    flaky = any(case["flaky"] for case in cases)
    return _close(head, files, missing, not passed or flaky)


def _name(case: Data) -> str:
    return f"{case['suite']}.{case['name']}"


def _last(said: Iterable[Sequence[Data]]) -> list[Data]:
    """Of each, what was said of it last."""
    return [each[-1] for each in said]


def _controls(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    head = _head(files, missing)
    found = sorted(_last(_in_order(files, "controls", lambda each: str(each["name"]))),
                   key=lambda each: str(each["name"]))
    without: dict[str, str] = {}
    alone: dict[str, Any] = {}
    for _, data in files:
        without.update(data.get("without_control") or {})
        alone.update(data.get("built_alone") or {})
    head.update(controls=found, without_control=dict(sorted(without.items())),
                built_alone=alone, seconds=_sum(files, "seconds"),
                cpu_seconds=_sum(files, "cpu_seconds"),
                failed_without_control=sorted(_union(files, "failed_without_control")),
                skipped_without_control=sorted(_union(files, "skipped_without_control")))
    spent: Counter[str] = Counter()
    for _, data in files:
        spent.update(data.get("seconds_of") or {})
    head["seconds_of"] = {what: round(each, 1) for what, each in spent.items()}
    return _close(head, files, missing, any(each["outcome"] != "killed" for each in found))


def _mutants(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    head = _head(files, missing)
    # A line may have the same mutant twice, so that only the number tells them apart.
    head["mutants"] = _last(_in_order(files, "mutants", lambda each: str(each["number"])))
    return _close(head, files, missing, False)


def _programs(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    head = _head(files, missing)
    found = _last(_in_order(files, "programs", lambda each: str(each["program"])))
    head["programs"] = found
    return _close(head, files, missing, any(
        each["bad"] or not str(each["verdict"]).startswith("good") for each in found))


def _hunts(files: Sequence[File], missing: Sequence[str]) -> dict[str, Any]:
    head = _head(files, missing)
    head["hunts"] = _last(_in_order(files, "hunts", lambda each: str(each["control"])))
    return _close(head, files, missing, not all(each["found"] for each in head["hunts"]))


_Merger = Callable[[Sequence[File], Sequence[str]], dict[str, Any]]
_MERGERS: Mapping[str, _Merger] = {
    "run": _runs, "controls": _controls, "mutants": _mutants, "programs": _programs,
    "hunts": _hunts}

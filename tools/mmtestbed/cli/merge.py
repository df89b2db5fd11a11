# SPDX-License-Identifier: GPL-2.0
"""mmt merge: the results of several machines as one, in each format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit, UsageError
from ..host import lock
from ..proof import mutation
from ..result import as_ktap, from_json, junit, kcidb, merging, schema, verdict
from ..ui import output, words
from ..ui.console import GREEN, RED, Console
from . import shared


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("merge"), allow_abbrev=False,
        description="Put together what run, controls, mutate or explore have written with "
                    "--json on several machines, as if one machine had done it all.  Of one "
                    "file it makes the other formats.",
        epilog="Exit codes: 0 all is good; 1 something is bad; 2 wrong usage, or files that do "
               "not belong together; 125 a shard is missing (--partial), or one was broken.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path,
                        help="JSON of shards (--shard), or of whatever cases")
    parser.add_argument("--partial", action="store_true",
                        help="go on if a shard is missing; the verdict is broken then")
    parser.add_argument("--json", metavar="FILE", help="write all of it as JSON")
    parser.add_argument("--junit", metavar="FILE", help="write a run as JUnit XML")
    parser.add_argument("--ktap", metavar="FILE", help="write a run as one KTAP")
    shared.add_kcidb(parser)
    shared.add_install(parser)
    return parser


def _read(path: Path) -> Mapping[str, Any]:
    """What is in @path.  Raises UsageError."""
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    return schema.read(path)


def _bad(run: verdict.Run) -> list[str]:
    """A line for each case that fails the run."""
    lines = []
    for outcome in run.bad():
        file, number = run.place(outcome)
        where = f" ({file}:{number})" if file else ""
        flaky = ", ".join(f"{times} {status}" for status, times in
                          run.flaky.get(outcome.key, {}).items())
        lines.append(f"{outcome.suite}.{outcome.name}  "
                     f"{' '.join(run.contracts(outcome.key))}  "
                     f"{flaky or outcome.status.value}: {outcome.reason}{where}")
    return lines


def _closing(data: Mapping[str, Any]) -> str:
    """What it comes to, in one line."""
    which, word = merging.kind(data), str(data["verdict"]).upper()
    kernel = f"Linux {data['kernel_version']} {data['variant']}"
    if word == "BROKEN":
        return f"BROKEN: {data['error']}; {kernel}"
    if which == "run":
        return from_json.run(data).closing_line()
    if which == "controls":
        killed = sum(each["outcome"] == "killed" for each in data["controls"])
        return f"{word}: {killed} of {words.count(len(data['controls']), 'control')} killed, " \
               f"{kernel}"
    if which == "mutants":
        total = mutation.tallies(mutation.fates_from_json(dict(data)), False).get(
            "all", mutation.Tally())
        return f"{total.killed} of {total.all} mutants killed, {len(total.survivors)} " \
               f"survived, {len(total.unreached)} not reached, {kernel}"
    if which == "hunts":
        found = sum(bool(each["found"]) for each in data["hunts"])
        return f"{word}: {found} of {words.count(len(data['hunts']), 'control')} found, {kernel}"
    bad = sum(bool(each["bad"]) for each in data["programs"])
    return f"{word}: {words.count(len(data['programs']), 'program')}, {bad} of them bad, {kernel}"


def _merge(args: argparse.Namespace, console: Console) -> int:
    targets = {name: shared.output_file(getattr(args, name))
               for name in ("json", "junit", "ktap", "kcidb")}
    console.aside(output.distinct(*targets.values()))
    files = [(str(path), _read(path)) for path in args.files]
    try:
        data = merging.merge(files, args.partial)
        run = from_json.run(data) if merging.kind(data) == "run" else None
        closing = _closing(data)
    except (KeyError, TypeError, ValueError) as err:
        raise UsageError(f"one of the files lacks {err}: of another version of this "
                         "project?") from None
    if run is None and (args.junit or args.ktap or args.kcidb):
        raise UsageError("--junit, --ktap and --kcidb are for what mmt run has written")
    if targets["json"]:
        output.write(targets["json"], lock.json_bytes(data))
    if run:
        console.lines(_bad(run), "")
        if targets["junit"]:
            output.write(targets["junit"], junit.of(run))
        if targets["ktap"]:
            output.write(targets["ktap"], as_ktap.of(run))
        if targets["kcidb"]:
            output.write(targets["kcidb"], lock.json_bytes(kcidb.of(data, args.origin)))
    code = Exit(data["exit_code"])
    console.line(console.paint(closing, GREEN if code is Exit.PASSED else RED))
    return code


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    return shared.guarded(console, lambda: _merge(_parser().parse_args(argv), console))

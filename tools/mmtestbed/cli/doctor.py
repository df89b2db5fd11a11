# SPDX-License-Identifier: GPL-2.0
"""mmt doctor: what this host can and cannot do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..boot import uml
from ..errors import Exit, TestbedError, UsageError
from ..host import cachedir, checkup, deps, lock
from ..host.checkup import Finding, State
from ..kernel import source
from ..model import counted, lines
from ..ui import output, words
from ..ui.console import GREEN, RED, YELLOW, Console
from . import shared

_WORDS = {State.GOOD: ("ok", GREEN), State.LESS: ("less", YELLOW),
          State.MISSING: ("missing", RED)}
# Words of mmt, and the tools that they need beside those of a build.
_TOOLS = (("mutants", deps.MUTATE), ("controls", deps.CONTROLS), ("--gdb", deps.DEBUG),
          ("coverage", counted.TOOLS), ("tests", deps.TEST))


def _version(kdir: str, cache: Path, console: Console) -> Optional[str]:
    """That of the kernel which a run would take; None if it has to be fetched."""
    if kdir:
        return source.from_kdir(kdir, None, console).version
    there = source.present(lines.DEFAULT, cache)
    if there:
        return there.version
    return "of the package that is installed" if source.installed(lines.DEFAULT) else None


def examine(kdir: str, console: Console) -> Iterator[Finding]:
    """All checks.  @kdir: the user's tree, "" for Debian's.  Raises TestbedError."""
    cpus = os.cpu_count() or 1
    yield checkup.tools((*deps.BUILD, *deps.compilers()), "build")
    for what, wanted in _TOOLS:
        # No run fails for want of these.
        found = checkup.tools(wanted, what)
        yield found if found.state is not State.MISSING else \
            Finding(found.name, State.LESS, found.fact, found.mend)
    yield checkup.memory(uml.free_memory(), cpus)
    yield checkup.shared_memory()
    yield checkup.tracing()
    yield checkup.addresses()
    yield checkup.huge_pages()
    try:
        cache = cachedir.root(console, kdir=kdir)
    except UsageError:
        raise
    except TestbedError as err:
        yield Finding("cache", State.MISSING, err.message, "export MMTB_CACHE=FOLDER")
        return
    version = _version(kdir, cache, console)
    yield checkup.source(version)
    room = checkup.disk(cache, bool(version))
    yield room
    if room.state is not State.MISSING:
        yield from checkup.spaces(cache)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    parser = shared.Parser(
        prog=shared.me("doctor"), allow_abbrev=False,
        description="Look at what this host can and cannot do for a run, and print the "
                    "command that mends what is wrong.  Nothing is installed or changed.",
        epilog="Exit codes: 0 a run comes to a verdict; 1 something is missing for that; "
               "2 wrong usage.")
    parser.add_argument("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
                        help="kernel tree to test (default: $KDIR, else Debian's package)")
    parser.add_argument("--json", metavar="FILE", help="write the findings as JSON")
    console = Console()
    try:
        args = parser.parse_args(argv)
        target = shared.output_file(args.json)
        console.aside(output.distinct(target))
        found = []
        for finding in examine(args.kdir, console):
            found.append(finding)
            _show(finding, console)
        if target:
            output.write(target, lock.json_bytes({"schema": 1, "findings": [
                {"name": each.name, "state": each.state.value, "fact": each.fact,
                 "mend": each.mend} for each in found]}))
    except TestbedError as err:
        console.error(err)
        return err.code
    return _judge(found, console)


def _show(finding: Finding, console: Console) -> None:
    word, colour = _WORDS[finding.state]
    console.line(f"{console.paint(f'{word:7}', colour)} {finding.name:15} {finding.fact}")
    if finding.mend:
        console.line(f"{'':23} mend: {finding.mend}")


def _judge(found: Sequence[Finding], console: Console) -> int:
    """Say the whole in one line; the exit code."""
    bad = [each for each in found if each.state is State.MISSING]
    # A run installs tools by itself where it may.
    own = [each for each in bad if each.name.startswith("tools") and "by itself" in each.mend]
    less = sum(each.state is State.LESS for each in found)
    if len(bad) > len(own):
        console.line(f"FAIL: {words.count(len(bad) - len(own), 'thing')} to mend before a run "
                     "comes to a verdict")
        return Exit.FAILED
    console.line("PASS: scripts/run.sh comes to a verdict here"
                 + (f"; {words.count(less, 'thing')} would be better otherwise" if less else ""))
    return Exit.PASSED

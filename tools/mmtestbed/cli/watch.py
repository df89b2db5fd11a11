# SPDX-License-Identifier: GPL-2.0
"""mmt watch: a verdict after each save of a file in the user's tree."""

from __future__ import annotations

import contextlib
import json
import os
import selectors as polling
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit, Interrupted, TestbedError, UsageError
from ..git.gitrepo import Theirs
from ..history import changed
from ..host import cachedir, inotify, proc
from ..kernel import reach, source
from ..model import cases, selectors
from ..model.outcomes import Name
from ..model.repository import SUITES
from ..ui import output, words
from ..ui.console import GREEN, RED, Console
from . import shared

# An editor writes several files for one save; so long nothing may happen, in seconds.
_QUIET = 0.15
# What no kernel is built from.
_LEFT_OUT = {".git", "Documentation", "LICENSES", "samples"}
_SOURCES = (".c", ".h", ".S", ".lds", ".tbl", ".config", ".sh", ".pl", ".awk")
_NAMES = ("Makefile", "Kbuild", "Kconfig")
# More names than that do not fit a command line well.
_MOST_FIRST = 500


def matters(path: Path) -> bool:
    """True if @path, below the top of a kernel tree, is one that a build may read."""
    if path.parts[0] in _LEFT_OUT or path.name.startswith(".") or path.name.endswith("~"):
        return False
    return not path.suffix or path.suffix in _SOURCES or path.name.startswith(_NAMES) or \
        path.name == "4913"             # vim's trial whether it may write


@dataclass
class Results:
    """What the last run that came to an end has said, by 'suite.case'."""

    cases: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def changes(self, new: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """The names in @new whose verdict is another one; at first, those that are bad."""
        return [name for name, case in new.items()
                if case["status"] != (self.cases[name]["status"] if name in self.cases
                                      else "passed")
                and (name in self.cases or case["status"] not in ("skipped", "known"))]


def quickfix(found: Mapping[str, Mapping[str, Any]], top: Path) -> str:
    """What failed, a line each, as vim's :cfile and emacs read it."""
    found_lines = []
    for name, case in found.items():
        if case["status"] in ("passed", "skipped", "known"):
            continue
        place = next((part for part in str(case["reason"]).split()
                      if part.startswith("mm/kunit/") and ":" in part), "")
        file, _, number = place.rstrip(":").partition(":")
        if not number.isdigit():
            file, number = case["file"], str(case["line"])
        found_lines.append(f"{top / file}:{number}: {name}: {case['reason']}\n")
    return "".join(found_lines)


class Command:
    """One call of mmt watch."""

    def __init__(self, args: Any, console: Console) -> None:
        self._args = args
        self._console = console
        self._tree = source.from_kdir(args.kdir, args.line, console)
        self._cases = {(case.suite, case.name): case for case in cases.read(SUITES)}
        self._chosen = selectors.select(args.select, self._cases, list(self._cases),
                                        args.exclude)
        self._last = Results()
        self._texts: dict[Path, str] = {}
        self._code: int = Exit.PASSED
        self._git: Optional[Theirs] = None
        with contextlib.suppress(TestbedError):
            self._git = Theirs(self._tree.path)

    def run(self) -> int:
        """Until somebody stops it, by Ctrl-C; the exit code of the last run.

        Raises Interrupted for any other signal.
        """
        tree = self._tree.path
        watch = inotify.Watch(tree, matters)
        self._console.line(f"watching {tree}, {words.count(watch.folders, 'folder')}; "
                           "Ctrl-C ends it")
        saved: set[Path] = set()
        try:
            while True:
                more = self._once(watch, saved)
                saved = more or self._wait(watch)
        except Interrupted as stop:
            if stop.signum != signal.SIGINT:
                raise
            self._console.line()
        finally:
            watch.close()
        return self._code

    def _wait(self, watch: inotify.Watch) -> set[Path]:
        """What is saved next, once it is quiet."""
        found: set[Path] = set()
        with polling.DefaultSelector() as waiting:
            waiting.register(watch.fd, polling.EVENT_READ)
            while True:
                waiting.select(_QUIET if found else None)
                new = watch.read()
                if found and not new:
                    return found
                found |= new

    # --- what comes first

    def _before(self, path: Path) -> Optional[str]:
        """The text of @path at the last verdict, or in the last commit."""
        if path in self._texts:
            return self._texts[path]
        return self._git.show("HEAD", str(path)) if self._git else None

    def _first(self, saved: set[Path]) -> list[Name]:
        """The cases that reach what has changed in @saved; none if that is not known."""
        change = changed.Change()
        for path in saved:
            if path.suffix not in (".c", ".h"):
                continue
            try:
                new = (self._tree.path / path).read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            old = self._before(path)
            self._texts[path] = new
            if old is None:
                change.whole.add(str(path))
                continue
            one = changed.between(old, new, str(path))
            change.functions |= one.functions
            change.whole |= one.whole
        cache = cachedir.root(self._console, kdir=self._args.kdir)
        record = reach.load(reach.place(cache, self._tree.line.name))
        if record is None or not (change.functions or change.whole):
            return []
        # Those that the kernel has, once that is known.
        known = [name for name in self._chosen
                 if not self._last.cases or ".".join(name) in self._last.cases]
        choice = changed.choose(record, change, known)
        if len(choice.names) == len(known):
            return []
        names = ", ".join(sorted(f"{name}()" for _, name in change.functions)[:3])
        self._console.line(f"{names or 'the file'}: {words.count(len(choice.names), 'case')} "
                           "first")
        return choice.names[:_MOST_FIRST]

    # --- one run

    def _once(self, watch: inotify.Watch, saved: set[Path]) -> set[Path]:
        """Run all that was chosen; what was saved meanwhile, if that ended it."""
        console = self._console
        first: list[Name] = []
        if saved:
            shown = ", ".join(sorted(map(str, saved))[:3])
            console.line()
            console.line(f"{time.strftime('%H:%M:%S')} {shown}"
                         f"{', ...' if len(saved) > 3 else ''}")
            first = self._first(saved)
        with tempfile.TemporaryDirectory(prefix="mm-testbed-") as folder:
            target = Path(folder) / "run.json"
            begin = time.monotonic()
            process = subprocess.Popen(
                self._command(target, first), stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                start_new_session=True, env={**os.environ, "MMTB_CONFIG": ""})
            try:
                more, said = self._follow(process, watch, begin)
            finally:
                _stop(process)
            if more:
                return more
            self._code = process.returncode
            self._judge(target, said, time.monotonic() - begin)
        return set()

    def _command(self, target: Path, first: Sequence[Name]) -> list[str]:
        args = self._args
        given = ["--kdir", args.kdir, "--json", str(target)]
        for name in ("line", "variant"):
            value = getattr(args, name)
            given += [f"--{name}", getattr(value, "name", value)] if value else []
        for names in args.exclude:
            given += ["--exclude", names]
        for suite, case in first:
            given += ["--first", f"{suite}.{case}"]
        given += ["--fixes"] if args.fixes else []
        given += [] if args.install else ["--no-install"]
        return [sys.executable, "-P", "-m", "mmtestbed.cli.mmt", "run", *given, *args.select]

    def _follow(self, process: "subprocess.Popen[str]", watch: inotify.Watch,
                begin: float) -> tuple[set[Path], list[str]]:
        """Read what a run says; what was saved meanwhile, and what it has said."""
        assert process.stdout
        said: list[str] = []
        rest, told = "", False
        os.set_blocking(process.stdout.fileno(), False)
        with polling.DefaultSelector() as waiting:
            waiting.register(watch.fd, polling.EVENT_READ)
            waiting.register(process.stdout, polling.EVENT_READ)
            while True:
                for key, _ in waiting.select():
                    if key.fd == watch.fd:
                        new = watch.read()
                        if new:
                            return new | self._more(watch), said
                        continue
                    data = os.read(key.fd, 1 << 16).decode(errors="replace")
                    if not data:
                        process.wait()
                        return set(), said
                    *complete, rest = (rest + data).split("\n")
                    said += complete
                    for line in complete:
                        if not told and line[:6] in ("ok    ", "FAIL  "):
                            told = True
                            self._console.line(
                                f"first result after {time.monotonic() - begin:.1f} s: "
                                f"{' '.join(line.split()[:2])}")

    def _more(self, watch: inotify.Watch) -> set[Path]:
        """What belongs to the same save."""
        found: set[Path] = set()
        with polling.DefaultSelector() as waiting:
            waiting.register(watch.fd, polling.EVENT_READ)
            while waiting.select(_QUIET):
                found |= watch.read()
        return found

    def _judge(self, target: Path, said: Sequence[str], seconds: float) -> None:
        """Say what is other than before."""
        console = self._console
        try:
            data = json.loads(target.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            data = {}
        if data.get("error") or not data.get("cases"):
            console.lines([line for line in said if line][-12:], "")
            return
        found = {f"{case['suite']}.{case['name']}": case for case in data["cases"]}
        for name in self._last.changes(found):
            case = found[name]
            old = self._last.cases.get(name, {}).get("status", "")
            good = case["status"] in ("passed", "skipped", "known")
            console.line(console.paint(
                f"{case['status']:7} {name}{f' (was {old})' if old else ''}"
                f"{'' if case['status'] == 'passed' else ': ' + str(case['reason'])}",
                GREEN if good else RED))
        self._last.cases = found
        if self._args.errors:
            output.write(self._args.errors, quickfix(found, SUITES.parents[1]).encode())
        console.line(f"{said[-1] if said else data['verdict']} "
                     f"({seconds:.1f} s since the save)")


def _stop(process: "subprocess.Popen[str]") -> None:
    """End the run, if it is not over."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("watch"), allow_abbrev=False,
        description="Build and run after each save of a file in --kdir, and say which "
                    "verdicts are others than before.  Cases that reach what has changed "
                    "come first, as far as mmt run --variant gcov --reach has recorded "
                    "that.  A save while something runs starts it anew.",
        epilog="Exit codes: that of the last run, when it is stopped; 2 wrong usage.")
    shared.add_cases(parser)
    parser.add_argument("--kdir", metavar="PATH", default=os.environ.get("KDIR", ""),
                        help="kernel tree to watch (default: $KDIR); it is never written to")
    parser.add_argument("--line", type=shared.line, metavar="LINE",
                        help="its line (default: by its version)")
    parser.add_argument("--variant", help="configuration of the kernel (default: plain)")
    parser.add_argument("--fixes", action="store_true", help="mend the known bugs")
    parser.add_argument("--errors", metavar="FILE",
                        help="write what fails there, for the editor: vim's :cfile")
    shared.add_install(parser)
    return parser


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        args = _parser().parse_intermixed_args(argv)
        if not args.kdir:
            raise UsageError("name the tree to watch with --kdir or KDIR")
        args.errors = shared.output_file(args.errors)
        proc.catch_signals()
        return Command(args, console).run()
    except TestbedError as err:
        console.error(err)
        return err.code

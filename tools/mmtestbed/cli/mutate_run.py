# SPDX-License-Identifier: GPL-2.0
"""scripts/mutate.sh: how many small mistakes in the code under test are noticed?"""

from __future__ import annotations

import collections
import itertools
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

from ..boot import children, runner, usual
from ..errors import Exit, TestbedError
from ..host import beneath, confine, deps, lock, proc
from ..kernel import build, offshoots, provenance
from ..kernel.workshop import Workshop
from ..model import cases, functions, shards
from ..model.outcomes import Name, Outcome
from ..model.repository import REPOSITORY, SUITES
from ..proof import judged, mutation
from ..proof.bare import Bare
from ..proof.mutation import Fate, Mutant, State
from ..result import schema
from ..ui import output, words
from ..ui.console import Console
from .mutate_options import Options, parse
from .session import Ground, Session


SOURCES = REPOSITORY / "tools" / "mutate"
_HEADER = "mm_mutate.h"
_MAKEFILE = b"\nobj-y += mm_mutate.o\n"
# In a first boot go the cases that are this fast, in seconds.
_QUICK = 0.3


def libclang() -> Path:
    """The newest LLVM that has libclang's C API.  Raises TestbedError."""
    found = [path.parent.parent.parent
             for path in Path("/usr/lib").glob("llvm-*/include/clang-c/Index.h")]
    if not found:
        raise TestbedError("libclang's headers are missing; install the package "
                           "libclang-dev")
    return max(found, key=lambda path: int(path.name.partition("-")[2]))


def compile_tool(binary: Path) -> None:
    """Build tools/mutate/mutate.c.  Raises TestbedError."""
    llvm = libclang()
    done = proc.run(["gcc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror",
                     f"-I{llvm}/include", "-o", str(binary), str(SOURCES / "mutate.c"),
                     f"-L{llvm}/lib", "-lclang", f"-Wl,-rpath,{llvm}/lib"])
    if done.code != 0:
        raise TestbedError("tools/mutate/mutate.c does not compile",
                           done.output.splitlines()[:12])


def mutate(tool: Path, target: mutation.Target, first: int, src: Path, cmd: str,
           folder: Path, cwd: Path) -> tuple[list[Mutant], bytes]:
    """The mutants of @target, numbered from @first, and the source with them in it.

    @cmd: what kbuild has noted of how the file is compiled, in @cwd.
    Raises TestbedError.
    """
    # A file that has none of the functions has no mutants: the next begins at @first, too.
    made = folder / f"mutants-{first}-{Path(target.file).stem}"
    made.mkdir()
    with confine.cage([tool, src, cwd], [made]) as cage:
        done = proc.run([str(tool), "-n", str(first), "-N", target.file,
                         "-f", " ".join(target.functions), "-o", str(made / "mutants.c"),
                         "-l", str(made / "mutants.list"), str(src / target.file),
                         *mutation.flags(cmd)], cwd=cwd, env=confine.environment(),
                        cage=cage)
    out, listing = (beneath.read(made, f"mutants.{kind}") for kind in ("c", "list"))
    if done.code != 0 or out is None or listing is None:
        raise TestbedError(f"{target.file} cannot be mutated",
                           done.output.splitlines()[:12])
    return mutation.parse(listing.decode("utf-8", "replace")), out


def _bad(outcomes: Mapping[Name, Outcome]) -> bool:
    """One case has noticed: the mutant is dead."""
    return any(not outcome.status.good for outcome in outcomes.values())


class Command:
    """One call of scripts/mutate.sh."""

    def __init__(self, wanted: Options, console: Console) -> None:
        self._wanted = wanted
        self._console = console
        self._shop = Workshop(wanted.run, console)
        self._bare = Bare(self._shop, console, {
            (case.suite, case.name): case for case in cases.read(SUITES)}, "mutants")
        console.aside(output.distinct(wanted.json, wanted.text))
        self._made = provenance.facts(REPOSITORY, wanted.line, wanted.run.config)
        self._kernel_version = ""
        self._mutants: list[Mutant] = []
        self._names: list[Name] = []
        self._built: set[int] = set()
        self._by_function: dict[tuple[str, str], set[int]] = collections.defaultdict(set)
        # What is known to do what the kernel does is not run.
        self._kinds = judged.read()
        self._reach: dict[Name, set[int]] = {}
        self._seconds: dict[Name, float] = {}
        # How many mutants of (file, function) each case has noticed.
        self._killers: dict[tuple[str, str], collections.Counter[Name]] = \
            collections.defaultdict(collections.Counter)

    def run(self) -> int:
        """Do it all; the exit code."""
        return Session(self, self._console).run()

    def prepare(self) -> Path:
        """What needs the host as it is.  Raises TestbedError."""
        deps.ensure(deps.MUTATE, self._console, self._wanted.install)
        return self._shop.prepare()

    def broken(self, err: TestbedError) -> int:
        """Tell the user; what has been found so far was written already."""
        self._console.error(self._shop.blamed(err))
        return err.code

    def stopped(self) -> None:
        """Nothing to add."""

    def work(self, ground: Ground) -> int:
        """Mutate, build and boot; the exit code.  Raises TestbedError."""
        with self._shop.opened(ground.isolation, ground.folder):
            return self._work(ground.folder)

    def _work(self, folder: Path) -> int:
        origin = self._bare.source()
        self._kernel_version = origin.version
        with self._bare.built(origin, self._wanted.jobs) as (base, kernel):
            kernel.unlink()
            offshoots.own_mounts()
            with offshoots.opened(base, folder / "mutants") as offshoot:
                self._mutate(offshoot, folder)
                if self._wanted.list:
                    self._console.lines([f"{m.number:5} {m.function}: {m}"
                                         for m in self._wanted_ones()], "")
                    return Exit.PASSED
                if not self._wanted_ones():
                    return self._close_mutants([])
                self._console.begin(f"building {len(self._mutants)} mutants")
                offshoot.make()
                self._console.end()
                build.take(offshoot.kernel, kernel)
        self._trace(kernel, folder)
        return self._close_mutants(self._run_mutants(kernel, folder))

    def _mutate(self, offshoot: offshoots.Offshoot, folder: Path) -> None:
        """Put the mutants into @offshoot."""
        tool = folder / "mutate"
        compile_tool(tool)
        for target in self._targets(offshoot.src):
            name = Path(target.file)
            cmd = beneath.read(offshoot.build, str(name.parent / f".{name.stem}.o.cmd"))
            if cmd is None:
                self._console.note(f"this kernel is not built from {target.file}: "
                                   "no mutants there")
                continue
            mutants, source = mutate(
                tool, target, len(self._mutants) + 1, offshoot.src,
                cmd.decode("utf-8", "replace"), folder, offshoot.build)
            self._mutants += mutants
            beneath.put(offshoot.src, target.file, source)
            # It is included as what lies beside the file.
            beneath.put(offshoot.src, str(name.parent / _HEADER),
                        (SOURCES / _HEADER).read_bytes())
        for ours in ("mm_mutate.c", _HEADER):
            beneath.put(offshoot.src, f"mm/{ours}", (SOURCES / ours).read_bytes())
        offshoot.edit("mm/Makefile", lambda old: old + _MAKEFILE)

    def _targets(self, src: Path) -> Iterator[mutation.Target]:
        """What to mutate: the functions under test, or those with the wanted lines."""
        if not self._wanted.lines:
            yield from mutation.TARGETS
        for file, numbers in self._wanted.lines:
            text = beneath.read(src, file)
            if text is None:
                raise TestbedError(f"--lines: this tree has no {file}")
            names = functions.at(text.decode("utf-8", "replace").splitlines(), numbers)
            if names:
                yield mutation.Target(file, tuple(sorted(names)))

    def _here(self, mutant: Mutant) -> bool:
        """Whether @mutant is one of those that are wanted."""
        wanted = self._wanted
        return cases.glob_match(wanted.filter, f"{mutant.file}:{mutant.function}") and (
            not wanted.lines or any(mutant.file == file and mutant.line in numbers
                                    for file, numbers in wanted.lines))

    def _wanted_ones(self) -> list[Mutant]:
        """Those that are wanted, on whatever machine."""
        return [mutant for mutant in self._mutants if self._here(mutant)]

    def _trace(self, kernel: Path, folder: Path) -> None:
        """Boot without a mutant and see which case reaches what."""
        self._built = mutation.live(kernel, folder / "live")
        self._console.begin("running all cases without a mutant")
        logs = folder / "trace"
        # In one boot: what a case has reached is printed when the next one begins.
        boots = runner.Runner(usual.options(
            self._shop.opts, kernel, logs, args=("mm_mutate_trace=1",), jobs=1,
            spread=False), lambda outcome: None)
        self._names = boots.cases("")
        results = boots.round(self._names, "")
        self._bare.check(results)
        if results.boots != 1:
            raise TestbedError("the kernel with no mutant in action cannot run all "
                               "cases in one boot")
        log = (logs / "boot-2.log").read_text(encoding="utf-8", errors="replace")
        self._reach = mutation.reach(log.splitlines(), self._names)
        self._seconds = {name: o.seconds for name, o in results.outcomes.items()}
        self._console.end()

    def _run_mutants(self, kernel: Path, folder: Path) -> list[Fate]:
        wanted, console = self._wanted, self._console
        todo = shards.part(wanted.shard, self._wanted_ones())
        known: Mapping[int, Optional[Fate]] = {}
        if wanted.again:
            known = mutation.remembered(mutation.fates_from_json(
                schema.read(wanted.again)), todo)
        fates: list[Fate] = []
        console.begin(f"running {words.count(len(todo), 'mutant')}")
        begin = time.monotonic()
        how = usual.options(self._shop.opts, kernel, folder / "boots", jobs=wanted.jobs,
                            spread=False, cpu=wanted.cpu, logs=False)
        with proc.threads(wanted.jobs) as pool, \
             self._bare.opened(how, console.note, apart=False) as boots:
            futures = [pool.submit(self._fate, m, known.get(m.number), boots, how)
                       for m in todo]
            for number, future in enumerate(futures, 1):
                fates.append(future.result())
                console.progress(words.share(number, len(todo), time.monotonic() - begin))
                if number % 50 == 0:
                    self._save(fates)
        console.end()
        return fates

    def _fate(self, mutant: Mutant, known: Optional[Fate], boots: runner.Runner,
              how: runner.Options) -> Fate:
        if known:
            return known
        reaching = [name for name in self._names
                    if mutant.number in self._reach.get(name, ()) and
                    name not in self._bare.red]
        if not reaching:
            return Fate(mutant, State.UNREACHED if mutant.number in self._built
                        else State.DEAD)
        kind = judged.kind_of(mutant, self._kinds)
        if kind:
            return Fate(mutant, State.SURVIVED, why=kind.title, cases=len(reaching),
                        left=len(reaching))
        if isinstance(boots, children.Children):
            return self._in_children(mutant, reaching, boots)
        how = replace(how, virtual=boots.virtual)
        quick = [name for name in reaching if self._seconds[name] < _QUICK]
        slow = [name for name in reaching if self._seconds[name] >= _QUICK]
        for names in (quick, slow):
            if names:
                fate = self._boot_mutant(mutant, names, replace(
                    how, folder=how.folder / f"mutant-{mutant.number}", jobs=1))
                if fate.state is State.KILLED:
                    fate.cases = len(reaching)
                    return fate
        return Fate(mutant, State.SURVIVED, cases=len(reaching))

    def _in_children(self, mutant: Mutant, names: Sequence[Name],
                     boots: children.Children) -> Fate:
        """What becomes of @mutant, which a child chooses, by the cases @names."""
        left = max(0, len(names) - (self._wanted.cases or len(names)))
        names = self._in_turn(mutant, names)
        names = names[:len(names) - left]
        results = boots.with_words([f"mm_mutant={mutant.number}"]).round(
            names, "", enough=_bad)
        for outcome in results.outcomes.values():
            if not outcome.status.good:
                self._killers[(mutant.file, mutant.function)][outcome.key] += 1
                return Fate(mutant, State.KILLED, f"{outcome.suite}.{outcome.name}",
                            f"{outcome.status.value}: {outcome.reason}",
                            len(names) + left)
        return Fate(mutant, State.SURVIVED, cases=len(names) + left, left=left)

    def _in_turn(self, mutant: Mutant, names: Sequence[Name]) -> list[Name]:
        """Those of @names that are likely to notice @mutant first.

        By turns: what has noticed most mistakes in the same function, or runs most of it; and
        what runs little else, as a case does that is about this place only.  Then what is fast.
        """
        killers = self._killers[(mutant.file, mutant.function)]
        others = self._others(mutant)
        many = sorted(names, key=lambda name: (
            -killers[name], -len(others & self._reach[name]), self._seconds[name]))
        little = sorted(names, key=lambda name: (
            len(self._reach[name]), self._seconds[name]))
        return list(dict.fromkeys(itertools.chain.from_iterable(zip(many, little))))

    def _others(self, mutant: Mutant) -> set[int]:
        """The mutants of the function that @mutant is in."""
        if not self._by_function:
            for each in self._mutants:
                self._by_function[(each.file, each.function)].add(each.number)
        return self._by_function[(mutant.file, mutant.function)]

    def _boot_mutant(self, mutant: Mutant, names: Sequence[Name],
                     how: runner.Options) -> Fate:
        args = (f"mm_mutant={mutant.number}",
                f"mm_mutate_cases={mutation.mask(names, self._names)}")
        boots = runner.Runner(replace(how, args=args), lambda outcome: None)
        results = boots.round(
            names, "*", enough=_bad,
            worthwhile=lambda results, rest: not results.boots)
        shutil.rmtree(how.folder, ignore_errors=True)
        for outcome in results.outcomes.values():
            if not outcome.status.good:
                return Fate(mutant, State.KILLED, f"{outcome.suite}.{outcome.name}",
                            f"{outcome.status.value}: {outcome.reason}")
        if results.troubles:
            return Fate(mutant, State.KILLED, "", results.troubles[0].what)
        return Fate(mutant, State.SURVIVED)

    def _save(self, fates: Sequence[Fate]) -> None:
        wanted = self._wanted
        if wanted.json:
            output.write(wanted.json, lock.json_bytes({
                "schema": 1, "testbed": self._made,
                "kernel_version": self._kernel_version, "line": self._wanted.line.name,
                "variant": self._wanted.run.config.name, "filter": wanted.filter,
                "shard": shards.facts(wanted.shard, self._wanted_ones(), str),
                "mutants": [fate.as_json() for fate in fates]}))
        if wanted.text:
            output.write(wanted.text, "".join(
                f"{line}\n" for line in mutation.report(fates)).encode())

    def _close_mutants(self, fates: Sequence[Fate]) -> int:
        self._save(fates)
        self._console.lines(mutation.report(fates), "")
        total = mutation.tallies(fates, False).get("all", mutation.Tally())
        self._console.line(
            f"{total.killed} of {total.all} mutants killed, {len(total.survivors)} "
            f"survived, {len(total.unreached)} not reached, "
            f"{total.all - total.live} not built, Linux {self._kernel_version}")
        return Exit.PASSED


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        command = Command(parse(sys.argv[1:] if argv is None else argv), console)
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()

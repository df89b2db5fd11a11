# SPDX-License-Identifier: GPL-2.0
"""scripts/run.sh: from a kernel source to a verdict."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import resource
import shlex
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Optional, Sequence

from ..boot import children, debug, due_reports, rounds, runner, uml
from ..errors import Exit, HostError, Interrupted, Refused, TestbedError, Unavailable
from ..errors import UsageError
from ..host import ccache, confine, deps, lock, ns, outside, proc, prune
from ..kernel import applied, build, coverage, series, source, tree, unpack
from ..model import cases, lines, provenance
from ..out import failures, output, verdict
from ..out.console import GREEN, RED, Console
from . import ahead, entry, every, options

REPOSITORY = Path(__file__).resolve().parents[3]


def suite_files() -> dict[str, bytes]:
    """mm/kunit of this repository, by path below the tree."""
    folder = REPOSITORY / "mm" / "kunit"
    return {str(path.relative_to(REPOSITORY)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and (path.suffix in (".c", ".h", ".S", ".mk")
                                   or path.name in ("Kconfig", "Makefile"))}


def series_of() -> list[Path]:
    """The patches that kernels get: those that they need, in the variant that fits."""
    return series.read(REPOSITORY / "patches")


class Command:
    """One call of scripts/run.sh."""

    def __init__(self, opts: options.Options, console: Console) -> None:
        self._opts = opts
        self._console = console
        known = cases.read(REPOSITORY / "mm" / "kunit")
        self._cases = {(case.suite, case.name): case for case in known}
        line = opts.line or lines.DEFAULT
        self._counters: Optional[coverage.Counters] = None
        self._outside_of: Optional[outside.Outside] = None
        self._own_ccache: Optional[ccache.Own] = None
        self._absent: list[deps.Tool] = []
        self._report = verdict.Run(line.name, opts.config.name, "", "", cases=self._cases,
                                   repeat=opts.repeat, shuffle=opts.shuffle,
                                   patches=[path.name for path in opts.patches])
        self._display = failures.Display(console, self._report, opts)
        if opts.json:
            self._report.testbed = provenance.facts(REPOSITORY, line, opts.config)

    def show_list(self) -> int:
        """Print the cases that the sources hold and that assert a contract."""
        names = [name for name, case in self._cases.items()
                 if case.contracts or self._opts.filter]
        chosen = cases.selected(self._opts.filter, names)
        if not chosen:
            raise UsageError(f"no case matches {self._opts.filter or 'anything'}; see "
                             "--list")
        width = max(len(".".join(name)) for name in chosen)
        for name in chosen:
            case = self._cases[name]
            reports = f" [reports {', '.join(case.reports)}]" if case.reports else ""
            self._console.line(f"{case.full_name:{width}}  {' '.join(case.contracts)}  "
                               f"{case.summary}{reports}".rstrip())
        return Exit.PASSED

    def run(self) -> int:
        """Do it all; the exit code.  Errors become a line and a code here."""
        try:
            proc.catch_signals()
            code = self._guarded(self._outside)
            if code is None:
                code = self._guarded(lambda: prune.clear(self._cache, self._console))
        except Interrupted as stop:
            return self._interrupted(stop)
        if code is not None:
            return code
        for signum in ns.FORWARDED:
            signal.signal(signum, signal.SIG_DFL)
        return ns.run(self._inside)

    def _interrupted(self, stop: Interrupted) -> int:
        proc.kill_all()
        name = signal.Signals(stop.signum).name
        if stop.signum != signal.SIGPIPE:
            print(f"mm-testbed: stopped by {name}", file=sys.stderr, flush=True)
        return 128 + stop.signum

    def _guarded(self, step: Callable[[], Optional[int]]) -> Optional[int]:
        """@step, with errors turned into what the user sees."""
        try:
            return step()
        except TestbedError as err:
            return self._broken(err)
        except OSError as err:
            if err.errno in (errno.ENOSPC, errno.EDQUOT):
                where = err.filename2 or err.filename or "with the cache"
                return self._broken(HostError(
                    f"the disk is full ({where}); make room there or set MMTB_CACHE "
                    "to another folder"))
            return self._broken(HostError(
                f"{err.filename or 'the host'}: {err.strerror or err}; check it and "
                "try again"))

    def _broken(self, err: TestbedError) -> int:
        self._report.code = err.code
        self._report.error = err.message
        self._report.unavailable = isinstance(err, Unavailable)
        if self._absent:
            names = ", ".join(tool.name for tool in self._absent)
            err.details = (*err.details, f"missing on this machine: {names}")
        self._console.error(err)
        with contextlib.suppress(TestbedError):
            self._write_reports()
        return err.code

    def _outside(self) -> Optional[int]:
        """What needs the host as it is: tools and the package with the source."""
        opts = self._opts
        if not opts.build_options and not cases.selected(opts.filter,
                                                         list(self._cases)):
            # Only with further options may the kernel hold suites of others.
            raise UsageError(f"no case matches {opts.filter}; see --list")
        if opts.gdb and not opts.build_options and \
           opts.gdb not in {case.full_name for case in self._cases.values()}:
            raise UsageError(f"--gdb {opts.gdb}: there is no such case; see --list")
        if not opts.kdir:
            self._check_variant(opts.line or lines.DEFAULT)
        tools = [*deps.BUILD, *deps.compilers(), *opts.tools]
        with contextlib.ExitStack() as meanwhile:
            if opts.install and not opts.kdir and deps.missing(tools):
                meanwhile.enter_context(ahead.fetched(
                    opts.line or lines.DEFAULT, tree.cache_root(self._console),
                    self._console))
            self._ensure(tools)
        self._cache = tree.cache_root(self._console, kdir=opts.kdir)
        self._archive: Optional[Path] = None
        if not opts.kdir:
            self._archive = source.tarball(opts.line or lines.DEFAULT, self._cache,
                                           self._console)
        if opts.build_dir:
            self._check_build_dir(opts.build_dir)
        return None

    def _ensure(self, tools: Sequence[deps.Tool]) -> None:
        """Have @tools on the host, as far as it goes.  Raises HostError."""
        self._absent = deps.ensure(tools, self._console, self._opts.install)
        if any(tool in coverage.HTML_TOOLS for tool in self._absent):
            self._opts = replace(self._opts, html=False)
        if self._report.testbed and not self._report.testbed["commit"]:
            # git, which knows the commit, may have come with the tools.
            self._report.testbed = provenance.facts(
                REPOSITORY, self._opts.line or lines.DEFAULT, self._opts.config)

    def _check_variant(self, line: lines.Line) -> None:
        obstacle = self._opts.config.obstacle(line)
        if obstacle:
            raise UsageError(f"no --variant {self._opts.config.name} here: {obstacle}; "
                             "see --help for --line and --variant")

    def _check_build_dir(self, folder: Path) -> None:
        build.check_build_dir(folder)
        if self._opts.kdir:
            kdir = Path(self._opts.kdir).resolve()
            if folder.resolve().is_relative_to(kdir):
                raise UsageError("--build-dir lies in KDIR, which is never written "
                                 "to; name another folder")
        folder.mkdir(parents=True, exist_ok=True)

    def _inside(self, isolation: ns.Isolation) -> int:
        """The run itself, in namespaces of its own where the host allows it."""
        def work() -> int:
            with self._run_folder(isolation) as folder:
                # What a compiler that is killed leaves behind goes away with it.
                os.environ["TMPDIR"] = str(folder)
                with self._confined(isolation, folder):
                    return self._work(isolation, folder)

        try:
            proc.catch_signals()
            ns.no_address_randomisation()
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            code = self._guarded(work)
            return Exit.BROKEN if code is None else code
        except Interrupted as stop:
            return self._interrupted(stop)

    @contextlib.contextmanager
    def _confined(self, isolation: ns.Isolation, folder: Path) -> Iterator[None]:
        """Foreign code is shut in while this is open."""
        if self._opts.kdir:
            # Only such a tree may need it; see _patched().
            self._outside_of = outside.Outside(lambda name: source.tarball(
                lines.by_name(name), self._cache, self._console))
        confine.confine(isolation, self._cache / "mnt" / "cage")
        gaps = confine.gaps()
        if gaps and (self._opts.kdir or self._foreign_patches()):
            self._console.note(f"on this machine builds and kernels can {gaps}; test what "
                               "you do not trust as root, or where user namespaces are "
                               "allowed")
        try:
            with confine.booting(folder):
                yield
        finally:
            if self._outside_of:
                self._outside_of.close()

    def _foreign_patches(self) -> list[Path]:
        """Those of --with that are none of ours."""
        ours = REPOSITORY / "patches"
        return [path for path in self._opts.patches
                if not path.resolve().is_relative_to(ours)]

    @contextlib.contextmanager
    def _run_folder(self, isolation: ns.Isolation) -> Iterator[Path]:
        """A folder that goes away with the run: a private tmpfs if possible."""
        private = self._own_tmpfs(isolation)
        if private:
            yield private
            return
        for old in self._cache.glob("run.*"):
            _remove_if_dead(old)
        with tempfile.TemporaryDirectory(prefix="run.", dir=self._cache,
                                         ignore_cleanup_errors=True) as name:
            with open(Path(name) / "lock", "w", encoding="ascii") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield Path(name)

    def _own_tmpfs(self, isolation: ns.Isolation) -> Optional[Path]:
        """A tmpfs that only we see, or None where the host refuses that."""
        folder = self._cache / "mnt" / "run"
        if isolation.mounts:
            with contextlib.suppress(Refused):
                ns.tmpfs(folder)
                return folder
        return None

    def _source(self) -> source.Source:
        opts = self._opts
        if opts.kdir:
            theirs = source.from_kdir(opts.kdir, opts.line, self._console)
            note = confine.let_read(theirs.path, source.LANDMARKS)
            if note:
                self._console.note(note)
            return theirs
        found = self._unpacked()
        if unpack.lacks(found.path, series.paths(opts.patches)):
            return self._unpacked(whole=True)
        return found

    def _unpacked(self, whole: bool = False) -> source.Source:
        return source.unpack(self._opts.line or lines.DEFAULT, self._archive, self._cache,
                             self._console, whole)

    def _work(self, isolation: ns.Isolation, folder: Path) -> int:
        origin = self._source()
        self._check_variant(origin.line)
        report = self._report
        report.line, report.version = origin.line.name, origin.version
        report.origin = origin.origin
        if report.testbed:
            # The tree may be of another line than was named.
            report.testbed.update(provenance.digests(REPOSITORY, origin.line,
                                                     self._opts.config))
        patches = series_of()
        extra = "".join(f", {path.name}" for path in self._opts.patches)
        self._console.line(
            f"Linux {origin.version} from {origin.origin}, "
            f"{verdict.count(len(patches), 'patch').replace('patchs', 'patches')}"
            f"{extra}")
        begin = time.monotonic()
        kernel, state = self._kernel(origin, patches, isolation, folder)
        built = time.monotonic()
        report.build_seconds = built - begin
        if self._opts.gdb:
            return self._debug(origin, isolation, kernel.path, folder)
        self._boot(kernel, state, folder)
        report.boot_seconds = time.monotonic() - built
        failures.decode(report, kernel.path)
        self._display.failures()
        self._cover(state)
        if self._opts.keep:
            self._keep(folder, state)
        self._write_reports()
        colour = GREEN if report.code is Exit.PASSED else RED
        self._console.line(self._console.paint(report.closing_line(), colour))
        return report.code

    def _cover(self, state: Path) -> None:
        """Write what has run, if the kernel has counted it."""
        counters, console = self._counters, self._console
        if not counters:
            return
        console.begin("reading the counters")
        target = self._opts.coverage or state / "coverage"
        summary = counters.report(target, self._report.version, self._opts.html)
        console.end(summary)
        if counters.lost:
            console.note(f"{verdict.count(counters.lost, 'boot')} ended before the "
                         "kernel could leave its counters")
        self._report.coverage = str(target)

    def _kernel(self, origin: source.Source, patches: Sequence[Path],
                isolation: ns.Isolation,
                folder: Path) -> tuple[build.Kernel, Path]:
        """The kernel to boot, as a copy that no other run touches, and its state."""
        try:
            return self._somewhere(origin, patches, isolation, folder)
        except TestbedError as err:
            if not origin.frozen or not unpack.may_explain(origin.path, err):
                raise
        self._console.note("this takes files that no run has taken so far")
        self._unpacked(whole=True)
        return self._somewhere(origin, patches, isolation, folder)

    def _somewhere(self, origin: source.Source, patches: Sequence[Path],
                   isolation: ns.Isolation,
                   folder: Path) -> tuple[build.Kernel, Path]:
        """_kernel(), on an overlay or else on a copy."""
        if isolation.mounts:
            try:
                return self._build(origin, patches, isolation, folder, True)
            except Refused as err:
                self._console.note(f"{err}; working on a copy instead")
        else:
            self._console.note("no private mounts on this machine; working on a copy")
        return self._build(origin, patches, isolation, folder, False)

    def _work_tree(self, origin: source.Source, isolation: ns.Isolation, folder: Path,
                   overlay: bool) -> tuple[tree.WorkTree, build.Plan]:
        """The tree to build @origin in, and how to build it."""
        opts = self._opts
        # make goes by time stamps, which a copy and an overlay do not share.  Without
        # overlays there are no variants: such a tree gets its own state.
        names = [] if overlay else ["copy", *(str(path) for path in opts.patches)]
        state = tree.state_folder(self._cache, origin, opts.config.name, "\0".join(
            [str(opts.build_dir or ""), *opts.build_options, *names,
             *([f"LLVM={deps.llvm()}"] if deps.llvm() else [])]))
        places = tree.choose_places(self._cache, state, overlay, folder)
        if opts.build_dir and not overlay:
            places = replace(places, build=opts.build_dir)
        users = os.environ.get("CCACHE_DIR")
        plan = build.Plan(opts.config.files, opts.jobs, opts.build_options,
                          self._cache / "ccache", opts.config.specs, opts.config.name,
                          Path(users).absolute() if users else None)
        if not origin.frozen:
            plan = self._compiles_apart(plan, state / "ccache", isolation, folder)
        return tree.WorkTree(origin, places, isolation, opts.build_dir,
                             self._console), plan

    def _compiles_apart(self, plan: build.Plan, kept: Path, isolation: ns.Isolation,
                        folder: Path) -> build.Plan:
        """@plan for foreign code: what it compiles is @kept for itself."""
        if self._own_ccache is None:
            self._own_ccache = ccache.Own(plan.private or plan.ccache,
                                          self._cache / "mnt" / "ccache", folder, isolation)
        return replace(plan, private=self._own_ccache.folder(kept))

    def _build(self, origin: source.Source, patches: Sequence[Path],
               isolation: ns.Isolation, folder: Path,
               overlay: bool) -> tuple[build.Kernel, Path]:
        opts = self._opts
        suites = suite_files()
        work, plan = self._work_tree(origin, isolation, folder, overlay)
        builder = build.Builder(work, plan, self._console)
        state = work.places.state
        copy = folder / "linux"
        base = list(patches) if overlay else [*patches, *opts.patches]
        with lock.held(state / "lock", lambda: self._console.note(
                "waiting for another run, which builds in the same place")):
            wanted = self._patched(origin, base, folder / "patched", suites)
            with work.mounted():
                kernel = builder.kernel(wanted)
                if opts.config.counts:
                    self._counters = coverage.Counters(folder / "coverage", work.places)
                    self._counters.keep()
                if not (opts.patches or opts.gdb) or not overlay:
                    build.take(kernel.path, copy)
                    return replace(kernel, path=copy), state
            changed = self._patched(origin, [*patches, *opts.patches],
                                    folder / "varied", suites)
            if opts.gdb:
                changed = debug.with_lines(changed, origin.path)
            if origin.frozen and self._foreign_patches():
                kept = state / "with" / tree.digest(changed)[:16]
                plan = self._compiles_apart(plan, kept, isolation, folder)
                ccache.forget(kept.parent, kept)
                builder = build.Builder(work, plan, self._console)
            with work.variant(changed):
                build.take(builder.variant(), copy)
                if self._counters:
                    self._counters.keep()
                return build.Kernel(copy, build.sha256(copy)), state

    def _reference(self, line: lines.Line, paths: Iterable[str]) -> Path:
        """The tree that the series of @line was made on, with @paths.  Raises HostError."""
        assert self._outside_of
        archive = self._outside_of.ask(line.name)
        return source.reference(line, archive, self._cache, self._console, paths)

    def _patched(self, origin: source.Source, patches: Sequence[Path],
                 scratch: Path, suites: dict[str, bytes]) -> tree.Files:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        result = applied.apply(
            self._cache / "applied", origin.path, patches, scratch,
            None if origin.frozen else
            lambda: self._reference(origin.line, series.paths(patches)))
        for note in result.notes:
            self._console.note(note)
        self._report.taken = result.taken
        return {**result.files, **suites}

    def _how(self, kernel: Path, folder: Path, **others: Any) -> runner.Options:
        """How to run cases in @kernel; @others: what differs from the usual."""
        opts = self._opts
        usual = runner.Options(
            kernel, folder, (*opts.config.args, *opts.kernel_args), opts.timeout,
            opts.jobs, spread=opts.jobs > 1, virtual=opts.virtual, cpu=opts.cpu,
            seed=options.SEED if opts.seed is None else opts.seed)
        if not opts.children and opts.seed is not None:
            usual = replace(usual, args=(*usual.args, *runner.seed_words(opts.seed)))
        found = replace(usual, **others)
        return replace(found, servers=children.at_a_time(found.jobs, found))

    def _debug(self, origin: source.Source, isolation: ns.Isolation, kernel: Path,
               folder: Path) -> int:
        """--gdb."""
        if isolation.mounts:
            # gdb wants /proc to be that of our PID namespace.
            with contextlib.suppress(OSError):
                ns.mount("proc", Path("/proc"), "proc", ns.MS_NOSUID | ns.MS_NODEV)
        suite, _, case = self._opts.gdb.partition(".")
        src = self._cache / "mnt" / "src"
        return debug.run(self._how(kernel, folder / "boots"), (suite, case),
                         (suite, case) in due_reports.wanted(self._cases),
                         {f"{src}/mm/kunit": REPOSITORY / "mm" / "kunit",
                          str(src): origin.path}, self._console)

    def _boot(self, kernel: build.Kernel, state: Path, folder: Path) -> None:
        """List the cases, run them, and put the outcomes into the report."""
        opts, report = self._opts, self._report
        how = self._how(kernel.path, folder / "boots", counters=self._counters)
        if opts.raw:
            how = replace(how, raw=self._console.line, spread=False, servers=1)
        plan = rounds.Rounds(opts, self._console, self._display, how.seed,
                             [name for name, case in self._cases.items() if case.random])
        with children.open_runner(how, plan.live, due_reports.wanted(self._cases),
                                  self._console.note, not opts.children, len(
                                      cases.selected(opts.filter, list(self._cases)))
                                  ) as boots:
            # --kernel_args may hold filters of their own.
            names = boots.listed(state, kernel.sha + "".join(opts.kernel_args),
                                 opts.filter)
            if not names:
                raise UsageError(f"no case matches {opts.filter or 'the options'}; see "
                                 "--list")
            with proc.threads(uml.at_a_time(opts.jobs, opts.config)) as pool:
                found = plan.run(boots, names, pool)
            report.virtual = boots.virtual
        report.flaky = runner.flaky(found)
        report.add(found, names)
        report.seed = how.seed if report.children else opts.seed
        for note in report.notes:
            self._console.note(note)

    def _keep(self, folder: Path, state: Path) -> None:
        """Copy what this run made to where it stays, in one step."""
        kept = state / "kept"
        with tempfile.TemporaryDirectory(prefix=".kept.", dir=state) as tmp:
            new = Path(tmp) / "kept"
            new.mkdir()
            shutil.copy(folder / "linux", new)
            for log in (folder / "boots").glob("*.log"):
                shutil.copy(log, new)
            shutil.rmtree(kept, ignore_errors=True)
            os.replace(new, kept)
        self._console.line(f"kept the kernel and the logs in {kept}")

    def _write_reports(self) -> None:
        if self._opts.json:
            output.write(self._opts.json, lock.json_bytes(self._report.as_json()))
        if self._opts.junit:
            output.write(self._opts.junit, self._report.as_junit())

    def _files_to_apply(self, there: Optional[source.Source]) -> list[str]:
        """The patches that the tree gets, or a comment on one; where it is not @there yet,
        the folders of those with variants."""
        patches = [*series_of(), *self._opts.patches]
        if there is None:
            return [str(path) for path in patches]
        with tempfile.TemporaryDirectory() as scratch:
            result = series.apply(there.path, patches, Path(scratch))
        return [f"# {taken.patch}: {taken.how}" if taken.how in ("not needed", "in already")
                else str(path / f"{taken.variant}.patch" if taken.variant else path)
                for path, taken in zip(patches, result.taken)]

    def dry_run(self) -> int:
        """Print what run() would do, as commands."""
        opts, line = self._opts, self._console.line
        absent = deps.missing([*deps.BUILD, *deps.compilers(), *opts.tools])
        if absent:
            packages = sorted({tool.package for tool in absent})
            line("apt-get install --no-install-recommends " + shlex.join(packages))
        cache = tree.cache_root(self._console, create=False)
        which = opts.line or lines.DEFAULT
        if opts.kdir:
            origin = source.from_kdir(opts.kdir, opts.line, self._console)
            self._check_variant(origin.line)
            which, lower = origin.line, str(origin.path)
        else:
            lower = str(cache / "src" / which.name / "tree")
            archive = source.installed(which) or f"/usr/src/{which.package}.tar.xz"
            line(f"tar -xJf {archive} --strip-components=1 -C {shlex.quote(lower)}")
        mnt = cache / "mnt"
        line(shlex.join(["mount", "--bind", lower, str(mnt / "lower")]))
        line(shlex.join(["mount", "-t", "overlay", "-o",
                         f"lowerdir={mnt / 'lower'},upperdir=STATE/upper,"
                         "workdir=STATE/work", "mm-testbed", str(mnt / "src")]))
        there = origin if opts.kdir else source.present(which, cache)
        for path in self._files_to_apply(there):
            line(path if path.startswith("#") else shlex.join([
                "git", "--git-dir=/dev/null", "-C", str(mnt / "src"), "apply", path]))
        line(shlex.join(["cp", "-r", str(REPOSITORY / "mm/kunit"),
                         str(mnt / "src/mm/")]))
        plan = build.Plan(opts.config.files, opts.jobs, opts.build_options,
                          cache / "ccache", specs=opts.config.specs)
        if plan.specs:
            line(shlex.join(["printf", "%b", plan.specs.replace("\n", "\\n")]) +
                 f" > {shlex.quote(str(plan.spec_file))}")
            line(f"export KCFLAGS={shlex.quote(plan.kcflags())}")
        line(shlex.join(build.command(plan, mnt / "src",
                                      opts.build_dir or mnt / "build")))
        how = self._how(mnt / "run/linux", mnt / "run/server-1")
        if opts.children:
            # The requests, such as kunit.filter_glob=SUITE.CASE, go to descriptor 3.
            line(shlex.join(uml.command(how.kernel, how.folder, [
                *how.words, f"snapshot=3,4,{how.cpu},1"], "")))
        else:
            line(shlex.join(uml.command(how.kernel, mnt / "run/boot-1", how.words,
                                         opts.filter)))
        return Exit.PASSED


def _remove_if_dead(folder: Path) -> None:
    """Remove a run folder whose owner did not get to do it."""
    try:
        with open(folder / "lock", "a", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        opts = options.parse(sys.argv[1:] if argv is None else argv)
        console.aside(output.distinct(opts.json, opts.junit))
        if opts.all:
            return every.Command(opts, console).run()
        command = Command(opts, console)
        if opts.list:
            return command.show_list()
        if opts.dry_run:
            return command.dry_run()
    except TestbedError as err:
        console.error(err)
        return err.code
    return command.run()


if __name__ == "__main__":
    sys.exit(entry.run(main))

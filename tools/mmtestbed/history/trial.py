# SPDX-License-Identifier: GPL-2.0
"""What bisect.sh, bisect-step.sh and presubmit.sh share: one kernel, one verdict."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import math
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Optional, Sequence

from ..boot import children, due_reports, runner, uml
from ..boot.judge import Name
from ..cli import options, run
from ..errors import TestbedError, UsageError
from ..git import gitrepo
from ..git.gitrepo import Commit
from ..host import deps, ns, proc
from ..kernel import build, series, source, tree
from ..out.console import Console
from . import evidence, explain
from .evidence import Finding

# Seconds without a result after which a kernel hangs on an idle machine, unless the user
# says so.
_TIMEOUT = "20"
GIT = deps.Tool("git", "git", "reads your repository")
# Options of run.sh that make no sense for more than one kernel, or that we set.
_OURS = ("--kdir", "--filter", "--list", "--dry-run", "--repeat", "--shuffle", "--seconds",
         "--gdb", "--raw", "--json", "--junit", "--keep", "--build-dir")


def split_words(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """(our words, those for run.sh): what follows the first --."""
    words = list(argv)
    if "--" not in words:
        return words, []
    cut = words.index("--")
    return words[:cut], words[cut + 1:]


def run_options(words: Sequence[str], kdir: str, me: str,
                install: bool = True) -> options.Options:
    """The options of run.sh in @words, for kernels below @kdir.  Raises UsageError.

    @install: False if nothing may be installed.
    """
    mine = list(words[:words.index("--")] if "--" in words else words)
    for word in mine:
        name = word.partition("=")[0]
        if name in _OURS:
            raise UsageError(f"{name} is not for run.sh here; see {me} --help")
    parsed = options.parse(["--timeout", _TIMEOUT, *words])
    return dataclasses.replace(parsed, kdir=kdir, install=install and parsed.install)


def patience(timeout: float, load: float, cpus: int) -> float:
    """When a kernel hangs, in seconds: @timeout, but more of ours on a busy machine."""
    return timeout * max(1.0, load / cpus) if timeout == float(_TIMEOUT) else timeout


def digest() -> str:
    """Names the suites and patches that a verdict comes from."""
    files: dict[str, Optional[bytes]] = dict(run.suite_files())
    config = run.REPOSITORY / ".kunitconfig"
    patches = run.series_of()
    for path in [config, *series.files(patches)]:
        files[str(path.relative_to(run.REPOSITORY))] = path.read_bytes()
    return tree.digest(files)


@dataclass(frozen=True)
class Tested:
    """A kernel that has been built: copied to where no other build reaches it.

    @state: what is kept of it.  @line, @version: of its source.
    """

    kernel: build.Kernel
    state: Path
    line: str
    version: str
    seconds: float


class Trial(run.Command):
    """A command that judges a kernel by its cases, perhaps for many commits."""

    def __init__(self, opts: options.Options, console: Console) -> None:
        super().__init__(opts, console)
        self.explainer = explain.Explainer(run.REPOSITORY, self._cases)
        self._isolation = ns.Isolation.NONE
        self._folder = Path()
        self._ours: Optional[gitrepo.Ours] = None
        self._overlay = False
        self._applied: dict[str, tree.Files] = {}
        # What the kernels of each line have listed so far.
        self._names: dict[str, list[Name]] = {}

    @property
    def ours(self) -> gitrepo.Ours:
        """The private repository; while it is open."""
        assert self._ours
        return self._ours

    def _tools(self) -> None:
        self._ensure([*deps.BUILD, GIT])
        self._cache = tree.cache_root(self._console, kdir=self._opts.kdir)
        self._archive = None

    def _build(self, origin: source.Source, patches: Sequence[Path],
               isolation: ns.Isolation, folder: Path,
               overlay: bool) -> tuple[build.Kernel, Path]:
        # Called again without, where the host refuses.
        self._overlay = overlay
        return super()._build(origin, patches, isolation, folder, overlay)

    def _patched(self, origin: source.Source, patches: Sequence[Path], scratch: Path,
                 suites: dict[str, bytes]) -> tree.Files:
        # Few commits touch what the series touches.
        paths = series.paths(patches) | series.looked_at(patches)
        key = "\0".join([*map(str, patches), tree.digest(
            {path: tree.read_or_none(origin.path / path) for path in paths})])
        if key not in self._applied:
            self._applied[key] = super()._patched(origin, patches, scratch, {})
        return {**self._applied[key], **suites}

    @property
    def _logs(self) -> Path:
        """Where the logs of the last bisection or series are kept."""
        return self.ours.folder / "logs"

    def _keep_logs(self, commit: Commit, error: Optional[TestbedError]) -> None:
        """Keep the consoles of @commit's boots, or why there were none."""
        target = self._logs / commit.short
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for log in sorted((self._folder / "boots").glob("*.log")):
            shutil.copy(log, target)
        shutil.rmtree(self._folder / "boots", ignore_errors=True)
        if error:
            (target / "error.log").write_text(
                "\n".join([error.message, *error.details, ""]), encoding="utf-8")

    def _stand_at(self, commit: Commit) -> source.Source:
        """Check out @commit.  Raises TestbedError if it is nothing that we can test."""
        self.ours.checkout(commit.id)
        return source.at_commit(self.ours.tree, commit.id, f"git:{self.ours.key}",
                                self._opts.line, self._console)

    def _build_it(self, origin: source.Source) -> Tested:
        """Build @origin.  Raises TestbedError if that fails."""
        start = time.monotonic()
        kernel, state = self._kernel(origin, run.series_of(),
                                     self._isolation, self._folder)
        return Tested(kernel, state, origin.line.name, origin.version, time.monotonic() - start)

    @contextlib.contextmanager
    def _boots(self, tested: Tested) -> Iterator[
            tuple[runner.Runner, concurrent.futures.ThreadPoolExecutor]]:
        """(kernel that can be booted, threads for the boots)."""
        opts, folder = self._opts, self._folder / "boots"
        shutil.rmtree(folder, ignore_errors=True)
        how = self._how(
            tested.kernel.path, folder,
            timeout=patience(opts.timeout, os.getloadavg()[0], os.cpu_count() or 1),
            cpu=math.ceil(opts.timeout if opts.timeout != float(_TIMEOUT) else
                          options.CPU_TIME * opts.config.slow))
        with proc.threads(uml.at_a_time(opts.jobs, opts.config), last=False) as pool, \
             children.open_runner(how, lambda outcome: None,
                                  due_reports.wanted(self._cases), self._console.note,
                                  not opts.children) as boots:
            yield boots, pool

    def _listed(self, boots: runner.Runner, tested: Tested) -> list[Name]:
        """The cases that the kernel has."""
        args = (*self._opts.config.args, *self._opts.kernel_args)
        names = boots.listed(tested.state, tested.kernel.sha + "".join(args), "")
        self._names[tested.line] = names
        return names

    def _examine(self, tested: Tested, words: Sequence[str], first: bool,
                 only: Optional[Sequence[Name]] = None) -> Finding:
        """What the kernel says to the cases @words (to @only, if given)."""
        with self._boots(tested) as (boots, pool):
            if only is None:
                names = self._listed(boots, tested)
                return evidence.examine(
                    boots, evidence.select(words, self._cases, names), names, pool, first,
                    self._console.note)
            # The suites are ours, so that all kernels of a line should have the same.
            names = self._names.get(tested.line) or self._listed(boots, tested)
            found = self._ask(boots, pool, names, only, first)
            if found.odd and self._listed(boots, tested) != names:
                found = self._ask(boots, pool, self._names[tested.line], only, first)
            return found

    def _ask(self, boots: runner.Runner, pool: concurrent.futures.Executor,
             names: Sequence[Name], only: Sequence[Name], first: bool) -> Finding:
        """What the kernel, which has the cases @names, says to those of @only."""
        wanted = [name for name in names if name in only]
        likely = next((name for name in only if name in wanted), None)
        return evidence.examine(boots, wanted, names, pool, first, self._console.note,
                                likely if first and self._opts.jobs > 1 else None)

# SPDX-License-Identifier: GPL-2.0
"""What bisections and presubmit share: one kernel, one verdict."""

from __future__ import annotations

import concurrent.futures
import contextlib
import math
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

from ..boot import children, due_reports, runner, uml, usual
from ..errors import TestbedError
from ..git import gitrepo
from ..git.gitrepo import Commit
from ..host import deps, proc
from ..kernel import build, patching, source, tree
from ..kernel.workshop import Workshop
from ..model import selectors
from ..model.cases import Case
from ..model.options import CPU_TIME
from ..model.outcomes import Name
from ..model.repository import REPOSITORY, suite_files
from ..ui.console import Console
from . import evidence, explain
from .evidence import Finding

# Seconds without a result after which a kernel hangs on an idle machine, unless the user
# says so.
TIMEOUT = "20"
GIT = deps.Tool("git", "git", "reads your repository")


def patience(timeout: float, load: float, cpus: int) -> float:
    """When a kernel hangs, in seconds: @timeout, but more of ours on a busy machine."""
    return timeout * max(1.0, load / cpus) if timeout == float(TIMEOUT) else timeout


def digest() -> str:
    """Names the suites and patches that a verdict comes from."""
    files: dict[str, Optional[bytes]] = dict(suite_files())
    config = REPOSITORY / ".kunitconfig"
    for path in [config, *patching.files(patching.ours())]:
        files[str(path.relative_to(REPOSITORY))] = path.read_bytes()
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


class Trial:
    """Judges kernels by their cases, perhaps for many commits.

    @shop: builds them.  @known: the cases in the sources.
    @folder: for files that are needed no longer than the call.
    """

    def __init__(self, shop: Workshop, console: Console,
                 known: Mapping[Name, Case]) -> None:
        self.shop = shop
        self.known = known
        self.explainer = explain.Explainer(REPOSITORY, known)
        self._console = console
        self._ours: Optional[gitrepo.Ours] = None
        # What the kernels of each line have listed so far.
        self._names: dict[str, list[Name]] = {}
        # Few commits touch what the patches touch.
        shop.remember()

    @property
    def ours(self) -> gitrepo.Ours:
        """The private repository; while it is open."""
        assert self._ours
        return self._ours

    @contextlib.contextmanager
    def opened(self, private: gitrepo.Ours) -> Iterator[None]:
        """@private is the private repository, and open, while this is."""
        with private.opened() as self._ours:
            yield

    @property
    def logs(self) -> Path:
        """Where the logs of the last bisection or series are kept."""
        return self.ours.folder / "logs"

    def keep_logs(self, commit: Commit, error: Optional[TestbedError]) -> None:
        """Keep the consoles of @commit's boots, or why there were none."""
        boots = self.shop.folder / "boots"
        target = self.logs / commit.short
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for log in sorted(boots.glob("*.log")):
            shutil.copy(log, target)
        shutil.rmtree(boots, ignore_errors=True)
        if error:
            (target / "error.log").write_text(
                "\n".join([error.message, *error.details, ""]), encoding="utf-8")

    def stand_at(self, commit: Commit) -> source.Source:
        """Check out @commit.  Raises TestbedError if it is nothing that we can test."""
        self.ours.checkout(commit.id)
        return source.at_commit(self.ours.tree, commit.id, f"git:{self.ours.key}",
                                self.shop.opts.line, self._console)

    def build(self, origin: source.Source) -> Tested:
        """Build @origin.  Raises TestbedError if that fails."""
        start = time.monotonic()
        made = self.shop.kernel(origin)
        return Tested(made.kernel, made.state, origin.line.name, origin.version,
                      time.monotonic() - start)

    @contextlib.contextmanager
    def _boots(self, tested: Tested) -> Iterator[
            tuple[runner.Runner, concurrent.futures.ThreadPoolExecutor]]:
        """(kernel that can be booted, threads for the boots)."""
        opts, folder = self.shop.opts, self.shop.folder / "boots"
        shutil.rmtree(folder, ignore_errors=True)
        how = usual.options(
            opts, tested.kernel.path, folder,
            timeout=patience(opts.timeout, os.getloadavg()[0], os.cpu_count() or 1),
            cpu=math.ceil(opts.timeout if opts.timeout != float(TIMEOUT) else
                          CPU_TIME * opts.config.slow))
        with proc.threads(uml.at_a_time(opts.jobs, opts.config), last=False) as pool, \
             children.open_runner(how, lambda outcome: None,
                                  due_reports.wanted(self.known), self._console.note,
                                  not opts.children) as boots:
            yield boots, pool

    def _listed(self, boots: runner.Runner, tested: Tested) -> list[Name]:
        """The cases that the kernel has."""
        opts = self.shop.opts
        args = (*opts.config.args, *opts.kernel_args)
        names = boots.listed(tested.state, tested.kernel.sha + "".join(args), "")
        self._names[tested.line] = names
        return names

    def examine(self, tested: Tested, words: Sequence[str], first: bool,
                only: Optional[Sequence[Name]] = None) -> Finding:
        """What the kernel says to the cases @words (to @only, if given)."""
        with self._boots(tested) as (boots, pool):
            if only is None:
                names = self._listed(boots, tested)
                return evidence.examine(
                    boots, selectors.select(words, self.known, names), names, pool, first,
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
                                likely if first and self.shop.opts.jobs > 1 else None)

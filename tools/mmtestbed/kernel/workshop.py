# SPDX-License-Identifier: GPL-2.0
"""From a kernel source to the kernel that the user has asked for."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence

from ..errors import Refused, TestbedError, UsageError
from ..host import cachedir, ccache, confine, deps, lock, ns, outside
from ..model import counted, known, lines
from ..model.lines import Line
from ..model.options import Options
from ..model.repository import REPOSITORY, suite_files
from ..ui import words
from ..ui.console import Console
from . import ahead, applied, blobs, build, coverage, fixes, patching, planning, source, tree
from . import unpack
from .source import Source

# So many patches are named that a tree holds already.
_FEW = 6
# Changes files before they are built, given the source: for those that one looks at.
Vary = Callable[[tree.Files, Path], tree.Files]


@dataclass(frozen=True)
class Made:
    """A kernel that has been built, as a copy that no other run touches.

    @state: what is kept of it between runs.
    """

    kernel: build.Kernel
    state: Path


class Workshop:
    """Builds what @opts ask for.

    First prepare(), on the host as it is; then all else, while it is opened().
    @opts, @html: may be changed until then.
    @absent: tools that the machine lacks.
    @taken: what became of each patch.
    @counters: of what has run, if the last kernel has them.
    @overlay: the last kernel was built on an overlay.
    """

    def __init__(self, opts: Options, console: Console,
                 vary: Optional[Vary] = None) -> None:
        self.opts = opts
        self.cache = Path()
        self.absent: list[deps.Tool] = []
        self.counters: Optional[coverage.Counters] = None
        self.overlay = False
        self.taken: Sequence[patching.Taken] = ()
        self.isolation = ns.Isolation.NONE
        self.folder = Path()
        self._console = console
        self._vary = vary
        self._archive: Optional[Path] = None
        self._outside: Optional[outside.Outside] = None
        self._own_ccache: Optional[ccache.Own] = None
        # By patches and what they touch; None: nothing is remembered.
        self._remembered: Optional[dict[str, tree.Files]] = None

    def remember(self) -> None:
        """From now on trees are alike, so that few patches come out differently."""
        self._remembered = {}

    # On the host as it is.

    def prepare(self, tools: Sequence[deps.Tool] = ()) -> Path:
        """Get @tools, what every build needs and the package with the source.

        Returns the cache.  Raises TestbedError.
        """
        opts, console = self.opts, self._console
        line = opts.line or lines.DEFAULT
        if not opts.kdir:
            self.check_variant(line)
        wanted = [*deps.BUILD, *deps.compilers(), *opts.tools, *tools]
        with contextlib.ExitStack() as meanwhile:
            if opts.install and not opts.kdir and deps.missing(wanted):
                meanwhile.enter_context(ahead.fetched(line, cachedir.root(console),
                                                      console))
            self.ensure(wanted)
        self.cache = cachedir.root(console, kdir=opts.kdir)
        if not opts.kdir:
            self._archive = source.tarball(line, self.cache, console)
        if opts.build_dir:
            self._check_build_dir(opts.build_dir)
        return self.cache

    def prepare_for(self, tools: Sequence[deps.Tool]) -> Path:
        """prepare() for trees of a git repository: no source is needed, but @tools."""
        self.ensure([*deps.BUILD, *tools])
        self.cache = cachedir.root(self._console, kdir=self.opts.kdir)
        return self.cache

    def prepare_to_boot(self) -> Path:
        """prepare() for a kernel that is there: neither source nor compiler is needed."""
        self.cache = cachedir.root(self._console)
        return self.cache

    def ensure(self, tools: Sequence[deps.Tool]) -> None:
        """Have @tools on the host, as far as it goes.  Raises HostError."""
        self.absent = deps.ensure(tools, self._console, self.opts.install)
        if any(tool in counted.HTML_TOOLS for tool in self.absent):
            self.opts = replace(self.opts, html=False)

    def blamed(self, err: TestbedError) -> TestbedError:
        """@err, with the tools that are missing, which may be why."""
        if self.absent:
            names = ", ".join(tool.name for tool in self.absent)
            err.details = (*err.details, f"missing on this machine: {names}")
        return err

    def check_variant(self, line: Line) -> None:
        """Raises UsageError if @line cannot be had in this variant."""
        obstacle = self.opts.config.obstacle(line)
        if obstacle:
            raise UsageError(f"no --variant {self.opts.config.name} here: {obstacle}; "
                             "see --help for --line and --variant")

    def _check_build_dir(self, folder: Path) -> None:
        build.check_build_dir(folder)
        if self.opts.kdir:
            kdir = Path(self.opts.kdir).resolve()
            if folder.resolve().is_relative_to(kdir):
                raise UsageError("--build-dir lies in KDIR, which is never written "
                                 "to; name another folder")
        folder.mkdir(parents=True, exist_ok=True)

    # In namespaces of our own.

    @contextlib.contextmanager
    def opened(self, isolation: ns.Isolation, folder: Path) -> Iterator[None]:
        """Foreign code is shut in while this is open.

        @folder: for files that are needed no longer than that.
        """
        self.isolation, self.folder = isolation, folder
        if self.opts.kdir:
            # Only such a tree may need it; see patched().
            self._outside = outside.Outside(lambda name: source.tarball(
                lines.by_name(name), self.cache, self._console))
        confine.confine(isolation, self.cache / "mnt" / "cage")
        gaps = confine.gaps()
        if gaps and (self.opts.kdir or self._foreign_patches()):
            self._console.note(f"on this machine builds and kernels can {gaps}; test what "
                               "you do not trust as root, or where user namespaces are "
                               "allowed")
        try:
            with confine.booting(folder):
                yield
        finally:
            if self._outside:
                self._outside.close()

    def _foreign_patches(self) -> list[Path]:
        """Those of --with that are none of ours."""
        ours = REPOSITORY / "patches"
        return [path for path in self.opts.patches
                if not path.resolve().is_relative_to(ours)]

    def source(self) -> Source:
        """The user's tree, or Debian's.  Raises TestbedError."""
        opts = self.opts
        if opts.kdir:
            theirs = source.from_kdir(opts.kdir, opts.line, self._console)
            note = confine.let_read(theirs.path, source.LANDMARKS)
            if note:
                self._console.note(note)
            return theirs
        found = self._unpacked()
        if unpack.lacks(found.path, patching.paths(opts.patches)):
            return self._unpacked(whole=True)
        return found

    def _unpacked(self, whole: bool = False) -> Source:
        return source.unpack(self.opts.line or lines.DEFAULT, self._archive, self.cache,
                             self._console, whole)

    def kernel(self, origin: Source) -> Made:
        """The kernel to boot.  Raises TestbedError if it cannot be built."""
        try:
            return self._somewhere(origin)
        except TestbedError as err:
            if not origin.frozen or not unpack.may_explain(origin.path, err):
                raise
        self._console.note("this takes files that no run has taken so far")
        self._unpacked(whole=True)
        return self._somewhere(origin)

    def _somewhere(self, origin: Source) -> Made:
        """kernel(), on an overlay or else on a copy."""
        if self.isolation.mounts:
            try:
                return self._build(origin, True)
            except Refused as err:
                self._console.note(f"{err}; working on a copy instead")
        else:
            self._console.note("no private mounts on this machine; working on a copy")
        return self._build(origin, False)

    def patches(self) -> list[Path]:
        """Those of ours that the kernel gets.  Raises TestbedError."""
        return patching.ours(self.opts.fixes, self.opts.config.name, self.opts.groups)

    def work_tree(self, origin: Source,
                  overlay: bool) -> tuple[tree.WorkTree, planning.Plan]:
        """The tree to build @origin in, and how to build it."""
        opts = self.opts
        # make goes by time stamps, which a copy and an overlay do not share.  Without
        # overlays there are no offshoots: such a tree gets its own state.
        names = [*(f"--group={name}" for name in opts.groups),
                 *([] if overlay else ["copy", *(str(path) for path in opts.patches)])]
        state = tree.state_folder(self.cache, origin, opts.config.name, "\0".join(
            [str(opts.build_dir or ""), *opts.build_options, *names,
             *([f"LLVM={deps.llvm()}"] if deps.llvm() else [])]))
        places = tree.choose_places(self.cache, state, overlay, self.folder)
        if opts.build_dir and not overlay:
            places = replace(places, build=opts.build_dir)
        users = os.environ.get("CCACHE_DIR")
        plan = planning.Plan(opts.config.on(origin.line).files, opts.jobs, opts.build_options,
                          self.cache / "ccache", opts.config.specs, opts.config.name,
                          Path(users).absolute() if users else None)
        if not origin.frozen:
            plan = self._compiles_apart(plan, state / "ccache")
        return tree.WorkTree(origin, places, self.isolation, opts.build_dir,
                             self._console), plan

    def _compiles_apart(self, plan: planning.Plan, kept: Path) -> planning.Plan:
        """@plan for foreign code: what it compiles is @kept for itself."""
        if self._own_ccache is None:
            self._own_ccache = ccache.Own(
                plan.private or plan.ccache, self.cache / "mnt" / "ccache", self.folder,
                self.isolation)
        return replace(plan, private=self._own_ccache.folder(kept))

    def locked(self, work: tree.WorkTree) -> contextlib.AbstractContextManager[None]:
        """Nobody else builds in the place of @work while this is open."""
        return lock.held(work.places.state / "lock", lambda: self._console.note(
            "waiting for another run, which builds in the same place"))

    def _build(self, origin: Source, overlay: bool) -> Made:
        opts = self.opts
        self.overlay = overlay
        suites = suite_files()
        patches = self.patches()
        work, plan = self.work_tree(origin, overlay)
        builder = build.Builder(work, plan, self._console)
        state = work.places.state
        copy = self.folder / "linux"
        with self.locked(work):
            wanted = self.patched(origin, patches if overlay else
                                  [*patches, *opts.patches], "patched", suites)
            # For mmt gc.
            lock.write_json(state / "what.json", f"Linux {origin.version} "
                            f"{opts.config.name}, {origin.origin}")
            with work.mounted():
                kernel = builder.kernel(wanted)
                if opts.config.counts:
                    self.counters = coverage.Counters(self.folder / "coverage",
                                                      work.places)
                    self.counters.keep()
                if not (opts.patches or self._vary) or not overlay:
                    build.take(kernel.path, copy)
                    return Made(replace(kernel, path=copy), state)
            changed = self.patched(origin, [*patches, *opts.patches], "varied", suites)
            if self._vary:
                changed = self._vary(changed, origin.path)
            if origin.frozen and self._foreign_patches():
                kept = state / "with" / tree.digest(changed)[:16]
                plan = self._compiles_apart(plan, kept)
                ccache.forget(kept.parent, kept)
                builder = build.Builder(work, plan, self._console)
            with work.offshoot(changed):
                build.take(builder.offshoot(), copy)
                if self.counters:
                    self.counters.keep()
                return Made(build.Kernel(copy, build.sha256(copy)), state)

    def known(self, origin: Source) -> known.Known:
        """The bugs that @origin has, as it is built here."""
        if self.opts.fixes:
            return known.Known()
        folder = self.folder / "fixes"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            there, notes = fixes.missing(origin.path, folder, functools.partial(
                applied.apply, self.cache / "applied"), self.opts.groups)
        except TestbedError as err:
            there, notes = set(), [f"what known bugs this tree has cannot be told: "
                                   f"{err.message}"]
        for note in notes:
            self._console.note(note)
        return known.Known([bug for bug in known.read(patching.ours())
                            if bug.name in there])

    def _references(self, origin: Source, paths: set[str], folder: Path) -> Iterator[Path]:
        """What patches were made on: what the git of @origin has of it, in new folders below
        @folder, and the source of Debian's that is nearest to it; each with @paths.

        Raises HostError.
        """
        yield from blobs.trees(origin.path, origin.version, paths, folder)
        assert self._outside
        line = lines.like(origin.line)
        archive = self._outside.ask(line.name)
        yield source.reference(line, archive, self.cache, self._console, paths)

    def patched(self, origin: Source, patches: Sequence[Path], scratch: str,
                suites: dict[str, bytes]) -> tree.Files:
        """What @patches make of @origin, with @suites on top.

        @scratch: the name of a folder to do it in.  Raises TestbedError.
        """
        key = ""
        if self._remembered is not None:
            key = "\0".join([*map(str, patches), tree.digest(
                {path: tree.read_or_none(origin.path / path)
                 for path in patching.paths(patches) | patching.looked_at(patches)})])
            if key in self._remembered:
                return {**self._remembered[key], **suites}
        folder = self.folder / scratch
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        result = applied.apply(
            self.cache / "applied", origin.path, patches, folder,
            None if origin.frozen else lambda paths: self._references(
                origin, paths, self.folder / f"{scratch}.git"))
        there = [taken.patch for taken in result.taken if taken.how == "in already"]
        for note in result.notes:
            if len(there) <= _FEW or not note.endswith(" is in this tree already"):
                self._console.note(note)
        if len(there) > _FEW:
            self._console.note(f"{words.count(len(there), 'patch')} of ours are in this tree "
                               "already")
        self.taken = result.taken
        if self._remembered is not None:
            self._remembered[key] = result.files
        return {**result.files, **suites}

# SPDX-License-Identifier: GPL-2.0
"""What a run would do, as commands: --dry-run."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import Iterator, Optional

from ..boot import uml, usual
from ..errors import Exit
from ..host import cachedir, deps
from ..kernel import blobs, patching, planning, source
from ..kernel.workshop import Workshop
from ..model import lines
from ..model.options import Options
from ..model.repository import SUITES
from ..ui.console import Console


def _files_to_apply(there: Optional[source.Source], opts: Options, cache: Path) -> list[str]:
    """The patches that the tree gets, or a comment on one; where it is not @there yet,
    the folders of those with variants."""
    patches = [*patching.ours(config=opts.config.name, groups=opts.groups), *opts.patches]
    if there is None:
        return [str(path) for path in patches]
    tree = there
    with tempfile.TemporaryDirectory() as name:
        def references(paths: set[str]) -> Iterator[Path]:
            yield from blobs.trees(tree.path, tree.version, paths, Path(name) / "git")
            near = source.present(lines.like(tree.line), cache)
            if near:
                yield near.path

        scratch = Path(name) / "scratch"
        scratch.mkdir()
        result = patching.apply(there.path, patches, scratch,
                                None if there.frozen else references)
    return [f"# {taken.patch}: {taken.how}"
            if taken.how in ("not needed", "in already", "merged", patching.BY_RULE)
            else str(path / f"{taken.variant}.patch" if taken.variant else path)
            for path, taken in zip(patches, result.taken)]


def show(opts: Options, console: Console) -> int:
    """Print it.  Raises TestbedError."""
    line = console.line
    absent = deps.missing([*deps.BUILD, *deps.compilers(), *opts.tools])
    if absent:
        packages = sorted({tool.package for tool in absent})
        line("apt-get install --no-install-recommends " + shlex.join(packages))
    cache = cachedir.root(console, create=False)
    which = opts.line or lines.DEFAULT
    if opts.kdir:
        origin = source.from_kdir(opts.kdir, opts.line, console)
        Workshop(opts, console).check_variant(origin.line)
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
    for path in _files_to_apply(there, opts, cache):
        line(path if path.startswith("#") else shlex.join([
            "git", "--git-dir=/dev/null", "-C", str(mnt / "src"), "apply", path]))
    line(shlex.join(["cp", "-r", str(SUITES), str(mnt / "src/mm/")]))
    plan = planning.Plan(opts.config.files, opts.jobs, opts.build_options,
                      cache / "ccache", specs=opts.config.specs)
    if plan.specs:
        line(shlex.join(["printf", "%b", plan.specs.replace("\n", "\\n")]) +
             f" > {shlex.quote(str(plan.spec_file))}")
        line(f"export KCFLAGS={shlex.quote(plan.kcflags())}")
    line(shlex.join(planning.command(plan, mnt / "src", opts.build_dir or mnt / "build")))
    how = usual.options(opts, mnt / "run/linux", mnt / "run/server-1")
    if opts.children:
        # The requests, such as kunit.filter_glob=SUITE.CASE, go to descriptor 3.
        line(shlex.join(uml.command(how.kernel, how.folder, [
            *how.words, f"snapshot=3,4,{how.cpu},1"], "")))
    else:
        line(shlex.join(uml.command(how.kernel, mnt / "run/boot-1", how.words,
                                    opts.filter)))
    return Exit.PASSED

# SPDX-License-Identifier: GPL-2.0
"""The configurations that a kernel can be built in: the words of --variant.

A new one is an entry in CONFIGS and a file in tools/configs/. up.config is for all that
have one CPU.
The fragments come after .kunitconfig and are kept as they are: a symbol more or less,
and the compiler's cache knows hardly any file again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from ..host import deps
from . import counted
from .lines import Line
from .repository import REPOSITORY

FOLDER = REPOSITORY / "tools" / "configs"


@dataclass(frozen=True)
class Config:
    """One configuration.

    @name: what --variant calls it.
    @summary: what it is for, in a few words.
    @args: for the kernel's command line.
    @specs: a spec file for the compiler.
    @slow: a case takes so many times as long as in the plain kernel, at worst.
    @tools: what it needs on the host, beside deps.BUILD.
    @cpus: that the kernel has.
    @memory: how much of its memory a kernel uses, at worst, in MiB.
    @counts: the kernel leaves counters of what has run.
    @programs: it can run a user space, and has to run ours.
    @folders: of mm/kunit, that only this configuration and those with it build.
    @also: the names of others of which it has everything: fragments, patches, folders,
        controls.
    """

    name: str
    summary: str
    args: tuple[str, ...] = ()
    specs: str = ""
    slow: int = 1
    tools: tuple[deps.Tool, ...] = ()
    cpus: int = 1
    memory: int = 512
    counts: bool = False
    programs: bool = False
    folders: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def userspace(self) -> bool:
        """Whether our programs have to run."""
        return any(by_name(name).programs for name in (*self.also, self.name))

    @property
    def fragments(self) -> tuple[Path, ...]:
        """What it adds to .kunitconfig, in the order in which it comes."""
        names = [*(["up"] if self.cpus == 1 else []), *self.also,
                 *([self.name] if self.name != PLAIN.name else [])]
        return tuple(FOLDER / f"{name}.config" for name in names)

    @property
    def files(self) -> tuple[Path, ...]:
        """All that kunit.py has to merge."""
        return (REPOSITORY / ".kunitconfig", *self.fragments)

    def on(self, line: Line) -> Config:
        """This configuration for @line: without those others that it cannot have."""
        return replace(self, also=tuple(name for name in self.also
                                        if name not in dict(line.lacks)))

    def obstacle(self, line: Line) -> str:
        """Why @line cannot be built like this; "" if it can."""
        if self.specs and deps.llvm():
            return "gcc counts what has run, not clang; unset LLVM"
        return dict(line.lacks).get(self.name, "")


PLAIN = Config("plain", "what the suites need, and lockdep")
CONFIGS = (
    PLAIN,
    Config("kasan", "KASAN, UBSAN and page poisoning; all of full",
           # All of the memory is written to at boot, with poison, and each copy of the kernel
           # costs by what has been written to.
           args=("page_poison=1", "mem=640M"), slow=4, memory=896, also=("full", "dax")),
    Config("full", "hugetlb, KSM and more, CONFIG_PAGE_TABLE_CHECK, a user space",
           slow=2, programs=True,
           folders=("hugetlb", "ksm", "large_swap", "memcg", "memory_failure")),
    Config("numa", "two nodes of memory, and its suites", folders=("nodes",)),
    Config("dax", "device-dax, and its suites", folders=("dax",)),
    Config("gcov", "coverage of the files under test, with all of full",
           specs=counted.SPECS, slow=2, tools=counted.TOOLS, counts=True, also=("full",)),
    # Grace periods begin at once, and do not wait for a tick at each step.
    Config("smp", "four CPUs",
           args=("ncpus=4", "seccomp=on", "rcutree.jiffies_till_first_fqs=0",
                 "rcutree.qhimark=0"), slow=2, cpus=4, also=("dax",)),
)


def builds(name: str, file: str, line: Optional[Line] = None) -> bool:
    """Whether the configuration @name has the suite in @file, below mm/kunit, on @line."""
    folder = Path(file).parent.name
    special = {config.name for config in CONFIGS if folder in config.folders}
    return not special or bool(special & parts(name, line))


def parts(name: str, line: Optional[Line] = None) -> frozenset[str]:
    """The configuration @name, if there is one, and all that it has as well on @line."""
    found = [config.on(line) if line else config for config in CONFIGS if config.name == name]
    return frozenset({name}.union(*(config.also for config in found)))


def by_name(name: str) -> Config:
    """The configuration called @name.  Raises KeyError."""
    return {config.name: config for config in CONFIGS}[name]

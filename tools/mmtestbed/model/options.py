# SPDX-License-Identifier: GPL-2.0
"""What the user asked for of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..host import deps
from . import configs, counted, lines, shards

# CPU seconds after which a case of it hangs that runs in virtual time.
CPU_TIME = 10.0
# What a random case draws from, unless --seed says so.
SEED = 1


@dataclass(frozen=True)
class Options:
    """What the user asked for; see cli/options.py for the words.

    @filter: the glob that KUnit gets; @select: words that mean cases, if one glob is not
        enough; @exclude: those that are left out.
    @first: cases that run before the others.
    @changed: a commit: only cases that reach what differs from it.
    @reach: record which functions each case reaches.
    @wanted: the variant that was named.  @config: that, or the default.
    @shuffle: the seed of the order, None if that is to stay.
    @seed: of what is random in the cases, None for the usual one.
    @no_skips: what is skipped, but runs on the nearest known kernel, is a failure.
    @pack: where the kernel goes instead of being booted.
    @kernel: a packed one, which is booted instead of building one.
    @origin: the CI system that the report for KCIDB is from.
    @shard: the part of the cases to run, None for all.
    @fixes: of the code under test go in; else the kernel is tested as it is.
    @groups: of patches that propose a change of it, and go in as well.
    """

    kdir: str
    line: Optional[lines.Line]
    all: bool
    wanted: Optional[configs.Config]
    config: configs.Config
    coverage: Optional[Path]
    html: bool
    patches: tuple[Path, ...]
    filter: str
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    first: tuple[str, ...]
    changed: str
    fail_fast: bool
    reach: bool
    list: bool
    jobs: int
    build_dir: Optional[Path]
    keep: bool
    raw: bool
    timeout: float
    own_timeout: Optional[float]
    dry_run: bool
    json: Optional[Path]
    junit: Optional[Path]
    ktap: Optional[Path]
    repeat: int
    shuffle: Optional[int]
    seed: Optional[int]
    seconds: Optional[float]
    one_boot: bool
    host_time: bool
    gdb: str
    build_options: tuple[str, ...]
    kernel_args: tuple[str, ...]
    install: bool = True
    fixes: bool = True
    groups: tuple[str, ...] = ()
    no_skips: bool = False
    shard: Optional[shards.Shard] = None
    kcidb: Optional[Path] = None
    pack: Optional[Path] = None
    kernel: Optional[Path] = None
    origin: str = ""

    @property
    def children(self) -> bool:
        """A child of the kernel for each case: a kernel with more CPUs cannot fork."""
        return not self.one_boot and self.config.cpus == 1

    @property
    def chooses(self) -> bool:
        """Which cases run is more than KUnit's one glob says."""
        return bool(self.select or self.exclude or self.changed)

    @property
    def virtual(self) -> bool:
        """Virtual time, which more CPUs cannot have either."""
        return not self.host_time and self.config.cpus == 1

    @property
    def cpu(self) -> int:
        """CPU seconds after which a case hangs, in virtual time."""
        return math.ceil(self.own_timeout or CPU_TIME * self.config.slow)

    @property
    def tools(self) -> tuple[deps.Tool, ...]:
        """What the host needs beside deps.BUILD."""
        return (*(tool for tool in self.config.tools
                  if self.html or tool not in counted.HTML_TOOLS),
                *(deps.DEBUG if self.gdb else ()),
                *(counted.REACH_TOOLS if self.reach else ()))

# SPDX-License-Identifier: GPL-2.0
"""The host tools that a run needs; on Debian and Ubuntu they install themselves."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from . import proc
from .errors import HostError
from .report import Console

# Where Debian keeps tools that an ordinary user's PATH may lack.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Tool:
    """Something that must be there: @probe is a command or an absolute path, or glob."""

    probe: str
    package: str
    why: str

    def present(self) -> bool:
        """True if it is installed."""
        if self.probe.startswith("/"):
            return any(Path("/").glob(self.probe[1:]))
        return shutil.which(self.probe) is not None


BUILD = (
    Tool("gcc", "gcc", "compiles the kernel"),
    Tool("/usr/include/stdio.h", "libc6-dev", "User-Mode Linux links with libc"),
    Tool("ld", "binutils", "links the kernel"),
    Tool("make", "make", "builds the kernel"),
    Tool("flex", "flex", "Kconfig's scanner"),
    Tool("bison", "bison", "Kconfig's parser"),
    Tool("bc", "bc", "generates timeconst.h"),
    Tool("perl", "perl", "some of the kernel's build scripts"),
    Tool("xz", "xz-utils", "unpacks the kernel source"),
    Tool("tar", "tar", "unpacks the kernel source"),
    Tool("patch", "patch", "applies the series"),
    Tool("ccache", "ccache", "makes the second build fast"),
)
MUTATE = (
    Tool("/usr/lib/llvm-*/include/clang-c/Index.h", "libclang-dev", "reads C"),
)
TEST = (
    Tool("git", "git", "makes throw-away trees"),
    Tool("shellcheck", "shellcheck", "checks the shell scripts"),
    Tool("mypy", "mypy", "checks the Python package"),
    Tool("rst2xml", "python3-docutils", "reads the documentation"),
)


def _root() -> Optional[list[str]]:
    """The prefix that makes a command run as root; None if there is none."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and proc.run(["sudo", "-n", "true"]).code == 0:
        return ["sudo", "-n", "env"]
    return None


def last_error(output: str) -> str:
    """The line of apt's @output that says what went wrong."""
    errors = [line for line in output.splitlines()
              if line.startswith(("E:", "Err:", "W: Failed"))]
    lines = errors or output.strip().splitlines() or ["no message"]
    return lines[-1].strip()


def apt(prefix: Sequence[str], *args: str) -> proc.Done:
    """Run apt-get without questions, as @prefix says."""
    options = ["DEBIAN_FRONTEND=noninteractive"]
    command = [*prefix, *(options if prefix else []), "apt-get", "-q", "-y",
               "-o", "Acquire::Retries=2", *args]
    env = proc.environment({"DEBIAN_FRONTEND": "noninteractive"})
    return proc.run(command, env=env)


def missing(tools: Sequence[Tool]) -> list[Tool]:
    """Those of @tools that are not installed."""
    return [tool for tool in tools if not tool.present()]


def ensure(tools: Sequence[Tool], console: Console) -> None:
    """Install what is missing of @tools, or say how.  Raises HostError."""
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:{PATH}".lstrip(":")
    absent = missing(tools)
    if not absent:
        return
    names = ", ".join(Path(tool.probe).name for tool in absent)
    packages = sorted({tool.package for tool in absent})
    by_hand = "apt-get install " + " ".join(packages)
    if not shutil.which("apt-get"):
        raise HostError(f"missing: {names}; install the packages that your "
                        f"distribution calls {' '.join(packages)}",
                        [f"{tool.probe}: {tool.why}" for tool in absent])
    prefix = _root()
    if prefix is None:
        raise HostError(f"missing: {names}; as root, run: {by_hand}",
                        [f"{tool.probe}: {tool.why}" for tool in absent])
    console.begin("installing " + " ".join(packages))
    command = ("install", "--no-install-recommends", *packages)
    done = apt(prefix, *command)
    if done.code != 0:
        update = apt(prefix, "update")
        done = apt(prefix, *command)
        if done.code != 0:
            console.abandon()
            reason = last_error(update.output if update.code else done.output)
            raise HostError(f"cannot install {' '.join(packages)}; check the "
                            f"network and run by hand: {by_hand}", [reason])
    absent = missing(tools)
    if absent:
        raise HostError(f"{absent[0].probe} is still missing after "
                        f"{by_hand}; is it on the PATH?")
    console.end()

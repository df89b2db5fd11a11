# SPDX-License-Identifier: GPL-2.0
"""The host tools that a run needs.

On Debian and Ubuntu what is missing is installed, after a line that says so, unless
the user forbids it (--no-install).  Elsewhere it is listed, and the run goes on with
what is there: another distribution may have it under another name.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

from ..errors import HostError
from ..ui.console import Console
from . import proc

# Where Debian keeps tools that an ordinary user's PATH may lack.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Tool:
    """Something on the host.

    @probe: a command, or an absolute path, or a glob for one.
    @package: what Debian calls the package that has it.
    @why: what it is for, in a few words.
    @optional: without it, less is done or it takes longer, and that is all.
    """

    probe: str
    package: str
    why: str
    optional: bool = False

    @property
    def name(self) -> str:
        """What people call it: the command, or the package of what is none."""
        return self.package if self.probe.startswith("/") else self.probe

    def __str__(self) -> str:
        return f"{self.name} ({self.why})"

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
    Tool("git", "git", "applies patches"),
    Tool("find", "findutils", "sees what has changed in a tree"),
    Tool("ccache", "ccache", "makes the second build fast", optional=True),
)
MUTATE = (
    Tool("/usr/lib/llvm-*/include/clang-c/Index.h", "libclang-dev", "reads C"),
)
CONTROLS = (
    Tool("spatch", "coccinelle", "applies controls to the kernel source"),
)
DEBUG = (
    Tool("gdb", "gdb", "stops a case where it fails"),
)
TEST = (
    Tool("git", "git", "makes throw-away trees", optional=True),
    Tool("shellcheck", "shellcheck", "checks the shell scripts", optional=True),
    Tool("mypy", "mypy", "checks the Python package", optional=True),
    Tool("pyflakes3", "pyflakes3", "finds what is not used", optional=True),
    Tool("/usr/lib/python3/dist-packages/hypothesis/__init__.py", "python3-hypothesis",
         "tries parsers on any input", optional=True),
    Tool("/usr/lib/python3/dist-packages/jsonschema/__init__.py", "python3-jsonschema",
         "holds reports against their schema", optional=True),
    Tool("/usr/lib/python3/dist-packages/yaml/__init__.py", "python3-yaml",
         "reads the files for CI systems", optional=True),
    Tool("vim", "vim", "goes to what has failed", optional=True),
    Tool("b4", "b4", "gets series from lists", optional=True),
    Tool("parallel", "parallel", "spreads work over machines", optional=True),
    Tool("rsync", "rsync", "copies files for parallel", optional=True),
    Tool("rst2xml", "python3-docutils", "reads the documentation", optional=True),
)

# Only where tests are named that need it: it takes more room than all the others.
BROWSER = (
    Tool("chromium", "chromium", "shows the page of mmt report", optional=True),
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


def llvm() -> str:
    """LLVM= for make, from the environment: "" for gcc, else as kbuild has it.

    "1": clang; "-16": clang-16; "/usr/lib/llvm-16/bin/": clang in this folder.
    """
    return os.environ.get("LLVM", "")


def _of_llvm(name: str) -> str:
    """What the program @name of LLVM is called here."""
    wanted = llvm()
    if wanted.endswith("/"):
        return wanted + name
    return name + wanted if wanted.startswith("-") else name


def compiler() -> str:
    """CC for make: gcc or clang, behind ccache where that is installed."""
    name = _of_llvm("clang") if llvm() else "gcc"
    return f"ccache {name}" if shutil.which("ccache") else name


def compilers() -> tuple[Tool, ...]:
    """What a build with LLVM= needs beside BUILD."""
    if not llvm():
        return ()
    version = llvm() if llvm().startswith("-") else ""
    return (Tool(_of_llvm("clang"), f"clang{version}", "compiles the kernel"),
            Tool(_of_llvm("ld.lld"), f"lld{version}", "links the kernel"),
            Tool(_of_llvm("llvm-ar"), f"llvm{version}", "links the kernel"))


def ensure(tools: Sequence[Tool], console: Console, install: bool = True) -> list[Tool]:
    """Install what is missing of @tools, if that can be and @install allows it.

    Returns what is still missing, after a note: what a run can do without, and, where
    there is no apt, anything.  Raises HostError if something else is missing, or if it
    cannot be installed.
    """
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:{PATH}".lstrip(":")
    absent = missing(tools)
    if not absent:
        return []
    prefix = _root() if install and shutil.which("apt-get") else None
    if prefix is None:
        return _do_without(absent, console, install)
    packages = sorted({tool.package for tool in absent})
    command = ("install", "--no-install-recommends", *packages)
    by_hand = "apt-get install " + " ".join(packages)
    console.note(f"missing: {_list(absent)}; running apt-get {' '.join(command)} "
                 "(--no-install forbids it)")
    console.begin("installing " + " ".join(packages))
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
    return []


def _list(tools: Sequence[Tool]) -> str:
    """@tools with their purposes; what serves two is named once."""
    once: dict[str, Tool] = {}
    for tool in tools:
        once.setdefault(tool.name, tool)
    return ", ".join(map(str, once.values()))


def _do_without(absent: Sequence[Tool], console: Console, install: bool) -> list[Tool]:
    """Nothing can be installed: say what is @absent, and how to get it."""
    packages = " ".join(sorted({tool.package for tool in absent}))
    if not shutil.which("apt-get"):
        hint = f"install what your distribution has for Debian's {packages}"
        needed: list[Tool] = []
    else:
        hint = f"as root, run: apt-get install {packages}"
        needed = [tool for tool in absent if not tool.optional]
        if not install:
            hint += ", or leave out --no-install"
    if needed:
        names = ", ".join(tool.name for tool in needed)
        raise HostError(f"missing: {names}; {hint}",
                        [f"{tool.probe}: {tool.why}" for tool in absent])
    console.note(f"missing: {_list(absent)}; going on without; {hint}")
    return list(absent)

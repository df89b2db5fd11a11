# SPDX-License-Identifier: GPL-2.0
"""Unpack a kernel source, without what a User-Mode Linux kernel is never built from.

Of the 1.7 GB of Linux 6.12 three quarters are drivers, other architectures, tools and
documents.  Their Kconfig and Makefiles stay: those are read in any case.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Iterable

from ..errors import HostError, TestbedError
from ..host import proc

# Folders whose source is left out, as tar and fnmatch take it: * is any path.
_SOURCE = (
    *(f"drivers/{name}" for name in (
        "accel", "clk", "comedi", "crypto", "dma", "gpu", "hid", "hwmon", "iio",
        "infiniband", "isdn", "media", "mfd", "mmc", "mtd", "net/*", "phy", "pinctrl",
        "platform", "power", "regulator", "s390", "scsi", "soc", "spi", "staging", "usb",
        "video", "xen")),
    *(f"arch/{name}" for name in (
        "alpha", "arc", "arm", "arm64", "csky", "hexagon", "loongarch", "m68k",
        "microblaze", "mips", "nios2", "openrisc", "parisc", "powerpc", "riscv", "s390",
        "sh", "sparc", "xtensa")),
    "samples", "sound", "tools/bpf", "tools/perf", "tools/power")
PATTERNS = (
    *(f"{folder}/*.[chS]" for folder in _SOURCE), "arch/*/*.dts", "arch/*/*.dtsi",
    "arch/*/*.dtso", "Documentation/*.rst", "Documentation/*.yaml", "Documentation/*.txt",
    "Documentation/*.svg", "tools/perf/*.json", "tools/testing/selftests/*")
_LEFT_OUT = re.compile("|".join(
    re.escape(pattern).replace(r"\*", ".*").replace(r"\[chS\]", "[chS]")
    for pattern in PATTERNS))
# How make and the compiler say that a file is missing.
_MISSING = re.compile(r"No rule to make target|No such file or directory|can't open file|"
                      r"cannot open")


def mark(tree: Path) -> Path:
    """The file beside @tree that says that not all of it is there."""
    return tree.with_name(f"{tree.name}.part")


def is_part(tree: Path) -> bool:
    """True if @tree has been unpacked in part."""
    return mark(tree).exists()


def left_out(path: str) -> bool:
    """True if a tree that is unpacked in part lacks the file @path."""
    return _LEFT_OUT.fullmatch(path) is not None


def lacks(tree: Path, paths: Iterable[str]) -> bool:
    """True if @tree lacks one of the files @paths because it is there in part."""
    return is_part(tree) and any(left_out(path) and not (tree / path).exists()
                                 for path in paths)


def may_explain(tree: Path, err: TestbedError) -> bool:
    """True if @err may come of a file that @tree lacks because it is there in part."""
    return is_part(tree) and _MISSING.search("\n".join([err.message, *err.details])) \
        is not None


def unpack(archive: Path, tree: Path, whole: bool) -> None:
    """Make @archive into @tree: all of it, or if not @whole, what is needed.

    What was there is replaced, and is there until then.  Raises HostError.
    """
    with tempfile.TemporaryDirectory(prefix=".unpack.", dir=tree.parent) as tmp:
        top = archive.name.removesuffix(".tar.xz")
        less = [] if whole else ["--anchored", *(f"--exclude={top}/{pattern}"
                                                 for pattern in PATTERNS)]
        done = proc.run(["tar", "-C", tmp, "-xJf", str(archive), "--no-same-owner",
                         "--strip-components=1", "--one-top-level=tree", *less])
        if done.code != 0:
            last = (done.output.strip().splitlines() or ["no message"])[-1]
            hint = "make room" if "No space left" in done.output else \
                "remove it and try again"
            raise HostError(f"cannot unpack {archive} below {tree.parent}; {hint}",
                            [last])
        if not whole:
            mark(tree).touch()
        elif tree.exists():
            os.rename(tree, Path(tmp) / "old")
        os.replace(Path(tmp) / "tree", tree)
        if whole:
            mark(tree).unlink(missing_ok=True)

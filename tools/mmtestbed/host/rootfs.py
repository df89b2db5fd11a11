# SPDX-License-Identifier: GPL-2.0
"""What commands in a cage see of the host: its tools, and nothing else of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

from ..errors import Refused
from . import ns

# What of the host's files is shown, read-only, as far as it is there.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix",
           "/gnu", "/etc/alternatives", "/etc/ccache.conf", "/etc/group", "/etc/ld.so.cache",
           "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/nsswitch.conf",
           "/etc/os-release", "/etc/passwd", "/etc/perl", "/etc/python3")
# Where anybody may write, and what that is goes away with the cage.
SCRATCH = ("/tmp", "/var/tmp", "/dev/shm")
_DEVICES = ("null", "zero", "full", "random", "urandom")


def prepare(place: Path) -> Path:
    """Mount what all cages have in common below @place.

    Raises OSError or Refused when the host refuses.
    """
    ns.tmpfs(place)
    root = place / "root"
    root.mkdir()
    ns.tmpfs(root)
    for name in (*SYSTEM, *_elsewhere()):
        path = Path(name)
        if path.is_symlink():
            _folder(root, path.parent)
            (root / name[1:]).symlink_to(os.readlink(path))
            path = Path(os.path.realpath(path))
            if any(path.is_relative_to(shown) for shown in SYSTEM):
                continue
        if path.exists():
            show(root, path)
    dev = _folder(root, Path("/dev"))
    for name in _DEVICES:
        (dev / name).touch()
        ns.bind(Path("/dev") / name, dev / name)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                         ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")):
        (dev / name).symlink_to(target)
    for name in (*SCRATCH, "/run", "/etc", "/sys"):
        _folder(root, Path(name))
    proc = _folder(root, Path("/proc"))
    flags = ns.MS_NOSUID | ns.MS_NODEV | ns.MS_NOEXEC
    try:
        ns.mount("proc", proc, "proc", flags)
    except OSError:
        # The host keeps some of it from us, and hence a new one, too.
        ns.bind(Path("/proc"), proc)
    ns.read_only(proc)
    return place


def _elsewhere() -> list[str]:
    """Where the host has tools beside the usual places: this Python, and the folders of
    PATH themselves."""
    found = [sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))]
    home = os.path.realpath(os.environ.get("HOME") or "/root")
    for name in os.environ.get("PATH", "").split(":"):
        # A home in the PATH would be shown as a whole.
        if os.path.isabs(name) and os.path.isdir(name) and not Path(home).is_relative_to(
                os.path.realpath(name)):
            found.append(os.path.normpath(name))
    return [name for name in dict.fromkeys(found)
            if not any(Path(name).is_relative_to(shown) for shown in SYSTEM)]


def _folder(root: Path, path: Path) -> Path:
    """The folder that shows as @path below @root, made if need be."""
    target = root
    for part in path.parts[1:]:
        target /= part
        if target.is_symlink():
            raise Refused(f"{path} leads through a symbolic link")
        if not target.is_dir():
            target.mkdir(exist_ok=True)
            target.chmod(0o755)
    return target


def show(root: Path, path: Path, write: bool = False,
         common: Optional[Path] = None) -> None:
    """Show @path below @root, for reading or to @write.

    @common: where a folder or file to mount it on can be made, if @root is read-only.
    Raises OSError or Refused.
    """
    there = root
    if common and not any(path.is_relative_to(name) for name in SCRATCH):
        there = common
    if path.is_dir():
        _folder(there, path)
    else:
        (_folder(there, path.parent) / path.name).touch()
    target = root / str(path)[1:]
    ns.bind(path, target)
    if not write:
        ns.read_only(target)

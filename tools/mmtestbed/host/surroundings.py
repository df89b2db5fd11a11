# SPDX-License-Identifier: GPL-2.0
"""What decides a build beside the tree: tools, environment, headers of the host.

make notices some of it and not the rest.  A kernel that is taken for the one that would
be built now has to be built from the same of all of it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Iterable, Mapping, Optional

# Variables that no build reads: of sessions, terminals, editors and our own.  Whatever
# else changes counts, since any may be one that a Makefile reads.
_NO_MATTER = re.compile(
    r"_|PWD|OLDPWD|SHLVL|SHELL_SESSION.*|TERM.*|COLORTERM|COLUMNS|LINES|STY|WINDOW.*|"
    r"TMUX.*|SSH_.*|XDG_.*|DBUS_.*|DISPLAY|WAYLAND.*|XAUTHORITY|DESKTOP.*|SESSION.*|"
    r"GNOME.*|KDE_.*|QT_.*|GTK.*|VTE_.*|KONSOLE.*|ITERM.*|VSCODE.*|EMACS.*|INSIDE_EMACS|"
    r"VIM.*|NVIM.*|EDITOR|VISUAL|PAGER|LESS.*|LS_COLORS|MAIL|HIST.*|PS\d|PROMPT.*|"
    r"LANG|LANGUAGE|LC_.*|TZ|GIT_.*|GPG_.*|SUDO_.*|INVOCATION_ID|JOURNAL_STREAM|"
    r"SYSTEMD.*|MANAGERPID|.*_proxy|.*_PROXY|TMPDIR|TMP|TEMP|KDIR|MMTB_CACHE|"
    r"PYTHON(?!3?$).*|FAKE_.*|DEBIAN_FRONTEND|USER|LOGNAME|HOSTNAME")
# Programs that make calls, beside the compiler's own parts.
_PROGRAMS = ("gcc", "as", "ld", "ar", "nm", "objcopy", "make")


def environment(env: Mapping[str, str]) -> str:
    """A digest of the variables in @env that a build may read."""
    text = "\0".join(f"{name}={value}" for name, value in sorted(env.items())
                     if not _NO_MATTER.fullmatch(name))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def _facts(path: str) -> str:
    """Names the file @path as it is now."""
    try:
        stat = os.stat(path)
    except OSError:
        return f"{path} -"
    return f"{path} {stat.st_size} {stat.st_mtime_ns}"


def programs(compiler: str) -> str:
    """Names the tools that are installed now, @compiler (CC for make) among them."""
    names = dict.fromkeys([*compiler.split(), *_PROGRAMS])
    return "\0".join(_facts(os.path.realpath(shutil.which(name) or name))
                     for name in names)


def files(paths: Iterable[str]) -> str:
    """A digest of the files @paths of the host as they are now."""
    text = "\0".join(_facts(path) for path in sorted(paths))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


# In what fixdep writes for an object, a header of the host stands with its full path.
_HEADER = re.compile(rb"^  (/usr/[^ \n]+)", re.MULTILINE)


def commands(build: Path) -> "Iterable[Path]":
    """What kbuild has noted of the files that it has made below @build."""
    todo = [build]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".cmd"):
                    yield Path(entry.path)
                elif entry.is_dir(follow_symlinks=False) and entry.name != "config":
                    todo.append(Path(entry.path))


def headers(folders: Iterable[Path]) -> list[str]:
    """The files of the host that something below @folders was compiled from."""
    found: set[bytes] = set()
    for folder in folders:
        for path in commands(folder):
            found.update(_HEADER.findall(path.read_bytes()))
    return sorted(os.fsdecode(path) for path in found)


def ours(caught: Optional[Mapping[str, str]], base: Mapping[str, str]) -> dict[str, str]:
    """What make has added to the environment @base of what @caught was seen in."""
    return {name: value for name, value in (caught or {}).items()
            if base.get(name) != value and not name.startswith(("MAKE", "MFLAGS"))
            and name not in ("PATH", "PWD", "OLDPWD", "SHLVL", "_", "MMTB_CAUGHT")}

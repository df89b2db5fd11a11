# SPDX-License-Identifier: GPL-2.0
"""What this host can and cannot do for a run, and what would mend it.

Each check tries the thing itself, in a process that ends afterwards: what a file in /proc
says and what the kernel allows here are two things, in a container above all.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import errno
import mmap
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Optional, Sequence

from ..errors import Refused
from . import deps, ns

_GIB = 1 << 30
# What the first run takes: 1.8 GiB of kernel source, 0.4 GiB of build, and packages.
DISK = 2.5
# What a kernel may use of its memory, in MiB.
MEMORY = 512
_THP = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_SHM = Path("/dev/shm")
_GETPERSONALITY = 0xffffffff
_TRACEME = 0
_libc = ctypes.CDLL(None, use_errno=True)


class State(enum.Enum):
    """How good something is."""

    GOOD = "good"
    LESS = "less"           # a run goes on without, and is slower or less safe
    MISSING = "missing"     # no run comes to a verdict


@dataclass(frozen=True)
class Finding:
    """What one check found.

    @name: what was looked at, in a word or two.
    @fact: what is there.
    @mend: a command that mends it, or what else to do; "" if nothing is wrong.
    """

    name: str
    state: State
    fact: str
    mend: str = ""


def in_child(work: Callable[[], str]) -> str:
    """What @work returns, called in a process of its own; "" if that died."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        text = ""
        with contextlib.suppress(BaseException):
            os.close(read)
            text = work()
        with contextlib.suppress(BaseException):
            os.write(write, text.encode())
        os._exit(0)
    os.close(write)
    with open(read, "rb") as file:
        text = file.read().decode()
    os.waitpid(pid, 0)
    return text


def tools(wanted: Sequence[deps.Tool], what: str) -> Finding:
    """Are the tools @wanted here, which are for @what?"""
    absent = deps.missing(wanted)
    if not absent:
        return Finding(f"tools: {what}", State.GOOD, "all are here")
    names = " ".join(sorted({tool.package for tool in absent}))
    known = shutil.which("apt-get") is not None
    mend = f"apt-get install {names}" if known else \
        f"install what your distribution has for Debian's {names}"
    needed = [tool for tool in absent if not tool.optional]
    if known and os.geteuid() == 0:
        mend += " (a run does it by itself)"
    return Finding(f"tools: {what}", State.MISSING if needed else State.LESS,
                   "missing: " + ", ".join(sorted({tool.name for tool in absent})), mend)


def _space(cache: Path) -> str:
    """What namespaces and mounts a run gets here: an Isolation and a word on overlays."""
    how = ns.unshare_all()
    if not how.mounts:
        return f"{how.value} "
    # A child of the new PID namespace, as the worker of a run is.
    return in_child(lambda: f"{how.value} {_overlay(cache, how)}")


def _overlay(cache: Path, how: ns.Isolation) -> str:
    """"ok", or why no overlay can be mounted with its upper folder in @cache."""
    ns.keep_mounts()
    with tempfile.TemporaryDirectory(prefix=".doctor-", dir=cache) as name:
        top = Path(name)
        for part in ("lower", "upper", "work", "target"):
            (top / part).mkdir()
        (top / "lower" / "file").write_text("lower", encoding="ascii")
        try:
            ns.overlay([top / "lower"], top / "upper", top / "work", top / "target", how)
        except Refused as err:
            return str(err)
        try:
            # It may be mounted and yet refuse to copy a file up.
            (top / "target" / "file").write_text("upper", encoding="ascii")
        except OSError as err:
            return f"an overlay cannot be written to: {err.strerror}"
        finally:
            ns.umount_quietly(top / "target")
    return "ok"


def _sysctl(name: str) -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys", *name.split(".")).read_text(encoding="ascii").strip()
    return ""


def _open_namespaces() -> str:
    """What makes the host allow user namespaces."""
    for name, shut in (("kernel.unprivileged_userns_clone", "0"),
                       ("kernel.apparmor_restrict_unprivileged_userns", "1"),
                       ("user.max_user_namespaces", "0")):
        if _sysctl(name) == shut:
            value = {"0": "1", "1": "0"}[shut] if "max" not in name else "15000"
            return f"sysctl -w {name}={value}"
    return "run as root, or with user namespaces (a container: --security-opt " \
           "seccomp=unconfined)"


def spaces(cache: Path) -> Iterator[Finding]:
    """Namespaces and overlays: what keeps the tree, and the host, from a run."""
    how, _, overlay = in_child(lambda: _space(cache)).partition(" ")
    words = {ns.Isolation.ROOT.value: "as root", ns.Isolation.USER.value: "of a user"}
    if how not in words:
        yield Finding("namespaces", State.LESS, "refused: the kernel under test and its "
                      "build are not shut in", _open_namespaces())
        yield Finding("overlay", State.LESS, "none without namespaces: the source is "
                      "copied for each build", _open_namespaces())
        return
    yield Finding("namespaces", State.GOOD, words[how])
    if overlay == "ok":
        yield Finding("overlay", State.GOOD, "can be mounted and written to")
    else:
        known = Path("/proc/filesystems").read_text(encoding="ascii")
        yield Finding("overlay", State.LESS,
                      f"{overlay or 'refused'}: the source is copied for each build",
                      "set MMTB_CACHE to a folder on ext4, xfs, btrfs or a tmpfs"
                      if "\toverlay\n" in known else "modprobe overlay")


def disk(cache: Path, have_source: bool) -> Finding:
    """Is there room for a build in @cache, and for the source if that is not there?"""
    try:
        fd, name = tempfile.mkstemp(prefix=".doctor-", dir=cache)
        try:
            os.write(fd, bytes(1 << 20))
            os.fsync(fd)
        finally:
            os.close(fd)
            os.unlink(name)
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        return Finding("disk", State.MISSING,
                       f"cannot write to {cache}: {err.strerror}",
                       "mmt gc --free" if full else "set MMTB_CACHE to another folder")
    free = shutil.disk_usage(cache).free / _GIB
    need = 0.5 if have_source else DISK
    fact = f"{free:.1f} GiB free for the cache"
    if free >= need:
        return Finding("disk", State.GOOD, fact)
    return Finding("disk", State.MISSING, f"{fact}, and a run needs {need} GiB",
                   "mmt gc --free, or set MMTB_CACHE to a folder with more room")


def memory(free: int, cpus: int) -> Finding:
    """Is there room for kernels on @cpus CPUs?  @free: MiB that they may take."""
    fact = f"{free} MiB for kernels, {MEMORY} each at most; CPUs: {cpus}"
    if free >= MEMORY * min(cpus, 2):
        return Finding("memory", State.GOOD, fact)
    return Finding("memory", State.LESS if free >= MEMORY else State.MISSING, fact,
                   "end other programs, or give the machine more memory")


def shared_memory() -> Finding:
    """A kernel that is booted for itself has its memory in a tmpfs, and runs code there."""
    try:
        with tempfile.TemporaryFile(dir=_SHM) as file:
            file.truncate(mmap.PAGESIZE)
            with mmap.mmap(file.fileno(), mmap.PAGESIZE,
                           prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC):
                pass
    except PermissionError:
        return Finding("/dev/shm", State.MISSING, "no code may run there",
                       f"mount -o remount,exec {_SHM}")
    except OSError as err:
        return Finding("/dev/shm", State.MISSING, f"cannot be used: {err.strerror}",
                       f"mount -t tmpfs tmpfs {_SHM}")
    return Finding("/dev/shm", State.GOOD, "code may run there")


def _trace() -> str:
    """"ok" if a process may let its parent trace it, as User-Mode Linux has it."""
    pid = os.fork()
    if pid == 0:
        refused = _libc.ptrace(_TRACEME, 0, 0, 0) != 0
        if not refused:
            os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(1 if refused else 0)
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        return "refused"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "ok"


def tracing() -> Finding:
    """User-Mode Linux runs user processes under ptrace."""
    if in_child(_trace) == "ok":
        return Finding("ptrace", State.GOOD, "a process may trace its children")
    return Finding("ptrace", State.MISSING, "refused",
                   "sysctl -w kernel.yama.ptrace_scope=1"
                   if _sysctl("kernel.yama.ptrace_scope") in ("2", "3") else
                   "allow ptrace (a container: --cap-add SYS_PTRACE)")


def _fixed() -> str:
    """"ok" if address space randomisation can be left out."""
    ns.no_address_randomisation()
    now = _libc.personality(ctypes.c_ulong(_GETPERSONALITY))
    return "ok" if now >= 0 and now & ns.ADDR_NO_RANDOMIZE else "refused"


def addresses() -> Finding:
    """A kernel at the same addresses each time gives the same console each time."""
    if in_child(_fixed) == "ok":
        return Finding("addresses", State.GOOD, "need not be random")
    return Finding("addresses", State.LESS, "stay random: runs differ in addresses",
                   "allow personality(2) (a container: --security-opt "
                   "seccomp=unconfined)")


def huge_pages() -> Finding:
    """The memory of a kernel that forks itself is in huge pages where it can be."""
    try:
        text = _THP.read_text(encoding="ascii")
    except OSError:
        text = "[never]"
    if "[never]" not in text:
        return Finding("huge pages", State.GOOD, "may be had")
    return Finding("huge pages", State.LESS, "none: each case takes longer to fork",
                   f"echo madvise > {_THP}")


def source(version: Optional[str]) -> Finding:
    """@version: of the kernel source that is here, if there is one."""
    if version:
        return Finding("kernel source", State.GOOD, f"Linux {version}")
    if shutil.which("apt-get"):
        return Finding("kernel source", State.GOOD,
                       "none yet; the first run downloads Debian's (140 MB)")
    return Finding("kernel source", State.MISSING, "none, and no apt-get to fetch one",
                   "KDIR=/path/to/linux scripts/run.sh")

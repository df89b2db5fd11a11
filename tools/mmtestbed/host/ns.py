# SPDX-License-Identifier: GPL-2.0
"""Private namespaces: the run's mounts and processes die with it.

The calling process stays outside as a supervisor; a child becomes PID 1 of a
new PID namespace with a private mount namespace, and a grandchild does the
work.  However the supervisor ends, kill -9 included, the kernel then takes the
whole namespace down with it, mounts and User-Mode Linux processes alike.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import errno
import math
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Callable, Optional

from ..errors import Refused

_libc = ctypes.CDLL(None, use_errno=True)

# From <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>, <linux/personality.h>,
# <linux/keyctl.h>; the numbers of system calls are those of x86_64.
CLONE_FS = 0x00000200
CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
PR_SET_PDEATHSIG = 1
ADDR_NO_RANDOMIZE = 0x0040000
AT_RECURSIVE = 0x8000
MOUNT_ATTR_RDONLY = 1
_NR_KEYCTL = 250
_NR_MOUNT_SETATTR = 442
_KEYCTL_JOIN_SESSION_KEYRING = 1

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What the worker may take to clean up after one of them, in seconds: more than a
# command and the threads that wait for it get.
PATIENCE = 30.0


class Isolation(enum.Enum):
    """How far the worker is shut off from the rest of the machine."""

    ROOT = "root"          # namespaces, as root
    USER = "user"          # namespaces inside a user namespace
    PIDS = "pids"          # a PID namespace, but our mounts would be seen outside
    NONE = "none"          # the host refuses: no mounts, no PID namespace

    @property
    def mounts(self) -> bool:
        """True if we may mount."""
        return self in (Isolation.ROOT, Isolation.USER)


def _check(result: int, what: str) -> None:
    """Raise OSError if a libc call failed; @what names the call."""
    if result != 0:
        err = ctypes.get_errno()
        raise OSError(err, f"{what}: {os.strerror(err)}")


def unshare(flags: int) -> None:
    """unshare(2).  Raises OSError when the host refuses."""
    _check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: Path, fstype: str, flags: int = 0,
          options: str = "") -> None:
    """mount(2).  Raises OSError when the host refuses."""
    _check(_libc.mount(os.fsencode(source), os.fsencode(target),
                       fstype.encode(), ctypes.c_ulong(flags),
                       os.fsencode(options)),
           f"mount {fstype} on {target}")


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64)
                for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def read_only(target: Path) -> None:
    """Let nobody write through the mount @target, nor through those below it.

    Raises OSError when the host refuses.
    """
    attr = _MountAttr(attr_set=MOUNT_ATTR_RDONLY)
    if _libc.syscall(_NR_MOUNT_SETATTR, -1, os.fsencode(target), AT_RECURSIVE,
                     ctypes.byref(attr), ctypes.sizeof(attr)) == 0:
        return
    if ctypes.get_errno() != errno.ENOSYS:
        raise OSError(ctypes.get_errno(), f"mount {target} read-only")
    for place, flags in _mounts(target):
        mount("none", place, "", MS_REMOUNT | MS_BIND | MS_RDONLY | flags)


def _mounts(top: Path) -> list[tuple[Path, int]]:
    """The mounts at and below @top with the flags that they have to keep."""
    words = {"nosuid": MS_NOSUID, "nodev": MS_NODEV, "noexec": MS_NOEXEC,
             "noatime": 1024, "nodiratime": 2048, "relatime": 1 << 21}
    found = []
    with open("/proc/thread-self/mountinfo", encoding="utf-8",
              errors="surrogateescape") as file:
        for line in file:
            fields = line.split()
            path = Path(fields[4].encode("utf-8", "surrogateescape").decode(
                "unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape"))
            if path.is_relative_to(top):
                found.append((path, sum(words.get(word, 0)
                                        for word in fields[5].split(","))))
    return found


def leave_keys() -> None:
    """Have a session keyring of our own, without the user's keys; best effort."""
    if os.uname().machine == "x86_64":
        _libc.syscall(_NR_KEYCTL, _KEYCTL_JOIN_SESSION_KEYRING, None)


def umount(target: Path) -> None:
    """umount2(2) with MNT_DETACH.  Raises OSError."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(2)),
           f"umount {target}")


def umount_quietly(target: Path) -> None:
    """umount(), if it is a mount."""
    with contextlib.suppress(OSError):
        umount(target)


def die_with_parent() -> None:
    """Ask for SIGKILL when the parent (thread) ends; usable as preexec_fn."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def no_address_randomisation() -> None:
    """Make later child processes start without ASLR; best effort.

    UML's linear map begins behind its binary, so that ASLR would move it.
    """
    current = _libc.personality(ctypes.c_ulong(0xffffffff))
    if current >= 0:
        _libc.personality(ctypes.c_ulong(current | ADDR_NO_RANDOMIZE))


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def unshare_all() -> Isolation:
    """Leave the host's namespaces, as far as the host lets us."""
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        try:
            unshare(CLONE_NEWNS | CLONE_NEWPID)
            return Isolation.ROOT
        except OSError:
            pass
    # A process with threads or a restricted user cannot go back: try it in a
    # child first, so that a refusal half-way leaves this process as it was.
    pid = os.fork()
    if pid == 0:
        try:
            _enter_user_namespace(uid, gid)
            os._exit(0)
        except OSError:
            os._exit(1)
    if os.waitpid(pid, 0)[1] != 0:
        return Isolation.NONE
    _enter_user_namespace(uid, gid)
    return Isolation.USER


def _enter_user_namespace(uid: int, gid: int) -> None:
    unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"0 {uid} 1")
    _write("/proc/self/gid_map", f"0 {gid} 1")


def _root_is_shared() -> bool:
    """True unless we know that what we mount below / stays in our namespace."""
    fd = os.open("/", os.O_PATH)
    try:
        info = Path(f"/proc/self/fdinfo/{fd}").read_text(encoding="ascii")
        number = dict(line.split(":\t") for line in info.splitlines())["mnt_id"]
        # In a chroot our own table leaves out the mount that holds it.
        for process in ("self", "1"):
            table = Path(f"/proc/{process}/mountinfo").read_text(
                encoding="utf-8", errors="surrogateescape")
            for line in table.splitlines():
                words = line.split()
                if words[0] == number:
                    return any(word.startswith("shared:") for word in words[6:])
    except (OSError, KeyError, ValueError):
        pass
    finally:
        os.close(fd)
    return True


def _babysit(pid: int, patience: Optional[float] = None) -> int:
    """Wait for @pid, passing on signals and reaping orphans; return an exit code.

    To be called with FORWARDED and SIGCHLD blocked, so that none gets lost
    between two looks.  A request to stop is repeated until it is followed; after
    @patience seconds it is SIGKILL, with the exit code that it should have been.
    """
    signals = {*FORWARDED, signal.SIGCHLD}
    stop = 0
    limit = math.inf
    killed = False
    while True:
        info = signal.sigtimedwait(signals, 1.0) if stop else \
            signal.sigwaitinfo(signals)
        if info and info.si_signo != signal.SIGCHLD:
            if not stop and patience is not None:
                limit = time.monotonic() + patience
            stop = info.si_signo
        if stop:
            killed = killed or time.monotonic() > limit
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if killed else stop)
        while True:
            try:
                done, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return 1
            if done == 0:
                break
            if done == pid:
                code = os.waitstatus_to_exitcode(status)
                if killed and code == -signal.SIGKILL:
                    print("mm-testbed: killed, for it did not stop at "
                          f"{signal.Signals(stop).name}", file=sys.stderr, flush=True)
                    code = -stop
                return code if code >= 0 else 128 - code


def run(work: Callable[[Isolation], int]) -> int:
    """Call @work with the host shut out as far as possible.

    Returns the exit code of @work.  Signals that ask us to stop are passed on to
    @work, which is expected to turn them into Interrupted.
    """
    shared = _root_is_shared()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*FORWARDED, signal.SIGCHLD})
    isolation = unshare_all()
    alive_read, alive_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(alive_write)
        die_with_parent()
        # Had the supervisor died before that prctl(), nobody would kill us.
        if select.select([alive_read], [], [], 0)[0]:
            os._exit(1)
        os._exit(_init(work, isolation, shared, mask))
    os.close(alive_read)
    try:
        return _babysit(pid, PATIENCE)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _init(work: Callable[[Isolation], int], isolation: Isolation, shared: bool,
          mask: set[signal.Signals | int]) -> int:
    """PID 1: adopt and reap what User-Mode Linux orphans, end with the worker."""
    if isolation.mounts:
        try:
            keep_mounts()
        except OSError:
            if shared:
                isolation = Isolation.PIDS
    pid = os.fork()
    if pid == 0:
        die_with_parent()
        for signum in FORWARDED:
            signal.signal(signum, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        code = 125                      # for what nobody foresaw
        try:
            code = work(isolation)
        except BaseException:
            traceback.print_exc()
        finally:
            with contextlib.suppress(OSError):
                sys.stdout.flush()
            os._exit(code)
    return _babysit(pid)


def keep_mounts() -> None:
    """Show no mount of ours to anybody outside of our namespace.  Raises OSError."""
    try:
        mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
    except OSError:
        # In a chroot, whose top is no mount point: go to the top of the namespace.
        root, here = (os.open(path, os.O_PATH) for path in ("/", "."))
        space = os.open("/proc/self/ns/mnt", os.O_RDONLY)
        try:
            _check(_libc.setns(space, CLONE_NEWNS), "setns")
            mount("none", Path("/"), "", MS_REC | MS_PRIVATE)
        finally:
            os.fchdir(root)
            os.chroot(".")
            os.fchdir(here)
            for fd in (root, here, space):
                os.close(fd)


def bind(source: Path, target: Path) -> None:
    """Show @source at @target.  Raises Refused."""
    try:
        mount(str(source), target, "", MS_BIND | MS_REC)
    except OSError as err:
        raise Refused(f"cannot bind {source}: {err}") from err


def overlay(lowers: list[Path], upper: Path, work: Path, target: Path,
            isolation: Isolation) -> None:
    """Mount an overlay of @lowers (topmost first).  Raises Refused.

    The paths must be free of commas, colons and backslashes: callers pass
    mount points of their own and bind the user's folders there.
    """
    options = (f"lowerdir={':'.join(map(str, lowers))},"
               f"upperdir={upper},workdir={work}")
    if isolation is Isolation.USER:
        options += ",userxattr"
    try:
        mount("mm-testbed", target, "overlay", MS_NODEV | MS_NOSUID, options)
    except OSError as err:
        raise Refused(f"cannot mount an overlay: {err}") from err


def tmpfs(target: Path, mode: int = 0o755) -> None:
    """Mount an empty tmpfs on @target.  Raises Refused."""
    try:
        mount("mm-testbed", target, "tmpfs", MS_NODEV | MS_NOSUID, f"mode={mode:04o}")
    except OSError as err:
        raise Refused(f"cannot mount a tmpfs: {err}") from err

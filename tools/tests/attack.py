# SPDX-License-Identifier: GPL-2.0
"""What a hostile tree does: try each way out, and say which ones are open.

Arguments: where to write the names of those, and a JSON file that says what there is to
reach.  It is the body of the pretended kunit.py, of a script that make calls, of
checkers and of a kernel; see test_confine.py.
"""

import contextlib
import ctypes
import glob
import json
import os
import socket
import sys
from typing import Any, Callable

# In what is written.
MARK = "out: "
LIBC = ctypes.CDLL(None, use_errno=True)


def _touch(path: str) -> bool:
    """Leave a file."""
    with open(path, "a", encoding="ascii"):
        pass
    return True


def _etc() -> bool:
    """Leave a file in /etc, and remove it again: this may be the machine's."""
    path = f"/etc/.mm-testbed-{os.getpid()}"
    _touch(path)
    os.unlink(path)
    return True


def _expect(good: bool) -> bool:
    if not good:
        raise OSError(ctypes.get_errno(), "refused")
    return True


def _mount() -> bool:
    os.makedirs("/tmp/mount", exist_ok=True)
    return _expect(LIBC.mount(b"none", b"/tmp/mount", b"tmpfs", 0, None) == 0)


def _remount() -> bool:
    """Make what is read-only writable again (MS_REMOUNT | MS_BIND)."""
    return _expect(LIBC.mount(b"none", b"/usr", b"", 32 | 4096, None) == 0)


def _namespace() -> bool:
    """Get capabilities in a user namespace of our own (CLONE_NEWUSER | CLONE_NEWNS)."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if LIBC.unshare(0x10020000) == 0 else 1)
    return _expect(os.waitpid(pid, 0)[1] == 0)


def _mknod() -> bool:
    path = f"/tmp/node-{os.getpid()}"
    os.mknod(path, 0o20600, os.makedev(1, 3))
    os.unlink(path)
    return True


def _chroot() -> bool:
    pid = os.fork()
    if pid == 0:
        try:
            os.chroot("/tmp")
            os._exit(0)
        except OSError:
            os._exit(1)
    return _expect(os.waitpid(pid, 0)[1] == 0)


def _signal() -> bool:
    """Whether the first process of our namespace could be told to stop."""
    os.kill(1, 0)
    return True


def _connect(family: int, address: Any) -> bool:
    with socket.socket(family) as link:
        link.settimeout(5)
        link.connect(address)
    return True


def _environ(token: str) -> bool:
    return _expect(token in os.environ.values())


def _others_environ(token: str) -> bool:
    """Read the environment of whoever else there is."""
    for path in glob.glob("/proc/[0-9]*/environ"):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            if token.encode() in file.read() and f"/{os.getpid()}/" not in path:
                return True
    return False


def _others_root(path: str) -> bool:
    """Reach a file through what others see as their root."""
    for root in glob.glob("/proc/[0-9]*/root"):
        with contextlib.suppress(OSError), open(root + path, "rb"):
            return True
    return False


def _read(path: str) -> bool:
    with open(path, "rb") as file:
        return bool(file.read())


def _ccache(path: str) -> bool:
    """Leave something for other trees in the compiler's cache."""
    return _touch(os.path.join(path, "poison"))


def attempts(facts: dict[str, Any]) -> dict[str, Callable[[], bool]]:
    """The ways out, by name."""
    return {
        "write into KDIR": lambda: _touch(facts["kdir"] + "/mm/escaped"),
        "write into the tree": lambda: _touch(facts["src"] + "/escaped"),
        "write into HOME": lambda: _touch(facts["home"] + "/.bashrc"),
        "write into /etc": _etc,
        "write into others' state": lambda: _touch(facts["state"] + "/escaped"),
        "write into others' ccache": lambda: _ccache(facts["ccache"]),
        "read from HOME": lambda: _read(facts["home"] + "/secret"),
        "read through /proc": lambda: _others_root(facts["home"] + "/secret"),
        "connect by TCP": lambda: _connect(socket.AF_INET, ("127.0.0.1", facts["port"])),
        "connect to an abstract socket":
            lambda: _connect(socket.AF_UNIX, "\0" + facts["abstract"]),
        "connect to a socket file": lambda: _connect(socket.AF_UNIX, facts["socket"]),
        "read a token": lambda: _environ(facts["token"]),
        "read another's token": lambda: _others_environ(facts["token"]),
        "mount": _mount,
        "remount": _remount,
        "enter a user namespace": _namespace,
        "make a device": _mknod,
        "chroot": _chroot,
        "signal init": _signal,
    }


def main(report: str, facts: str) -> None:
    """Try them all."""
    with open(facts, encoding="utf-8") as file:
        ways = attempts(json.load(file))
    with open(1, "w", closefd=False, encoding="ascii") if report == "-" else \
            open(report, "a", encoding="ascii") as out:
        for name, way in ways.items():
            try:
                if way():
                    print(MARK + name, file=out)
            except OSError:
                pass
        print("tried all", file=out)


if __name__ == "__main__":
    main(*sys.argv[1:])

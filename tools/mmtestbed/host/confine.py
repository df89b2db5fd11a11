# SPDX-License-Identifier: GPL-2.0
"""Foreign code, shut in: what is built, what checks and what is booted.

A command in a cage sees a file system of its own: the tools of the host, and of all
else only what it is shown.  It writes only to what it is told to, reaches no network,
finds a short list of environment variables, and has no capabilities, nor the user id of
root.  The folders that it sees are mounted once for many commands, and to enter a cage
is a chroot() on the way to exec(): that costs no time.

What the host refuses is left out; shut() says what that is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

from ..errors import Refused
from . import ns, rootfs

# The user and group that confined commands have where we are root.  They are nobody's:
# of the range from which systemd takes its dynamic ones.
UID = 61990
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What passes from our environment to confined commands.
PASSED = ("CCACHE_COMPILERCHECK", "CCACHE_DISABLE", "CCACHE_MAXSIZE", "CCACHE_RECACHE",
          "CCACHE_SLOPPINESS", "KCFLAGS")
# What would change what commands do, confined or not.
UNWANTED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "KBUILD_OUTPUT", "ARCH", "CROSS_COMPILE",
            "KCONFIG_CONFIG", "O", "LANGUAGE", "GIT_DIR", "GIT_WORK_TREE", "CDPATH")
# For tests, which show what happens without: any of "files", "network", "environment",
# "capabilities", "user".
off: frozenset[str] = frozenset()


@dataclass
class _State:
    """What confine() has found out about the host.

    @files: where the parts of the cages are mounted; None if they cannot be.
    @root: we are root, and not of a user namespace alone.
    @uid: what commands run as; None: as we do.
    @words: of setpriv(1), for each of them.
    @gaps: what is not confined.
    """

    files: Optional[Path] = None
    root: bool = False
    uid: Optional[int] = None
    words: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


_state: Optional[_State] = None
_numbers = itertools.count(1)
_making = threading.Lock()
# The cage for kernels, and where their files go.
_boots: Optional[tuple["Cage", Path]] = None


@dataclass(frozen=True)
class Cage:
    """@root: the top of what commands see, as a descriptor; None: all that we see.
    @words: of setpriv(1), to give up what they may do."""

    root: Optional[int] = None
    words: tuple[str, ...] = ()

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """What the calling thread starts meanwhile is in the cage."""
        if self.root is None:
            yield
            return
        # Other threads keep their root.
        ns.unshare(ns.CLONE_FS)
        root = os.open("/", os.O_PATH | os.O_DIRECTORY)
        try:
            here = os.open(".", os.O_PATH | os.O_DIRECTORY)
        except OSError:
            here = os.dup(root)
        try:
            os.fchdir(self.root)
            os.chroot(".")
            yield
        finally:
            os.fchdir(root)
            os.chroot(".")
            os.fchdir(here)
            os.close(root)
            os.close(here)


def confine(isolation: ns.Isolation, place: Path) -> None:
    """Prepare cages, once and before there are threads: from now on this process has
    no network either.

    @place: a folder for the mounts of this run.
    """
    global _state                       # pylint: disable=global-statement
    state = _State()
    gaps = []
    if isolation is not ns.Isolation.NONE and "network" not in off:
        try:
            ns.unshare(ns.CLONE_NEWNET | ns.CLONE_NEWIPC)
        except OSError:
            gaps.append("reach the network")
    elif isolation is ns.Isolation.NONE:
        gaps.append("reach the network")
    ns.leave_keys()
    state.root = os.geteuid() == 0 and isolation is ns.Isolation.ROOT
    state.uid = UID if state.root and "user" not in off else None
    state.words = _setpriv(state)
    if "capabilities" not in off and not state.words:
        gaps.append("keep their capabilities")
    if isolation.mounts and "files" not in off:
        try:
            state.files = rootfs.prepare(place)
        except (OSError, Refused):
            ns.umount_quietly(place)
    if state.files is None:
        gaps.insert(0, "write wherever you can")
        # Its folders are below ours, which nobody else may enter.
        state.uid = None
        state.words = _setpriv(state)
    if state.uid is not None:
        # What we make from now on, such as a tree that is checked out, they have to read.
        os.umask(os.umask(0) & ~0o055)
    state.gaps = tuple(gaps)
    _state = state


def gaps() -> str:
    """What builds and kernels can do on this host that they should not; "" if none."""
    found = list(_state.gaps) if _state else []
    if not found:
        return ""
    head, last = found[:-1], found[-1]
    return ", ".join(head) + (" and " if head else "") + last


def _setpriv(state: _State) -> tuple[str, ...]:
    """The most that this host's setpriv(1) can take away."""
    tool = shutil.which("setpriv", path=_PATH)
    if tool is None:
        return ()
    user = [] if state.uid is None else [
        f"--reuid={state.uid}", f"--regid={UID}", "--clear-groups"]
    caps = [] if "capabilities" in off else [
        "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
    root = ["--securebits=+noroot,+noroot_locked"] if caps else []
    for words in ([*user, *root, *caps], [*user, *caps], [*caps], caps[:1]):
        if words and _works([tool, *words, "--", "true"]):
            if user and words[:1] != user[:1]:
                state.uid = None
            return tuple(words)
    state.uid = None
    return ()


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def cage(shown: Sequence[Path], written: Sequence[Path] = (),
         given: bool = True, uid: Optional[int] = None) -> Iterator[Cage]:
    """A cage for commands that see @shown and write to @written, which is @given them.

    @uid: what they run as where we are root, if not as nobody that owns anything.

    What lies inside of one that comes before it is shown in it.  Use it in the thread
    that has made it.
    """
    if _state is None:
        yield Cage()
        return
    words = _state.words
    if uid is not None and _state.uid is not None:
        words = tuple(word.replace(f"={_state.uid}", f"={uid}") for word in words)
    if _state.files is None:
        yield Cage(None, words)
        return
    common = _state.files / "root"
    with _making:
        root = _state.files / str(next(_numbers))
        root.mkdir()
    fd = -1
    try:
        ns.bind(common, root)
        ns.mount("none", root, "", ns.MS_REMOUNT | ns.MS_BIND | ns.MS_RDONLY |
                 ns.MS_NOSUID | ns.MS_NODEV)
        for name in rootfs.SCRATCH:
            ns.tmpfs(root / name[1:], 0o1777)
        for path in shown:
            if path.exists():
                rootfs.show(root, path, False, common)
        for path in written:
            if given:
                give(path)
            rootfs.show(root, path, True, common)
        fd = os.open(root, os.O_PATH | os.O_DIRECTORY)
        yield Cage(fd, words)
    finally:
        if fd >= 0:
            os.close(fd)
        ns.umount_quietly(root)
        with contextlib.suppress(OSError):
            root.rmdir()


@contextlib.contextmanager
def booting(folder: Path) -> Iterator[None]:
    """There is one cage for all kernels that a run boots while this is open.

    @folder: of the run: where the kernels are, and where each gets its room().
    """
    global _boots                       # pylint: disable=global-statement
    rooms = folder / "rooms"
    rooms.mkdir(parents=True)
    with cage([folder], [rooms], False) as made:
        _boots = (made, rooms if made.root is not None else folder)
        try:
            yield
        finally:
            _boots = None


def boots() -> Cage:
    """The cage for kernels."""
    return _boots[0] if _boots else Cage()


def room(folder: Path, name: str) -> Path:
    """Where a kernel's files go if its log is in @folder: it cannot touch that."""
    if _boots is None or _boots[0].root is None:
        return folder / name
    return _boots[1] / f"{folder.name}-{next(_numbers)}" / name


def give(path: Path) -> None:
    """Make @path and all that is in it belong to confined commands, if they have a
    user of their own; or to us again, if they no longer have."""
    owner = path.lstat().st_uid
    uid = _state.uid if _state else None
    if uid is None and _state and _state.root and (owner == UID or _state.files):
        uid = 0
    if uid is None or owner == uid:
        return
    if stat.S_ISDIR(path.lstat().st_mode):
        # The folder itself comes last: it says that the rest is done.
        for _, folders, files, fd in os.fwalk(path, follow_symlinks=False):
            for name in (*folders, *files):
                os.chown(name, uid, uid, dir_fd=fd, follow_symlinks=False)
    os.chown(path, uid, uid, follow_symlinks=False)


def give_pipes(process: "subprocess.Popen[bytes]") -> None:
    """Let @process, which is confined, open /dev/stdout and the like."""
    uid = _state.uid if _state else None
    for stream in (process.stdin, process.stdout, process.stderr):
        if uid is not None and stream:
            os.fchown(stream.fileno(), uid, uid)


def let_read(tree: Path, names: Sequence[str]) -> str:
    """Make sure that commands can read @tree, which has the files @names.

    If only its owner may, they run as the owner from now on, in the same cages: what to
    tell the user then, else "".
    """
    global _state, _boots               # pylint: disable=global-statement
    if _state is None or _state.uid is None:
        return ""
    for name in names:
        found, need = tree / name, int(stat.S_IROTH)
        while found != tree:
            with contextlib.suppress(FileNotFoundError):
                if not found.stat().st_mode & need:
                    break
            found, need = found.parent, stat.S_IROTH | stat.S_IXOTH
        if found != tree:
            break
    else:
        return ""
    owner = found.stat().st_uid
    _state = replace(_state, uid=owner or None)
    _state.words = _setpriv(_state)
    if _boots:
        _boots = (Cage(_boots[0].root, _state.words), _boots[1])
    if owner:
        return f"only its owner can read {found}: builds and kernels run as user {owner}"
    return f"only you can read {found}: builds and kernels keep the user id of root, " \
        "without its capabilities"


def as_somebody() -> bool:
    """True if commands run as a user who may own something."""
    return _state is not None and _state.uid not in (None, UID)


def environment(extra: Optional[Mapping[str, str]] = None) -> dict[str, str]:
    """The environment of confined commands: what they need, and @extra."""
    everything = _state is None or "environment" in off
    env = {name: value for name, value in os.environ.items()
           if name in PASSED or everything and name not in UNWANTED}
    python = os.path.dirname(os.path.realpath(sys.executable))
    path = os.environ.get("PATH") or _PATH
    if not any(Path(sys.prefix).is_relative_to(shown) for shown in rootfs.SYSTEM):
        # What stands in for it in the PATH may need more than is shown.
        path = f"{python}:{path}"
    if not everything:
        tmp = "/tmp" if _state and _state.files else os.environ.get("TMPDIR", "/tmp")
        env.update(PATH=path, HOME=tmp, TMPDIR=tmp)
    env.update(LC_ALL="C", GIT_OPTIONAL_LOCKS="0")
    env.update(extra or {})
    return env

# SPDX-License-Identifier: GPL-2.0
"""Files below a folder that foreign code writes to, or that strangers have filled.

No symbolic link on the way to a file is followed, and nothing but a regular file is
opened: neither leads a reader or a writer of ours to where it was not sent.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO, Iterator, Optional

from ..errors import TestbedError

_GONE = (errno.ENOENT, errno.ENOTDIR)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def parts(path: str) -> list[str]:
    """The components of the relative @path.  Raises TestbedError if it leads outside."""
    found = path.split("/")
    if not path or path.startswith("/") or any(part in ("", ".", "..") for part in found):
        raise TestbedError(f"{path!r} leads out of its folder")
    return found


@contextlib.contextmanager
def _parent(top: Path, path: str, make: bool = False) -> Iterator[tuple[int, str]]:
    """(descriptor of the folder that @path is in, its name there).

    @make: make the folders that are missing.  Raises OSError; ELOOP or ENOTDIR if a
    link is on the way.
    """
    *folders, name = parts(path)
    fd = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, 0o755, dir_fd=fd)
            new = os.open(folder, _FOLDER, dir_fd=fd)
            os.close(fd)
            fd = new
        yield fd, name
    finally:
        os.close(fd)


def look(top: Path, path: str) -> Optional[os.stat_result]:
    """What @path below @top is, itself; None if nothing can be reached there without a
    link."""
    try:
        with _parent(top, path) as (fd, name):
            return os.stat(name, dir_fd=fd, follow_symlinks=False)
    except OSError as err:
        if err.errno in (*_GONE, errno.ELOOP):
            return None
        raise


def link(top: Path, path: str) -> Optional[str]:
    """The shortest beginning of @path below @top that is a symbolic link; None if there
    is none."""
    words = parts(path)
    for number in range(1, len(words) + 1):
        found = look(top, "/".join(words[:number]))
        if found is None:
            return None
        if stat.S_ISLNK(found.st_mode):
            return "/".join(words[:number])
    return None


def target(top: Path, path: str) -> bytes:
    """Where the link @path below @top leads.  Raises OSError."""
    with _parent(top, path) as (fd, name):
        return os.fsencode(os.readlink(name, dir_fd=fd))


@contextlib.contextmanager
def opened(top: Path, path: str) -> Iterator[BinaryIO]:
    """The regular file @path below @top, to read.  Raises OSError."""
    with _parent(top, path) as (fd, name):
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
                       dir_fd=fd)
        with os.fdopen(file, "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise OSError(errno.EINVAL, "no regular file", f"{top}/{path}")
            yield stream


def read(top: Path, path: str) -> Optional[bytes]:
    """The contents of the regular file @path below @top; None if there is none.

    Raises OSError if there is one that cannot be read.
    """
    found = look(top, path)
    if found is None or not stat.S_ISREG(found.st_mode):
        return None
    with opened(top, path) as file:
        return file.read()


def copy(top: Path, path: str, where: Path) -> None:
    """Copy the regular file @path below @top to @where, which only we can write to, and
    whether it can be executed.  Raises OSError."""
    where.parent.mkdir(parents=True, exist_ok=True)
    with opened(top, path) as file, open(where, "wb") as out:
        shutil.copyfileobj(file, out, 1 << 20)
        os.fchmod(out.fileno(), 0o755 if os.fstat(file.fileno()).st_mode & 0o100
                  else 0o644)


def put(top: Path, path: str, data: bytes, mode: int = 0o644, symlink: bool = False,
        make: bool = True) -> None:
    """Replace @path below @top, in one step, by a file that holds @data, or by a
    @symlink to it.

    @make: make the folders that are missing.  Raises OSError, leaves no rest.
    """
    with _parent(top, path, make) as (fd, name):
        new = f".{name[:200]}.{os.urandom(6).hex()[:8]}.new"
        try:
            if symlink:
                os.symlink(data, os.fsencode(new), dir_fd=fd)
            else:
                file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
                               0o600, dir_fd=fd)
                with os.fdopen(file, "wb") as out:
                    out.write(data)
                    os.fchmod(out.fileno(), mode)
            os.replace(new, name, src_dir_fd=fd, dst_dir_fd=fd)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new, dir_fd=fd)
            raise


def unlink(top: Path, path: str) -> None:
    """Remove the file or link @path below @top.  Raises OSError."""
    with _parent(top, path) as (fd, name):
        os.unlink(name, dir_fd=fd)


def remove(top: Path, path: str) -> None:
    """Remove the file or link @path below @top, if it is there, and the folders that are
    empty then, as git does.  Raises OSError."""
    try:
        unlink(top, path)
        while "/" in path:
            path = path.rpartition("/")[0]
            with _parent(top, path) as (fd, name):
                os.rmdir(name, dir_fd=fd)
    except OSError as err:
        if err.errno not in (*_GONE, errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY):
            raise


def like(folders: Path, top: Path) -> None:
    """Let the folders below @folders belong to whom those of the same names below @top do,
    and be as open, as far as we may do that."""
    for name, _, _ in os.walk(folders):
        ours = Path(name)
        theirs = top / ours.relative_to(folders)
        with contextlib.suppress(OSError):
            wanted, found = theirs.lstat(), ours.lstat()
            if ours == folders or not stat.S_ISDIR(wanted.st_mode):
                continue
            if (found.st_uid, found.st_gid) != (wanted.st_uid, wanted.st_gid):
                os.chown(ours, wanted.st_uid, wanted.st_gid)
            if found.st_mode != wanted.st_mode:
                ours.chmod(stat.S_IMODE(wanted.st_mode))


def files(top: Path) -> Iterator[str]:
    """The regular files below @top, by path, in no order."""
    for folder, _, names, fd in os.fwalk(top, follow_symlinks=False):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found = os.stat(name, dir_fd=fd, follow_symlinks=False)
                if stat.S_ISREG(found.st_mode):
                    yield os.path.relpath(os.path.join(folder, name), top)


class Blob(bytes):
    """What a file holds.

    @mode: as git has it: of a regular file, one that can be executed, or a symbolic
    link, which holds where it leads.
    """

    mode: int = 0o100644

    @property
    def is_link(self) -> bool:
        """True for a symbolic link."""
        return stat.S_ISLNK(self.mode)

    def same(self, other: Optional["Blob"]) -> bool:
        """True if @other is as this one in all respects."""
        return other is not None and self.mode == other.mode and self == other


def blob(data: bytes, mode: int = 0o100644) -> Blob:
    """@data as a Blob."""
    made = Blob(data)
    made.mode = mode
    return made


def blob_at(top: Path, path: str) -> Optional[Blob]:
    """The file or link @path below @top; None if there is none.  Raises OSError."""
    found = look(top, path)
    if found is None:
        return None
    if stat.S_ISLNK(found.st_mode):
        return blob(target(top, path), 0o120000)
    data = read(top, path)
    if data is None:
        return None
    return blob(data, 0o100755 if found.st_mode & 0o100 else 0o100644)


def put_blob(top: Path, path: str, content: Blob) -> None:
    """Replace @path below @top by @content in one step.

    Raises TestbedError if a link is on the way.
    """
    try:
        put(top, path, content, content.mode & 0o777, content.is_link)
    except OSError as err:
        way = link(top, path.rpartition("/")[0]) if "/" in path else None
        if way is None:
            raise
        raise TestbedError(f"{path} cannot be written: {way} is a symbolic link in this "
                           "tree, and what is behind it is not the tree's") from err

# SPDX-License-Identifier: GPL-2.0
"""A scratch index of git: patches are applied to it, and no file anywhere is written.

It holds the few files that the patches touch.  What git makes of a patch, modes, links,
renames and all, it makes of the index, whose blobs are then read back.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from typing import Iterable, Optional

from ..host import beneath, proc
from ..host.beneath import Blob, blob
from . import gitrepo

_CONFIG = """\
[core]
	repositoryformatversion = 0
	bare = false
	looseCompression = 0
[index]
	version = 2
	threads = false
"""
# An entry of the index ahead of the path: ten words that git fills in from stat(2), the
# name of the blob, flags.  See gitformat-index(5), version 2.
_ENTRY = struct.Struct(">10I20sH")
_HEAD = struct.Struct(">4s2I")


class Index:
    """Of the files of @tree, in the new folder @folder."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.tree = tree
        self._git = folder / "git"
        self._work = folder / "nothing"
        self._work.mkdir(parents=True)
        (self._git / "objects").mkdir(parents=True)
        (self._git / "refs").mkdir()
        (self._git / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
        (self._git / "config").write_text(_CONFIG, encoding="ascii")
        self._env = {**gitrepo.environment(), "GIT_DIR": str(self._git),
                     "GIT_INDEX_FILE": str(folder / "index")}
        self._file = folder / "index"
        self._known: set[str] = set()
        self._blobs: dict[str, bytes] = {}

    def load(self, paths: Iterable[str]) -> None:
        """Take in @paths as the tree has them, unless they are known already.

        A symbolic link on the way to one is taken in itself, so that git sees it.
        """
        rows: list[tuple[str, Optional[Blob]]] = []
        for path in sorted(paths):
            if path in self._known:
                continue
            self._known.add(path)
            way = beneath.link(self.tree, path)
            if way is not None and way != path:
                if way in self._known:
                    continue
                self._known.add(way)
                path = way
            content = beneath.blob_at(self.tree, path)
            if content is not None:
                rows.append((path, content))
        self._set(rows)

    def store(self, path: str, content: Optional[Blob]) -> None:
        """Let @path hold @content; None: let it go away."""
        self._known.add(path)
        self._set([(path, content)])

    def _set(self, rows: list[tuple[str, Optional[Blob]]]) -> None:
        if not rows:
            return
        entries = self._entries()
        for path, content in rows:
            if content is None:
                entries.pop(path, None)
            else:
                entries[path] = (content.mode, self._write(content))
        out = [_HEAD.pack(b"DIRC", 2, len(entries))]
        for name, (mode, blob_name) in sorted(
                (path.encode("utf-8", "surrogateescape"), entry)
                for path, entry in entries.items()):
            row = _ENTRY.pack(0, 0, 0, 0, 0, 0, mode, 0, 0, 0, bytes.fromhex(blob_name),
                              min(len(name), 0xfff)) + name
            out.append(row + b"\0" * (8 - len(row) % 8))
        data = b"".join(out)
        self._file.write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())

    def _entries(self) -> dict[str, tuple[int, str]]:
        """(mode, name of the blob) by path, as git has left them."""
        if not self._file.exists():
            return {}
        data = self._file.read_bytes()
        magic, version, count = _HEAD.unpack_from(data)
        assert (magic, version) == (b"DIRC", 2)
        found, start = {}, _HEAD.size
        for _ in range(count):
            fields = _ENTRY.unpack_from(data, start)
            end = data.index(b"\0", start + _ENTRY.size)
            path = data[start + _ENTRY.size:end].decode("utf-8", "surrogateescape")
            found[path] = (fields[6], fields[10].hex())
            start += (end - start) // 8 * 8 + 8
        return found

    def _write(self, content: bytes) -> str:
        """Make @content an object; its name."""
        data = b"blob %d\0" % len(content) + content
        name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
        if name not in self._blobs:
            self._blobs[name] = content
            path = self._git / "objects" / name[:2] / name[2:]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(data, 0))
        return name

    def _read(self, name: str) -> bytes:
        if name not in self._blobs:
            path = self._git / "objects" / name[:2] / name[2:]
            self._blobs[name] = zlib.decompress(path.read_bytes()).partition(b"\0")[2]
        return self._blobs[name]

    def apply(self, patch: Path, *words: str) -> proc.Done:
        """git apply @words @patch: to the index."""
        return proc.run(["git", "apply", "--cached", "--whitespace=nowarn", *words,
                         str(patch.absolute())], cwd=self._work, env=self._env)

    def read(self, path: str) -> Optional[bytes]:
        """What the index holds at @path; None if nothing."""
        entry = self._entries().get(path)
        return self._read(entry[1]) if entry else None

    def files(self) -> dict[str, Blob]:
        """What the index holds, by path."""
        return {path: blob(self._read(name), mode)
                for path, (mode, name) in self._entries().items()}

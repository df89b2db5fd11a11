# SPDX-License-Identifier: GPL-2.0
"""A kernel in one file: built on one machine, booted on others.

The file is a tar with two members: kernel.json, which says what the kernel was made from,
and linux.  It may come from anywhere: nothing is taken from it but these two.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Mapping, Optional

from ..errors import UsageError
from ..host import lock
from ..model import configs, known, lines
from ..model.known import Known
from ..model.repository import REPOSITORY
from . import patching, provenance
from .patching import Taken

SCHEMA = 1
_FACTS, _KERNEL = "kernel.json", "linux"
# No kernel of ours has so many bytes, nor so many of facts.
_MOST, _MOST_FACTS = 2 << 30, 8 << 20


@dataclass(frozen=True)
class Packed:
    """What is known of a kernel in a file.

    @file: the file.  @facts: as facts() has made them.
    """

    file: Path
    facts: Mapping[str, Any]

    @property
    def line(self) -> lines.Line:
        """The line that its source is of."""
        return lines.by_name(str(self.facts["line"]))

    @property
    def config(self) -> configs.Config:
        """Its configuration."""
        return configs.by_name(str(self.facts["variant"]))

    def taken(self) -> list[Taken]:
        """What became of each patch."""
        return [Taken(each["patch"], each["variant"], each["how"])
                for each in self.facts["applied"]]

    def known(self) -> Known:
        """The bugs that it has."""
        names = set(self.facts["known_bugs"])
        return Known([bug for bug in known.read(patching.ours()) if bug.name in names])

    def kernel(self, folder: Path) -> Path:
        """The kernel itself, in the new file linux in @folder.  Raises UsageError."""
        path, digest = folder / _KERNEL, hashlib.sha256()
        with _opened(self.file) as tar, _member(self.file, tar, _KERNEL, _MOST) as inner, \
                open(path, "xb") as out:
            while part := inner.read(1 << 20):
                out.write(part)
                digest.update(part)
        if digest.hexdigest() != self.facts["sha256"]:
            path.unlink()
            raise UsageError(f"{self.file} is damaged, or was cut off; copy it again")
        path.chmod(0o755)
        return path


def facts(version: str, line: str, variant: str, origin: str, patches: list[str],
          taken: "list[Taken]", bugs: Known, testbed: Mapping[str, Any],
          fixes: bool) -> dict[str, Any]:
    """What a run on another machine has to know of a kernel."""
    return {
        "schema": SCHEMA, "kernel_version": version, "line": line, "variant": variant,
        "source": origin, "patches": patches, "fixes": fixes,
        "applied": [{"patch": each.patch, "variant": each.variant, "how": each.how}
                    for each in taken],
        "known_bugs": [bug.name for bug in bugs.bugs], "testbed": dict(testbed)}


def data(told: Mapping[str, Any], kernel: Path) -> bytes:
    """The file for @kernel, of which facts() have @told.  Raises OSError."""
    out, content = io.BytesIO(), kernel.read_bytes()
    told = {**told, "sha256": hashlib.sha256(content).hexdigest()}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in ((_FACTS, lock.json_bytes(told)), (_KERNEL, content)):
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755 if name == _KERNEL else 0o644
            tar.addfile(info, io.BytesIO(content))
    # Without times and names of users: the same kernel is the same file.
    return gzip.compress(out.getvalue(), 1, mtime=0)


def read(file: Path) -> Packed:
    """What @file says of its kernel.  Raises UsageError if it is none for this checkout."""
    with _opened(file) as tar, _member(file, tar, _FACTS, _MOST_FACTS) as inner:
        try:
            told = json.loads(inner.read())
        except (ValueError, tarfile.TarError, EOFError, zlib.error) as err:
            raise UsageError(f"{file}: {_FACTS} is no JSON: {err}; was it cut off, or not made "
                             "by mmt run --pack?") from None
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        raise UsageError(f"{file} is not what mmt run --pack of this version writes")
    packed = Packed(file, told)
    try:
        _ = packed.line, packed.config, packed.taken(), packed.known()
        [str(told[key]) for key in ("kernel_version", "source", "patches", "fixes", "sha256")]
        made = told["testbed"]
        suites = made["suites"]
    except (KeyError, TypeError) as err:
        raise UsageError(f"{file}: {_FACTS} lacks {err}") from None
    if suites != provenance.suites(REPOSITORY):
        commit = str(made.get("commit") or "")[:12]
        raise UsageError(f"{file} has other suites than this checkout"
                         f"{f': check out {commit} here' if commit else ''}, or pack it anew")
    return packed


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file, "r:gz")
    except OSError as err:
        raise UsageError(f"cannot read {file}: {err.strerror or err}") from None
    except (tarfile.TarError, EOFError, ValueError, zlib.error):
        raise UsageError(f"{file} is no kernel of mmt run --pack") from None


def _member(file: Path, tar: tarfile.TarFile, name: str, most: int) -> IO[bytes]:
    """The regular file @name in @tar, all of which can be read.  Raises UsageError."""
    found: Optional[IO[bytes]] = None
    try:
        info = tar.getmember(name)
        if info.isreg() and info.size <= most:
            found = tar.extractfile(info)
    except (KeyError, tarfile.TarError, EOFError, OSError, zlib.error):
        pass
    if found is None:
        raise UsageError(f"{file} holds no file {name}: it is no kernel of mmt run --pack, or "
                         "was cut off")
    return found

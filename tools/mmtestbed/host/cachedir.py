# SPDX-License-Identifier: GPL-2.0
"""Where we keep what outlives a run."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..errors import HostError, UsageError
from ..ui.console import Console

# make and kbuild cannot live with other characters in a path, nor can overlayfs.
_SAFE = re.compile(r"[A-Za-z0-9/_.+@%=-]+")


def _check_apart(cache: Path, kdir: str) -> None:
    """The tree that @kdir lies in is never written to.

    Raises UsageError if @cache is in there.
    """
    folder = Path(kdir).expanduser().resolve()
    tops = [folder, *(path for path in folder.parents if (path / "Kbuild").exists())]
    for top in tops:
        if cache.resolve().is_relative_to(top):
            raise UsageError(f"the cache {cache} lies in {top}, which is never written "
                             "to; set MMTB_CACHE to a folder somewhere else")


def root(console: Console, create: bool = True, kdir: str = "") -> Path:
    """The folder for all that we keep between runs, created if @create says so.

    @kdir: the user's tree, if there is one.
    Raises HostError if it cannot be used, UsageError if it lies in @kdir.
    """
    wanted = os.environ.get("MMTB_CACHE") or ""
    if not wanted:
        base = os.environ.get("XDG_CACHE_HOME") or ""
        home = os.environ.get("HOME") or ""
        if base:
            wanted = f"{base}/mm-testbed"
        elif home and os.access(home, os.W_OK):
            wanted = f"{home}/.cache/mm-testbed"
    path = Path(wanted).absolute() if wanted else None
    if path is None or not _SAFE.fullmatch(str(path)):
        other = Path(f"/var/tmp/mm-testbed-{os.geteuid()}")
        if path is not None:
            console.note(f"make cannot work below '{path}'; using {other} instead")
        path = other
    if kdir:
        _check_apart(path, kdir)
    if not create:
        return path
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.stat().st_uid != os.geteuid():
            raise HostError(f"the cache {path} belongs to somebody else; set "
                            "MMTB_CACHE to a folder of your own")
        for name in ("lower", "src", "build", "run", "cage", "ccache"):
            (path / "mnt" / name).mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise HostError(f"cannot use the cache {path}: {err.strerror}; set "
                        "MMTB_CACHE to another folder") from None
    return path

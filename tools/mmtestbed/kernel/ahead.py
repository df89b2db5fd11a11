# SPDX-License-Identifier: GPL-2.0
"""Fetch the kernel source while the tools are being installed."""

from __future__ import annotations

import concurrent.futures
import contextlib
import io
from pathlib import Path
from typing import Iterator

from ..errors import Interrupted, TestbedError
from ..host import proc
from ..model import lines
from ..ui.console import Console
from . import source


@contextlib.contextmanager
def fetched(line: lines.Line, cache: Path, console: Console) -> Iterator[None]:
    """While this is open, source.tarball() is at work, for that to find the archive afterwards.

    What goes wrong is nobody's business until tarball() is called.
    """
    def fetch() -> None:
        with contextlib.suppress(TestbedError, Interrupted, OSError):
            source.tarball(line, cache, Console(io.StringIO()))

    with proc.threads(1) as pool:
        future = pool.submit(fetch)
        yield
        if not future.done():
            console.begin(f"downloading the rest of Debian's {line.package}")
            while not future.done():
                concurrent.futures.wait([future], timeout=proc.TICK)
                console.progress("")
            console.end()

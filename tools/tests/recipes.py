# SPDX-License-Identifier: GPL-2.0
"""The recipes in the documents: what a reader copies is what a test runs.

A recipe is a block of a document that has a name::

    .. code::
       :name: farm-run

       the commands
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import textwrap
from pathlib import Path
from typing import Mapping, Optional, Sequence

from mmtestbed.model.repository import REPOSITORY

DOCUMENTS = REPOSITORY / "Documentation"
_BLOCK = re.compile(r"^\.\. code::\n   :name: ([\w-]+)\n\n((?:(?:   .*)?\n)+)", re.MULTILINE)


def in_document(path: Path) -> dict[str, str]:
    """The recipes in the document @path, by name."""
    return {name: textwrap.dedent(text).strip() + "\n"
            for name, text in _BLOCK.findall(path.read_text(encoding="utf-8") + "\n")}


def recipe(document: str, name: str) -> str:
    """The recipe called @name of @document.  Raises KeyError."""
    return in_document(DOCUMENTS / document)[name]


def run(text: str, cwd: Path, env: Mapping[str, str], seconds: float = 300,
        prefix: Sequence[str] = (), data: Optional[str] = None) -> tuple[int, str]:
    """(exit code, output) of a shell that runs @text in @cwd; it ends after @seconds.

    @prefix: a command that runs it.  @data: its standard input.
    """
    process = subprocess.Popen([*prefix, "bash", "-c", text], cwd=cwd, env={**os.environ, **env},
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        said, _ = process.communicate(data or "", seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        return 124, said
    return process.returncode, said

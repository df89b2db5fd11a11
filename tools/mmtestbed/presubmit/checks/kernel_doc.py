# SPDX-License-Identifier: GPL-2.0
"""kernel-doc comments match their functions in the files that the patch touches."""

from pathlib import Path
from typing import Optional, Sequence

from ...ui.words import count
from . import SHOWN, Check, Context, Message, Place, Result, Status, messages
from . import new_messages, skip

# Where kernels of different ages have it.
_PLACES = ("scripts/kernel-doc", "scripts/kernel-doc.py", "tools/docs/kernel-doc")


def _tool(tree: Path) -> Optional[Path]:
    for name in _PLACES:
        if (tree / name).exists():
            return tree / name
    return None


def _wanted(files: Sequence[str]) -> list[str]:
    return [path for path in files if path.endswith((".c", ".h"))]


class KernelDoc(Check):
    """New complaints of scripts/kernel-doc, as the base of the series has it."""

    name = "doc"
    title = "no new warnings of kernel-doc in touched files"
    order = 70

    def look(self, place: Place, files: Sequence[str]) -> list[Message]:
        """All that it says about @files."""
        tool = _tool(place.checkers)
        there = [path for path in _wanted(files) if (place.checkers / path).exists()]
        if tool is None or not there:
            return []
        return messages(place.confined([str(tool), "-none", *there],
                                       place.checkers).output)

    def run(self, context: Context) -> Result:
        """Fail for what is new."""
        if _tool(context.place.checkers) is None:
            return skip("the tree has no kernel-doc script")
        files = _wanted(context.patch.files)
        if not files:
            return skip("touches no C")
        fresh = new_messages(context.before, context.after)
        if fresh:
            return Result(Status.FAIL, f"{count(len(fresh), 'new warning')}: {fresh[0]}",
                          tuple(map(str, fresh[:SHOWN])))
        return Result(Status.PASS, f"nothing new in {count(len(files), 'file')}")

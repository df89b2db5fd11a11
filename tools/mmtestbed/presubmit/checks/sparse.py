# SPDX-License-Identifier: GPL-2.0
"""sparse has nothing new to say about the files that the patch touches."""

import shutil
from typing import Sequence

from . import Compared, Message, Place, messages


class Sparse(Compared):
    """New complaints of sparse."""

    name = "sparse"
    title = "no new warnings of sparse in touched files"
    what = "warning"
    order = 50

    def missing(self) -> str:
        """It is a package of its own."""
        return "" if shutil.which("sparse") else "not installed"

    def look(self, place: Place, files: Sequence[str]) -> list[Message]:
        """All that it says about @files."""
        targets = [f"{path[:-2]}.o" for path in files if place.built(path)]
        if not targets or place.make is None:
            return []
        return messages(place.make(["C=2", "CHECK=sparse", "-k", *targets]).output)

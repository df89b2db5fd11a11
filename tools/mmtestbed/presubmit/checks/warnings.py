# SPDX-License-Identifier: GPL-2.0
"""make W=1 has nothing new to say about the files that the patch touches."""

from typing import Sequence

from . import Compared, Message, Place, messages


class Warnings(Compared):
    """New warnings of the compiler."""

    name = "W=1"
    title = "no new warnings of make W=1 in touched files"
    what = "warning"
    order = 30

    def look(self, place: Place, files: Sequence[str]) -> list[Message]:
        """All warnings about @files."""
        targets = [f"{path[:-2]}.o" for path in files if place.built(path)]
        if not targets or place.make is None:
            return []
        return messages(place.make(["W=1", "-k", *targets]).output)

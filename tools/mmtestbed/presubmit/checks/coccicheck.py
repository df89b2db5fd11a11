# SPDX-License-Identifier: GPL-2.0
"""The tree's semantic patches find nothing new in the files that the patch touches."""

import shutil
from typing import Sequence

from . import Compared, Message, Place, messages


class Coccicheck(Compared):
    """New reports of coccicheck."""

    name = "cocci"
    title = "nothing new by coccicheck in touched files"
    what = "report"
    order = 60

    def missing(self) -> str:
        """It is a package of its own."""
        return "" if shutil.which("spatch") else "not installed"

    def look(self, place: Place, files: Sequence[str]) -> list[Message]:
        """All that it reports on @files."""
        targets = [f"{path[:-2]}.o" for path in files if place.built(path)]
        if not targets or place.make is None:
            return []
        done = place.make(["C=2", "CHECK=scripts/coccicheck", "MODE=report", "-k",
                           *targets])
        # Some of its reports name no severity.
        text = "\n".join(line if ": warning: " in line or ": error: " in line else
                         line.replace(": ", ": warning: ", 1)
                         for line in done.output.splitlines()
                         if line.partition(":")[0].endswith((".c", ".h")))
        return messages(text)

# SPDX-License-Identifier: GPL-2.0
"""checkpatch.pl --strict, as the base of the series has it."""

import re

from ...ui.words import count
from . import SHOWN, Check, Context, Result, Status, skip

_LINE = re.compile(r"^\S+?:(\d+): (ERROR|WARNING|CHECK):(.*)$", re.MULTILINE)


class Checkpatch(Check):
    """An error fails the patch; a warning or a check is for its author to weigh."""

    name = "checkpatch"
    title = "checkpatch --strict"
    order = 40

    def run(self, context: Context) -> Result:
        """Ask it about the patch as a mail."""
        place, commit = context.place, context.patch.commit.id
        tool = place.checkers / "scripts" / "checkpatch.pl"
        if not tool.exists():
            return skip("the tree has no scripts/checkpatch.pl")
        mail = place.scratch / "patch"
        mail.write_text(context.ours.git(
            "format-patch", "-1", "--stdout", "--no-signature", "--no-renames", commit),
            encoding="utf-8", errors="surrogateescape")
        # It leaves a file behind where it runs.
        done = place.confined(["perl", str(tool), f"--root={place.checkers}", "--strict",
                               "--terse", "--show-types", "--no-summary", str(mail)],
                              place.scratch)
        found = _LINE.findall(done.output)
        if not found:
            if done.code != 0:
                return skip("checkpatch.pl fails: "
                            + (done.output.strip().splitlines() or ["no message"])[-1])
            return Result(Status.PASS, "clean")
        order = ("ERROR", "WARNING", "CHECK")
        found.sort(key=lambda item: order.index(item[1]))
        tally = ", ".join(count(number, kind.lower()) for kind in order
                          if (number := sum(item[1] == kind for item in found)))
        details = [f"{kind}:{text} (line {line} of the patch)"
                   for line, kind, text in found]
        status = Status.FAIL if found[0][1] == "ERROR" else Status.WARN
        return Result(status, f"{tally}: {found[0][2].strip()}", tuple(details[:SHOWN]))

# SPDX-License-Identifier: GPL-2.0
"""The patch applies to its parent: git am -3."""

from . import Check, Context, Result, Status


class Applies(Check):
    """Does it apply?"""

    name = "applies"
    title = "git am -3 applies it"
    order = 10

    def run(self, context: Context) -> Result:
        """What git am has said; a patch that it refuses does not get here."""
        return Result(Status.PASS, context.applied)

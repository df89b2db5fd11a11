# SPDX-License-Identifier: GPL-2.0
"""The patch builds on its own, with the suites."""

from . import Check, Context, Result, Status


class Build(Check):
    """Does the kernel build at the patch?"""

    name = "build"
    title = "the kernel builds"
    order = 20

    def run(self, context: Context) -> Result:
        """Fail with the first error."""
        if context.error is None:
            return Result(Status.PASS, "builds")
        return Result(Status.FAIL, context.error.message, context.error.details)

# SPDX-License-Identifier: GPL-2.0
"""The suites are green at the patch."""

from ...ui.words import count
from . import Check, Context, Result, Status, fails, skip


class Suites(Check):
    """A case that fails here, and did not in front of it, fails the patch."""

    name = "suites"
    title = "the suites pass at the patch"
    order = 80

    def run(self, context: Context) -> Result:
        """Explain what is broken by its contract."""
        if context.error is not None:
            return skip("the kernel does not build")
        found, base = context.found, context.base
        if found is None:
            return skip("no kernel was booted")
        old = {failure.name for failure in base.bad} if base else set()
        fresh = [failure for failure in found.bad if failure.name not in old]
        unsure = [failure for failure in found.unsure if failure.name not in old]
        passed = count(len(found.passed), "case")
        if fresh:
            ids = dict.fromkeys(id for failure in fresh
                                for id in context.explainer.ids(failure.name))
            details: list[str] = []
            for failure in fresh[:3]:
                details += [*context.explainer.full(failure), ""]
            for failure in [*fresh[3:], *unsure]:
                details.append(f"  also      {context.explainer.brief(failure)}")
            bad = len(fresh) + len(unsure)
            return Result(Status.FAIL,
                          f"{fails(bad, 'case')} of {bad + len(found.passed)}, "
                          f"breaking {' '.join(ids)}: {fresh[0].full_name}",
                          tuple(details))
        news = [what for what in found.troubles
                if not base or what not in base.troubles]
        if news:
            return Result(Status.FAIL, f"the kernel misbehaves: {news[0]}", tuple(news))
        if found.flaky:
            return Result(Status.WARN, f"{passed} pass; flaky: " + ", ".join(
                f"{failure.full_name} fails in {failure.tally()}"
                for failure in found.flaky))
        if old:
            return Result(Status.WARN, f"{passed} pass; {fails(len(old), 'case')} as in "
                          "front of it")
        if not found.passed:
            return Result(Status.FAIL, "no case passes")
        return Result(Status.PASS, f"{passed} pass")

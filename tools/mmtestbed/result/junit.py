# SPDX-License-Identifier: GPL-2.0
"""A run as JUnit XML."""

from __future__ import annotations

import collections
import xml.etree.ElementTree as ElementTree

from ..model.outcomes import Outcome, Status
from .verdict import Run


def of(run: Run) -> bytes:
    """The run as JUnit XML: one test suite for each of ours."""
    root = ElementTree.Element("testsuites", name="mm-testbed")
    by_suite: dict[str, list[Outcome]] = collections.defaultdict(list)
    for outcome in run.outcomes:
        by_suite[outcome.suite].append(outcome)
    for suite, outcomes in by_suite.items():
        failed = [o for o in outcomes if o.key in {b.key for b in run.bad()}]
        node = ElementTree.SubElement(
            root, "testsuite", name=suite, tests=str(len(outcomes)),
            failures=str(len(failed)), errors="0",
            skipped=str(sum(o.status in (Status.SKIPPED, Status.KNOWN)
                            for o in outcomes)),
            time=f"{sum(o.seconds for o in outcomes):.4f}")
        for outcome in outcomes:
            _junit_case(node, outcome, run)
    if run.troubles or run.error:
        node = ElementTree.SubElement(root, "testsuite", name="kernel",
                                      tests="1", failures="0", errors="1")
        child = ElementTree.SubElement(node, "testcase", name="kernel",
                                       classname="kernel")
        what = run.error or "; ".join(t.what for t in run.troubles)
        error = ElementTree.SubElement(child, "error", message=_printable(what))
        error.text = _printable("\n".join(
            line for t in run.troubles for s in t.splats for line in s.lines))
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _junit_case(node: ElementTree.Element, outcome: Outcome, run: Run) -> None:
    file, line = run.place(outcome)
    where = {"file": file, "line": str(line)} if file else {}
    child = ElementTree.SubElement(
        node, "testcase", name=outcome.name, classname=outcome.suite,
        time=f"{outcome.seconds:.4f}")
    for key, value in where.items():
        child.set(key, value)
    if outcome.status in (Status.SKIPPED, Status.KNOWN):
        ElementTree.SubElement(child, "skipped", message=_printable(outcome.reason))
    elif not outcome.status.good or outcome.key in run.flaky:
        contracts = " ".join(run.contracts(outcome.key))
        failure = ElementTree.SubElement(
            child, "failure", type=outcome.status.value,
            message=_printable(f"{contracts}: {outcome.reason}"))
        failure.text = _printable("\n".join(
            [*outcome.output, *(line for s in outcome.splats for line in s.lines)]))


def _printable(text: str) -> str:
    """@text without the characters that XML cannot hold."""
    return "".join(c if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c <= "\ufffd"
                   else "?" for c in text)

# SPDX-License-Identifier: GPL-2.0
"""What make and kunit.py say, as one clear line and the first few errors."""

from __future__ import annotations

import re
import shlex
from typing import Sequence

from ..errors import HostError, TestbedError, UsageError
from ..host import proc
from . import tree
from .planning import Plan

FIRST = 12
_ERROR = re.compile(r"(?::\d+(?::\d+)?: (?:fatal )?error: |undefined reference|"
                    r"^make.*\*\*\* |^(?:\S*ld|collect2|cc1|as): |Error \d+$|"
                    r"multiple definition|No space left|Killed|cannot find )")
# Kconfig says above it, in lines with asterisks, which version there is and which is wanted.
_REFUSED = re.compile(r"^\S*Kconfig\.include:\d+: (Sorry, .*)$", re.MULTILINE)


# What gcc and clang say first.
_FUNCTION = re.compile(r": In function '\w+':$")


def explain(done: proc.Done, plan: Plan, version: str) -> TestbedError:
    """Turn kunit.py's output into one clear line and the first few errors."""
    text = tree.plain(done.output)
    lines = [line.removeprefix("ERROR:root:") for line in text.splitlines()]
    missing = re.search(r"^Missing: (.+)$", text, re.MULTILINE)
    if missing:
        return TestbedError(f"Linux {version} cannot have {missing.group(1)}; the tree "
                            "lacks the option or what it depends on (see "
                            f"{' and '.join(path.name for path in plan.configs)})")
    if "No space left on device" in text:
        return HostError("the disk is full; make room there or set MMTB_CACHE to "
                         "another folder")
    refused = _REFUSED.search(text)
    if refused:
        return TestbedError(
            f"Linux {version} does not take the compiler or linker that is here: "
            f"{refused.group(1)}", [line for line in lines if re.match(r"\*\*\* .*\S", line)])
    if done.code == 2 and "usage: kunit.py" in text:
        return UsageError(f"kunit.py does not take {shlex.join(plan.options)}; see "
                          "kunit.py build --help", lines[-1:])
    errors = [line for line in lines if _ERROR.search(line)] or \
        [line for line in lines if line.strip()][-FIRST:]
    first = next((line for line in errors if "error" in line.lower()),
                 (errors or ["no message"])[0])
    return TestbedError(f"the kernel does not build: {first.strip()}",
                        context(lines, errors))


def context(lines: Sequence[str], errors: Sequence[str]) -> list[str]:
    """The @lines from the first of @errors on, as many as help, and the function in which
    it is."""
    if not errors:
        return []
    start = list(lines).index(errors[0])
    if start and _FUNCTION.search(lines[start - 1]):
        start -= 1
    return list(lines[start:start + FIRST])

# SPDX-License-Identifier: GPL-2.0
"""Words for people."""

from __future__ import annotations

# Plurals that take more than an s.
_ODD = {"child": "children"}


def plural(noun: str) -> str:
    """'cases', 'patches', 'children'."""
    return _ODD.get(noun) or noun + ("es" if noun.endswith(("ch", "sh", "s", "x")) else "s")


def count(number: int, noun: str) -> str:
    """'1 case', '2 cases'."""
    return f"{number} {noun if number == 1 else plural(noun)}"

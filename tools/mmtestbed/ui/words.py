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


def share(done: int, total: int, seconds: float) -> str:
    """How far something is that has taken @seconds so far: '3 of 12, 25 %, about 6 s left'."""
    text = f"{done} of {total}, {100 * done // max(1, total)} %"
    # The first ones say little.
    if done >= 3 and seconds >= 2 and done < total:
        text += f", about {duration(seconds / done * (total - done))} left"
    return text


def duration(seconds: float) -> str:
    """'40 s', '3 min'."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"

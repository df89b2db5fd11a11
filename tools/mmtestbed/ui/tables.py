# SPDX-License-Identifier: GPL-2.0
"""Tables, for the terminal and for documents."""

from __future__ import annotations

from typing import Sequence


def plain(rows: Sequence[Sequence[str]], widest: int = 0) -> list[str]:
    """@rows, the first of which is the heading, as lines with aligned columns.

    The last column is cut so that a line is not longer than @widest, if given.
    """
    widths = [max(len(row[column]) for row in rows)
              for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        line = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip()
        if widest and len(line) > widest:
            line = line[:widest - 3] + "..."
        lines.append(line)
        if number == 0:
            lines.append("  ".join("-" * width for width in widths)[:widest or None])
    return lines


def rst(rows: Sequence[Sequence[str]]) -> list[str]:
    """@rows as a simple table in reStructuredText."""
    cells = [[cell or "\\-" if column == 0 else cell
              for column, cell in enumerate(row)] for row in rows]
    widths = [max(len(row[column]) for row in cells) or 1
              for column in range(len(cells[0]))]
    rule = "  ".join("=" * width for width in widths)
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths)).rstrip()
             for row in cells]
    return [rule, lines[0], rule, *lines[1:], rule]

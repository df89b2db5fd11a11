# SPDX-License-Identifier: GPL-2.0
"""Figures of measurements as a plot, by gnuplot."""

from __future__ import annotations

import re
import shutil
import statistics
from typing import Any, Mapping, Sequence

from ..host import proc
from .html import Markup

_NO_TEXT = re.compile(r"[\"\\\n\r`]")


def _quoted(text: str) -> str:
    """@text as a string of gnuplot's, taken as it is."""
    return '"' + _NO_TEXT.sub(" ", text) + '"'


def script(title: str, unit: str, figures: Sequence[Mapping[str, Any]]) -> str:
    """What gnuplot has to be told: each single value, and the median as a line."""
    ticks = ", ".join(f"{_quoted(str(each['at']))} {number}"
                      for number, each in enumerate(figures))
    points = [f"{number} {value}" for number, each in enumerate(figures)
              for value in each["values"]]
    middle = [f"{number} {statistics.median(each['values'])}"
              for number, each in enumerate(figures)]
    return "\n".join([
        'set terminal svg size 820,340 font "sans-serif,12" enhanced background "#ffffff"',
        f"set title {_quoted(title)} noenhanced", f"set ylabel {_quoted(unit)} noenhanced",
        "set yrange [0:*]", "set grid ytics", "set key top left",
        f"set xrange [-0.5:{len(figures) - 0.5}]",
        f"set xtics ({ticks}) rotate by -20 noenhanced",
        "$all << EOD", *points, "EOD", "$middle << EOD", *middle, "EOD",
        'plot $all with points pt 7 ps 0.5 lc rgb "#0550ae" title "each run", '
        '$middle with linespoints pt 5 lc rgb "#b3261e" title "median"', ""])


def svg(title: str, unit: str, figures: Sequence[Mapping[str, Any]]) -> Markup:
    """The plot; nothing without gnuplot, or if that will not have it."""
    if not figures or not shutil.which("gnuplot"):
        return Markup("")
    done = proc.run(["gnuplot"], data=script(title, unit, figures).encode())
    match = re.search(r"<svg.*</svg>", done.output, re.DOTALL)
    return Markup(match[0] if match and done.code == 0 else "")

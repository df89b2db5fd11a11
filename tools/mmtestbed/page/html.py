# SPDX-License-Identifier: GPL-2.0
"""Elements of a page.  Whatever is text is escaped; what is markup already is a Markup."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Sequence, Union

from ..ui.console import clean


class Markup(str):
    """Text that is markup already."""


Text = Union[str, Markup]


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    @kind: a class of the style sheet, such as "passed"; @sort: what it is sorted by, if not
    by its text; @href: where it leads to.
    """

    text: Text
    kind: str = ""
    sort: str = ""
    href: str = ""

    def markup(self, tag: str = "td") -> str:
        """The element."""
        names = f' class="{self.kind}"' if self.kind else ""
        if self.sort:
            names += f' data-text="{html.escape(self.sort)}"'
        inner = esc(self.text)
        if self.href:
            inner = f'<a href="{html.escape(self.href)}">{inner}</a>'
        return f"<{tag}{names}>{inner}</{tag}>"


Row = Sequence[Union[Cell, str]]


def esc(text: Text) -> str:
    """@text as markup; a character that no page may hold is shown by its number."""
    if isinstance(text, Markup):
        return text
    return html.escape(clean(text.replace("\n", " ")))


def element(tag: str, text: Text, kind: str = "", name: str = "") -> Markup:
    """<tag>text</tag>, with class @kind and id @name."""
    names = (f' class="{kind}"' if kind else "") + (f' id="{name}"' if name else "")
    return Markup(f"<{tag}{names}>{esc(text)}</{tag}>")


def ident(text: str) -> str:
    """@text as an id."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-").lower()


def table(heading: Sequence[str], rows: Sequence[Row], name: str = "",
          caption: str = "") -> Markup:
    """A table that can be sorted where there is JavaScript, and read where there is none."""
    lines = [f'<div class="wide"><table class="sort"{f" id={chr(34)}{name}{chr(34)}" if name else ""}>']
    if caption:
        lines.append(f"<caption>{esc(caption)}</caption>")
    lines.append("<thead><tr>" + "".join(f"<th scope=\"col\">{esc(each)}</th>"
                                         for each in heading) + "</tr></thead>")
    lines.append("<tbody>")
    for row in rows:
        cells = [each if isinstance(each, Cell) else Cell(each) for each in row]
        lines.append("<tr>" + cells[0].markup("th") + "".join(
            each.markup() for each in cells[1:]) + "</tr>")
    lines.append("</tbody></table></div>")
    return Markup("\n".join(lines))


def details(summary: str, inner: Markup) -> Markup:
    """What is shown when somebody asks for it."""
    return Markup(f"<details><summary>{esc(summary)}</summary>\n{inner}\n</details>")


def join(parts: Sequence[Text]) -> Markup:
    """@parts, one below the other."""
    return Markup("\n".join(esc(part) for part in parts))


STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --back: #fff; --soft: #f3f4f6;
  --line: #d0d7de; --good: #116329; --bad: #b3261e; --warn: #7d4e00; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117;
  --soft: #161b22; --line: #30363d; --good: #56d364; --bad: #ff7b72; --warn: #e3b341;
  --link: #79c0ff; } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  margin: 0 auto; max-width: 1200px; padding: 1rem; }
h1 { font-size: 1.6rem; margin: .2rem 0; } h2 { margin-top: 2.2rem; font-size: 1.25rem;
  border-bottom: 1px solid var(--line); padding-bottom: .2rem; } h3 { font-size: 1.05rem; }
nav { margin: 1rem 0; } nav a { display: inline-block; margin-right: 1rem; }
a { color: var(--link); }
.wide { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; font-size: .87rem; }
caption { text-align: left; padding: .2rem 0; color: var(--text); font-weight: 600; }
th, td { border-bottom: 1px solid var(--line); padding: .22rem .6rem; text-align: left;
  vertical-align: top; }
thead th { background: var(--soft); position: sticky; top: 0; white-space: nowrap; }
tbody th { font-weight: 500; }
thead th.tablesorter-header { cursor: pointer; }
thead th.tablesorter-headerAsc::after { content: " \\25b2"; }
thead th.tablesorter-headerDesc::after { content: " \\25bc"; }
.passed, .killed { color: var(--good); } .failed, .crashed, .hung, .missing, .survived,
.wrong { color: var(--bad); font-weight: 600; } .skipped, .known, .old { color: var(--warn); }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1rem 0; padding: 0;
  list-style: none; }
.tiles li { background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  padding: .6rem .9rem; min-width: 11rem; } .tiles b { display: block; font-size: 1.15rem; }
.lanes { table-layout: fixed; min-width: 60%; } .lanes td { border-bottom: 0;
  border-left: 1px solid var(--line); padding: .1rem .6rem; font-size: .95em; }
.lanes .on, .lanes .switch { background: var(--soft); border-left: 3px solid var(--link); }
.lanes .switch { border-bottom: 2px solid var(--warn); font-weight: 600; }
.note { color: var(--warn); } code, pre { font-family: ui-monospace, monospace;
  font-size: .92em; } pre { background: var(--soft); padding: .6rem; overflow-x: auto; }
svg { max-width: 100%; height: auto; background: #fff; }
details { margin: .5rem 0; } summary { cursor: pointer; }
@media print { nav { display: none; } body { max-width: none; font-size: 10px; }
  .wide { overflow: visible; } thead th { position: static; } }
"""


def page(title: str, body: Markup, scripts: Sequence[str]) -> str:
    """The whole document; @scripts are the texts of JavaScript files."""
    code = "".join(f"<script>\n{text.replace('</script', '<' + chr(92) + '/script')}\n</script>\n"
                   for text in scripts)
    return ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<!-- SPDX-License-Identifier: GPL-2.0 -->\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
            f"{body}\n{code}</body>\n</html>\n")

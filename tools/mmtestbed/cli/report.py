# SPDX-License-Identifier: GPL-2.0
"""mmt report: one page with all that the given runs have found."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ..errors import Exit, TestbedError, UsageError
from ..host import deps, lock
from ..kernel import provenance
from ..model.repository import REPOSITORY
from ..page import compare, html, material, sections
from ..page.html import Markup
from ..ui import output, words
from ..ui.console import Console
from . import shared

PAGE, DATA = "index.html", "report.json"
_LIBRARIES = ("/usr/share/javascript/jquery/jquery.min.js",
              "/usr/share/javascript/jquery-tablesorter/jquery.tablesorter.min.js")
TOOLS = (
    deps.Tool(_LIBRARIES[0], "libjs-jquery", "sorts the tables of a report", optional=True),
    deps.Tool(_LIBRARIES[1], "libjs-jquery-tablesorter", "sorts the tables of a report",
              optional=True),
    deps.Tool("gnuplot", "gnuplot-nox", "plots what is measured", optional=True),
    deps.Tool("rst2html5", "python3-docutils", "shows documents in a report", optional=True),
)
# Documents with tables that come from runs.
_DOCUMENTS = ("contracts.rst", "findings.rst", "kernels.rst", "swap-fault-table.rst",
              "walker-table.rst", "large-folio-table.rst", "measurements.rst",
              "mutation.rst", "schedules.rst")
_START = 'jQuery(function($) { $("table.sort").tablesorter(); });'


def _parser() -> shared.Parser:
    parser = shared.Parser(
        prog=shared.me("report"), allow_abbrev=False,
        description="Make one page, DIR/index.html, of what run, controls, mutate, "
                    "explore and measure have written with --json.  It needs no network, and a browser "
                    "without JavaScript shows all of it.",
        epilog="Exit codes: 0 done; 2 wrong usage; 125 it cannot be written.")
    parser.add_argument("folder", metavar="DIR", type=Path, help="where to write the page")
    parser.add_argument("files", metavar="JSON", nargs="+", type=Path,
                        help="what to show; the last run of a kernel and variant counts")
    parser.add_argument("--against", metavar="DIR", type=Path,
                        help="an older report: show what has changed since")
    shared.add_install(parser)
    return parser


def _folder(path: Path) -> Path:
    """@path, which holds nothing, or an older report.  Raises UsageError."""
    path = path.absolute()
    if path.exists() and not path.is_dir():
        raise UsageError(f"cannot write to {path}: it is no folder")
    if path.is_dir() and not {each.name for each in path.iterdir()} <= {PAGE, DATA}:
        raise UsageError(f"{path} holds other files; name an empty or a new folder")
    if not path.parent.is_dir():
        raise UsageError(f"cannot make {path}: {path.parent} does not exist")
    return path


def _older(folder: Path) -> Mapping[str, Any]:
    """What the report in @folder was made of.  Raises UsageError."""
    value = lock.read_json(folder / DATA)
    if not isinstance(value, dict) or value.get("schema") != 1:
        raise UsageError(f"{folder} holds no report; it should have a {DATA}")
    return value


def _scripts() -> list[str]:
    """What sorts the tables, as far as it is installed."""
    texts = []
    for name in _LIBRARIES:
        try:
            texts.append(Path(name).read_text(encoding="utf-8"))
        except OSError:
            return []
    return [*texts, _START]


def body(shelf: material.Shelf, old: Optional[Mapping[str, Any]], when: str) -> Markup:
    """The page but for its head."""
    parts = [*((title, part(shelf)) for title, part in sections.PARTS),
             ("Documents", sections.documents(REPOSITORY / "Documentation", _DOCUMENTS))]
    if old is not None:
        parts.insert(0, ("Changes", compare.differences(old, compare.summary(shelf))))
    links = "".join(f'<a href="#{html.ident(title)}">{html.esc(title)}</a>'
                    for title, _ in parts)
    return html.join([
        html.element("h1", "mm-testbed: page migration and device memory"),
        html.element("p", f"Made on {when} from {words.count(len(shelf.found), 'file')}."),
        sections.tiles(shelf), Markup(f"<nav>{links}</nav>"),
        *(html.join([html.element("h2", title, name=html.ident(title)), text])
          for title, text in parts)])


def _write(args: Any, console: Console) -> None:
    folder = _folder(args.folder)
    old = _older(args.against) if args.against else None
    today = provenance.suites(REPOSITORY)
    shelf = material.shelf(args.files, today)
    deps.ensure([tool for tool in TOOLS], console, args.install)
    when = datetime.date.today().isoformat()
    scripts = _scripts()
    if not scripts:
        console.note("tables cannot be sorted: libjs-jquery-tablesorter is missing")
    try:
        text = html.page("mm-testbed", body(shelf, old, when), scripts)
    except (KeyError, TypeError) as err:
        raise UsageError(f"one of the files lacks {err}: of another version of this "
                         "project?") from None
    folder.mkdir(parents=True, exist_ok=True)
    output.write(folder / DATA, json.dumps(compare.summary(shelf), indent=1).encode())
    output.write(folder / PAGE, text.encode())
    console.line(f"{folder / PAGE}: {words.count(len(shelf.found), 'file')}, "
                 f"{len(text) >> 10} KiB")


def main(argv: Optional[Sequence[str]] = None) -> int:
    """The command; returns its exit code."""
    console = Console()
    try:
        _write(_parser().parse_args(argv), console)
    except TestbedError as err:
        console.error(err)
        return err.code
    except OSError as err:
        console.error(TestbedError(f"{err.filename}: {err.strerror}"))
        return Exit.BROKEN
    return Exit.PASSED

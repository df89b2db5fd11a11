# SPDX-License-Identifier: GPL-2.0
"""The page: all of the JSON is on it, nothing but that, and a browser shows it."""

import contextlib
import io
import json
import random
import re
import shutil
import subprocess
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional
from unittest import mock

from mmtestbed.cli import report
from mmtestbed.kernel import provenance
from mmtestbed.page import compare, material, plots, sections
from mmtestbed.page.html import Markup, esc

_VOID = ("meta", "br", "link", "hr", "img", "input", "col")
_STATES = ("passed", "failed", "skipped", "known")
_HOSTILE = '<script>alert("x")</script> & \x1b[31m'


def run_of(version: str, seed: int, **more: Any) -> dict[str, Any]:
    """The JSON of a run of @version, drawn by @seed."""
    draw = random.Random(seed)
    cases = [{"suite": f"suite_{number % 7}", "name": f"case_{number}",
              "status": draw.choice(_STATES), "seconds": draw.randrange(10000) / 1000,
              "contracts": [f"ME-{number % 5 + 1}"], "summary": f"Promise {number}",
              "reason": f"why {number}"} for number in range(60)]
    return {"schema": 1, "testbed": {"commit": "0123456789abcdef", "changed": False,
                                     "date": "2026-01-02", "suites": "now"},
            "kernel_version": version, "line": "6.12", "variant": "plain", "verdict": "fail",
            "counts": {state: sum(case["status"] == state for case in cases)
                       for state in _STATES},
            "build_seconds": 12.3, "boot_seconds": 4.5, "seconds": 6.7, "children": 60,
            "mode": "children", "known_bugs": [], "cases": cases, **more}


def control(name: str, outcome: str, *cases: str) -> dict[str, Any]:
    """One of the JSON of controls."""
    found = [dict(zip(("suite", "name"), case.split("."))) for case in cases]
    return {"name": name, "subject": f"subject of {name}", "breaks": ["ME-1"],
            "outcome": outcome, "killed_by": found[:1], "also_failed": found[1:]}


class Reader(HTMLParser):
    """Reads a page, and notices what is not well-formed.

    @tables: by id, or by number: rows of texts.  @ids, @links, @loads: what it has, leads
    to, and would fetch.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: Optional[list[list[str]]] = None
        self._cell = False
        self.feed(text)
        self.close()
        if self.open:
            raise AssertionError(f"not closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        known = dict(attrs)
        if known.get("id"):
            self.ids.append(str(known["id"]))
        if tag == "a" and known.get("href"):
            self.links.append(str(known["href"]))
        if known.get("src") or tag == "link":
            self.loads.append(str(attrs))
        if tag == "table":
            self._rows = self.tables.setdefault(known.get("id") or f"{len(self.tables)}", [])
        if tag == "tr" and self._rows is not None:
            self._rows.append([])
        if tag in ("td", "th") and self._rows is not None:
            self._rows[-1].append("")
            self._cell = True
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")
        if tag == "table":
            self._rows = None
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell and self._rows:
            self._rows[-1][-1] += data


class PageCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        # To show the documents takes seconds.
        self.enterContext(mock.patch.object(provenance, "suites", return_value="now"))
        self.enterContext(mock.patch.object(report, "_DOCUMENTS", ()))

    def put(self, name: str, value: Any) -> str:
        """@value in a file; its path."""
        path = self.folder / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return str(path)

    def report(self, *words: str) -> tuple[int, str]:
        """(exit code, all that it says) of mmt report @words."""
        with contextlib.redirect_stdout(io.StringIO()) as out, \
                contextlib.redirect_stderr(out):
            code = report.main([*words, "--no-install"])
        return code, out.getvalue()

    def page(self, *files: str, more: tuple[str, ...] = ()) -> tuple[str, Reader]:
        """The page of @files."""
        target = self.folder / "page"
        code, said = self.report(str(target), *files, *more)
        self.assertEqual(code, 0, said)
        text = (target / "index.html").read_text(encoding="utf-8")
        return text, Reader(re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL))


class Page(PageCase):
    def test_figures_are_those_of_the_json(self) -> None:
        """Twenty of them, drawn."""
        runs = [run_of("6.12.1", 1), run_of("7.3.4", 2)]
        _, page = self.page(*(self.put(f"{number}.json", run)
                              for number, run in enumerate(runs)))
        rows = {row[0]: row for row in page.tables["t-cases"]}
        draw = random.Random(20)
        for _ in range(20):
            which = draw.randrange(2)
            case = draw.choice(runs[which]["cases"])
            row = rows[f"{case['suite']}.{case['name']}"]
            self.assertEqual(row[1:3], [" ".join(case["contracts"]), case["summary"]])
            self.assertEqual(row[3 + which], case["status"])
            if which == 0:
                self.assertEqual(row[5], f"{case['seconds']:.3f}")
        for row in page.tables["t-verdicts"][1:]:
            for which, cell in enumerate(row[1:]):
                for state in _STATES:
                    count = sum(case["status"] == state and case["suite"] == row[0]
                                for case in runs[which]["cases"])
                    self.assertEqual(f"{count} {state}" in cell.split(", "), count > 0)
        reasons = page.tables["t-reasons"]
        self.assertEqual(len(reasons) - 1, sum(case["status"] != "passed" for run in runs
                                               for case in run["cases"]))

    def test_links_lead_somewhere(self) -> None:
        _, page = self.page(self.put("run.json", run_of("6.12.1", 1)))
        self.assertEqual(len(page.ids), len(set(page.ids)))
        inner = [link[1:] for link in page.links if link.startswith("#")]
        self.assertGreaterEqual(set(page.ids), set(inner))
        self.assertIn("verdicts", inner)

    def test_needs_no_network(self) -> None:
        text, page = self.page(self.put("run.json", run_of("6.12.1", 1)))
        self.assertEqual(page.loads, [])
        style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
        self.assertNotRegex(" ".join(style), r"@import|url\(")

    def test_hostile_text(self) -> None:
        run = run_of("6.12.1", 1)
        run["cases"][0].update(status="failed", reason=_HOSTILE, summary=_HOSTILE)
        text, page = self.page(self.put("run.json", run))
        self.assertNotIn("<script>alert", text)
        self.assertNotIn("\x1b", text)
        self.assertEqual(page.tables["t-cases"][1][2], r'<script>alert("x")</script> & \x1b[31m')

    def test_missing_is_said(self) -> None:
        text, _ = self.page(self.put("run.json", run_of("6.12.1", 1)))
        for how in ("scripts/controls.sh --json FILE", "scripts/mutate.sh --json FILE",
                    "mmt measure --json FILE"):
            self.assertIn(f"No such run was given: {how}", text)

    def test_old_is_said(self) -> None:
        now, old = run_of("6.12.1", 1), run_of("7.3.4", 1)
        old["testbed"]["suites"] = "then"
        text, _ = self.page(self.put("a.json", now), self.put("b.json", old))
        self.assertEqual(text.count("of other suites"), 1)

    def test_controls(self) -> None:
        value = {**run_of("6.12.1", 1), "controls": [
            control("a", "killed", "suite_0.case_0", "suite_1.case_1"),
            control("b", "survived")]}
        del value["cases"]
        _, page = self.page(self.put("run.json", run_of("6.12.1", 1)),
                            self.put("controls.json", value))
        rows = {row[1]: row for row in page.tables["t-controls-6.12.1-plain"]}
        self.assertEqual(rows["a"], ["ME-1", "a", "subject of a", "killed", "suite_0.case_0",
                                     "2"])
        self.assertEqual(rows["b"][3:], ["survived", "", "0"])
        cases = {row[0]: row[-1] for row in page.tables["t-cases"]}
        self.assertEqual((cases["suite_1.case_1"], cases["suite_2.case_2"]), ("1", "0"))

    def test_mutants(self) -> None:
        fates = [{"file": "mm/a.c", "function": "f", "line": 3, "op": "x", "before": "a < b",
                  "after": "a <= b", "number": 1, "state": state, "by": "", "why": "",
                  "cases": ["one"]} for state in ("killed", "survived", "killed")]
        fates.append({**fates[0], "file": "mm/b.c"})
        value = {**run_of("6.12.1", 1), "mutants": fates}
        del value["cases"]
        text, page = self.page(self.put("mutants.json", value))
        self.assertIn(["mm/a.c", "2", "1"], [row for rows in page.tables.values()
                                             for row in rows])
        self.assertIn("mm/a.c:3", text)

    def test_known_bugs(self) -> None:
        bug = {"patch": "fixes/x", "fix": "mm: mend x", "fixed": "7.0", "happens": "it spins",
               "breaks": ["ME-1"], "cases": ["a.b"], "gone": []}
        _, page = self.page(self.put("run.json", run_of("6.12.1", 1, known_bugs=[
            bug, {**bug, "patch": "fixes/y", "fixed": "", "gone": ["a.b"]}])))
        self.assertEqual(page.tables["t-known"][1:], [
            ["fixes/x", "6.12.1 plain", "it spins", "mm: mend x", "7.0", "ME-1", "1 case"],
            ["fixes/y", "6.12.1 plain", "it spins", "mm: mend x", "not yet", "ME-1", "gone"]])

    def test_documents(self) -> None:
        if not shutil.which("rst2html5"):
            self.skipTest("no docutils here")
        one, two = (self.folder / f"{name}.rst" for name in ("one", "two"))
        for path in (one, two):
            path.write_text("=====\nTitle\n=====\n\nPart\n====\n\n*x* < y\n",
                            encoding="utf-8")
        text = sections.documents(self.folder, ["one.rst", "two.rst", "none.rst"])
        page = Reader(text)
        self.assertEqual(text.count("<em>x</em> &lt; y"), 2)
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertGreater(len(page.ids), 1)

    def test_last_run_counts(self) -> None:
        first, last = run_of("6.12.1", 1, verdict="pass"), run_of("6.12.1", 2)
        text, _ = self.page(self.put("a.json", first), self.put("b.json", last))
        self.assertNotIn(">PASS<", text)
        self.assertIn(">FAIL<", text)

    def test_runs_of_all(self) -> None:
        value = {"schema": 1, "runs": [{"report": run_of("6.12.1", 1)}, {"report": None},
                                       {"report": run_of("7.3.4", 2)}]}
        _, page = self.page(self.put("all.json", value))
        self.assertEqual(page.tables["t-verdicts"][0][1:], ["6.12.1 plain", "7.3.4 plain"])


class Against(PageCase):
    def test_changes(self) -> None:
        old, new = run_of("6.12.1", 1), run_of("6.12.1", 1)
        new["cases"][0]["status"] = "hung"
        del new["cases"][1]
        self.page(self.put("a.json", old))
        shutil.move(self.folder / "page", self.folder / "old")
        _, page = self.page(self.put("b.json", new), self.put("c.json", run_of("7.3.4", 1)),
                            more=("--against", str(self.folder / "old")))
        self.assertEqual(page.tables["t-changes"][1:], [
            ["suite_0.case_0", "6.12.1 plain", old["cases"][0]["status"], "hung"],
            ["suite_1.case_1", "6.12.1 plain", old["cases"][1]["status"], "absent"]])

    def test_nothing_changed(self) -> None:
        shelf = material.Shelf([material.Material("run", Path("x"), run_of("6.12.1", 1))])
        self.assertIn("No verdict has changed", compare.differences(
            compare.summary(shelf), compare.summary(shelf)))

    def test_no_report(self) -> None:
        code, said = self.report(str(self.folder / "p"), self.put("a.json", run_of("6.1", 1)),
                                 "--against", str(self.folder))
        self.assertEqual(code, 2)
        self.assertIn("holds no report", said)


class Input(PageCase):
    def test_what_is_none_of_ours(self) -> None:
        (self.folder / "text").write_text("text", encoding="utf-8")
        for name, why in ((str(self.folder / "text"), "is no JSON"),
                          (str(self.folder / "absent"), "cannot read"),
                          (self.put("x.json", {"a": 1}), "is not what one of the commands"),
                          (self.put("y.json", [1]), "is not what one of the commands"),
                          (self.put("z.json", {"cases": [{}]}), "another version")):
            with self.subTest(name):
                code, said = self.report(str(self.folder / "page"), name)
                self.assertEqual(code, 2)
                self.assertIn(why, said)
                self.assertFalse((self.folder / "page").exists())

    def test_folder_of_somebody_else(self) -> None:
        run = self.put("run.json", run_of("6.12.1", 1))
        for folder, why in ((str(self.folder), "holds other files"),
                            (run, "is no folder"),
                            (str(self.folder / "a" / "b"), "does not exist")):
            code, said = self.report(folder, run)
            self.assertEqual(code, 2)
            self.assertIn(why, said)

    def test_escaping(self) -> None:
        self.assertEqual(esc('a<b "c"\n\x1b'), "a&lt;b &quot;c&quot; \\x1b")


class Plots(unittest.TestCase):
    FIGURES = [{"case": "c", "at": "1 \" `ls` waiter", "unit": "us", "of": None,
                "values": [1, 2, 30]}, {"case": "c", "at": "8", "unit": "us", "of": None,
                                        "values": [4, 4, 4]}]

    def test_script(self) -> None:
        text = plots.script("c", "us", self.FIGURES)
        self.assertIn("0 30\n", text)
        self.assertIn("0 2\n1 4\nEOD", text)
        self.assertNotIn("`", text)

    def test_gnuplot(self) -> None:
        if not shutil.which("gnuplot"):
            self.skipTest("no gnuplot here")
        self.assertIn("</svg>", plots.svg("c", "us", self.FIGURES))
        with mock.patch.object(shutil, "which", return_value=None):
            self.assertEqual(plots.svg("c", "us", self.FIGURES), "")

    def test_data_is_there_without(self) -> None:
        value = material.Material("measurements", Path("x"), {"figures": self.FIGURES})
        with mock.patch.object(plots, "svg", return_value=Markup("")):
            text = sections.measurements(material.Shelf([value]))
        self.assertIn("30", text)
        self.assertIn("need gnuplot", text)


class Browser(PageCase):
    """What a real one makes of it."""

    def chromium(self, *words: str) -> str:
        """What chromium, without a screen, prints on @words."""
        program = shutil.which("chromium")
        if not program:
            self.skipTest("chromium is not installed: name these tests to have it installed")
        return subprocess.run(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", f"--user-data-dir={self.folder / 'profile'}", *words],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
            timeout=240).stdout

    def changed(self, text: str, script: str) -> str:
        """The page @text with one more @script, as a file; its address."""
        path = self.folder / "changed.html"
        path.write_text(text.replace("</body>", f"<script>{script}</script></body>"),
                        encoding="utf-8")
        return f"file://{path}"

    def test_two_widths(self) -> None:
        """Nothing but a table may be wider than the window; and it can be seen."""
        text, _ = self.page(self.put("run.json", run_of("6.12.1", 1)))
        page = self.changed(text, "document.title = document.documentElement.scrollWidth")
        for width in (1200, 500):
            with self.subTest(width):
                said = self.chromium(f"--window-size={width},900", "--dump-dom", page)
                title = re.search("<title>(.*?)</title>", said)
                assert title
                self.assertLessEqual(int(title[1]), width)
                picture = self.folder / f"{width}.png"
                self.chromium(f"--window-size={width},900", f"--screenshot={picture}", page)
                head = picture.read_bytes()[16:24]
                self.assertEqual((int.from_bytes(head[:4]), int.from_bytes(head[4:])),
                                 (width, 900))

    def test_sorting(self) -> None:
        if not report._scripts():
            self.skipTest("no libjs-jquery-tablesorter here")
        run = run_of("6.12.1", 1)
        text, _ = self.page(self.put("run.json", run))
        said = self.chromium("--virtual-time-budget=5000", "--dump-dom", self.changed(
            text, 'jQuery(function($) { $("#t-cases thead th").eq(4).click(); });'))
        page = Reader(re.sub(r"<script>.*?</script>", "", said, flags=re.DOTALL))
        seconds = [float(row[4]) for row in page.tables["t-cases"][1:]]
        self.assertEqual(seconds, sorted(case["seconds"] for case in run["cases"]))
        self.assertNotEqual(seconds, [case["seconds"] for case in run["cases"]])


if __name__ == "__main__":
    unittest.main()

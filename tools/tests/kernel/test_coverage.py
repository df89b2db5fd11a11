# SPDX-License-Identifier: GPL-2.0
"""What has run: gcov's words, sums of several boots, reports that can be compared."""

import json
import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import coverage, tree
from mmtestbed.model import counted

from tests import support

# Has the name of a file under test, and is an ordinary program.
PROGRAM = """\
static int chosen(int n)
{
	if (n > 1)
		return 1;
	return 0;
}

static int never(void)
{
	return 2;
}

int main(int argc, char **argv)
{
	return argc > 5 ? never() : chosen(argc) * 0;
}
"""


def recorded() -> list[coverage.Function]:
    """The functions in what gcov of gcc 12 has printed."""
    path = support.DATA / "gcov.json"
    return coverage.parse(path.read_text(encoding="utf-8"))


class Parse(unittest.TestCase):
    def test_functions_in_source_order(self) -> None:
        functions = recorded()
        self.assertEqual([f.name for f in functions], ["chosen", "never", "main"])
        self.assertEqual({f.file for f in functions}, {"mm/hmm.c"})

    def test_lines_and_branches(self) -> None:
        chosen, never, main = recorded()
        self.assertEqual((chosen.hit, len(chosen.lines), chosen.unhit), (3, 4, [4]))
        self.assertEqual(chosen.branches, (1, 2))
        self.assertEqual((never.hit, never.unhit, never.branches), (0, [8, 10], (0, 0)))
        self.assertEqual((main.hit, main.branches), (2, (1, 2)))

    def test_files_of_others_do_not_count(self) -> None:
        path = support.DATA / "gcov.json"
        text = path.read_text(encoding="utf-8").replace("mm/hmm.c", "mm/kunit/hmm.c")
        self.assertEqual(coverage.parse(text), [])

    def test_documents_add_up(self) -> None:
        """A function that is in two objects has run if it did in one."""
        data = json.loads((support.DATA / "gcov.json").read_text(encoding="utf-8"))
        for line in data["files"][0]["lines"]:
            line["count"] = 0
        both = coverage.parse((support.DATA / "gcov.json").read_text(encoding="utf-8")
                              + "\n" + json.dumps(data))
        self.assertEqual([f.hit for f in both], [f.hit for f in recorded()])

    def test_no_gcov(self) -> None:
        for text in ("Segmentation fault", "{}", '{"files": [{"file": "/mm/hmm.c"}]}'):
            with self.subTest(text), self.assertRaisesRegex(TestbedError, "gcov"):
                coverage.parse(text)

    def test_only_the_files_under_test_are_counted(self) -> None:
        pattern = counted.SPECS.split()[-1].partition("=")[2].replace(";", "|")
        for name in ("../src/mm/migrate.c", "/k/mm/migrate_device.c", "/k/mm/memremap.c",
                     "../src/fs/proc/task_mmu.c"):
            self.assertRegex(name, pattern)
        for name in ("../src/mm/kunit/migrate_vma/hole_kunit.c", "/k/fs/swap.c",
                     "/k/mm/hmm_test.c", "/k/include/linux/swap.h"):
            self.assertIsNone(re.search(pattern, name), name)


class Report(unittest.TestCase):
    def test_ranges(self) -> None:
        self.assertEqual(coverage.ranges([]), "")
        self.assertEqual(coverage.ranges([1, 2, 3, 5, 7, 8]), "1-3 5 7-8")

    def test_text(self) -> None:
        self.assertEqual(coverage.text_report(recorded(), "6.12.1"), [
            "Linux 6.12.1", "",
            "mm/hmm.c  lines       5/8  branches       2/4",
            "  chosen  lines       3/4  branches       1/2",
            "      not run: 4",
            "  never   lines       0/2  branches       0/0",
            "  main    lines       2/2  branches       1/2",
            "",
            "all       lines       5/8  branches       2/4"])

    def test_json(self) -> None:
        data = coverage.as_json(recorded(), "6.12.1", {},
                                lambda path: [f"{path}\t {i}" for i in range(1, 7)])
        self.assertEqual(data["functions"][0], {
            "file": "mm/hmm.c", "name": "chosen", "start_line": 1,
            "lines_run": [1, 3, 5], "lines_not_run": [4], "text_not_run": ["mm/hmm.c 4"],
            "branches_taken": 1, "branches": 2})

    def test_summary(self) -> None:
        self.assertEqual(coverage.summary(recorded()),
                         "5 of 8 lines, 2 of 3 functions in 1 files")


class Boots(support.TempCase):
    """The counters of a program stand for those of a kernel."""

    def setUp(self) -> None:
        super().setUp()
        for tool in ("gcc", "gcov", "gcov-tool"):
            if not shutil.which(tool):
                self.skipTest(f"no {tool}")
        self.write("src/mm/hmm.c", PROGRAM)
        (self.tmp / "build/mm").mkdir(parents=True)
        (self.tmp / "boots").mkdir()
        subprocess.run(
            ["gcc", "-fprofile-arcs", "-ftest-coverage",
             f"-specs={self.write('gcc.specs', counted.SPECS)}",
             "-c", "-o", "mm/hmm.o", str(self.tmp / "src/mm/hmm.c")], cwd=self.tmp / "build",
            check=True)
        subprocess.run(["gcc", "--coverage", "-o", "linux", "mm/hmm.o"],
                       cwd=self.tmp / "build", check=True)
        places = tree.Places(self.tmp, self.tmp / "src", self.tmp / "build", self.tmp,
                             self.tmp)
        self.counters = coverage.Counters(self.tmp / "coverage", places)
        self.counters.keep()

    def boot(self, *words: str) -> None:
        """Run the program with @words."""
        number = len(list((self.tmp / "boots").iterdir()))
        folder = self.tmp / "boots" / str(number)
        folder.mkdir()
        subprocess.run([str(self.tmp / "build/linux"), *words], check=True,
                       env={**os.environ, **self.counters.environment(folder)})
        self.counters.add(folder)

    def hits(self) -> list[int]:
        """Lines that have run, by function."""
        return [function.hit for function in self.counters.functions()]

    def test_one(self) -> None:
        self.boot()
        self.assertEqual(self.hits(), [3, 0, 2])
        self.assertEqual(list((self.tmp / "build").glob("**/*.gcda")), [])

    def test_several_add_up(self) -> None:
        self.boot()
        self.boot("a")
        self.assertEqual(self.hits(), [4, 0, 2])
        self.assertEqual(self.counters.lost, 0)

    def test_a_crash_leaves_none(self) -> None:
        self.boot()
        self.counters.add(self.tmp / "boots")
        self.assertEqual((self.counters.lost, self.hits()), (1, [3, 0, 2]))

    def test_gcov_complains_while_it_prints(self) -> None:
        """Before the first boot no note has counters, and gcov says so each time."""
        for name in ("gup", "rmap", "swap"):
            source = self.write(f"src/mm/{name}.c", PROGRAM)
            subprocess.run(
                ["gcc", "-fprofile-arcs", "-ftest-coverage", "-c", "-o",
                 f"mm/{name}.o", str(source)], cwd=self.tmp / "build", check=True)
        self.counters.keep()
        kept = {path.stem for path in (self.tmp / "coverage/src/mm").iterdir()}
        self.assertEqual(kept, {"gup", "hmm", "rmap", "swap"})

    def test_nothing_at_all(self) -> None:
        with self.assertRaisesRegex(TestbedError, "lived long enough"):
            self.counters.functions()

    def test_report(self) -> None:
        if not shutil.which("gcovr"):
            self.skipTest("no gcovr")
        self.boot()
        for _ in range(2):              # the second replaces the first
            self.counters.report(self.tmp / "out", "6.12.1")
            found = {path.name for path in (self.tmp / "out").iterdir()}
            self.assertEqual(found, {coverage.TEXT, coverage.JSON, coverage.HTML})
        pages = "".join(path.read_text(encoding="utf-8")
                        for path in Path(self.tmp / "out/html").glob("*.html"))
        self.assertIn("static int chosen", re.sub(r"<[^>]*>", "", pages))
        self.assertTrue(coverage.is_report(self.tmp / "out"))

    def test_report_without_html(self) -> None:
        self.boot()
        self.set_env("PATH", support.without(self.tmp / "bin", "gcovr"))
        self.counters.report(self.tmp / "out", "6.12.1", html=False)
        found = {path.name for path in (self.tmp / "out").iterdir()}
        self.assertEqual(found, {coverage.TEXT, coverage.JSON})

    def test_a_tree_without_counters(self) -> None:
        (self.tmp / "build/mm/hmm.gcno").unlink()
        places = tree.Places(self.tmp, self.tmp / "src", self.tmp / "build", self.tmp,
                             self.tmp)
        with self.assertRaisesRegex(TestbedError, "CONFIG_GCOV"):
            coverage.Counters(self.tmp / "other", places).keep()

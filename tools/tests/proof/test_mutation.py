# SPDX-License-Identifier: GPL-2.0
"""Mutants: what is generated, that it does what it says, and how it is counted."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from mmtestbed.cli import mutate_run
from mmtestbed.errors import TestbedError
from mmtestbed.proof import mutation
from mmtestbed.proof.mutation import Fate, Mutant, State

_SOURCE = """\
#define TWICE(x) ((x) + (x))
#define FLAG 4
enum colour { RED, GREEN };

static int paint(enum colour colour)
{
	return colour == GREEN;
}

int work(int a, int b);
int work(int a, int b)
{
	static const int start = 1;
	int sum = start, i;

	for (i = 0; i < a; i++)
		sum += TWICE(b + 1);
	if (a && !b)
		sum |= FLAG;
	else if (a > 7)
		return -1;
	switch (b) {
	case 9:
		sum = paint(GREEN);
		break;
	}
	return sum;
}

#define CHOOSE(x) (int)((x) ? (x) + 5 : 0)
#define choose CHOOSE

int pick(int a);
int pick(int a)
{
	return choose(a) == 6;
}

#define up_to(i, n) while ((i)++ < (n))

int count(int n);
int count(int n)
{
	int i = 0, total = 0;

	up_to(i, n)
		total += i;
	return total;
}
"""
_HEADER = """\
#include <stdbool.h>
static unsigned int mm_mutant;
#define mm_mut(n) (mm_mutant == (n))
"""
_MAIN = """
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
	mm_mutant = argc > 1 ? atoi(argv[1]) : 0;
	printf("%d %d %d %d %d", work(2, 3), work(1, 0), work(0, 0), work(8, 1), work(3, 9));
	return 0;
}
"""


def _header() -> str:
    """mm_mutate.h without what only a kernel has."""
    text = (mutate_run.SOURCES / "mm_mutate.h").read_text(encoding="utf-8")
    return _HEADER + text[text.index("/*\n * The compiler may know"):].replace(
        "#endif /* _MM_MUTATE_H */", "")


class Schemata(unittest.TestCase):
    """The C program, on a file of our own."""

    folder: tempfile.TemporaryDirectory[str]
    mutants: list[Mutant]

    @classmethod
    def setUpClass(cls) -> None:
        try:
            mutate_run.libclang()
        except TestbedError as err:
            raise unittest.SkipTest(err.message) from None
        cls.folder = tempfile.TemporaryDirectory()
        place = Path(cls.folder.name)
        cls.addClassCleanup(cls.folder.cleanup)
        (place / "work.c").write_text(_SOURCE, encoding="utf-8")
        (place / "mm_mutate.h").write_text(_header(), encoding="utf-8")
        mutate_run.compile_tool(place / "mutate")
        cls.mutants, source = mutate_run.mutate(
            place / "mutate", mutation.Target("work.c"), 1, place,
            "savedcmd_work.o := gcc -std=gnu11 -O2 -c work.c\n", place, place)
        (place / "out.c").write_bytes(source + _MAIN.encode())
        subprocess.run(["gcc", "-std=gnu11", "-O2", "-I.", "-o", "work", "out.c"],
                       cwd=place, check=True)

    def _run(self, number: int) -> str:
        done = subprocess.run(["timeout", "1", "./work", str(number)], check=False,
                              cwd=self.folder.name, capture_output=True, text=True)
        return done.stdout

    def _find(self, before: str, after: str) -> Mutant:
        found = [m for m in self.mutants if (m.before, m.after) == (before, after)]
        self.assertEqual(len(found), 1, f"{before} -> {after}")
        return found[0]

    def test_nothing_changes_without_a_mutant(self) -> None:
        self.assertEqual(self._run(0), "17 7 1 -1 1")

    def test_mutants_do_what_they_say(self) -> None:
        for before, after, expected in (
                ("i < a", "<=", "25 5 3 -1 1"),
                ("a && !b", "||", "21 7 5 37 1"),
                ("!b", "without !", "21 3 1 37 1"),
                ("sum |= FLAG", "&=", "17 0 1 -1 1"),
                ("sum |= FLAG", "", "17 3 1 -1 1"),
                ("FLAG", "0", "17 3 1 -1 1"),
                ("7", "+ 1", "17 7 1 33 1"),
                ("break", "", "17 7 1 -1 1"),
                ("sum", "0", "0 0 0 -1 0")):
            with self.subTest(before=before, after=after):
                self.assertEqual(self._run(self._find(before, after).number), expected)

    def test_macros_labels_and_statics_are_left_alone(self) -> None:
        for mutant in self.mutants:
            self.assertNotIn(mutant.before, ("b + 1", "9", "(x) + (x)", "choose(a)"))
            self.assertNotEqual(mutant.line, 13)

    def test_loop_that_a_macro_begins_keeps_its_condition(self) -> None:
        inside = {m.before for m in self.mutants if m.function == "count"}
        self.assertIn("total += i", inside)
        self.assertFalse([before for before in inside if "up_to" in before or "<" in before])

    def test_lines_and_functions_are_named(self) -> None:
        mutant = self._find("i < a", "<=")
        self.assertEqual((mutant.file, mutant.function, mutant.line),
                         ("work.c", "work", 16))
        self.assertEqual(self._find("colour == GREEN", "!=").function, "paint")

    def test_file_without_the_functions_has_no_mutants(self) -> None:
        place = Path(self.folder.name)
        (place / "other.c").write_text(_SOURCE, encoding="utf-8")
        mutants, source = mutate_run.mutate(
            place / "mutate", mutation.Target("other.c", ("elsewhere",)), 1, place,
            "savedcmd_other.o := gcc -std=gnu11 -c other.c\n", place, place)
        self.assertEqual(mutants, [])
        self.assertIn(b"work", source)

    def test_source_that_does_not_parse_is_reported(self) -> None:
        place = Path(self.folder.name)
        (place / "bad.c").write_text("int f(void) { return x; }\n", encoding="utf-8")
        with self.assertRaisesRegex(TestbedError, "bad.c cannot be mutated"):
            mutate_run.mutate(place / "mutate", mutation.Target("bad.c"), 99, place,
                              "savedcmd_bad.o := gcc -c bad.c\n", place, place)


class Counting(unittest.TestCase):
    """What the driver makes of it."""

    names = [("one", "a"), ("one", "b"), ("two", "c"), ("two", "d"), ("two", "e")]

    def test_flags_are_those_that_decide_what_is_read(self) -> None:
        self.assertEqual(
            mutation.flags("savedcmd_mm/x.o := ccache gcc -Wp,-MMD,x.d -nostdinc -I./a "
                           "-include b.h -fms-extensions -O2 -DX='\"y z\"' -c -o x.o "
                           "x.c\n\nsource := x"),
            ["-nostdinc", "-I./a", "-include", "b.h", "-fms-extensions", '-DX="y z"',
             "-Wno-everything"])
        with self.assertRaises(TestbedError):
            mutation.flags("nothing")

    def test_mask_names_cases_by_place(self) -> None:
        self.assertEqual(mutation.mask(self.names, self.names), "f1")
        self.assertEqual(mutation.mask([("two", "e"), ("one", "b")], self.names), "21")

    def test_reach_is_read_from_the_log(self) -> None:
        log = ["[ 0.1] mm_mutate: boot 7-7", "[ 0.2] mm_mutate: a 1-3",
               "[ 0.3] mm_mutate: a 9-9\r", "# c: mm_mutate: c 4-4"]
        self.assertEqual(mutation.reach(log, self.names),
                         {("one", "a"): {1, 2, 3, 9}, ("two", "c"): {4}})

    def test_cases_of_one_name_share_what_they_reached(self) -> None:
        self.assertEqual(mutation.reach(["mm_mutate: a 4-5"], [("one", "a"), ("two", "a")]),
                         {("one", "a"): {4, 5}, ("two", "a"): {4, 5}})

    def test_report_counts_and_remembers(self) -> None:
        mutants = [Mutant(n, "mm/x.c", "f", n, "delete", f"g{n}()", "")
                   for n in range(1, 5)]
        fates = [Fate(mutants[0], State.KILLED, "one.a", "failed", 2),
                 Fate(mutants[1], State.SURVIVED, cases=1),
                 Fate(mutants[2], State.UNREACHED), Fate(mutants[3], State.DEAD)]
        text = mutation.report(fates)
        self.assertEqual(text[1].split(), ["mm/x.c", "4", "3", "2", "1", "33", "%"])
        self.assertIn("mm/x.c f(): survived", text)
        self.assertIn("    mm/x.c:2: delete: g2()", text)
        again = mutation.fates_from_json({"mutants": [f.as_json() for f in fates]})
        self.assertEqual(again, fates)
        known = mutation.remembered(again, mutants)
        self.assertEqual(known[1], fates[0])
        self.assertIsNone(known[2])
        with self.assertRaises(TestbedError):
            mutation.fates_from_json({"cases": []})

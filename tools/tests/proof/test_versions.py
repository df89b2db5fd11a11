# SPDX-License-Identifier: GPL-2.0
"""Tests of proof.versions: a second version of a function beside the first."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from mmtestbed.model import ctext
from mmtestbed.proof import versions
from mmtestbed.kernel.cocci import Change
from mmtestbed.proof.versions import Alone, Build

SOURCE = '''\
#include "kernel.h"

int taken;

static inline int half(int n)
{
	return n / 2;
}

void take(struct folio *folio, int (*get)(int), int many[2])
{
	taken += get(many[0]);
}

int whole(int n)
{
	if (n < 0)
		return -1;
	return half(n) * 2;
}
'''
HEADER = "int taken;\nstruct folio;\n"
# A kernel of three calls, which says what it has become.
MAIN = '''
#include <stdio.h>
#include <stdlib.h>
static int one(int n) { return n; }
int main(int argc, char **argv)
{
	int many[2] = { 5, 6 }, x, y;

	mm_control = argc > 1 ? atoi(argv[1]) : 0;
	take(NULL, one, many);
	x = whole(7);
	y = whole(-3);
	printf("%d %d %d %d\\n", x, y, taken, entered);
	return 0;
}
'''
STUB = '''
#include <stdbool.h>
#define __maybe_unused __attribute__((unused))
#define noinline __attribute__((noinline))
static unsigned int mm_control, entered;
static void mm_control_site(unsigned int site) { (void)site; }
static bool mm_control_is(unsigned int n)
{
	if (mm_control != n)
		return false;
	entered++;
	return true;
}
'''


def change(function: str, old: str, new: str) -> Change:
    """The @function of SOURCE with @new for @old."""
    [found] = ctext.find(SOURCE, [function])
    text = SOURCE[found.start:found.end]
    assert old in text
    return Change("mm/a.c", function, found.start, text, text.replace(old, new))


class Declarations(unittest.TestCase):
    """What can be had in a second version."""

    def test_parameters(self) -> None:
        for head, names, returns in (
                ("int f(void)", (), True), ("static void __sched f(int a)", ("a",), False),
                ("void *f(struct folio *folio, pte_t *ptep __maybe_unused)",
                 ("folio", "ptep"), True),
                ("static inline vm_fault_t f(struct vm_fault *vmf, int (*get)(int, int))",
                 ("vmf", "get"), True),
                ("bool f(int map[4], unsigned long flags)\n\t__releases(ptl)",
                 ("map", "flags"), True)):
            with self.subTest(head):
                found = versions.declaration(head)
                self.assertEqual((found.name, found.names, found.returns),
                                 ("f", names, returns))

    def test_version(self) -> None:
        self.assertEqual(
            versions.declaration("static inline int __ref f(int a)").version("f2"),
            "static inline __maybe_unused int __ref f2(int a)")
        self.assertEqual(versions.declaration("void f(int a)").version("f2"),
                         "static noinline __maybe_unused void f2(int a)")

    def test_without_a_version(self) -> None:
        for head in ("SYSCALL_DEFINE1(f, int, a)", "int f(int a, ...)", "int f(int *)"):
            with self.subTest(head), self.assertRaises(Alone):
                versions.declaration(head)


class Changes(unittest.TestCase):
    """What of a change is that of functions."""

    def test_function_by_function(self) -> None:
        new = SOURCE.replace("n / 2", "n / 3").replace("return -1", "return 0")
        found = versions.functions_of([Change("mm/a.c", "", 0, SOURCE, new)])
        self.assertEqual([each.function for each in found], ["half", "whole"])
        self.assertEqual(SOURCE[found[1].start:].index(found[1].old), 0)

    def test_more_than_functions(self) -> None:
        for new, what in ((SOURCE.replace("int taken", "long taken"), "outside"),
                          (SOURCE + "int more(void) { return 1; }\n", "gets, or loses"),
                          (SOURCE.replace("whole(int n)", "whole(long n)"), "")):
            with self.subTest(what):
                if what:
                    with self.assertRaisesRegex(Alone, what):
                        versions.functions_of([Change("mm/a.c", "", 0, SOURCE, new)])
        with self.assertRaisesRegex(Alone, "beside it"):
            versions.functions_of([change("whole", "int whole", "int x;\nint whole")])
        with self.assertRaisesRegex(Alone, "no C"):
            versions.functions_of([Change("mm/Kconfig", "f", 0, "a", "b")])


@unittest.skipUnless(shutil.which("gcc"), "gcc is not installed")
class Program(unittest.TestCase):
    """The versions, compiled and run."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = Path(folder.name)
        (self.tmp / "mm").mkdir()
        (self.tmp / "linux").mkdir()
        (self.tmp / "mm/a.c").write_text(SOURCE, encoding="utf-8")
        (self.tmp / "kernel.h").write_text(HEADER, encoding="utf-8")
        (self.tmp / "linux/mm_controls.h").write_text(STUB, encoding="utf-8")
        self.build = Build()
        self.build.add("third", [change("half", "n / 2", "n / 3")])
        self.build.add("minus", [change("whole", "return -1", "return -2")])
        self.build.add("double", [change("take", "get(", "2 * get("),
                                  change("whole", "* 2", "* 4")])

    def run_as(self, name: str) -> list[int]:
        """What the program prints that has become the control @name; last, how often its
        version was entered."""
        numbers = {each: number for number, each in self.build.names.items()}
        number = numbers.get(name, 0)
        text = self.build.files(self.tmp)["mm/a.c"].decode()
        (self.tmp / "b.c").write_text(text + MAIN, encoding="utf-8")
        subprocess.run(["gcc", "-Wall", "-Werror", "-Wno-unknown-pragmas", f"-I{self.tmp}",
                        "-o", str(self.tmp / "b"), str(self.tmp / "b.c")], check=True)
        done = subprocess.run([str(self.tmp / "b"), str(number)], capture_output=True,
                              text=True, check=True)
        return [int(word) for word in done.stdout.split()]

    def test_none(self) -> None:
        self.assertEqual(self.run_as(""), [6, -1, 5, 0])

    def test_each(self) -> None:
        self.assertEqual(self.run_as("third"), [4, -1, 5, 1])
        self.assertEqual(self.run_as("minus"), [6, -2, 5, 2])
        self.assertEqual(self.run_as("double"), [12, -1, 10, 3])

    def test_lines_stay(self) -> None:
        """A report of the kernel names the line that it would name without."""
        text = self.build.files(self.tmp)["mm/a.c"].decode()
        (self.tmp / "c.c").write_text(text.replace("return -1;", "return __LINE__;")
                                      + MAIN, encoding="utf-8")
        subprocess.run(["gcc", "-w", f"-I{self.tmp}", "-o", str(self.tmp / "c"),
                        str(self.tmp / "c.c")], check=True)
        done = subprocess.run([str(self.tmp / "c")], capture_output=True, text=True,
                              check=True)
        self.assertEqual(int(done.stdout.split()[1]),
                         SOURCE[:SOURCE.index("return -1")].count("\n") + 1)

    def test_names_and_sites(self) -> None:
        self.assertRegex(self.build.names_header().decode(),
                         r'^{ \d+, "third" },\n{ \d+, "minus" },\n{ \d+, "double" },\n$')
        [site] = [number for number, where in self.build.sites.items()
                  if where == ("mm/a.c", "whole")]
        self.assertEqual(self.build.of_site(site), {"minus", "double"})

    def test_numbers_stay(self) -> None:
        """One control more changes nothing for the others, so that little is compiled."""
        more = Build()
        more.add("first", [change("take", "get(", "3 * get(")])
        for name in ("third", "minus"):
            more.add(name, [change("half", "n / 2", "n / 3")])
        for name in ("third", "minus"):
            self.assertEqual([number for number, each in more.names.items() if each == name],
                             [number for number, each in self.build.names.items()
                              if each == name])
        # Even if two want the same number.
        self.assertEqual(versions._free("a", {versions._free("a", {}, 4): "b"}, 4),
                         versions._free("a", {}, 4) % 3 + 1)


class Console(unittest.TestCase):
    """What the kernel says meanwhile."""

    def test_numbers(self) -> None:
        output = ["mm_control: site 3", "    # x: mm_control: site 12", "site 4",
                  "mm_control: entered 1", "mm_control: entered 4", "mm_control: site"]
        self.assertEqual(versions.reached(output), {3, 12})
        self.assertEqual(versions.entered(output), 4)
        self.assertEqual(versions.entered([]), 0)

# SPDX-License-Identifier: GPL-2.0
"""Trees of tomorrow, and what the series makes of them."""

import random

from mmtestbed.cli import rehearsal as command
from mmtestbed.kernel import rehearsal
from mmtestbed.kernel.rehearsal import Tree

from tests import support
from tests.kernel.test_patching import NEW, PATCH

CODE = """\
#include "x.h"

static int first(int a)
{
	start();
	return second(a);
}

int second(int a)
{
	stop();
	return a;
}
"""
HEADER = """\
#ifndef X
#define X

int first(int a);

int second(int a);

int third(void);
int fourth(void);

#endif
"""


class Rehearsal(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("tree/mm/x.c", CODE)
        self.write("tree/mm/x.h", HEADER)
        self.write("patches/a.patch", "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-a\n+b\n"
                   "--- a/mm/x.h\n+++ b/mm/x.h\n@@ -1 +1 @@\n-a\n+b\n")
        self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])

    def made(self, kind: str) -> str:
        """x.c and x.h after a change of this @kind."""
        while not rehearsal.KINDS[kind](self.tree, random.Random(3)):
            pass
        return self.tree.text("mm/x.c") + self.tree.text("mm/x.h")

    def test_renamed_everywhere(self) -> None:
        text = self.made("rename")
        self.assertIn("_folio(", text)
        name = text.split("_folio(")[0].split()[-1].lstrip("*")
        self.assertNotRegex(text, rf"\b{name}\(")

    def test_a_parameter(self) -> None:
        text = self.made("parameter")
        self.assertEqual(text.count("(unsigned int how, int a)"), 2)
        self.assertTrue("(0, a)" in text or "first(unsigned int how" in text)

    def test_moved(self) -> None:
        text = self.made("move")
        self.assertEqual(sorted(CODE.split()), sorted(text.replace(HEADER, "").split()))
        self.assertNotEqual(text, CODE + HEADER)

    def test_split(self) -> None:
        for seed in range(20):
            if rehearsal.split(self.tree, random.Random(seed)):
                break
        self.assertIn('#include "x_more.h"', self.tree.text("mm/x.h"))
        self.assertIn("third", self.tree.text("mm/x_more.h"))

    def test_lines_in_between(self) -> None:
        self.assertIn("might_sleep();", self.made("reword"))

    def test_a_seed_says_it_all(self) -> None:
        patches = [self.tmp / "patches/a.patch"]
        one, changes = rehearsal.derive(self.tmp / "tree", patches, 7, 4)
        two, again = rehearsal.derive(self.tmp / "tree", patches, 7, 4)
        self.assertEqual((one.files, changes), (two.files, again))
        self.assertEqual(len(changes), 4)
        self.assertNotEqual(rehearsal.derive(self.tmp / "tree", patches, 8, 4)[0].files,
                            one.files)

    def test_what_stops_it_is_named(self) -> None:
        text = "".join(f"line {number}\n" for number in range(1, 41))
        self.write("tree/mm/x.c", text.replace("line 20", "other"))
        one, two = self.write("patches/1.patch", NEW), self.write("patches/2.patch", PATCH)
        found = command.one(self.tmp / "tree", [one, two], 1, 0)
        self.assertEqual(found.applied, 1)
        self.assertIn("patches/2.patch does not apply: hunk #1 at line 18 of mm/x.c",
                      found.error)
        self.assertEqual(command.show([found], 2, self.console), 0)
        self.assertIn("0 of 1 tree took the whole series", self.text.getvalue())
        bare = command.Tried(1, [], 0, 0, 0, "it does not work")
        self.assertEqual(command.show([bare], 2, self.console), 1)

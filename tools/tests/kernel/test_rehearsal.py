# SPDX-License-Identifier: GPL-2.0
"""Trees of tomorrow, and what the series makes of them."""

import contextlib
import io
import random

from mmtestbed.cli import rehearsal as command
from mmtestbed.kernel import rehearsal
from mmtestbed.kernel.rehearsal import Tree

from tests import support
from tests.kernel.test_patching import NEW, PATCH

CODE = """\
#include "x.h"

static int its_first(int a)
{
	start();
	return the_second(a) + its_third();
}

int the_second(int a)
{
	stop();
	return a;
}

static bool its_third(void)
{
	return its_third();
}
"""
HEADER = """\
#ifndef X
#define X

int first(int a);

int the_second(int a);

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

    def made(self, kind: str, seed: int = 3) -> str:
        """x.c and x.h after a change of this @kind."""
        chance = random.Random(seed)
        while not rehearsal.KINDS[kind](self.tree, chance):
            pass
        return self.tree.text("mm/x.c") + self.tree.text("mm/x.h")

    def test_renamed_everywhere(self) -> None:
        text = self.made("rename")
        self.assertIn("_anew(", text)
        name = text.split("_anew(")[0].split()[-1].lstrip("*")
        self.assertNotRegex(text, rf"\b{name}\(")

    def test_a_header_of_that_name_stays(self) -> None:
        self.write("tree/mm/x.c", "#include <linux/in_a_word.h>\nint in_a_word(int a)\n"
                                  "{\n\treturn in_a_word(a);\n}\n")
        self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])
        self.assertIn("#include <linux/in_a_word.h>\nint in_a_word_anew(int a)\n{\n"
                      "\treturn in_a_word_anew(a);", self.made("rename"))

    def test_reaches_the_whole_tree(self) -> None:
        for path in ("fs/y.c", "tools/z.c"):
            self.write(f"tree/{path}", "\tthe_second(1);\n\tits_first(1);\n\tits_third();\n")
        (self.tmp / "tree/fs/link.c").symlink_to("y.c")
        kept = self.tmp / "kept"
        seed = 0
        while not kept.exists():
            seed += 1
            tree, changes = rehearsal.derive(self.tmp / "tree",
                                             [self.tmp / "patches/a.patch"], seed, 1, True)
            if changes[0].kind == "renamed":
                rehearsal.keep(tree, kept)
        self.assertIn(f"{changes[0].what}_anew(", (kept / "fs/y.c").read_text())
        self.assertIn(f"{changes[0].what}_anew(", (kept / "mm/x.c").read_text())
        self.assertNotIn("_anew(", (kept / "tools/z.c").read_text())
        self.assertTrue((kept / "fs/link.c").is_symlink())
        self.assertNotIn("_anew(", (self.tmp / "tree/fs/y.c").read_text())

    def test_a_parameter(self) -> None:
        for seed in range(4):
            self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])
            text = self.made("parameter", seed)
            self.assertIn(text.replace(HEADER, ""), (
                CODE.replace("its_first(int a)", "its_first(unsigned int how, int a)"),
                CODE.replace("its_third(void)", "its_third(unsigned int how)").replace(
                    "its_third()", "its_third(0)")))

    def test_no_parameter_where_the_address_is_taken(self) -> None:
        self.write("tree/mm/x.c", CODE.replace("start();", "start(its_first);").replace(
            "stop();", "stop(&its_third);"))
        self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])
        self.assertEqual([rehearsal.parameter(self.tree, random.Random(seed))
                          for seed in range(20)], [None] * 20)

    def test_moved(self) -> None:
        text = self.made("move").replace(HEADER, "")
        moved = text.rstrip().rpartition("\n\n")[2]
        head = moved.partition("\n")[0]
        self.assertIn(f"\n{head};\n", f"\n{text}")
        self.assertEqual(sorted(f"{CODE}{head};".split()), sorted(text.split()))

    def test_what_only_some_kernels_have_stays(self) -> None:
        self.write("tree/mm/x.c", f"#ifdef CONFIG_X\n{CODE}#endif\n")
        self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])
        self.assertEqual([rehearsal.move(self.tree, random.Random(seed))
                          for seed in range(20)], [None] * 20)

    def test_split(self) -> None:
        for seed in range(20):
            if rehearsal.split(self.tree, random.Random(seed)):
                break
        self.assertIn('#include "x_more.h"', self.tree.text("mm/x.h"))
        self.assertIn("third", self.tree.text("mm/x_more.h"))

    def test_no_split_where_a_condition_is_open(self) -> None:
        for more in ("#ifdef Y\n{}#endif\n", "#ifdef Y\n#else\n{}#endif\n"):
            inner = HEADER.replace("#ifndef X\n#define X\n", "").replace("#endif\n", "")
            self.write("tree/mm/x.h", "#ifndef X\n" + more.format(inner) + "#endif\n")
            self.tree = Tree(self.tmp / "tree", [self.tmp / "patches/a.patch"])
            self.assertEqual([rehearsal.split(self.tree, random.Random(seed))
                              for seed in range(20)], [None] * 20)

    def test_lines_in_between(self) -> None:
        text = self.made("reword")
        self.assertIn("/* As of tomorrow */", text)
        self.assertEqual(text.replace("\t/* As of tomorrow */\n", ""), CODE + HEADER)

    def test_a_fix_is_in(self) -> None:
        fix = self.write("patches/fixes/a.patch", "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -11,4 +11,4 @@"
                         "\n {\n-\tstop();\n+\tgo();\n \treturn a;\n }\n")
        self.tree = Tree(self.tmp / "tree", [fix])
        change = rehearsal.mend(self.tree, random.Random(1))
        self.assertEqual(change, rehearsal.Change("fix taken", "a"))
        self.assertIn("\tgo();", self.tree.text("mm/x.c"))
        self.assertIsNone(rehearsal.mend(self.tree, random.Random(1)))

    def test_a_seed_says_it_all(self) -> None:
        patches = [self.tmp / "patches/a.patch"]
        one, changes = rehearsal.derive(self.tmp / "tree", patches, 7, 4)
        two, again = rehearsal.derive(self.tmp / "tree", patches, 7, 4)
        self.assertEqual((one.files, changes), (two.files, again))
        self.assertEqual(len(changes), 4)
        self.assertNotEqual(rehearsal.derive(self.tmp / "tree", patches, 8, 4)[0].files,
                            one.files)

    def test_wrong_usage(self) -> None:
        for words, why in ((["--keep", str(self.tmp)], "is there already"),
                           (["--keep", str(self.tmp / "new"), "--trees", "2"], "one tree")):
            with contextlib.redirect_stderr(io.StringIO()) as out:
                self.assertEqual(command.main(words), 2)
            self.assertIn(why, out.getvalue())

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

# SPDX-License-Identifier: GPL-2.0
"""What differs from a commit, and which cases that means."""

import subprocess
import unittest

from mmtestbed.errors import UsageError
from mmtestbed.history import changed
from mmtestbed.history.changed import Change
from mmtestbed.kernel.reach import Reach
from mmtestbed.model.outcomes import Name

from tests import support

OLD = """\
#define N 3

static int one(void)
{
	return N;
}

int two(int x)
{
	return x;
}
"""
FACTS = {"date": "2026-11-30", "kernel_version": "6.12.1"}
NAMES: list[Name] = [("a", "x"), ("a", "y"), ("a", "z")]


class Between(unittest.TestCase):
    def test_functions(self) -> None:
        change = changed.between(OLD, OLD.replace("return x;", "return x + 1;"), "mm/a.c")
        self.assertEqual((change.functions, change.whole), ({("mm/a.c", "two")}, set()))
        change = changed.between(OLD, OLD + "\nint three(void)\n{\n\treturn 3;\n}\n", "mm/a.c")
        self.assertEqual(change.functions, {("mm/a.c", "three")})

    def test_moved_is_not_changed(self) -> None:
        change = changed.between(OLD, "/* Say more. */\n".join(["", OLD]), "mm/a.c")
        self.assertEqual(change.functions, set())
        self.assertEqual(change.whole, {"mm/a.c"})
        change = changed.between(OLD, "\n\n" + OLD, "mm/a.c")
        self.assertEqual((change.functions, change.whole), (set(), set()))


class Choose(unittest.TestCase):
    def setUp(self) -> None:
        one, two, three = (("mm/a.c", name) for name in ("one", "two", "three"))
        self.record = Reach({one, two, three}, {"a.x": {one}, "a.y": {two}}, {three}, FACTS)

    def names(self, change: Change) -> tuple[str, str]:
        """(the last words of the cases, how sure that is)."""
        choice = changed.choose(self.record, change, NAMES)
        return "".join(name for _, name in choice.names), choice.sure

    def test_those_that_reach_it(self) -> None:
        found, sure = self.names(Change({("mm/a.c", "one")}))
        self.assertEqual(found, "xz")
        self.assertIn("1 case of 3 reach 1 function that differs", sure)
        self.assertIn("1 case with no record run as well", sure)
        self.assertIn("recorded 2026-11-30 on Linux 6.12.1", sure)

    def test_a_file_as_a_whole(self) -> None:
        self.record.alike = set()
        self.assertEqual(self.names(Change(whole={"mm/a.c"}))[0], "xyz")

    def test_all_where_it_is_not_known(self) -> None:
        for change, why in (
                (Change(), "no C file differs"),
                (Change({("mm/b.c", "f")}), "nothing is recorded of what differs (mm/b.c)"),
                (Change({("mm/a.c", "one")}, {"mm/a.h"}), "mm/a.h differs, a header"),
                (Change({("mm/a.c", "three")}), "all cases count three() alike")):
            with self.subTest(why):
                found, sure = self.names(change)
                self.assertEqual(found, "xyz")
                self.assertIn(why, sure)

    def test_what_is_not_counted_is_said(self) -> None:
        sure = self.names(Change({("mm/a.c", "one"), ("mm/b.c", "f")}))[1]
        self.assertIn("not counted: mm/b.c", sure)


class Since(support.TempCase):
    def git(self, *words: str) -> None:
        """Run git @words in the tree."""
        subprocess.run(["git", "-C", str(self.tmp), "-c", "user.name=x", "-c",
                        "user.email=x@x", *words], check=True, capture_output=True)

    def test_the_tree_as_it_stands(self) -> None:
        self.git("init", "-q")
        self.write("mm/a.c", OLD)
        self.write("mm/a.h", "#define X 1\n")
        self.write("README", "x\n")
        self.git("add", ".")
        self.git("commit", "-qm", "one")
        self.assertEqual(changed.since(self.tmp, "HEAD"), Change())
        self.write("mm/a.c", OLD.replace("return N;", "return N + 1;"))
        self.git("commit", "-qam", "two")
        self.write("mm/a.h", "#define X 2\n")
        self.write("README", "y\n")
        self.assertEqual(changed.since(self.tmp, "HEAD~1"),
                         Change({("mm/a.c", "one")}, {"mm/a.h"}))
        self.assertRaises(UsageError, changed.since, self.tmp, "nothing")

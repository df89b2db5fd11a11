# SPDX-License-Identifier: GPL-2.0
"""Which functions a change touches."""

from mmtestbed.model import functions

from tests import support

TEXT = """\
#include <linux/x.h>

/* a comment
 * with parens()
 */
static int one(struct a *a, int b)
{
	if (b) {
		return 1;
	}
	return 0;
}

struct pair {
	int a;
	int b;
};

static __always_inline void
two(int a,
    int b)
{
	one(NULL, a);
}
EXPORT_SYMBOL_GPL(two);

static const struct ops my_ops = {
	.one = one,
};
"""
LINES = TEXT.splitlines()


class Functions(support.TempCase):
    def test_spans(self) -> None:
        self.assertEqual(functions.spans(LINES)[:3],
                         [("one", 6, 12), ("pair", 14, 17), ("two", 19, 24)])

    def test_at(self) -> None:
        self.assertEqual(functions.at(LINES, {9}), {"one"})
        self.assertEqual(functions.at(LINES, {20, 15}), {"two", "pair"})
        self.assertEqual(functions.at(LINES, {1, 13, 25}), set())

    def test_hunks(self) -> None:
        patch = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -8,4 +8,4 @@\n \t\treturn 1;\n \t}\n" \
            "-\treturn 0;\n+\treturn 2;\n }\n"
        [hunk] = functions.hunks(patch)["mm/x.c"]
        start = functions.find(LINES, hunk)
        self.assertEqual(start, 9)
        assert start
        self.assertEqual(functions.at(LINES, {start + n for n in hunk.changed}), {"one"})

    def test_moved_and_fuzzy(self) -> None:
        hunk = functions.Hunk(3, ["\tnot here;", "\t}", "\treturn 0;", "}"], {2})
        self.assertEqual(functions.find(LINES, hunk), 9)
        self.assertIsNone(functions.find(LINES, functions.Hunk(3, ["no", "no", "no"])))

    def test_changed(self) -> None:
        diff = "diff --git a/mm/x.c b/mm/x.c\n--- a/mm/x.c\n+++ b/mm/x.c\n" \
            "@@ -9,2 +9,0 @@ one\n-x\n-y\n@@ -20,0 +19,2 @@\n+x\n+y\n" \
            "diff --git a/mm/y.c b/mm/y.c\n@@ -1 +1 @@\n-x\n+y\n"
        self.assertEqual(functions.changed(diff, "mm/x.c", True), {9, 10, 20})
        self.assertEqual(functions.changed(diff, "mm/x.c", False), {9, 19, 20})
        self.assertEqual(functions.changed(diff, "mm/y.c", False), {1})
        self.assertEqual(functions.added("@@ -9,2 +9,0 @@\n@@ -20,0 +19,2 @@\n"),
                         {19, 20})

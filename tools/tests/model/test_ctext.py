# SPDX-License-Identifier: GPL-2.0
"""Tests of mmtestbed.ctext: tokens and functions of C."""

import unittest

from mmtestbed.model import ctext

SOURCE = '''\
#include <linux/mm.h>
/* a comment { */
#define one(x) do { (x)++; \\
} while (0)

struct thing {
	int (*call)(void);
};

static const struct thing things[] = {
	{ .call = NULL },
};

static inline __must_check int __sched first(struct folio *folio,
					     int (*get)(int))
	__releases(ptl)
{
	char brace = '{';

	return get("}"[0]) + brace;	// }
}
EXPORT_SYMBOL_GPL(first);

#ifdef CONFIG_MMU
static int second(void)
{
#ifdef CONFIG_NUMA
	if (first(NULL, NULL)) {
#else
	if (1) {
#endif
		return 1;
	}
	return 0;
}
#else
static int second(void) { return 2; }
#endif

SYSCALL_DEFINE3(mincore, unsigned long, start, size_t, len,
		unsigned char __user *, vec)
{
	return 0;
}
'''


class Functions(unittest.TestCase):
    """Where they are."""

    def test_all_are_found(self) -> None:
        self.assertEqual([each.name for each in ctext.functions(SOURCE)],
                         ["first", "second", "second", "mincore"])

    def test_extent(self) -> None:
        [first] = ctext.find(SOURCE, ["first"])
        text = SOURCE[first.start:first.end]
        self.assertTrue(text.startswith("static inline __must_check int"))
        self.assertTrue(text.endswith("// }\n}"))
        self.assertEqual(SOURCE[first.brace], "{")

    def test_branches_that_do_not_balance(self) -> None:
        second = ctext.find(SOURCE, ["second"])
        self.assertEqual(SOURCE[second[0].start:second[0].end].count("return"), 2)
        self.assertIn("return 2", SOURCE[second[1].start:second[1].end])

    def test_macro_that_ends_in_no_semicolon(self) -> None:
        text = "DEFINE_TREE(struct vma, rb, static inline)\n\nvoid insert(int a)\n{\n}\n"
        [found] = ctext.functions(text)
        self.assertEqual((found.name, text[found.start:]), ("insert", "void insert(int a)\n{\n}\n"))
        attribute = "__printf(1, 2) void say(const char *s)\n{\n}\n"
        [found] = ctext.functions(attribute)
        self.assertEqual((found.name, found.start), ("say", 0))

    def test_no_function(self) -> None:
        self.assertEqual(ctext.functions("struct a { int b; };\nint c[] = { f(1) };\n"),
                         [])


class Words(unittest.TestCase):
    """What the compiler sees."""

    def test_layout_does_not_matter(self) -> None:
        self.assertEqual(ctext.words("a  = b[ 1 ]; /* x */\n"), ctext.words("a=b[1];"))

    def test_order_does(self) -> None:
        self.assertNotEqual(ctext.words("a - --b"), ctext.words("a-- - b"))
        self.assertNotEqual(ctext.words('"a b"'), ctext.words('"ab"'))

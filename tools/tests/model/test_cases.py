# SPDX-License-Identifier: GPL-2.0
"""Contracts from the sources; KUnit's globs."""

import unittest

from mmtestbed.model import cases

SOURCE = '''
// SPDX-License-Identifier: GPL-2.0
/* KUNIT_CASE(in_a_comment) */

/**
 * waits() - A task waits
 * for its folio.
 * @test: the running case
 *
 * More words.
 *
 * Contract: MW-1, MW-12
 * Random: the order
 */
static void waits(struct kunit *test)
{
}

/**
 * slow_one - takes long.
 * Contract: ME-4
 * Contract: ME-5
 * Report: bug include/linux/x.h | warning x()
 * Report: warning mm/y.c
 * Measures: MW-14
 */
static void slow_one(struct kunit *test)
{
}

static void bare(struct kunit *test)
{
}

static struct kunit_case some_cases[] = {
	KUNIT_CASE(waits),
	KUNIT_CASE_SLOW(slow_one),
	/* KUNIT_CASE(commented_out), */
	KUNIT_CASE_PARAM(bare, gen_params),
	{}
};

static struct kunit_suite some_suite = {
	.name = "some",
	.test_cases = some_cases,
};
'''


class Parse(unittest.TestCase):
    def setUp(self) -> None:
        self.cases = cases.parse(SOURCE, "mm/kunit/some_kunit.c")

    def test_random(self) -> None:
        self.assertEqual([case.random for case in self.cases], ["the order", "", ""])
        self.assertEqual(cases.promise(SOURCE, "waits"),
                         ["waits() - A task waits for its folio.", "More words."])

    def test_names(self) -> None:
        self.assertEqual([case.full_name for case in self.cases],
                         ["some.waits", "some.slow_one", "some.bare"])

    def test_contracts(self) -> None:
        self.assertEqual([case.contracts for case in self.cases],
                         [("MW-1", "MW-12"), ("ME-4", "ME-5"), ()])

    def test_measures(self) -> None:
        self.assertEqual([case.measures for case in self.cases], [(), ("MW-14",), ()])

    def test_reports(self) -> None:
        self.assertEqual([case.reports for case in self.cases],
                         [(), ("bug include/linux/x.h | warning x()",
                               "warning mm/y.c"), ()])

    def test_summaries(self) -> None:
        self.assertEqual([case.summary for case in self.cases],
                         ["A task waits for its folio.", "takes long.", ""])

    def test_line(self) -> None:
        line = SOURCE.splitlines()[self.cases[0].line - 1]
        self.assertEqual(line, "static void waits(struct kunit *test)")


class Contracts(unittest.TestCase):
    def test_ids(self) -> None:
        text = "ME-1\n  Each kind\n  see ME-9\n\nMW-12\n  A pinned page\n\n" \
            "A-1\n  no\n\nME-2\n\nME-3 in a sentence.\n"
        self.assertEqual(cases.contracts_of(text), ["ME-1", "MW-12"])


class Globs(unittest.TestCase):
    NAMES = [("migration_wait", "sleeps"), ("migration_entry", "sleeps"),
             ("zone_device", "frees")]

    def test_kernel_globs(self) -> None:
        for pattern, name, match in (
                ("*", "", True), ("a?c", "abc", True), ("a?c", "ac", False),
                ("[a-c]x", "bx", True), ("[!a-c]x", "bx", False),
                ("a.c", "abc", False), ("*_wait", "migration_wait", True)):
            with self.subTest(pattern):
                self.assertIs(cases.glob_match(pattern, name), match)

    def test_selection(self) -> None:
        self.assertEqual(len(cases.selected("", self.NAMES)), 3)
        self.assertEqual(len(cases.selected("migration*", self.NAMES)), 2)
        self.assertEqual(cases.selected("*.frees", self.NAMES), [self.NAMES[2]])

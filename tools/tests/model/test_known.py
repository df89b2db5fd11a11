# SPDX-License-Identifier: GPL-2.0
"""Known bugs: told apart from others, and said loudly when they are gone."""

import unittest

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import patching
from mmtestbed.model import cases, known
from mmtestbed.model.outcomes import Outcome, Status
from mmtestbed.model.repository import SUITES

TEXT = """\
# SPDX-License-Identifier: GPL-2.0
Fix: mm: wait for
 the lock
Fixed: 7.0
Breaks: MW-11, MW-2
Happens: {}
Cases: one.whole
 two.part [first] two.part [the third]
"""


def bug(happens: str = "fails") -> known.Bug:
    """One that does this."""
    return known.parse(TEXT.format(happens), "fixes/x")


def outcome(name: str, status: Status, *output: str) -> Outcome:
    """What became of the case @name."""
    suite, case = name.split(".")
    return Outcome(suite, case, status, reason="it is so", output=list(output))


class Parse(unittest.TestCase):
    def test_fields(self) -> None:
        found = bug()
        self.assertEqual((found.name, found.fix, found.fixed, found.happens, found.breaks),
                         ("fixes/x", "mm: wait for the lock", "7.0", "fails",
                          ("MW-11", "MW-2")))
        self.assertEqual(found.cases, {("one", "whole"): (),
                                       ("two", "part"): ("first", "the third")})
        self.assertEqual(str(found), 'fixed in 7.0 by "mm: wait for the lock"')

    def test_what_is_missing(self) -> None:
        text = TEXT.format("fails")
        for line in ("Fix: mm: wait for\n the lock\n", "Happens: fails\n",
                     "Breaks: MW-11, MW-2\n"):
            with self.assertRaisesRegex(TestbedError, f"fixes/x/bug lacks a line '{line[:3]}"):
                known.parse(text.replace(line, ""), "fixes/x")
        with self.assertRaisesRegex(TestbedError, "'Happens: "):
            bug("sometimes")
        bare = text[:text.index("Cases")]
        with self.assertRaisesRegex(TestbedError, "'Cases: "):
            known.parse(bare, "fixes/x")
        with self.assertRaisesRegex(TestbedError, "'Cases: "):
            bug("unseen")
        self.assertEqual(known.parse(bare.replace("fails", "unseen"), "fixes/x").cases, {})

    def test_ours(self) -> None:
        names = {(case.suite, case.name): case for case in cases.read(SUITES)}
        found = known.read(patching.ours())
        self.assertTrue(found)
        for each in found:
            for name in each.cases:
                with self.subTest(each.name):
                    self.assertIn(name, names)
                    self.assertTrue(set(each.breaks) & set(names[name].contracts))

    def test_each_fix_says_what_it_mends(self) -> None:
        fixes = {patching.name_of(patch) for patch in patching.ours()
                 if patch.parent.name == known.GROUP}
        self.assertEqual({each.name for each in known.read(patching.ours())}, fixes)
        self.assertEqual([patch for patch in patching.ours(False)
                          if patch.parent.name == known.GROUP], [])


class Settle(unittest.TestCase):
    def settled(self, happens: str, found: Outcome) -> Status:
        """What it comes to on a kernel with such a bug."""
        self.known = known.Known([bug(happens)])
        return self.known.settle(found).status

    def test_as_it_is_known(self) -> None:
        for happens, status in (("fails", Status.FAILED), ("crashes", Status.CRASHED),
                                ("crashes", Status.FAILED), ("hangs", Status.HUNG)):
            self.assertIs(self.settled(happens, outcome("one.whole", status)), Status.KNOWN)
        found = self.known.settle(outcome("one.whole", Status.HUNG))
        self.assertEqual(found.reason, 'known bug, fixed in 7.0 by "mm: wait for the lock": '
                         "it is so")

    def test_otherwise(self) -> None:
        for happens, status in (("fails", Status.CRASHED), ("fails", Status.HUNG),
                                ("crashes", Status.HUNG), ("hangs", Status.FAILED)):
            self.assertIs(self.settled(happens, outcome("one.whole", status)), status)

    def test_another_case(self) -> None:
        self.assertIs(self.settled("fails", outcome("one.other", Status.FAILED)),
                      Status.FAILED)

    def test_a_parameter(self) -> None:
        lines = ("    ok 1 second", "    not ok 2 first", "    not ok 3 the third")
        self.assertIs(self.settled("fails", outcome("two.part", Status.FAILED, *lines)),
                      Status.KNOWN)
        more = (*lines, "    not ok 4 fourth")
        self.assertIs(self.settled("fails", outcome("two.part", Status.FAILED, *more)),
                      Status.FAILED)

    def test_two_bugs_in_one_case(self) -> None:
        """Each has its parameters; one of them may crash the case before the other."""
        def other(happens: str, title: str) -> known.Bug:
            text = TEXT.format(happens).replace("mm: wait for\n the lock", title)
            return known.parse(text.replace("[the third]", "[fourth]"), f"fixes/{title}")

        one, two = bug(), other("fails", "mm: do it once")
        both = known.Known([one, two])
        lines = ("    not ok 2 first", "    not ok 3 the third", "    not ok 4 fourth")
        found = both.settle(outcome("two.part", Status.FAILED, *lines))
        self.assertIs(found.status, Status.KNOWN)
        for each in (one, two):
            self.assertIn(each.fix, found.reason)
        found = both.settle(outcome("two.part", Status.FAILED, lines[1]))
        self.assertIn(one.fix, found.reason)
        self.assertNotIn(two.fix, found.reason)
        self.assertIs(both.settle(outcome("two.part", Status.FAILED, "    not ok 5 fifth")).status,
                      Status.FAILED)
        both = known.Known([one, other("crashes", "mm: do not crash")])
        found = both.settle(outcome("two.part", Status.CRASHED, lines[1]))
        self.assertIs(found.status, Status.KNOWN)
        self.assertIn("do not crash", found.reason)
        self.assertNotIn(one.fix, found.reason)

    def test_a_case_that_does_something_else(self) -> None:
        found = known.parse(TEXT.format("hangs").rstrip() + " two.other (fails)\n", "fixes/x")
        both = known.Known([found])
        self.assertEqual(both.hang([("one", "whole"), ("two", "other")]), [("one", "whole")])
        self.assertIs(both.settle(outcome("two.other", Status.FAILED)).status, Status.KNOWN)
        self.assertIs(both.settle(outcome("two.other", Status.HUNG)).status, Status.HUNG)
        with self.assertRaisesRegex(TestbedError, "'Cases: "):
            known.parse(TEXT.format("hangs").rstrip() + " two.other (sings)\n", "fixes/x")

    def test_gone(self) -> None:
        found = outcome("one.whole", Status.PASSED)
        self.assertIs(self.settled("fails", found), Status.PASSED)
        self.known.settle(found)
        self.assertEqual([name for _, name in self.known.gone], [("one", "whole")])

    def test_skipped_is_no_sign(self) -> None:
        self.assertIs(self.settled("fails", outcome("one.whole", Status.SKIPPED)),
                      Status.SKIPPED)
        self.assertEqual(self.known.gone, [])

    def test_what_hangs_is_left_out(self) -> None:
        names = [("one", "whole"), ("one", "other")]
        self.assertEqual(known.Known([bug("hangs")]).hang(names), names[:1])
        self.assertEqual(known.Known([bug("fails")]).hang(names), [])
        found = known.Known([bug("hangs")]).not_run(("one", "whole"))
        self.assertIs(found.status, Status.KNOWN)
        self.assertIn("was not run", found.reason)


if __name__ == "__main__":
    unittest.main()

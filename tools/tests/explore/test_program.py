# SPDX-License-Identifier: GPL-2.0
"""Programs and schedules, by their names."""

import collections
import re
import unittest
from typing import Sequence

from mmtestbed.errors import UsageError
from mmtestbed.explore import program, schedule, touched
from mmtestbed.explore.program import Program
from mmtestbed.explore.schedule import Id, Schedule, Stretch
from mmtestbed.model.repository import REPOSITORY

EXPLORE = REPOSITORY / "mm" / "kunit" / "explore"


class Programs(unittest.TestCase):
    def test_a_name(self) -> None:
        found = program.parse("moving:read+end")
        self.assertEqual(found, Program("moving", ("read", "end")))
        self.assertEqual(str(found), "moving:read+end")

    def test_what_makes_no_sense(self) -> None:
        for text in ("", "moving", "moving:", "moving:end", "moving:read+write",
                     "mapped:read+end", "moving:end+fail", "none:start+read", "gone:read+read",
                     "none:read+nothing", "none:read+read+read+read", "moving:read+end:x"):
            with self.subTest(text), self.assertRaisesRegex(UsageError, "there is no program"):
                program.parse(text)

    def test_pairs_and_triples(self) -> None:
        pairs, triples = program.pairs(), program.triples()
        self.assertEqual(len(pairs), len(set(pairs)))
        self.assertTrue(all(each.valid and len(each.ops) == 2 for each in pairs))
        self.assertTrue(all(each.valid and len(each.ops) == 3 for each in triples))
        # Pairs of those that leave the page to others, twice the same included; and beside
        # each of these one of those that do not. No pin beside a put.
        self.assertEqual(collections.Counter(each.state for each in pairs), {
            "none": 36, "mapped": 45 + 9 * 4, "shared": 36 + 8 * 3, "moving": 9 * 2,
            "swapped": 55, "cached": 55, "device": 54, "lazyfree": 36 + 8, "exclusive": 36})
        self.assertIn(Program("moving", ("read", "fork", "end")), triples)
        self.assertNotIn(Program("device", ("read", "pin", "put")), triples)

    def test_select(self) -> None:
        names = list(map(str, program.select(["moving:*+end", "none:read+read",
                                              "moving:read+end"])))
        self.assertEqual(names[0], "moving:read+end")
        self.assertEqual(names[-1], "none:read+read")
        self.assertEqual(len(names), len(set(names)))
        self.assertNotIn("moving:read+fork+end", names)
        self.assertIn(Program("moving", ("read", "fork", "end")),
                      program.select(["moving:*+*+end"]))
        self.assertEqual(program.select([]), program.pairs())
        self.assertEqual(program.select(["XP-1", "XP-2"]),
                         [*program.pairs(), *program.triples()])
        with self.assertRaisesRegex(UsageError, "no program is called like nowhere"):
            program.select(["nowhere*"])

    def test_they_are_those_of_the_kernel(self) -> None:
        text = (EXPLORE / "op.c").read_text(encoding="utf-8")
        table = text[text.index("static const struct mmx_op ops[]"):]
        self.assertEqual(tuple(re.findall(r'^\t\{ "(\w+)",', table, re.MULTILINE)),
                         program.OPERATIONS)
        text = (EXPLORE / "state.c").read_text(encoding="utf-8")
        self.assertEqual(tuple(re.findall(r'^\t\[MMX_\w+\]\t= "(\w+)"', text, re.MULTILINE)),
                         program.STATES)
        text = (EXPLORE / "explore_kunit.c").read_text(encoding="utf-8")
        named = re.findall(r'"(\w+:[\w+]+)"', text)
        self.assertGreater(len(named), 10)
        for name in named:
            program.parse(name)


class Touched(unittest.TestCase):
    def test_programs_of_files(self) -> None:
        found = list(map(str, touched.programs(["mm/x.c", "mm/mremap.c"])))
        self.assertIn("mapped:write+mremap", found)
        self.assertTrue(all("mremap" in each for each in found))
        # Those that begin with such a page, whatever they do.
        self.assertIn(program.parse("cached:read+dontneed"),
                      touched.programs(["mm/swap_state.c"]))
        self.assertEqual(touched.programs(["mm/x.c"]), [])

    def test_each_operation_has_a_file(self) -> None:
        words = {word for words in touched.OF.values() for word in words}
        self.assertEqual(words - {*program.STATES, *program.OPERATIONS}, set())
        # Those of who comes across the page.
        self.assertEqual(set(program.OPERATIONS) - words, {"own", "lock", "close"})

    def test_hunts_have_third_tasks(self) -> None:
        found = touched.hunting(["mm/filemap.c"])
        pairs = touched.programs(["mm/filemap.c"])
        self.assertLess(set(pairs), set(found))
        # Behind the pairs of the same state, and ahead of other states.
        self.assertLess(found.index(program.parse("moving:fail+failfork")),
                        found.index(program.parse("moving:read+end+own")))
        self.assertLess(found.index(program.parse("moving:read+end+own")),
                        found.index(program.parse("cached:read+read")))
        self.assertIn(program.parse("moving:read+end+own"), found)
        self.assertIn(program.parse("moving:write+fail+lock"), found)
        self.assertNotIn(program.parse("moving:read+write+end"), found)

    def test_functions_say_more_than_files(self) -> None:
        files = ["mm/memory.c"]
        found = touched.hunting(files, ["do_swap_page"])
        self.assertEqual({each.state for each in found[:200]},
                         {"exclusive", "device", "cached", "swapped"})
        self.assertEqual(set(found), set(touched.hunting(files)))
        for words in touched.OF_FUNCTION.values():
            self.assertLessEqual(set(words), {*program.STATES, *program.OPERATIONS})

    def test_the_most_promising_come_first(self) -> None:
        found = [str(each) for each in touched.hunting(["mm/migrate.c"])]
        self.assertEqual(found[:3], ["mapped:start+look", "mapped:migrate+look",
                                     "mapped:look+look"])
        self.assertEqual(len(found), len(set(found)))
        states = list(dict.fromkeys(each.partition(":")[0] for each in found[6:]))
        self.assertEqual(states, ["moving", "mapped", "shared"])


class Asked(unittest.TestCase):
    def test_what_is_watched_is_closed_once(self) -> None:
        found = {str(each) for each in program.every(2)}
        self.assertIn("watched:pin+close", found)
        self.assertNotIn("watched:close+close", found)
        self.assertNotIn("watched:pin+write", found)

    def test_contracts_ask_for_some(self) -> None:
        self.assertEqual((len(program.pairs()), len(program.triples())), (439, 1709))
        for name in ("none:todevice+todevice", "middle:read+munmap", "device:put+release",
                     "mapped:todevice+todevice", "none:read+todevice"):
            with self.subTest(name):
                which = program.parse(name)
                self.assertIn(which, program.every(2))
                self.assertNotIn(which, program.pairs())
        self.assertIn(program.parse("mapped:read+todevice"), program.pairs())
        self.assertEqual(program.every(2)[:439], program.pairs())


class Ids(unittest.TestCase):
    def test_there_and_back(self) -> None:
        which = program.parse("moving:read+end")
        for at in ((), ((37, 1),), ((2, 1), (40, 0))):
            id_ = Id(which, Schedule("01", at), "0123ab")
            self.assertEqual(schedule.parse(str(id_)), id_)
        self.assertEqual(str(Id(which, Schedule("10", ((37, 1),)))),
                         "moving:read+end/10/37>1")

    def test_what_is_none(self) -> None:
        for text in ("", "moving:read+end", "moving:read+end/012", "moving:read+end/00",
                     "moving:read+end/01/5>2", "moving:read+end/01/5>1/5>0",
                     "moving:read+end/01/9>1/5>0", "moving:read+end/01/x", "x:read+end/01",
                     "moving:read+end/01=12"):
            with self.subTest(text), self.assertRaises(UsageError):
                schedule.parse(text)

    def test_words(self) -> None:
        self.assertEqual(Schedule("10", ((3, 1), (9, 0))).words,
                         "mm_kunit.explore_order=10 mm_kunit.explore_at=3:1,9:0")


class After(unittest.TestCase):
    PATH = ((0, 0b10, 2), (1, 0b101, 3))

    @staticmethod
    def each(start: Schedule, path: Sequence[Stretch]) -> list[Schedule]:
        return [one for chain in start.after(path) for one in chain.each()]

    def test_each_point_and_task(self) -> None:
        found = self.each(Schedule("012"), self.PATH)
        self.assertEqual([each.at for each in found], [
            ((0, 1),), ((1, 1),), ((2, 0),), ((3, 0),), ((4, 0),), ((2, 2),), ((3, 2),),
            ((4, 2),)])

    def test_only_behind_its_own(self) -> None:
        for number in range(6):
            with self.subTest(number):
                start = Schedule("012", ((number, 1),))
                found = self.each(start, self.PATH)
                self.assertTrue(all(each.at[:1] == start.at and each.at[1][0] > number
                                    for each in found))
                self.assertEqual(len(found), schedule.count_after(start, self.PATH))
        self.assertEqual(schedule.points(self.PATH), 5)
        self.assertEqual(schedule.count_after(Schedule("012"), self.PATH), 8)

    def test_a_chain_ends_with_its_task(self) -> None:
        """What a task does later comes behind other steps: it is no part of the chain."""
        path = ((0, 0b10, 2), (1, 0b1, 1), (0, 0b10, 2))
        self.assertEqual([chain.points for chain in Schedule("01").after(path)],
                         [[0, 1], [2], [3, 4]])

    def test_what_comes_to_the_same(self) -> None:
        chain, = Schedule("01").after(((0, 0b10, 3), (0, 0, 2), (0, 0b10, 3)))
        self.assertEqual(chain.points, [0, 1, 2, 5, 6, 7])
        rest = chain.each()
        first = next(rest)
        self.assertEqual(first.at, ((0, 1),))
        # Two of those five are no points at which a switch matters.
        self.assertEqual(chain.learn(first, 5), 3)
        self.assertEqual(chain.learn(first, 5), 0)
        self.assertEqual([each.at for each in rest], [((6, 1),), ((7, 1),)])

# SPDX-License-Identifier: GPL-2.0
"""Which functions a case reaches, by the counters of real programs."""

import os
import shutil
import subprocess

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import reach
from mmtestbed.model.outcomes import Name

from tests import support

SOURCE = """\
int always(int x) { return x + 1; }
int sometimes(int x) { return x + 2; }
int never(int x) { return x + 3; }
int main(int argc, char **argv)
{
	(void)argv;
	return argc > 1 ? sometimes(always(argc)) == 0 : always(argc) == 0;
}
"""


class Record(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        if not shutil.which("gcov-dump") or not shutil.which("gcc"):
            self.skipTest("no gcov-dump")
        self.write("build/mm/x.c", SOURCE)
        subprocess.run(["gcc", "--coverage", "-O0", "mm/x.c", "-o", "x"], check=True,
                       cwd=self.tmp / "build")
        (self.tmp / "notes/mm").mkdir(parents=True)
        for note in (self.tmp / "build").glob("*.gcno"):
            shutil.copy(note, self.tmp / "notes/mm")
        self.recorder = reach.Recorder(self.tmp / "notes", self.tmp / "mine")

    def case(self, name: Name, *words: str) -> None:
        """A child has run @name: the program with @words."""
        room = self.tmp / "room"
        subprocess.run([str(self.tmp / "build/x"), *words], check=True, env={
            **os.environ, "GCOV_PREFIX": str(room / "gcov"),
            "GCOV_PREFIX_STRIP": str(len((self.tmp / "build").parts) - 1)})
        self.recorder.add(name, room)
        self.assertFalse((room / "gcov").exists())

    def test_cases(self) -> None:
        self.case(("a", "short"))
        self.case(("a", "long"), "more")
        found = self.recorder.result({"line": "6.12", "kernel_version": "6.12.1",
                                      "date": "2026-11-30", "suites": "x"})
        file = "mm/x.c"
        self.assertEqual(found.functions, {(file, name) for name in (
            "always", "sometimes", "never", "main")})
        self.assertEqual(found.alike, {(file, "always")})
        self.assertIn((file, "sometimes"), found.cases["a.long"])
        self.assertNotIn((file, "sometimes"), found.cases["a.short"])
        path = reach.place(self.tmp / "cache", "6.12")
        found.save(path)
        again = reach.load(path)
        assert again
        self.assertEqual((again.functions, again.cases, again.alike, again.facts),
                         (found.functions, found.cases, found.alike, found.facts))
        names: list[Name] = [("a", "short"), ("a", "long"), ("b", "new")]
        self.assertEqual(reach.cases_for(again, {(file, "sometimes")}, names),
                         ([("a", "long")], [("b", "new")]))

    def test_nothing(self) -> None:
        self.recorder.add(("a", "crashed"), self.tmp / "room")
        self.assertRaises(TestbedError, self.recorder.result, {})
        self.assertIsNone(reach.load(self.tmp / "none"))
        self.write("other", '{"schema": 0}')
        self.assertIsNone(reach.load(self.tmp / "other"))

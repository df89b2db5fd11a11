# SPDX-License-Identifier: GPL-2.0
"""The table of entries and walkers is printed from what the cases read."""

import re
import shutil
import unittest

from mmtestbed.errors import TestbedError
from mmtestbed.figures import walker_table
from mmtestbed.model import cases

from tests import support, test_style

TOP = test_style.TOP


@unittest.skipUnless(shutil.which("gcc"), "gcc is not installed")
class Table(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        for name in (walker_table.PROGRAM, walker_table.TABLE,
                     "mm/kunit/walker/table.h"):
            self.write(name, (TOP / name).read_text(encoding="utf-8"))

    def spoil(self, name: str, old: str, new: str) -> None:
        text = (self.tmp / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        self.write(name, text.replace(old, new, 1))

    def test_each_row_has_a_case(self) -> None:
        used = "".join(path.read_text(encoding="utf-8") for path in sorted(
            (TOP / "mm/kunit/walker").glob("*_kunit.c")))
        header = (TOP / "mm/kunit/walker/table.h").read_text(encoding="utf-8")
        rows = re.findall(r"\bEW_\w+", header.partition("enum ew_walker {")[2]
                          .partition("EW_NR_WALKERS")[0])
        self.assertGreater(len(rows), 30)
        for row in rows:
            with self.subTest(row):
                self.assertIn(f"ew_run(test, {row},", used)

    def test_each_case_names_its_contract(self) -> None:
        found = [case for case in cases.read(TOP / "mm" / "kunit")
                 if case.suite.startswith("walker_")]
        self.assertGreater(len(found), 30)
        for case in found:
            with self.subTest(case.full_name):
                self.assertEqual(len({"EW-1", "EW-2"} & set(case.contracts)), 1)

    def test_undefined_cells_are_few(self) -> None:
        text = " ".join(walker_table.rst(self.tmp))
        match = re.search(r"make (\d+) cells: .* and +(\d+) are undefined", text)
        assert match
        self.assertLess(10 * int(match.group(2)), int(match.group(1)))

    def test_a_cell_that_changes_is_printed(self) -> None:
        before = walker_table.rst(self.tmp)
        self.spoil(walker_table.TABLE, 'RULE(WRITABLE, READ_ONLY, OK),\n\t\tDOC(MAPPED |',
                   'RULE(WRITABLE, KEPT, OK),\n\t\tDOC(MAPPED |')
        after = walker_table.rst(self.tmp)
        self.assertNotEqual(before, after)
        self.assertIn("    mprotect to none              k X k k k k", "\n".join(after))

    def test_a_cell_that_is_forgotten(self) -> None:
        self.spoil(walker_table.TABLE, "RULE(ALL, GONE, OK),", "RULE(HUGES, GONE, OK),")
        with self.assertRaisesRegex(TestbedError, r"munmap\) forgets none"):
            walker_table.rst(self.tmp)

    def test_what_the_host_cannot_compile(self) -> None:
        self.spoil(walker_table.TABLE, '#include "table.h"', "#include <linux/mm.h>")
        with self.assertRaisesRegex(TestbedError, "nothing but data"):
            walker_table.rst(self.tmp)


if __name__ == "__main__":
    unittest.main()

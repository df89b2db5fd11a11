# SPDX-License-Identifier: GPL-2.0
"""What an error says of a hunk that does not fit."""

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import patching

from tests import support
from tests.kernel.test_patching import PATCH, TEXT


class Hints(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("patches/1.patch", PATCH)
        (self.tmp / "scratch").mkdir()

    def details(self, **files: str) -> list[str]:
        """Those of the error for a tree with @files, mm/NAME.c each."""
        for name, text in files.items():
            self.write(f"tree/mm/{name}.c", text)
        with self.assertRaises(TestbedError) as caught:
            patching.apply(self.tmp / "tree", [self.tmp / "patches/1.patch"],
                           self.tmp / "scratch")
        return list(caught.exception.details)

    def test_a_line_has_another_text(self) -> None:
        self.assertEqual(self.details(x=TEXT.replace("line 20", "other")),
                         ['mm/x.c has no line "line 20"'])

    def test_the_code_has_moved(self) -> None:
        here = "".join(f"line {number}\n" for number in range(1, 11))
        found = self.details(x=here, y="no\n", z=TEXT)
        self.assertRegex(found[0], r'^mm/x.c has no line "line 1\d", nor \d+ more of the hunk$')
        self.assertEqual(found[1:], ["mm/z.c has all of that: the code has moved there"])

    def test_lines_have_come_in_between(self) -> None:
        self.write("patches/1.patch", "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -19,4 +19,3 @@\n line 19\n"
                   "-line 20\n-line 21\n+one\n line 22\n")
        self.assertEqual(self.details(x=TEXT.replace("line 20\n", "line 20\nnew\n")),
                         ["mm/x.c has each of its lines, but not together: something has come "
                          "in between"])

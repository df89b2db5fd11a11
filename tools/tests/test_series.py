# SPDX-License-Identifier: GPL-2.0
"""The series: moved lines fit, others are named."""

from mmtestbed import series
from mmtestbed.errors import TestbedError

from tests import support

TEXT = "".join(f"line {number}\n" for number in range(1, 41))
PATCH = """Subject: change line 20

---
--- a/mm/x.c
+++ b/mm/x.c
@@ -18,5 +18,5 @@
 line 18
 line 19
-line 20
+line twenty
 line 21
 line 22
"""
NEW = """--- /dev/null
+++ b/mm/new.h
@@ -0,0 +1 @@
+new
"""


class Series(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("tree/mm/x.c", TEXT)
        self.write("patches/1.patch", PATCH)
        self.write("patches/2.patch", NEW)
        self.write("patches/series", "# comment\n1.patch -p1\n\n2.patch # why\n")
        self.scratch = self.tmp / "scratch"
        self.scratch.mkdir()

    def apply(self) -> series.Applied:
        return series.apply(self.tmp / "tree", series.read(self.tmp / "patches"),
                            self.scratch)

    def test_applies(self) -> None:
        files = self.apply().files
        self.assertEqual(files["mm/x.c"], TEXT.replace("20", "twenty").encode())
        self.assertEqual(files["mm/new.h"], b"new\n")

    def test_tree_is_left_alone(self) -> None:
        self.apply()
        self.assertEqual((self.tmp / "tree/mm/x.c").read_text(), TEXT)
        self.assertFalse((self.tmp / "tree/mm/new.h").exists())

    def test_moved_lines(self) -> None:
        self.write("tree/mm/x.c", "new first line\n" * 30 + TEXT)
        self.assertIn(b"twenty", self.apply().files["mm/x.c"] or b"")

    def test_names_patch_and_hunk(self) -> None:
        self.write("tree/mm/x.c", TEXT.replace("line 20", "other"))
        with self.assertRaises(TestbedError) as caught:
            self.apply()
        self.assertIn("patches/1.patch does not apply: hunk #1 at line 18 of mm/x.c",
                      caught.exception.message)
        self.assertEqual(caught.exception.code, 125)

    def test_missing_file(self) -> None:
        (self.tmp / "tree/mm/x.c").unlink()
        with self.assertRaises(TestbedError) as caught:
            self.apply()
        self.assertIn("1.patch", caught.exception.message)

    def test_already_there(self) -> None:
        self.write("tree/mm/x.c", TEXT.replace("20", "twenty"))
        applied = self.apply()
        self.assertEqual(applied.notes, ["1.patch is in this tree already"])
        self.assertEqual(applied.files["mm/new.h"], b"new\n")

    def test_series_names_a_missing_patch(self) -> None:
        self.write("patches/series", "3.patch\n")
        with self.assertRaisesRegex(TestbedError, "names 3.patch"):
            self.apply()

    def test_outside_of_the_tree(self) -> None:
        self.write("patches/2.patch", NEW.replace("mm/new.h", "../new.h"))
        with self.assertRaisesRegex(TestbedError, "outside"):
            self.apply()

    def test_removes(self) -> None:
        self.write("tree/gone.c", "x\n")
        self.write("patches/2.patch",
                   "--- a/gone.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")
        self.assertIsNone(self.apply().files["gone.c"])

# SPDX-License-Identifier: GPL-2.0
"""What a series made of a tree is remembered, and nothing else."""

import shutil
import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import applied, patching

from tests import support

PATCH = """A change.

--- a/mm/a.c
+++ b/mm/a.c
@@ -1,3 +1,3 @@
 one
-two
+TWO
 three
"""


class Remembered(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("tree/mm/a.c", "one\ntwo\nthree\n")
        self.patch = self.write("x.patch", PATCH)
        self.real = 0
        apply = patching.apply

        def count(*args: object, **words: object) -> patching.Applied:
            self.real += 1
            return apply(*args, **words)  # type: ignore[arg-type]

        patching.apply = count
        self.addCleanup(setattr, patching, "apply", apply)

    def apply(self) -> bytes:
        scratch = self.tmp / f"scratch{self.real}"
        scratch.mkdir(exist_ok=True)
        data = applied.apply(self.tmp / "kept", self.tmp / "tree", [self.patch],
                             scratch).files["mm/a.c"]
        assert data
        return data

    def test_the_second_time_is_from_memory(self) -> None:
        self.assertEqual([self.apply(), self.apply()], [b"one\nTWO\nthree\n"] * 2)
        self.assertEqual(self.real, 1)

    @unittest.skipUnless(shutil.which("spatch"), "spatch is not installed")
    def test_another_file_for_a_rule(self) -> None:
        self.patch = self.write("x.cocci", "// Subject: mm: forget it\n// In: mm/a.c: f\n"
                                "@@\n@@\n- put(a);\n")
        for rest in ("other(a);", "third(a);"):
            self.write("tree/mm/a.c", f"int f(int a)\n{{\n\tput(a);\n\t{rest}\n}}\n")
            for _ in range(2):
                self.assertEqual(self.apply().decode(), f"int f(int a)\n{{\n\t{rest}\n}}\n")
        self.assertEqual(self.real, 2)

    def test_another_file_or_patch_is_applied(self) -> None:
        self.apply()
        self.write("tree/mm/a.c", "one\ntwo\nthree\nfour\n")
        self.assertEqual(self.apply(), b"one\nTWO\nthree\nfour\n")
        self.write("x.patch", PATCH.replace("TWO", "2"))
        self.assertEqual(self.apply(), b"one\n2\nthree\nfour\n")

    def test_damage_is_no_memory(self) -> None:
        self.apply()
        [path] = (self.tmp / "kept").iterdir()
        for text in ("{", "{}", '{"files": {"a": 1}, "notes": []}', "[]"):
            path.write_text(text, encoding="ascii")
            self.assertEqual(self.apply(), b"one\nTWO\nthree\n")

    def test_few_are_kept(self) -> None:
        self.addCleanup(setattr, applied, "_KEPT", applied._KEPT)
        setattr(applied, "_KEPT", 8)
        for number in range(20):
            self.write("tree/mm/a.c", f"one\ntwo\nthree\n{number}\n")
            self.apply()
        self.assertLessEqual(len(list((self.tmp / "kept").iterdir())), 8)

    def test_a_merge_is_not_kept(self) -> None:
        """The tree that it took may be another one tomorrow."""
        self.write("tree/mm/a.c", "one\ntwo and a half\nthree\n")
        for name in ("first", "second"):
            scratch = self.tmp / name
            scratch.mkdir()

            def reference(paths: set[str]) -> list[Path]:
                raise TestbedError(f"asked {name}")

            with self.assertRaisesRegex(TestbedError, f"asked {name}"):
                applied.apply(self.tmp / "kept", self.tmp / "tree", [self.patch], scratch,
                              reference)

    def test_only_what_has_to_do_with_an_edit(self) -> None:
        """A patch goes in anew with those that touch, or look at, what it touches."""
        for name in "bcde":
            self.write(f"tree/mm/{name}.c", "one\ntwo\nthree\n")
            self.write(f"{name}.patch", PATCH.replace("a.c", f"{name}.c"))
        self.write("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 12\n")
        self.write("looks/6.12.patch", PATCH.replace("a.c", "d.c"))
        self.write("looks/needed", "mm/b.c has /TWO/\n")
        self.write("selects.patch", PATCH.replace("a.c", "e.c").replace("+TWO", "+ select X"))
        self.write("tree/mm/Kconfig", "config Y\n\tbool\n")
        self.write("kconfig.patch", "A symbol.\n\n--- a/mm/Kconfig\n+++ b/mm/Kconfig\n"
                   "@@ -1,2 +1,4 @@\n config Y\n \tbool\n+config X\n+\tbool\n")
        patches = [self.tmp / name for name in (
            "x.patch", "kconfig.patch", "b.patch", "c.patch", "looks", "selects.patch")]
        self.assertEqual(applied.apart(patches), [[0], [1, 5], [2, 4], [3]])

        def result() -> patching.Applied:
            scratch = self.tmp / f"scratch-{self.real}-{len(list(self.tmp.iterdir()))}"
            scratch.mkdir()
            return applied.apply(self.tmp / "kept", self.tmp / "tree", patches, scratch)

        first = result()
        (self.tmp / "whole").mkdir()
        self.real = 0
        whole = patching.apply(self.tmp / "tree", patches, self.tmp / "whole")
        self.assertEqual((first.files, first.taken), (whole.files, whole.taken))
        self.assertEqual([each.how for each in first.taken], ["exactly"] * 6)
        self.real = 0
        self.assertEqual(result().files, first.files)
        self.assertEqual(self.real, 0)
        self.write("tree/mm/b.c", "one\nTWO\nthree\n")
        self.assertEqual([each.how for each in result().taken],
                         ["exactly", "exactly", "in already", *["exactly"] * 3])
        self.assertEqual(self.real, 1)
        self.write("tree/mm/c.c", "1\n2\n3\n")
        self.assertRaisesRegex(TestbedError, "c.patch does not apply", result)

    def test_bytes_that_are_no_text(self) -> None:
        (self.tmp / "tree/mm/a.c").write_bytes(b"one\ntwo\nthree\n\xff\x00\xe9\n")
        self.assertEqual(self.apply(), self.apply())
        self.assertTrue(self.apply().endswith(b"\xff\x00\xe9\n"))

# SPDX-License-Identifier: GPL-2.0
"""The series: moved lines fit, others are named."""

import shutil
import unittest

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import fixes, patching

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
PATCH_OF_F = """A second argument.

--- a/mm/x.c
+++ b/mm/x.c
@@ -1,5 +1,5 @@
 int f(int a)
 {
-	get(a);
+	get(a, 1);
 	return put(a);
 }
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

    def apply(self) -> patching.Applied:
        return patching.apply(self.tmp / "tree", patching.read(self.tmp / "patches"),
                            self.scratch)

    def test_applies(self) -> None:
        files = self.apply().files
        self.assertEqual(files["mm/x.c"], TEXT.replace("20", "twenty").encode())
        self.assertEqual(files["mm/new.h"], b"new\n")

    def test_tree_is_left_alone(self) -> None:
        self.apply()
        self.assertEqual((self.tmp / "tree/mm/x.c").read_text(), TEXT)
        self.assertFalse((self.tmp / "tree/mm/new.h").exists())

    def apply_anew(self) -> patching.Applied:
        """apply(), not for the first time."""
        shutil.rmtree(self.scratch)
        self.scratch.mkdir()
        return self.apply()

    def variants(self, **texts: str) -> None:
        """Let the series be the patch "thing" with such variants."""
        for name, text in texts.items():
            self.write(f"patches/um/thing/{name.replace('_', '.')[1:]}.patch", text)
        self.write("patches/series", "um/thing\n")

    def taken(self) -> "tuple[str, str]":
        """Which variant went in, and how."""
        (found,) = self.apply_anew().taken
        self.assertEqual(found.patch, "um/thing")
        return found.variant, found.how

    def test_the_text_chooses_the_variant(self) -> None:
        self.variants(v6_12=PATCH, v7_3=PATCH.replace("line 18", "line eighteen"))
        self.assertEqual(self.taken(), ("6.12", "exactly"))
        self.write("tree/mm/x.c", TEXT.replace("line 18", "line eighteen"))
        self.assertEqual(self.taken(), ("7.3", "exactly"))

    def test_where_two_fit_the_nearest_is_taken(self) -> None:
        self.variants(v6_12=PATCH, v6_18=PATCH, v7_3=PATCH)
        for version, wanted in ((("6", "13"), "6.12"), (("6", "17"), "6.18"),
                                (("7", "9"), "7.3"), (("6", "4"), "6.12")):
            self.write("tree/Makefile", "VERSION = {}\nPATCHLEVEL = {}\n".format(*version))
            self.assertEqual(self.taken(), (wanted, "exactly"))
        (self.tmp / "tree/Makefile").unlink()
        self.assertEqual(self.taken(), ("7.3", "exactly"))

    def test_one_that_fits_goes_ahead_of_one_that_nearly_does(self) -> None:
        self.variants(v6_12=PATCH, v7_3=PATCH.replace("line 18", "line eighteen"))
        self.write("tree/Makefile", "VERSION = 7\nPATCHLEVEL = 3\n")
        self.assertEqual(self.taken(), ("6.12", "exactly"))
        self.write("tree/mm/x.c", TEXT.replace("line 18", "line XVIII"))
        self.assertEqual(self.taken(), ("7.3", "loosely"))

    def test_one_that_is_in_already(self) -> None:
        self.variants(v6_12=PATCH.replace("line 20", "line 20a"), v7_3=PATCH)
        self.write("tree/mm/x.c", TEXT.replace("line 20", "line twenty"))
        self.assertEqual(self.taken(), ("7.3", "in already"))
        self.assertEqual(self.apply_anew().notes, ["um/thing is in this tree already"])

    def test_all_that_do_not_fit_are_named(self) -> None:
        self.variants(v6_12=PATCH, v7_3=PATCH.replace("line 20", "line 20a"))
        self.write("tree/mm/x.c", TEXT.replace("line 20", "other"))
        with self.assertRaises(TestbedError) as caught:
            self.apply()
        said = "\n".join([caught.exception.message, *caught.exception.details])
        for name in ("patches/um/thing/6.12.patch", "patches/um/thing/7.3.patch"):
            self.assertIn(f"{name} does not apply: hunk #1 at line 18 of mm/x.c", said)

    def test_what_a_kernel_does_not_need(self) -> None:
        self.variants(v6_12=PATCH)
        self.write("patches/um/thing/needed", "# why\nmm/x.c has /^line 7$/\n"
                   "mm/y.c lacks /./\n")
        self.assertEqual(self.taken(), ("6.12", "exactly"))
        self.write("tree/mm/y.c", "something")
        result = self.apply_anew()
        self.assertEqual([(each.variant, each.how) for each in result.taken],
                         [("", "not needed")])
        self.assertEqual(result.files["mm/x.c"], TEXT.encode())
        self.write("patches/um/thing/needed", "mm/x.c had /a/\n")
        with self.assertRaisesRegex(TestbedError, "needed:1: .* is not PATH"):
            self.apply_anew()

    def test_what_a_variant_is_not_meant_for(self) -> None:
        self.variants(v6_12=PATCH, v7_3=PATCH.replace("twenty", "XX"))
        self.write("patches/um/thing/7.3.needed", "mm/y.c has /new/\n")
        self.assertEqual(self.taken(), ("6.12", "exactly"))
        self.write("tree/mm/y.c", "new")
        self.assertEqual(self.taken(), ("7.3", "exactly"))
        self.write("patches/um/thing/6.12.needed", "mm/y.c lacks /new/\n")
        self.write("patches/um/thing/7.3.needed", "mm/y.c lacks /new/\n")
        with self.assertRaisesRegex(TestbedError, "um/thing has no variant for this tree"):
            self.apply_anew()

    def test_proposals_go_in_where_they_are_named(self) -> None:
        self.write("patches/fixes/a.patch", PATCH)
        self.write("patches/idea/b.patch", NEW)
        self.write("patches/idea/proposal", "# what it is\n")
        self.write("patches/series", "1.patch\nidea/b\nfixes/a\n")
        self.addCleanup(setattr, patching, "REPOSITORY", getattr(patching, "REPOSITORY"))
        setattr(patching, "REPOSITORY", self.tmp)

        def names(*args: object) -> list[str]:
            return [patch.stem for patch in patching.ours(*args)]  # type: ignore[arg-type]

        self.assertEqual(patching.proposals(), ["idea"])
        self.assertEqual(names(), ["1", "a"])
        self.assertEqual(names(True, "", ["idea"]), ["1", "b", "a"])
        self.assertEqual(names(False, "", ["idea"]), ["1", "b"])
        self.assertEqual(names(False, "", ["other"]), ["1"])
        self.assertEqual([patch.stem for patch in patching.every()], ["1", "b", "a"])

    def test_which_fixes_are_missing(self) -> None:
        """One that does not fit says nothing about the others."""
        for name, old, new in (("a", "line 20", "line twenty"), ("b", "other", "third"),
                               ("c", "nowhere", "here")):
            self.write(f"patches/fixes/{name}/6.12.patch", PATCH.replace(
                "line 20", old).replace("line twenty", new))
        self.write("patches/fixes/b/needed", "mm/x.c has /^line 7$/\n")
        patches = [self.tmp / "patches/fixes" / name for name in "abc"]
        self.addCleanup(setattr, patching, "ours", patching.ours)
        setattr(patching, "ours", lambda fixes_too=True, groups=(): patches)
        there, notes = fixes.missing(self.tmp / "tree", self.scratch)
        self.assertEqual(there, {"fixes/a", "fixes/b"})
        self.assertEqual(len(notes), 1)
        self.assertIn("whether this tree needs fixes/c cannot be told: patches/fixes/c/6.12"
                      ".patch does not apply", notes[0])
        del patches[1:]
        self.write("tree/mm/x.c", TEXT.replace("line 20", "line twenty"))
        shutil.rmtree(self.scratch)
        self.scratch.mkdir()
        self.assertEqual(fixes.missing(self.tmp / "tree", self.scratch), (set(), []))

    def test_a_symbol_that_does_not_exist(self) -> None:
        select = ("--- a/arch/um/Kconfig\n+++ b/arch/um/Kconfig\n@@ -1 +1,2 @@\n"
                  " config UML\n+\tselect {}\n")
        self.write("tree/arch/um/Kconfig", "config UML\n")
        self.write("tree/mm/Kconfig", "config OLD_NAME\n\tbool\n")
        self.variants(v6_12=select.format("OLD_NAME"), v7_3=select.format("NEW_NAME"))
        self.assertEqual(self.taken(), ("6.12", "exactly"))
        self.write("tree/mm/Kconfig", "menuconfig NEW_NAME\n\tbool\n")
        self.assertEqual(self.taken(), ("7.3", "exactly"))
        self.write("tree/mm/Kconfig", "")
        with self.assertRaisesRegex(TestbedError, "7.3.patch selects NEW_NAME, which this "
                                    "kernel does not have"):
            self.apply_anew()

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

    def test_some_are_for_one_configuration(self) -> None:
        self.write("patches/series", "1.patch -p1\n2.patch full smp # why\n")
        for config, names in (("", ["1.patch", "2.patch"]), ("plain", ["1.patch"]),
                              ("full", ["1.patch", "2.patch"]),
                              ("kasan", ["1.patch", "2.patch"])):
            with self.subTest(config):
                self.assertEqual([path.name for path in
                                  patching.read(self.tmp / "patches", config)], names)

    @unittest.skipUnless(shutil.which("spatch"), "spatch is not installed")
    def test_semantic_patch_on_top_of_the_others(self) -> None:
        text = "int f(int a)\n{\n\tget(a);\n\treturn put(a);\n}\n"
        self.write("tree/mm/x.c", text)
        self.write("patches/1.patch", PATCH_OF_F)
        rule = self.write("no-put.cocci", "// Subject: mm: forget it\n// In: mm/x.c: f\n"
                          "@@\nexpression e;\n@@\n- get(e, 1);\n")
        patches = [self.tmp / "patches/1.patch", rule]
        made = patching.apply(self.tmp / "tree", patches, self.scratch)
        self.assertEqual(made.files, {"mm/x.c": b"int f(int a)\n{\n\treturn put(a);\n}\n"})
        self.assertEqual([taken.how for taken in made.taken], ["exactly", patching.BY_RULE])
        self.write("tree/mm/x.c", text.replace("return put(a)", "return get(a, 1)"))
        with self.assertRaisesRegex(TestbedError, "no-put.cocci does not apply: it matches "
                                    "nothing in f, and has to match once"):
            patching.apply(self.tmp / "tree", [rule], self.tmp)

    def test_outside_of_the_tree(self) -> None:
        self.write("patches/2.patch", NEW.replace("mm/new.h", "../new.h"))
        with self.assertRaisesRegex(TestbedError, "outside"):
            self.apply()

    def test_removes(self) -> None:
        self.write("tree/gone.c", "x\n")
        self.write("patches/2.patch",
                   "--- a/gone.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n")
        self.assertIsNone(self.apply().files["gone.c"])

    def test_already_there_is_not_put_in_once_more(self) -> None:
        """With fuzz, it would fit behind itself."""
        self.write("tree/mm/x.c", "a\nb\nnew\nnew\nc\nd\n")
        self.write("patches/1.patch", "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1,5 +1,6 @@\n"
                   " a\n b\n new\n+new\n c\n d\n")
        applied = self.apply()
        self.assertEqual(applied.notes, ["1.patch is in this tree already"])


class ThreeWay(support.TempCase):
    """A tree that has moved on from the one that the patches were made on."""

    def setUp(self) -> None:
        super().setUp()
        self.write("old/mm/x.c", TEXT)
        self.write("patches/1.patch", PATCH)
        self.scratch = self.tmp / "scratch"
        self.scratch.mkdir()

    def apply(self, tree: str, *names: str) -> patching.Applied:
        self.write("tree/mm/x.c", tree)
        return patching.apply(self.tmp / "tree",
                            [self.tmp / "patches" / name for name in names],
                            self.scratch, lambda paths: [self.tmp / "old"])

    def test_merge(self) -> None:
        """Both neighbours of the context differ, which no fuzz forgives."""
        self.write("old/mm/x.c", TEXT)
        self.write("patches/1.patch", "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -18,7 +18,7 @@\n"
                   " line 18\n line 19\n-line 20\n+line twenty\n line 21\n"
                   " line 22\n line 23\n line 24\n")
        tree = TEXT.replace("line 22\n", "22\n").replace("line 23\n", "23\n").replace(
            "line 18\n", "eighteen\n")
        applied = self.apply(tree, "1.patch")
        self.assertEqual(applied.files["mm/x.c"],
                         tree.replace("line 20", "line twenty").encode())
        self.assertEqual(applied.notes,
                         ["1.patch needed a three-way merge in mm/x.c"])

    def test_half_of_it_is_in_already(self) -> None:
        two = PATCH + "@@ -28,5 +28,5 @@\n line 28\n line 29\n-line 30\n" \
            "+line thirty\n line 31\n line 32\n"
        self.write("patches/1.patch", two)
        applied = self.apply(TEXT.replace("line 30", "line thirty"), "1.patch")
        self.assertEqual(applied.files["mm/x.c"], TEXT.replace("20", "twenty").replace(
            "30", "thirty").encode())
        self.assertIn("three-way merge", applied.notes[0])

    def test_it_is_in_and_its_surroundings_have_changed(self) -> None:
        tree = TEXT.replace("line 20\n", "line twenty\n").replace("line 19\n", "19\n")
        applied = self.apply(tree, "1.patch")
        self.assertEqual(applied.files["mm/x.c"], tree.encode())
        self.assertEqual(applied.notes, ["1.patch is in this tree already"])

    def test_it_is_in_and_changed(self) -> None:
        """What is in then is for people to say."""
        with self.assertRaisesRegex(TestbedError, "conflict"):
            self.apply(TEXT.replace("line 20\n", "line XX\n"), "1.patch")

    def test_not_without_any_context(self) -> None:
        """The line is there, but nothing of what was around it."""
        self.write("old/mm/x.c", TEXT)
        far = TEXT.replace("line 20\n", "twenty\n").replace("line 3\n", "line 20\n")
        with self.assertRaisesRegex(TestbedError, "hunk #1"):
            self.apply(far, "1.patch")

    def test_conflict(self) -> None:
        with self.assertRaises(TestbedError) as caught:
            self.apply(TEXT.replace("line 20", "other"), "1.patch")
        self.assertIn("hunk #1", caught.exception.message)
        self.assertIn("three-way merge: mm/x.c: conflict", caught.exception.message)

    def test_file_is_gone(self) -> None:
        self.write("tree/mm/y.c", "")
        (self.tmp / "patches/1.patch").write_text(PATCH, encoding="utf-8")
        with self.assertRaisesRegex(TestbedError, "mm/x.c: the file is not there"):
            patching.apply(self.tmp / "tree", [self.tmp / "patches/1.patch"], self.scratch,
                         lambda paths: [self.tmp / "old"])

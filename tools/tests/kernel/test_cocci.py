# SPDX-License-Identifier: GPL-2.0
"""Tests of mmtestbed.cocci: semantic patches, and those that are refused."""

import shutil
import tempfile
import unittest
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import cocci

SOURCE = """\
static bool wait(struct folio *folio, int a)
{
	if (pte_young(pte))
		entry = make_young(entry);
	while (a) {
		folio_get(folio);
		a--;
	}
	folio_put(folio);
	return true;
}

static void other(struct folio *folio)
{
	folio_put(folio);
}
"""
HEADER = """\
// SPDX-License-Identifier: GPL-2.0
// Subject: mm: leak a folio
//
// Somebody forgets it.
//
// Breaks: MW-2
// In: mm/a.c: wait | wait_new
"""
PUT = "@@\n@@\n- folio_put(folio);\n"


class Parsing(unittest.TestCase):
    """What a rule may say."""

    def test_places(self) -> None:
        found = cocci.parse("x", HEADER + "// In: mm/b.h\n// Matches: 2\n\n" + PUT)
        self.assertEqual(found.places, (cocci.Place("mm/a.c", (("wait", "wait_new"),)),
                                        cocci.Place("mm/b.h")))
        self.assertEqual(found.matches, 2)
        self.assertEqual(found.files, ("mm/a.c", "mm/b.h"))
        self.assertTrue(found.body.startswith("@@\n"))

    def test_incomplete(self) -> None:
        for text, what in (("// Subject: x\n" + PUT, "In: "), (HEADER, "no rule"),
                           (HEADER + "// Matches: many\n" + PUT, "many"),
                           ("// In: ../../etc/passwd: f\n" + PUT, "outside of the tree"),
                           ("// In: /etc/passwd: f\n" + PUT, "outside of the tree")):
            with self.subTest(what), self.assertRaisesRegex(TestbedError, what):
                cocci.parse("x", text)

    def test_hostile(self) -> None:
        for text in ("@script:python@\n@@\nimport os\n", "@initialize:ocaml@\n@@\n()\n",
                     "@ finalize : python @\n@@\nx\n", "@ script : ocaml @ x<<a.x; @@\n",
                     "@@\nfresh identifier x = script:python(y) { y };\n@@\n- a\n",
                     "@@\nidentifier x : script:ocaml(y) { true };\n@@\n- a\n",
                     "#include <a.cocci>\n" + PUT, '# spatch --macro-file /etc/passwd\n' + PUT,
                     "@r using \"/etc/passwd\"@\n@@\n- a\n", 'using "/etc/passwd"\n' + PUT,
                     "virtual patch\n" + PUT, "@r extends a@\n@@\n- b\n",
                     "@@\n@@\n- a\n/* @@ */\n@initialise:python@ @@\n"):
            with self.subTest(text), self.assertRaisesRegex(TestbedError, "may not"):
                cocci.parse("x", HEADER + text)


@unittest.skipUnless(shutil.which("spatch"), "spatch is not installed")
class Applying(unittest.TestCase):
    """What becomes of the source."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tmp = Path(folder.name)
        self.tree = self.tmp / "tree"
        (self.tree / "mm").mkdir(parents=True)
        (self.tree / "mm/a.c").write_text(SOURCE, encoding="utf-8")

    def change(self, body: str, header: str = HEADER) -> list[cocci.Change]:
        """What the rule @body changes."""
        return cocci.apply(cocci.parse("x", f"{header}\n{body}"), self.tree, self.tmp,
                           self.tmp / "cache")

    def test_only_the_named_function(self) -> None:
        [change] = self.change(PUT)
        self.assertEqual((change.file, change.function), ("mm/a.c", "wait"))
        made = cocci.contents([change], self.tree)["mm/a.c"].decode()
        self.assertEqual(made, SOURCE.replace("\tfolio_put(folio);\n", "", 1))
        self.assertEqual((self.tree / "mm/a.c").read_text(encoding="utf-8"), SOURCE)

    def test_nothing_to_match(self) -> None:
        with self.assertRaisesRegex(TestbedError, "x does not apply: it matches nothing "
                                    "in wait, and has to match once"):
            self.change("@@\n@@\n- folio_lock(folio);\n")

    def test_two_places(self) -> None:
        body = "@@\nexpression e;\n@@\n(\n- folio_get(e);\n|\n- folio_put(e);\n)\n"
        with self.assertRaisesRegex(TestbedError, "matches 2 times"):
            self.change("@@\n@@\n- folio\n+ NULL\n")
        self.assertEqual(len(self.change(body, HEADER + "// Matches: 2\n")), 1)
        with self.assertRaisesRegex(TestbedError, "matches 2 times"):
            self.change(body)

    def test_two_places_in_one_statement(self) -> None:
        (self.tree / "mm/a.c").write_text(SOURCE.replace("return true;",
                                                         "return b(a) && b(a);"))
        with self.assertRaisesRegex(TestbedError, "matches 2 times"):
            self.change("@@\n@@\n- b(a)\n+ c(a)\n")

    def test_second_function(self) -> None:
        header = HEADER.replace("wait | wait_new", "wait, other")
        with self.assertRaisesRegex(TestbedError, "matches 2 times in wait, other"):
            self.change(PUT, header)
        changes = self.change(PUT, header + "// Matches: 2\n")
        made = cocci.contents(changes, self.tree)["mm/a.c"].decode()
        self.assertNotIn("folio_put", made)

    def test_two_rules(self) -> None:
        get = "@@\n@@\n- folio_get(folio);\n\n"
        [change] = self.change(get + PUT, HEADER + "// Matches: 2\n")
        self.assertNotIn("folio", change.new.partition("{")[2])
        # The first is there twice, and the second not at all.
        (self.tree / "mm/a.c").write_text(
            SOURCE.replace("folio_put(folio);", "folio_get(folio);"), encoding="utf-8")
        with self.assertRaisesRegex(TestbedError, "rule starting on line 1 matches 2 "
                                    "times in wait, and another not at all"):
            self.change(get + PUT, HEADER + "// Matches: 2\n")

    def test_one_of_two_rules(self) -> None:
        new = "@@\n@@\n- folio_put_new(folio);\n\n"
        [change] = self.change(new + PUT)
        self.assertNotIn("folio_put", change.new)
        with self.assertRaisesRegex(TestbedError, "matches 2 times"):
            self.change("@@\n@@\n- folio_get(folio);\n\n" + PUT)

    def test_first_function_that_is_there(self) -> None:
        for names, changed in (("none | wait | other", "wait"), ("other | wait", "other")):
            with self.subTest(names):
                [change] = self.change(PUT, HEADER.replace("wait | wait_new", names))
                self.assertEqual(change.function, changed)

    def test_function_is_not_there(self) -> None:
        with self.assertRaisesRegex(TestbedError, "does not have mm/a.c gone"):
            self.change(PUT, HEADER.replace("wait | wait_new", "gone"))

    def test_rule_that_spatch_cannot_read(self) -> None:
        with self.assertRaisesRegex(TestbedError, "x: spatch cannot read this rule"):
            self.change("@@\n@@\n- if (\n")

    def test_result_is_kept(self) -> None:
        self.change(PUT)
        [kept] = (self.tmp / "cache").iterdir()
        before = kept.read_text(encoding="utf-8")
        kept.write_text(before.replace("return true", "return kept"), encoding="utf-8")
        self.assertIn("return kept", self.change(PUT)[0].new)
        (self.tree / "mm/a.c").write_text(SOURCE.replace("a--", "--a"), encoding="utf-8")
        self.assertIn("return true", self.change(PUT)[0].new)
        kept.write_text("damaged", encoding="utf-8")
        (self.tree / "mm/a.c").write_text(SOURCE, encoding="utf-8")
        self.assertIn("return true", self.change(PUT)[0].new)

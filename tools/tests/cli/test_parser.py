# SPDX-License-Identifier: GPL-2.0
"""How command lines are read: help that fits a screen, settings of the user."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from mmtestbed.cli import describe, parser
from mmtestbed.cli.parser import COLUMNS, ROWS, Parser
from mmtestbed.errors import UsageError


class Help(unittest.TestCase):
    def test_fits_a_screen(self) -> None:
        """Of each word; and what it leaves out, mmt help has."""
        for word in describe.words():
            with self.subTest(word.name):
                lines = word.parser.short().splitlines()
                self.assertLessEqual(len(lines), ROWS)
                self.assertLessEqual(max(map(len, lines)), COLUMNS)
                whole = word.parser.format_help()
                for action in word.parser.options():
                    for name in action.option_strings:
                        self.assertIn(name, whole)

    def test_common_options_are_options(self) -> None:
        for word in describe.words():
            names = {name for each in [*word.parser.options(), *word.parser.places()]
                     for name in (each.dest, *each.option_strings)}
            self.assertLessEqual(set(word.parser.common), names)

    def test_whole_clauses(self) -> None:
        one = Parser(prog="mmt x")
        one.add_argument("--long", metavar="V", help="what it is for (default: something), "
                         "and then " + "more " * 20)
        self.assertIn("  --long V  what it is for (default: something)\n", one.short())
        one.add_argument("--more", metavar="V", help="its text (default: " + "x" * 80 + ")")
        self.assertIn("  --more V  its text\n", one.short())
        two = Parser(prog="mmt x")
        two.add_argument("--long", help="word " * 40)
        line = next(line for line in two.short().splitlines() if "--long" in line)
        self.assertTrue(line.endswith("word ..."), line)
        self.assertLessEqual(len(line), COLUMNS)


class Settings(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "config"
        env = mock.patch.dict(os.environ, {"MMTB_CONFIG": str(self.file)})
        env.start()
        self.addCleanup(env.stop)
        os.environ.pop("KDIR", None)
        called = mock.patch.dict(parser.called, {"x": False})
        called.start()
        self.addCleanup(called.stop)
        self.told = ""

    def read(self, text: str, *words: str, prog: str = "mmt x") -> Any:
        """What mmt x @words is with the settings @text."""
        self.file.write_text(text, encoding="utf-8")
        reader = Parser(prog=prog)
        reader.add_argument("--kdir", default="")
        reader.add_argument("--jobs", type=int, default=7)
        reader.add_argument("--fixes", action="store_true")
        reader.add_argument("--no-html", dest="html", action="store_false")
        reader.add_argument("--exclude", action="append", default=[])
        reader.add_argument("--variant", choices=("plain", "kasan"))
        reader.add_argument("cases", nargs="*")
        with contextlib.redirect_stderr(io.StringIO()) as err:
            try:
                return reader.parse_intermixed_args(list(words))
            finally:
                self.told = err.getvalue()

    def test_come_before_the_command_line(self) -> None:
        text = '[x]\n\tjobs = 3\n\tkdir = "/a b"\n\texclude = A\n\tfixes\n\tno-html = yes\n'
        got = self.read(text)
        self.assertEqual((got.jobs, got.kdir, got.exclude, got.fixes, got.html),
                         (3, "/a b", ["A"], True, False))
        self.assertEqual(self.told, f"note: from {self.file}: --jobs 3 --kdir '/a b' "
                                    "--exclude A --fixes --no-html\n")
        got = self.read(text, "--jobs", "4", "--exclude", "B", "case")
        self.assertEqual((got.jobs, got.exclude, got.cases), (4, ["A", "B"], ["case"]))

    def test_of_other_words(self) -> None:
        got = self.read("[y]\n\tjobs = 3\n[x]\n\tfixes = false\n")
        self.assertEqual((got.jobs, got.fixes, self.told), (7, False, ""))
        # What the word that was called calls in turn is not the user's call.
        self.assertEqual(self.read("[y]\n\tjobs = 3\n", prog="mmt y").jobs, 7)
        self.assertEqual(self.read("[b]\n\tjobs = 3\n", prog="mmt a b c").jobs, 7)

    def test_environment_is_nearer(self) -> None:
        with mock.patch.dict(os.environ, {"KDIR": "/env"}):
            self.assertEqual(self.read("[x]\n\tkdir = /file\n").kdir, "")
        self.assertEqual(self.read("[x]\n\tkdir = ~/linux\n").kdir,
                         os.path.expanduser("~/linux"))

    def test_wrong(self) -> None:
        for text, said in (
                ("[x]\n\tjbos = 3\n", "x.jbos is no option of mmt x; see mmt help x"),
                ("[x]\n\thelp\n", "x.help is no option of mmt x"),
                ("[x]\n\tjobs = many\n", "x.jobs: invalid int value: 'many'"),
                ("[x]\n\tjobs\n", "x.jobs has no value; write jobs = ..."),
                ("[x]\n\tvariant = fast\n", "x.variant: invalid choice: 'fast'"),
                ("[x]\n\tfixes = perhaps\n", "x.fixes is neither true nor false"),
                ("[x\n", "cannot read "),
        ):
            with self.subTest(text), self.assertRaises(UsageError) as caught:
                self.read(text)
            self.assertIn(said, caught.exception.message)
            self.assertIn(str(self.file), caught.exception.message)

    def test_none(self) -> None:
        with mock.patch.dict(os.environ, {"MMTB_CONFIG": ""}):
            self.assertEqual(self.read("[x]\n\tjobs = 3\n").jobs, 7)
        with mock.patch.dict(os.environ, {"XDG_CONFIG_HOME": "/c"}):
            del os.environ["MMTB_CONFIG"]
            self.assertEqual(parser.settings_file(), Path("/c/mm-testbed/config"))


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0
"""scripts/mmt: its words, and the old scripts that are shims of it."""

import contextlib
import io
import re
import subprocess
import unittest
from unittest import mock

from mmtestbed.cli import mmt, parser
from mmtestbed.model.repository import REPOSITORY

SCRIPTS = REPOSITORY / "scripts"


def called(*words: str) -> tuple[int, str, str]:
    """(exit code, what it prints, what it complains of) of mmt @words."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = mmt.main(words)
        except SystemExit as end:
            code = int(end.code or 0)
    return code, out.getvalue(), err.getvalue()


class Words(unittest.TestCase):
    def setUp(self) -> None:
        patch = mock.patch.dict(parser.called)
        patch.start()
        self.addCleanup(patch.stop)

    def test_help(self) -> None:
        code, out, _ = called("--help")
        self.assertEqual(code, 0)
        for word in mmt.WORDS:
            self.assertRegex(out, rf"(?m)^  {word.name} +\S")

    def test_each_word_has_help(self) -> None:
        """And names itself as it was called: as a word, or as the old script."""
        for word in mmt.WORDS:
            with self.subTest(word.name):
                code, out, err = called(word.name, "--help")
                self.assertEqual((code, err), (0, ""))
                self.assertIn("mmt" if word.name != "bisect-step" else f"mmt {word.name}",
                              out.splitlines()[0])

    def test_wrong_usage(self) -> None:
        self.assertEqual(called()[0], 2)
        code, _, err = called("walk")
        self.assertEqual((code, err), (2, "mm-testbed: there is no mmt walk; see mmt "
                                          "--help\n"))
        code, _, err = called("run", "--nonsense")
        self.assertEqual(code, 2)
        self.assertIn("see mmt run --help", err)
        code, _, err = called("run.sh", "--nonsense")
        self.assertIn("see scripts/run.sh --help", err)

    def test_list(self) -> None:
        code, out, _ = called("list", "MW-3", "--exclude", "MW-5")
        self.assertEqual(code, 0)
        self.assertTrue(all(re.search(r"\bMW-3\b", line) for line in out.splitlines()))


class Shims(unittest.TestCase):
    def test_each_is_one_line(self) -> None:
        for script in SCRIPTS.glob("*.sh"):
            if script.name in ("python.sh", "bisect-step.sh"):
                continue
            with self.subTest(script.name):
                code = [line for line in script.read_text(encoding="utf-8").splitlines()
                        if line and not line.startswith("#")]
                self.assertEqual(len(code), 1)
                self.assertIn(f"mmt\" {script.name} ", code[0])
                self.assertIn(script.name.removesuffix(".sh"),
                              [word.name for word in mmt.WORDS])

    def test_through_a_link_and_from_anywhere(self) -> None:
        done = subprocess.run([str(SCRIPTS / "run.sh"), "--list", "--filter", "no.such"],
                              cwd="/", capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("no case matches no.such", done.stderr)

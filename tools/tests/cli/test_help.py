# SPDX-License-Identifier: GPL-2.0
"""The man page and completion: made from the options that there are."""

import contextlib
import io
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from mmtestbed.cli import completion, describe, help as helping
from mmtestbed.model.repository import REPOSITORY


def said(*words: str) -> tuple[int, str, str]:
    """(exit code, output, complaints) of mmt help @words."""
    with contextlib.redirect_stdout(io.StringIO()) as out, \
            contextlib.redirect_stderr(io.StringIO()) as err:
        code = helping.main(words)
    return code, out.getvalue(), err.getvalue()


class Man(unittest.TestCase):
    def test_has_all(self) -> None:
        code, page, _ = said("--man")
        self.assertEqual(code, 0)
        for word in describe.words():
            *_, part = page.partition(f".SS mmt {word.name}\n".replace("-", "\\-"))
            self.assertTrue(part, word.name)
            part = part.partition("\n.S")[0]
            for action in word.parser.options():
                for name in action.option_strings:
                    self.assertIn(name.replace("-", "\\-"), part)

    def test_is_roff(self) -> None:
        """Neither groff nor mandoc has anything to say, where there is one."""
        _, page, _ = said("--man")
        lines = page.splitlines()
        known = ("TH", "SH", "SS", "PP", "TP", "nf", "fi", "B", "BR")
        for line in lines:
            if line.startswith("."):
                self.assertIn(line[1:].split(" ")[0], known, line)
        self.assertEqual(lines.count(".nf"), lines.count(".fi"))
        for tool in (["groff", "-man", "-ww", "-Tutf8"], ["mandoc", "-T", "lint", "-W",
                                                          "error"]):
            if shutil.which(tool[0]):
                done = subprocess.run(tool, input=page, capture_output=True, text=True,
                                      check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_one_word(self) -> None:
        code, text, _ = said("run")
        self.assertEqual(code, 0)
        self.assertIn("--no-skips", text)
        self.assertEqual(said("walk")[::2],
                         (2, "mm-testbed: there is no mmt walk; see mmt --help\n"))
        self.assertEqual(said("run", "--man")[0], 2)


class Completion(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def completed(self, *words: str) -> list[str]:
        """What bash makes of mmt @words, the last of which is not finished."""
        script = self.folder / "mmt.bash"
        script.write_text(completion.bash(), encoding="utf-8")
        done = subprocess.run(
            ["bash", "-c", '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mmt; '
             'printf "%s\\n" "${COMPREPLY[@]}"', str(script),
             str(REPOSITORY / "scripts" / "mmt"), *words],
            capture_output=True, text=True, check=True, cwd=self.folder,
            env={**os.environ, "MMTB_CONFIG": ""})
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash(self) -> None:
        self.assertEqual(self.completed("pres"), ["presubmit"])
        self.assertEqual(self.completed("run", "--vari"), ["--variant"])
        self.assertIn("kasan", self.completed("run", "--variant", ""))
        self.assertEqual(self.completed("kernels", "rec"), ["record"])
        self.assertEqual(self.completed("help", "doct"), ["doctor"])
        (self.folder / "file").write_text("", encoding="ascii")
        (self.folder / "folder").mkdir()
        self.assertEqual(self.completed("run", "--kdir", "f"), ["folder"])
        self.assertEqual(self.completed("run", "--with", "f"), ["file", "folder"])
        self.assertIn("MW-3", self.completed("run", "MW-"))
        self.assertIn("MW-3", self.completed("run", "--exclude", "MW-"))

    def test_bash_knows_each_word(self) -> None:
        for word in describe.words():
            with self.subTest(word.name):
                self.assertIn("--help", self.completed(word.name, "--"))

    def test_scripts_are_clean(self) -> None:
        """As far as there is a tool for it."""
        for tool, text in ((["bash", "-n"], completion.bash()),
                           (["shellcheck", "-s", "bash", "-"], completion.bash()),
                           (["zsh", "-n"], completion.zsh())):
            if shutil.which(tool[0]):
                path = self.folder / "script"
                path.write_text(text, encoding="utf-8")
                done = subprocess.run([*tool[:-1], tool[-1], path] if tool[-1] != "-" else
                                      [*tool[:-1], path], capture_output=True, text=True,
                                      check=False)
                self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_zsh(self) -> None:
        text = completion.zsh()
        for word in describe.words():
            self.assertIn(f"\t{word.name})", text)
        self.assertIn("(plain kasan full numa dax gcov smp)", text)


if __name__ == "__main__":
    unittest.main()

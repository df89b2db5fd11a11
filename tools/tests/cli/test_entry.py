# SPDX-License-Identifier: GPL-2.0
"""How the commands begin and end: odd names, readers that go away, what is printed."""

import io
import os
import signal
import subprocess
import unittest
import unittest.mock
from typing import Optional

from mmtestbed.errors import Interrupted, TestbedError
from mmtestbed.model import repository
from mmtestbed.ui.console import RED, Console

from tests import support

SCRIPTS = repository.REPOSITORY / "scripts"
# Calls that print something and need no kernel.
TALKATIVE = (("run", "--list"), ("run", "--help"), ("run", "--dry-run"),
             ("controls", "--list"), ("controls", "--matrix"), ("controls", "--help"),
             ("presubmit", "--list"), ("presubmit", "--help"), ("bisect", "--help"),
             ("bisect-step", "--help"), ("mutate", "--help"), ("test", "--help"))
ODD = os.fsdecode(b"/tmp/no\xff")


def call(script: str, *words: str, stdout: Optional[int] = subprocess.PIPE,
         env: Optional[dict[str, str]] = None) -> "subprocess.CompletedProcess[bytes]":
    """A script, with nothing on its standard input."""
    return subprocess.run([str(SCRIPTS / f"{script}.sh"), *words], check=False,
                          stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, env={**os.environ, **(env or {})})


class NobodyReads(support.TempCase):
    def test_all_commands(self) -> None:
        """They end by SIGPIPE and say nothing, as cat does."""
        for words in TALKATIVE:
            with self.subTest(words):
                read, write = os.pipe()
                os.close(read)
                with open(write, "wb") as file:
                    done = call(*words, stdout=file.fileno(),
                                env={"MMTB_CACHE": str(self.tmp / "cache")})
                self.assertEqual((done.returncode, done.stderr),
                                 (-signal.SIGPIPE, b""))

    def test_full_disk(self) -> None:
        if not os.access("/dev/full", os.W_OK):
            self.skipTest("no /dev/full")
        for words, code in ((("run", "--list"), 125), (("bisect-step", "--help"), 255)):
            with self.subTest(words), open("/dev/full", "wb") as file:
                done = call(*words, stdout=file.fileno())
                self.assertEqual(done.returncode, code)
                self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)
                self.assertIn(b"cannot write to the standard output: No space",
                              done.stderr)

    def test_no_standard_output_at_all(self) -> None:
        done = subprocess.run([f"{SCRIPTS}/run.sh --list >&-"], shell=True, check=False,
                              stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))


class OddNames(unittest.TestCase):
    def test_arguments(self) -> None:
        for script, words, code in (
                ("run", ["--kdir", ODD], 2), ("run", ["--json", ODD], 2),
                ("controls", ["--filter", ODD], 2), ("presubmit", [ODD], 2),
                ("bisect", [ODD, "HEAD"], 2), ("bisect-step", ["--kdir", ODD], 255)):
            with self.subTest(script, words=words):
                done = call(script, *words)
                self.assertEqual(done.returncode, code)
                self.assertIn(rb"mm-testbed: the argument /tmp/no\xff is no UTF-8; use "
                              b"another name", done.stderr)
                self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_variables(self) -> None:
        for name in ("KDIR", "MMTB_CACHE"):
            with self.subTest(name):
                done = call("run", "--list", env={name: ODD})
                self.assertEqual(done.returncode, 2)
                self.assertIn(name.encode() + rb"=/tmp/no\xff is no UTF-8", done.stderr)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


class Printed(unittest.TestCase):
    def test_nothing_is_obeyed(self) -> None:
        """Of a stranger's text, that is; our own colours are."""
        for out in (io.StringIO(), Tty()):
            console = Console(out)
            evil = "a\x1b[2J\x1b]0;title\x07b\rc\x9b1md\u202ee\udcff\x1b[32mPASS\x1b[0m"
            console.line(f"{console.paint(evil, RED)}\tx")
            console.note(evil)
            console.begin(evil)
            console.progress(evil)
            console.end(evil)
            said = out.getvalue()
            if isinstance(out, Tty):
                said = said.replace("\x1b[31m", "", 1).replace("\x1b[33m", "", 1)
                said = said.replace("\x1b[0m", "", 2).replace("\r\x1b[K", "")
            for char in "\x1b\x07\r\x9b\u202e\udcff":
                self.assertNotIn(char, said)
            self.assertIn(r"a\x1b[2J\x1b]0;title\x07b\x0dc\x9b1md\u202ee\xff\x1b[32mPASS",
                          said)
            self.assertIn("\tx\n", said)

    def test_errors(self) -> None:
        err = TestbedError("bad\x1b[2J", ["worse\x1bc"])
        out = io.StringIO()
        with unittest.mock.patch("sys.stderr", out):
            Console(io.StringIO()).error(err)
        self.assertEqual(out.getvalue(), "    worse\\x1bc\nBROKEN: bad\\x1b[2J\n")

    def test_nobody_reads(self) -> None:
        class Closed(io.StringIO):
            def write(self, text: str) -> int:
                raise BrokenPipeError

        with self.assertRaises(Interrupted) as caught:
            Console(Closed()).line("words")
        self.assertEqual(caught.exception.signum, signal.SIGPIPE)

    def test_aside(self) -> None:
        out, err = io.StringIO(), io.StringIO()
        with unittest.mock.patch("sys.stdout", out), unittest.mock.patch("sys.stderr", err):
            console = Console()
            console.line("one")
            console.aside(False)
            console.line("two")
            console.aside()
            console.line("three")
        self.assertEqual((out.getvalue(), err.getvalue()), ("one\ntwo\n", "three\n"))

# SPDX-License-Identifier: GPL-2.0
"""The mistakes in tests/breakages can still be made, and each test has one to notice."""

import importlib
import unittest
from pathlib import Path
from typing import Iterator

from tests import breakages, support
from tests.breakages import Breakage, tables
from tests.e2e.support import FakeCase

HERE = Path(__file__).resolve().parent
# Tests of single modules that all have a mistake of their own.
MODULES = ("test_checkup", "test_deps", "test_documents", "test_entry", "test_gitpatch",
           "test_help", "test_inotify", "test_kcidb", "test_merging", "test_output", "test_pack",
           "test_page", "test_parser", "test_parts", "test_prune", "test_shards")
# What shows nothing that a mistake of one line could spoil.
_NONE = {"tests.host.test_deps.Ensure.test_compiler_without_ccache",
         "tests.host.test_deps.Ensure.test_clang_where_llvm_is_asked_for"}


def tests_of(module: str, base: type[unittest.TestCase] = unittest.TestCase) -> Iterator[str]:
    """The names of the tests in @module whose class is a @base."""
    found = importlib.import_module(module)
    for name, value in vars(found).items():
        if isinstance(value, type) and issubclass(value, base) and \
           value.__module__ == module:
            yield from (f"{module}.{name}.{test}"
                        for test in unittest.TestLoader().getTestCaseNames(value))


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        self.noticed = {test for _, tests in tables.everything() for test in tests}

    def test_each_mistake_can_be_made(self) -> None:
        """If not, put the text that is there now into tests/breakages."""
        for entry, tests in tables.everything():
            with self.subTest(entry.what, tests=tests):
                self.assertNotEqual(entry.old, entry.new)
                entry.broken(breakages.TOP)

    def test_each_test_exists(self) -> None:
        modules = {".".join(test.split(".")[:-2]) for test in self.noticed}
        there = {test for module in modules for test in tests_of(module)}
        self.assertEqual(self.noticed - there, set())

    def test_whole_commands(self) -> None:
        """Nobody knows whether a test can fail that has never failed: think of a mistake
        that it has to notice, and see that it does (python3 -m tests.breakages)."""
        there = {test for path in HERE.glob("e2e/test_*.py")
                 for test in tests_of(f"tests.e2e.{path.stem}", FakeCase)}
        self.assertGreater(len(there), 70)
        self.assertEqual(there - self.noticed, set())

    def test_single_modules(self) -> None:
        there = {test for module in MODULES
                 for test in tests_of(tables.units()[module])}
        self.assertGreater(len(there), 60)
        self.assertEqual(there - self.noticed - _NONE, set())


class Stale(support.TempCase):
    def test_told(self) -> None:
        self.write("tools/mmtestbed/x.py", "one\ntwo\ntwo\n")
        for old in ("three", "two"):
            with self.subTest(old), self.assertRaisesRegex(ValueError, r"x.py has [02] times"):
                Breakage("t", "x.py", old, "", "").broken(self.tmp)
        self.assertEqual(Breakage("t", "x.py", "one", "1", "").broken(self.tmp),
                         "1\ntwo\ntwo\n")
        self.assertEqual(Breakage("t", "/README.rst", "", "", "").path, "README.rst")

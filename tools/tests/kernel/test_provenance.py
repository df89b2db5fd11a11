# SPDX-License-Identifier: GPL-2.0
"""What a result was made from."""

import re
import subprocess
import unittest
from pathlib import Path

from mmtestbed.kernel import provenance
from mmtestbed.model import configs, lines

from tests import support

KASAN = configs.by_name("kasan")
SMP = configs.by_name("smp")
NEW = lines.by_name("7.x")


class Digests(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        for path in (".kunitconfig", "tools/configs/kasan.config", "mm/kunit/a.c",
                     "mm/kunit/more/b.c", "patches/series",
                     "patches/um/a/6.12.patch", "patches/um/a/7.3.patch"):
            self.write(path, path)

    def inputs(self) -> list[str]:
        """Those of each line and variant in turn."""
        return [provenance.inputs(self.tmp, line, config)
                for line in (lines.DEFAULT, NEW) for config in (configs.PLAIN, KASAN)]

    def changed(self, path: str) -> list[bool]:
        """Which of inputs() change with the file @path."""
        before = self.inputs()
        self.write(path, "something else")
        return [old != new for old, new in zip(before, self.inputs())]

    def test_what_they_depend_on(self) -> None:
        for path, wanted in (("mm/kunit/a.c", [True] * 4),
                             ("mm/kunit/more/b.c", [True] * 4),
                             ("mm/kunit/new.h", [True] * 4),
                             (".kunitconfig", [True] * 4),
                             ("tools/configs/kasan.config", [False, True, False, True]),
                             ("patches/series", [True] * 4),
                             ("patches/um/b.patch", [True] * 4),
                             ("patches/um/a/needed", [True] * 4),
                             ("patches/um/a/6.12.patch", [True, True, False, False]),
                             ("patches/um/a/7.3.patch", [False, False, True, True]),
                             ("patches/um/a/7.2.patch", [False] * 4),
                             ("patches/controls/x.patch", [False] * 4),
                             ("README.rst", [False] * 4),
                             ("mm/kunit/__pycache__/x.pyc", [False] * 4)):
            with self.subTest(path):
                self.assertEqual(self.changed(path), wanted)

    def test_each_is_another(self) -> None:
        self.assertEqual(len(set(self.inputs())), 4)
        # The variant smp has a command line of its own, and here no file.
        self.assertNotEqual(provenance.inputs(self.tmp, NEW, SMP), self.inputs()[2])

    def test_names_count(self) -> None:
        before = provenance.suites(self.tmp)
        (self.tmp / "mm/kunit/a.c").rename(self.tmp / "mm/kunit/aa.c")
        self.assertNotEqual(provenance.suites(self.tmp), before)


class Commit(support.TempCase):
    def git(self, *words: str, folder: str = "") -> str:
        """What git @words says in the repository."""
        done = subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words],
            cwd=self.tmp / folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def facts(self, top: Path) -> dict[str, object]:
        """What is said of a result of 6.12."""
        return provenance.facts(top, lines.DEFAULT, configs.PLAIN)

    def test_commit_and_changes(self) -> None:
        for path in (".kunitconfig", "mm/kunit/a.c", "patches/series", "README.rst"):
            self.write(path, path)
        self.assertEqual(self.facts(self.tmp)["commit"], "")
        self.assertIs(self.facts(self.tmp)["changed"], False)
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "one")
        facts = self.facts(self.tmp)
        self.assertEqual(facts["commit"], self.git("rev-parse", "HEAD"))
        self.assertIs(facts["changed"], False)
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\d", str(facts["date"])))
        self.write("README.rst", "other words")
        self.assertIs(self.facts(self.tmp)["changed"], False)
        self.write("mm/kunit/new.c", "a new file")
        self.assertIs(self.facts(self.tmp)["changed"], True)

    def test_a_copy_inside_of_another_repository(self) -> None:
        self.git("init", "-q")
        self.git("commit", "-q", "--allow-empty", "-m", "one")
        self.write("copy/mm/kunit/a.c", "")
        self.assertEqual(provenance.commit(self.tmp / "copy"), "")

    def test_without_git(self) -> None:
        self.git("init", "-q")
        self.git("commit", "-q", "--allow-empty", "-m", "one")
        self.set_env("PATH", support.without(self.tmp / "bin", "git"))
        self.assertEqual(provenance.commit(self.tmp), "")


if __name__ == "__main__":
    unittest.main()

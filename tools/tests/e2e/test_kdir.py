# SPDX-License-Identifier: GPL-2.0
"""KDIR: the user's own git tree is tested, and never written to."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from tests import fake
from tests.e2e import support
from tests.e2e.support import ONE

# Like a user's: other people's .gitignore would hide what we add.
_GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org",
        "-c", "core.excludesFile=/dev/null", "-c", "gc.auto=0"]


class Kdir(support.FakeCase):
    """One tree for all, in a path with a space; the tests restore what they change."""

    kdir: Path
    _folder: "tempfile.TemporaryDirectory[str]"

    @classmethod
    def setUpClass(cls) -> None:
        """A git tree of the default line's source."""
        super().setUpClass()
        if not shutil.which("git"):
            raise unittest.SkipTest("no git")
        cls._folder = tempfile.TemporaryDirectory(prefix="kdir ")
        cls.kdir = fake.plant(Path(cls._folder.name) / "linux")
        (cls.kdir / ".gitignore").write_text("*.o\n/.config\n/include/config/\n",
                                             encoding="ascii")
        for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "source"]):
            subprocess.run([*_GIT, "-C", str(cls.kdir), *words], check=True)

    @classmethod
    def tearDownClass(cls) -> None:
        """Drop the tree."""
        cls._folder.cleanup()
        super().tearDownClass()

    def status(self) -> str:
        """What git says about the tree, ignored files and all."""
        return subprocess.run([*_GIT, "-C", str(self.kdir), "status", "--porcelain",
                               "--ignored"], check=True, capture_output=True,
                              text=True).stdout

    def edit(self, name: str, text: str) -> None:
        """Change a file of the tree for the time of the test."""
        path = self.kdir / name
        old = path.read_bytes() if path.exists() else None

        def restore() -> None:
            if old is None:
                path.unlink()
            else:
                path.write_bytes(old)

        self.addCleanup(restore)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_1_same_verdict_and_untouched(self) -> None:
        before = self.status()
        self.expect(0, self.call(kdir=self.kdir), "PASS: ", "from KDIR", " ... 0 % (0 of ")
        self.assertEqual(self.status(), before)
        self.assertNotIn("building", self.expect(0, self.call(ONE, kdir=self.kdir)))

    def test_2_compile_error(self) -> None:
        text = (self.kdir / "mm/migrate.c").read_text(encoding="utf-8")
        self.edit("mm/migrate.c", "this is not C\n" + text)
        self.expect(125, self.call(kdir=self.kdir), "mm/migrate.c:1:1: error:")
        self.doCleanups()
        self.expect(0, self.call(ONE, kdir=self.kdir), "PASS: ")

    def test_3_a_bug_in_the_tree(self) -> None:
        """A control, applied to KDIR itself, turns a case of its contract red."""
        before = (self.kdir / "mm/filemap.c").read_bytes()
        fake.apply(fake.control("mw-3-ptl-dropped-before-queue-lock"), self.kdir)
        self.addCleanup((self.kdir / "mm/filemap.c").write_bytes, before)
        data = self.json("--filter=migration_wait*", kdir=self.kdir)
        self.assertEqual((data["verdict"], data["exit_code"]), ("fail", 1))
        broken = {contract for case in data["cases"]
                  if case["status"] not in ("passed", "skipped")
                  for contract in case["contracts"]}
        self.assertIn("MW-3", broken)

    def test_4_built_in_place(self) -> None:
        """The products of a build in the tree are in nobody's way, and stay."""
        self.edit(".config", "CONFIG_X86=y\n")
        self.edit("include/config/auto.conf", "CONFIG_X86=y\n")
        self.edit("include/generated/autoconf.h", "#error wrong autoconf.h\n")
        self.edit("mm/migrate.o", "no object\n")
        before = self.status()
        self.expect(0, self.call(ONE, kdir=self.kdir), "PASS: ")
        self.assertEqual(self.status(), before)
        self.assertTrue((self.kdir / "include/generated/autoconf.h").exists())

    def test_5_unsupported_version(self) -> None:
        text = (self.kdir / "Makefile").read_text(encoding="utf-8")
        self.edit("Makefile", text.replace("PATCHLEVEL = 12", "PATCHLEVEL = 11"))
        self.expect(0, self.call(ONE, kdir=self.kdir), "is no supported line: it is older")

    def test_6_a_release_between_two_lines(self) -> None:
        text = (self.kdir / "Makefile").read_text(encoding="utf-8")
        self.edit("Makefile", text.replace("PATCHLEVEL = 12", "PATCHLEVEL = 13"))
        text = self.expect(0, self.call(ONE, kdir=self.kdir), "PASS: ", "Linux 6.13.1")
        self.assertNotIn("supported line", text)


class NoKdir(support.FakeCase):
    """The source of a package, which nobody changes."""

    def run_it(self, code: int, *words: str, script: "Path | str" = "run") -> str:
        """All that is said of a call of @script that ends with @code."""
        return self.expect(code, self.call(*words, script=script,
                                           prefix=["env", "-u", "KDIR"]))

    def test_each_line(self) -> None:
        for line, version in (("6.12", "6.12.1"), ("7.x", "7.3.1")):
            with self.subTest(line):
                text = self.run_it(0, "--line", line)
                self.assertIn(f"Linux {version} from Debian's fake-source-", text)
                self.assertIn(f", Linux {version}, ", text.splitlines()[-1])
                self.assertNotIn("building", self.run_it(0, "--line", line, ONE))

    def test_a_patch_on_top(self) -> None:
        control = str(fake.control("mv-2-write-flag-lost"))
        self.assertIn("contracts MV-2", self.run_it(1, "--with", control))
        self.assertIn("PASS: ", self.run_it(0, ONE))

    def test_a_repository_with_a_space_in_its_path(self) -> None:
        top = fake.lay_out(self.tmp / "a b")
        self.assertIn("PASS: ", self.run_it(0, ONE, script=top / "scripts" / "run.sh"))

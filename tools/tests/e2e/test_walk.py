# SPDX-License-Identifier: GPL-2.0
"""Documentation/walk.rst, line by line, and what mmt tree refuses."""

import re
import shutil
import subprocess
from pathlib import Path

from mmtestbed.model.repository import REPOSITORY

from tests import fake
from tests.e2e import support

WALK = REPOSITORY / "Documentation" / "walk.rst"
# What each command has to end with, and to say.
SAID = (
    ("mmt list", 0, "MV-2"),
    ("mmt tree", 0, "and the suites"),
    ("sed", 0, r"\A\Z"),
    ("mmt run", 1, r"(?m)^FAIL: .*contracts MV-2"),
    ("mmt tree", 0, "wrote "),
    ("mmt controls", 0, r"(?m)^PASS: 1 of 1 control killed"),
)


def commands() -> list[str]:
    """The commands of the walk, in order."""
    text = re.sub(r"\\\n *", "", WALK.read_text(encoding="utf-8"))
    return re.findall(r"^    ((?:scripts/mmt|sed) .*)$", text, re.MULTILINE)


def git(tree: Path, *words: str) -> str:
    """What git @words says in @tree."""
    return subprocess.run(["git", "-C", str(tree), *words], check=True, text=True,
                          capture_output=True).stdout


class Walk(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        self.top = fake.lay_out(self.tmp / "repository")
        self.tree = self.tmp / "mm-tree"

    def shell(self, command: str) -> support.Called:
        """Run @command from the top of a repository, as a user would."""
        env = {**self.world.environment(), "HOME": str(self.tmp)}
        # Whoever walks has no tree yet.
        env.pop("KDIR", None)
        done = subprocess.run(["sh", "-c", command], cwd=self.top, env=env, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return support.Called(done.returncode, done.stdout)

    def test_the_walk(self) -> None:
        steps = commands()
        self.assertEqual(len(steps), len(SAID))
        for step, (word, code, said) in zip(steps, SAID):
            with self.subTest(step):
                self.assertIn(word, step)
                found = self.shell(step)
                self.assertEqual(found.code, code, found.text)
                self.assertRegex(found.text, said)

    def test_what_is_handed_out(self) -> None:
        self.assertEqual(self.shell(f"scripts/mmt tree {self.tree}").code, 0)
        subjects = git(self.tree, "log", "--reverse", "--format=%s").splitlines()
        self.assertTrue(subjects[0].startswith("Linux 6.12"))
        self.assertIn("mm/migrate_device: do not allow for a reference that nobody has",
                      subjects)
        self.assertEqual(git(self.tree, "status", "--porcelain"), "")
        mbox = self.shell(f"scripts/mmt tree --mbox {self.tree}").text
        self.assertEqual(len(re.findall(r"^From [0-9a-f]{40} ", mbox, re.MULTILINE)),
                         len(subjects) - 1)
        # It applies to the source that it was made from.
        other = self.tmp / "other"
        shutil.copytree(fake.tree(), other)
        (self.tmp / "mbox").write_text(mbox, encoding="utf-8")
        git(other, "init", "-q")
        subprocess.run(["git", "-C", str(other), "apply", str(self.tmp / "mbox")],
                       check=True)
        for path in (self.tree / "mm").rglob("*.c"):
            self.assertEqual(path.read_bytes(),
                             (other / path.relative_to(self.tree)).read_bytes())

    def test_a_patch_of_the_series(self) -> None:
        self.assertEqual(self.shell(f"scripts/mmt tree {self.tree}").code, 0)
        file = self.tree / "mm/list_lru.c"
        file.write_text(file.read_text(encoding="utf-8") + "\n/* The end. */\n",
                        encoding="utf-8")
        found = self.shell(f"scripts/mmt tree --patch fixes/say-where-it-ends "
                           f"--subject 'mm: say where it ends' --text 'So.' {self.tree}")
        self.assertEqual(found.code, 0, found.text)
        self.assertEqual((self.top / "patches/series").read_text(
            encoding="utf-8").splitlines()[-1], "fixes/say-where-it-ends")
        again = self.tmp / "again"
        self.assertEqual(self.shell(f"scripts/mmt tree {again}").code, 0)
        self.assertIn("The end.", (again / "mm/list_lru.c").read_text(encoding="utf-8"))

    def test_refused(self) -> None:
        self.assertEqual(self.shell(f"scripts/mmt tree {self.tree}").code, 0)
        there = f"{self.tree} --breaks MV-2 --subject x"
        for words, said in (
                (str(self.tree), "is there already"),
                (f"{self.tmp}/no/where", "is not there"),
                (f"--control x {self.tmp}", "is no tree of ours"),
                (f"--control x {there}", "differs from what was handed out"),
                ("--breaks MV-2 x", "go with --control")):
            with self.subTest(words):
                self.expect(2, self.shell(f"scripts/mmt tree {words}"), said)
        with open(self.tree / "mm/memory.c", "a", encoding="utf-8") as file:
            file.write("int mmk_more;\n")
        for words, said in (
                (f"--control x {self.tree}", "add --breaks MW-2 and --subject"),
                (f"--control X/y {there}", "is no name for a file"),
                (f"--control x {self.tree} --breaks QQ-1 --subject x",
                 "there is no contract QQ-1"),
                (f"--control x {there} --kills a.b", "there is no such case"),
                (f"--control mv-2-write-flag-lost {there}", "take another name"),
                (f"--patch x {there.replace('--breaks MV-2', '')}", "say where it belongs")):
            with self.subTest(words):
                self.expect(2, self.shell(f"scripts/mmt tree {words}"), said)
        suite = next((self.tree / "mm/kunit").glob("*_kunit.c"))
        suite.write_text("", encoding="utf-8")
        self.expect(2, self.shell(f"scripts/mmt tree --control x {there}"),
                    "is of the suites")

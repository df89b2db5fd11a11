# SPDX-License-Identifier: GPL-2.0
"""What is kept of results: for the matrix of one tree, and for the documents."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from mmtestbed.kernel import provenance
from mmtestbed.model import lines

from tests import fake
from tests.e2e import support

NEW = lines.by_name("7.x")


class Kept(support.FakeCase):
    def matrix(self, kdir: Path, *words: str) -> str:
        """The last line of the matrix of the tree @kdir."""
        text = self.expect(0, self.call("--matrix", *words, script="controls",
                                        kdir=kdir))
        return text.splitlines()[-1]

    def test_of_one_tree(self) -> None:
        """Results prove nothing of another tree, nor of the same after a change."""
        one, two = (fake.plant(self.tmp / name) for name in ("one", "two"))
        self.expect(0, self.call(script="controls", kdir=one), "9 of 9 controls killed")
        self.assertIn("; 9 proven, ", self.matrix(one))
        self.assertIn(f"Linux 6.12.1 (KDIR {one})", self.matrix(one))
        self.assertIn("; 9 not run, ", self.matrix(two))
        self.assertIn("; 9 not run, ", self.matrix(one, "--variant", "kasan"))
        self.expect(0, self.call("--filter", "mw-*", script="controls", kdir=two))
        self.assertIn("; 3 proven, 6 not run, ", self.matrix(two))
        self.assertIn("; 9 proven, ", self.matrix(one))
        with open(one / "mm/migrate.c", "a", encoding="utf-8") as file:
            file.write("\n")
        self.assertIn("; 9 not run, ", self.matrix(one))

    def test_of_a_tree_that_changes(self) -> None:
        """What is seen while the tree changes is of neither tree."""
        tree = fake.plant(self.tmp / "tree")
        top = fake.lay_out(self.tmp / "copy")
        # The tree is changed by the run itself: nobody else knows the moment.
        path = top / "tools/mmtestbed/cli/control_run.py"
        text = path.read_text(encoding="utf-8")
        place = "        self._finished(future.result())\n"
        self.assertIn(place, text)
        path.write_text(text.replace(place, place + " " * 20 +
                                     f"open('{tree}/mm/new.c', 'a').close()\n"),
                        encoding="utf-8")
        self.expect(0, self.call("--filter", "mw-*", kdir=tree,
                                 script=top / "scripts/controls.sh"),
                    f"KDIR {tree} has changed meanwhile")
        self.assertIn("; 9 not run, ", self.matrix(tree))


class Recorded(support.FakeCase):
    def setUp(self) -> None:
        super().setUp()
        self.top = fake.lay_out(self.tmp / "copy")
        with open(self.top / "README.rst", "a", encoding="utf-8") as file:
            file.write("\n.. figures: begin control-runs\n\n.. figures: end\n")
        self.commit()

    def commit(self) -> None:
        """Commit all that is there."""
        git = ["git", "-C", str(self.top), "-c", "user.name=A",
               "-c", "user.email=a@example.org"]
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
            subprocess.run([*git, *words], check=True)

    def written(self, script: str, *words: str, kdir: "Path | str" = "") -> Path:
        """What @script writes."""
        path = self.tmp / f"{script}.json"
        self.expect(0, self.call("--json", str(path), *words, kdir=kdir,
                                 script=self.top / f"scripts/{script}.sh"))
        return path

    def figures(self, code: int, *words: "Path | str") -> str:
        """What mmtestbed.cli.figures @words says, which ends with @code."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "mmtestbed.cli.figures", *map(str, words)],
            check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**self.world.environment(), "PYTHONPATH": str(self.top / "tools"),
                 "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(done.returncode, code, done.stdout)
        return done.stdout

    def test_from_a_run_to_the_document(self) -> None:
        run = self.written("run")
        guards = self.written("controls", "--guards", "--timeout", "2")
        text = self.figures(0, "record", run, guards)
        self.assertIn("recorded Documentation/results/run-6.12.json", text)
        self.assertIn("recorded Documentation/results/guards-6.12.json", text)
        self.assertIn("updated README.rst",
                      self.figures(0, "record", self.written("controls")))
        readme = " ".join((self.top / "README.rst").read_text(encoding="utf-8").split())
        self.assertIn("On Linux 6.12.1, all 9 controls were killed by a case of their own "
                      "contract in one run", readme)
        self.figures(0, "check", "--current")

    def test_what_cannot_be_recorded(self) -> None:
        self.assertIn("no run of all cases", self.figures(
            2, "record", self.written("run", "--filter", "zone_device.*")))
        self.assertIn("not of all 9 controls", self.figures(
            2, "record", self.written("controls", "--filter", "mw-*")))
        with open(self.top / "mm/kunit/fixtures.h", "a", encoding="utf-8") as file:
            file.write("\n")
        self.assertIn("changes that are not committed", self.figures(
            2, "record", self.written("run")))
        self.assertFalse((self.top / "Documentation/results").exists())

    def test_a_tree_of_another_line(self) -> None:
        """The digests are those of the line that was tested."""
        for version in ("6.12", "7.3"):
            variant = self.top / "patches/fixes/differs" / f"{version}.patch"
            variant.parent.mkdir(exist_ok=True)
            variant.write_text(f"for {version}\n", encoding="ascii")
        self.assertNotEqual(provenance.series(self.top, NEW),
                            provenance.series(self.top, lines.DEFAULT))
        data: dict[str, Any] = json.loads(self.written(
            "run", kdir=fake.tree(NEW)).read_text(encoding="utf-8"))
        self.assertEqual(data["line"], "7.x")
        self.assertEqual(data["testbed"]["series"], provenance.series(self.top, NEW))

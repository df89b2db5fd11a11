# SPDX-License-Identifier: GPL-2.0
"""A kernel that is built on one machine and booted on another."""

from pathlib import Path

from tests import fake, support as units
from tests.e2e import support
from tests.e2e.test_shards import lasting


class Packed(support.FakeCase):
    def packed(self, *words: str) -> Path:
        """A kernel in a file."""
        path = self.tmp / "kernel.tar.gz"
        self.expect(0, self.call("--pack", str(path), *words), f"into {path}")
        return path

    def test_same_verdict(self) -> None:
        """With a patch that breaks a case, known bugs and a variant."""
        words = ("--with", str(fake.control("mw-2-waiter-keeps-page-ref")), "--variant", "kasan")
        kernel = self.packed(*words)
        one, two = self.json(*words), self.json("--kernel", str(kernel))
        self.assertEqual(one["verdict"], "fail")
        self.assertTrue(one["known_bugs"])
        self.assertEqual(lasting(two), lasting(one))

    def test_no_compiler_and_no_source(self) -> None:
        """A machine that has Python needs nothing else."""
        kernel = self.packed()
        path = units.without(self.tmp / "bin", "gcc")
        for tool in ("make", "cc", "ld", "git", "flex", "bison", "nm", "ccache"):
            (self.tmp / "bin" / tool).unlink(missing_ok=True)
        empty = self.tmp / "cache"
        empty.mkdir()
        prefix = ["env", "-u", "KDIR", f"PATH={path}"]
        called = self.call("--no-install", "--kernel", str(kernel), prefix=prefix,
                           cached=str(empty))
        self.expect(0, called, "PASS: 14 cases", "packed in")
        self.assertNotIn("unpacking", called.text)

    def test_again(self) -> None:
        """The command that a failure is seen again with names the file."""
        kernel = self.packed("--with", str(fake.control("mw-2-waiter-keeps-page-ref")))
        text = self.expect(1, self.call("--kernel", str(kernel), "MW-2"))
        line = next(line for line in text.splitlines() if "again:" in line)
        self.assertIn(f"scripts/run.sh --kernel {kernel} --filter ", line)
        self.assertNotIn("in gdb:", text)
        words = line.partition("run.sh ")[2].split()
        self.expect(1, self.call(*words), "FAIL: 1 of 1 case")

    def test_nothing_runs(self) -> None:
        """--pack builds, and leaves no rest if it cannot."""
        text = self.expect(0, self.call("--pack", str(self.tmp / "k")))
        self.assertNotIn("running", text)
        tree = fake.plant(self.tmp / "tree")
        with open(tree / "mm/migrate.c", "a", encoding="utf-8") as file:
            file.write("this is no C\n")
        self.assertEqual(self.call("--pack", str(self.tmp / "bad"), kdir=tree).code, 125)
        self.assertFalse((self.tmp / "bad").exists())

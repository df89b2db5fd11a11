# SPDX-License-Identifier: GPL-2.0
"""What patches were made on, out of the git of the user."""

import re
import subprocess
from typing import Optional

from mmtestbed.errors import TestbedError
from mmtestbed.kernel import blobs, patching
from mmtestbed.model.repository import REPOSITORY

from tests import support
from tests.kernel.test_patching import TEXT

# Does not apply to NOW, loosely neither: both neighbours of the change differ.
PATCH = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -18,7 +18,7 @@\n line 18\n line 19\n" \
    "-line 20\n+line twenty\n line 21\n line 22\n line 23\n line 24\n"
NOW = TEXT.replace("line 22\n", "22\n").replace("line 23\n", "23\n").replace(
    "line 18\n", "eighteen\n")


class Trees(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.kdir = self.tmp / "tree"
        self.kdir.mkdir()
        self.git("init", "-q")
        self.write("patches/1.patch", PATCH)
        self.write("tree/mm/x.c", NOW)
        self.write("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 18\n")
        self.table: dict[str, dict[str, Optional[str]]] = {
            "6.12": {"mm/x.c": self.store("far away\n")},
            "6.18": {"mm/x.c": self.store(TEXT)}}

    def git(self, *words: str, data: Optional[str] = None) -> str:
        return subprocess.run(["git", "-C", str(self.kdir), *words], input=data, text=True,
                              stdout=subprocess.PIPE, check=True).stdout.strip()

    def store(self, text: str) -> str:
        """Give the git of the user the blob @text; its name."""
        name = self.git("hash-object", "-w", "--stdin", data=text)
        self.assertEqual(name, blobs.name_of(text.encode()))
        return name

    def apply(self) -> patching.Applied:
        scratch = self.tmp / "scratch"
        scratch.mkdir(exist_ok=True)
        return patching.apply(self.kdir, [self.tmp / "patches/1.patch"], scratch,
                              lambda paths: blobs.trees(self.kdir, "6.18.2", paths,
                                                        self.tmp / "git", self.table))

    def test_merged_with_the_nearest_that_is_there(self) -> None:
        applied = self.apply()
        self.assertEqual(applied.files["mm/x.c"], NOW.replace("line 20", "line twenty").encode())
        self.assertEqual([taken.how for taken in applied.taken], ["merged"])
        self.assertEqual(self.git("status", "--porcelain", "--untracked-files=no"), "")

    def test_what_the_git_lacks_is_no_help(self) -> None:
        self.table["6.18"]["mm/x.c"] = "0" * 40
        with self.assertRaisesRegex(TestbedError, "1.patch does not apply: hunk #1"):
            self.apply()

    def test_no_git(self) -> None:
        (self.kdir / ".git").rename(self.tmp / "away")
        with self.assertRaisesRegex(TestbedError, r"hunk #1 at line 18 of mm/x.c; refresh "
                                                  r"the patch for this tree$"):
            self.apply()

    def test_a_file_that_the_release_lacks(self) -> None:
        self.table["6.18"]["mm/y.c"] = None
        found = list(blobs.trees(self.kdir, "6.18", {"mm/x.c", "mm/y.c"}, self.tmp / "git",
                                 self.table))
        self.assertEqual([path.name for path in found], ["6.18"])
        self.assertEqual(sorted(path.name for path in found[0].rglob("*")),
                         ["Makefile", "mm", "x.c"])


class File(support.TempCase):
    def test_read_is_what_is_made(self) -> None:
        """Ours names whole blobs, and each file of the series in at least one release."""
        table = blobs.read()
        self.assertGreaterEqual(len(table), 10)
        for known in table.values():
            self.assertEqual({blob for blob in known.values() if blob and not re.fullmatch(
                "[0-9a-f]{40}", blob)}, set())
        patches = patching.every()
        missing = (patching.paths(patches) | patching.looked_at(patches)) - {
            "Makefile", *(path for known in table.values() for path in known)}
        self.assertEqual(missing, set(), "run scripts/mmt kernels blobs, with all kernels of "
                                         "Documentation/kernels.rst in MMTB_KERNELS")

    def test_damaged(self) -> None:
        (self.tmp / blobs.FILE).parent.mkdir()
        (self.tmp / blobs.FILE).write_bytes(b"\xff")
        with self.assertRaisesRegex(TestbedError, "restore it from git"):
            blobs.read(self.tmp)
        self.assertEqual(REPOSITORY / blobs.FILE, REPOSITORY / "patches" / "blobs")

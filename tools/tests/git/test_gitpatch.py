# SPDX-License-Identifier: GPL-2.0
"""Patches come out as git would have it, and never outside of the tree."""

import os
import subprocess
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.git import patchtext
from mmtestbed.host import beneath, ns
from mmtestbed.kernel import patching, source, tree
from mmtestbed.model import lines

from tests import support
from tests.git.test_gitrepo import git

LINES = "".join(f"line {number}\n" for number in range(40))
HOSTILE = {
    "..": "--- a/../out\n+++ b/../out\n@@ -0,0 +1 @@\n+x\n",
    "new ..": "diff --git a/../out b/../out\nnew file mode 100644\n--- /dev/null\n"
              "+++ b/../out\n@@ -0,0 +1 @@\n+x\n",
    "absolute": "--- /dev/null\n+++ b//tmp/out\n@@ -0,0 +1 @@\n+x\n",
    "rename": "diff --git a/mm/a.c b/../out\nsimilarity index 100%\n"
              "rename from mm/a.c\nrename to ../out\n",
    "git": "diff --git a/.git/hooks/x b/.git/hooks/x\nnew file mode 100755\n"
           "--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+x\n",
    "the tree's link": "diff --git a/link/out b/link/out\nnew file mode 100644\n"
                       "--- /dev/null\n+++ b/link/out\n@@ -0,0 +1 @@\n+x\n",
    "a link of its own": "diff --git a/mine b/mine\nnew file mode 120000\n--- /dev/null\n"
                         "+++ b/mine\n@@ -0,0 +1 @@\n+..\n\\ No newline at end of file\n"
                         "diff --git a/mine/out b/mine/out\nnew file mode 100644\n"
                         "--- /dev/null\n+++ b/mine/out\n@@ -0,0 +1 @@\n+x\n",
}


class Git(support.TempCase):
    """What git makes of two commits is what we make of the diff between them."""

    def setUp(self) -> None:
        super().setUp()
        self.old = self.tmp / "old"
        self.old.mkdir()
        git(self.old, "init", "-q")
        for path, text in {
                "mm/a.c": LINES, "mm/renamed.c": LINES, "mm/moved.c": LINES + "moved\n",
                "mm/gone.c": "gone\n", "mm/mode.sh": "#!/bin/sh\n", "mm/crlf.txt":
                "one\r\ntwo\r\nthree\r\n", "mm/end": "no newline", "mm/copied.c":
                LINES * 2, "mm/becomes-a-link": "file\n", "only/here": "x\n",
                "mm/b\u00e4r \"x\".c": "name\n"}.items():
            self.write(f"old/{path}", text)
        (self.old / "mm/crlf.txt").write_bytes(b"one\r\ntwo\r\nthree\r\n")
        (self.old / "mm/binary").write_bytes(bytes(range(256)))
        (self.old / "mm/link").symlink_to("a.c")
        (self.old / "mm/becomes-a-file").symlink_to("/etc/passwd")
        git(self.old, "add", "-A")
        git(self.old, "commit", "-q", "-m", "old")

    def change(self) -> None:
        """Every kind of change at once."""
        mm = self.old / "mm"
        (mm / "a.c").write_text(LINES.replace("line 20", "line twenty"), encoding="ascii")
        (mm / "renamed.c").rename(mm / "renamed-to.c")
        (mm / "moved.c").rename(self.old / "moved.c")
        (self.old / "moved.c").write_text(LINES + "moved and changed\n", encoding="ascii")
        (mm / "gone.c").unlink()
        (mm / "mode.sh").chmod(0o755)
        (mm / "crlf.txt").write_bytes(b"one\r\n2\r\nthree\r\n")
        (mm / "end").write_text("still no newline", encoding="ascii")
        (mm / "copy.c").write_text(LINES * 2, encoding="ascii")
        (mm / "copied.c").write_text(LINES * 2 + "more\n", encoding="ascii")
        (mm / "becomes-a-link").unlink()
        (mm / "becomes-a-link").symlink_to("/etc/shadow")
        (mm / "becomes-a-file").unlink()
        (mm / "becomes-a-file").write_text("file\n", encoding="ascii")
        (mm / "binary").write_bytes(bytes(range(255, -1, -1)))
        (mm / "link").unlink()
        (mm / "link").symlink_to("end")
        (mm / "empty").touch()
        (mm / "empty.sh").touch()
        (mm / "empty.sh").chmod(0o755)
        (mm / "b\u00e4r \"x\".c").write_text("another name\n", encoding="ascii")
        os.makedirs(self.old / "new/deep")
        (self.old / "new/deep/x.c").write_text("x\n", encoding="ascii")
        (self.old / "only/here").unlink()
        (self.old / "only").rmdir()
        (self.old / "only").write_text("now a file\n", encoding="ascii")
        git(self.old, "add", "-A")
        git(self.old, "commit", "-q", "-m", "new")

    def patch(self, *words: str) -> Path:
        """The diff; the tree is old again."""
        done = subprocess.run(
            ["git", "-C", str(self.old), "diff", "--binary", *words, "HEAD~1", "HEAD"],
            check=True, capture_output=True)
        path = self.tmp / "the.patch"
        path.write_bytes(done.stdout)
        git(self.old, "checkout", "-q", "HEAD~1")
        return path

    def wanted(self, commit: str) -> dict[str, tuple[int, bytes]]:
        """(mode, contents) of the files of @commit."""
        found = {}
        listed = subprocess.run(["git", "-C", str(self.old), "ls-tree", "-r", "-z", commit],
                                check=True, capture_output=True).stdout
        for row in listed.split(b"\0"):
            if row:
                facts, _, path = row.partition(b"\t")
                mode, _, name = facts.split()
                data = subprocess.run(
                    ["git", "-C", str(self.old), "cat-file", "blob", name],
                    check=True, capture_output=True).stdout
                found[os.fsdecode(path)] = (int(mode, 8), data)
        return found

    def check(self, *words: str) -> patching.Applied:
        """The diff, made with @words, gives what git has."""
        self.change()
        new, old = self.wanted("HEAD"), self.wanted("HEAD~1")
        scratch = self.tmp / "scratch"
        scratch.mkdir()
        applied = patching.apply(self.old, [self.patch(*words)], scratch)
        self.assertEqual(applied.notes, [])
        ours = {**old, **{path: (blob.mode, bytes(blob))
                          for path, blob in applied.files.items() if blob is not None}}
        for path, blob in applied.files.items():
            if blob is None:
                ours.pop(path, None)
        self.assertEqual(ours, new)
        return applied

    def test_as_git(self) -> None:
        self.check()

    def test_renames_and_copies(self) -> None:
        applied = self.check("-M", "-C", "--find-copies-harder")
        self.assertIn("rename from", (self.tmp / "the.patch").read_text("latin-1"))
        self.assertIn("copy from", (self.tmp / "the.patch").read_text("latin-1"))
        self.assertIsNone(applied.files["mm/renamed.c"])

    def test_in_the_private_tree(self) -> None:
        applied = self.check("-M")
        new = self.wanted("HEAD@{1}")
        state = self.tmp / "state"
        state.mkdir()
        origin = source.Source(self.old, lines.DEFAULT, "6.12.1", "t", "t", False)
        places = tree.choose_places(self.tmp, state, False, self.tmp)
        work = tree.WorkTree(origin, places, ns.Isolation.NONE, None, self.console)
        nothing: tree.Files = {}
        for wanted, now in ((applied.files, new), (nothing, self.wanted("HEAD"))):
            with work.mounted():
                work.look()
                work.refresh(wanted, 0, 0)
            found = {}
            for folder, _, names in os.walk(places.src):
                for name in names:
                    path = os.path.relpath(os.path.join(folder, name), places.src)
                    blob = beneath.blob_at(places.src, path)
                    assert blob is not None
                    found[path] = (blob.mode, bytes(blob))
            links = [path for folder, folders, _ in os.walk(places.src) for path in folders
                     if os.path.islink(os.path.join(folder, path))]
            self.assertEqual(links, [])
            self.assertEqual(found, now)

    def test_once_more_is_a_note(self) -> None:
        self.change()
        patch = self.patch("-M")
        git(self.old, "checkout", "-q", "HEAD@{1}")
        (self.tmp / "scratch").mkdir()
        applied = patching.apply(self.old, [patch], self.tmp / "scratch")
        self.assertEqual(applied.notes, ["the.patch is in this tree already"])


class Outside(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.write("tree/mm/a.c", LINES)
        (self.tmp / "tree/link").symlink_to("..")
        (self.tmp / "scratch").mkdir()

    def look(self) -> set[str]:
        """All that there is, but for our own scratch."""
        return {str(path) for path in self.tmp.rglob("*") if "scratch" not in path.parts}

    def test_refused(self) -> None:
        for name, text in HOSTILE.items():
            with self.subTest(name):
                patch = self.write("hostile.patch", text)
                before = self.look()
                scratch = self.tmp / "scratch" / name.replace(" ", "-").replace(".", "_")
                scratch.mkdir()
                with self.assertRaises(TestbedError):
                    patching.apply(self.tmp / "tree", [patch], scratch)
                self.assertEqual(self.look(), before)

    def test_through_a_link_of_an_earlier_patch(self) -> None:
        head, tail = HOSTILE["a link of its own"].split("diff --git a/mine/out")
        patches = [self.write("1.patch", head),
                   self.write("2.patch", "diff --git a/mine/out" + tail)]
        with self.assertRaisesRegex(TestbedError, "symbolic link"):
            patching.apply(self.tmp / "tree", patches, self.tmp / "scratch")

    def test_a_file_of_ours_behind_a_link(self) -> None:
        """A tree whose mm/kunit leads elsewhere does not get our suites there."""
        (self.tmp / "elsewhere").mkdir()
        (self.tmp / "tree/mm/kunit").symlink_to(self.tmp / "elsewhere")
        state = self.tmp / "state"
        state.mkdir()
        origin = source.Source(self.tmp / "tree", lines.DEFAULT, "6.12.1", "t", "t", False)
        places = tree.choose_places(self.tmp, state, False, self.tmp)
        work = tree.WorkTree(origin, places, ns.Isolation.NONE, None, self.console)
        with work.mounted():
            work.look()
            with self.assertRaisesRegex(TestbedError, "mm/kunit is a symbolic link"):
                work.refresh({"mm/kunit/x.c": b"x"}, 0, 0)
        self.assertEqual(os.listdir(self.tmp / "elsewhere"), [])


class Text(support.TempCase):
    def test_touched(self) -> None:
        for text, paths in (
                ("diff --git a/x b/x\nnew file mode 100644\nindex 000..e69de29\n", {"x"}),
                ("diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n", {"x y"}),
                ("diff --git a/x b/y\nsimilarity index 100%\nrename from x\n"
                 "rename to y\n", {"x", "y"}),
                ('diff --git "a/\\303\\244" "b/\\303\\244"\nold mode 100644\n'
                 "new mode 100755\n", {"\u00e4"}),
                ("--- a/x\t2026-01-01\n+++ b/x\t2026-01-01\n@@ -1 +1 @@\n-a\n+b\n", {"x"}),
                ("--- old/mm/x\n+++ new/mm/x\n@@ -1 +1 @@\n-a\n+b\n", {"mm/x"}),
                ("rename from the old world\nSee diff --git for more\n", set())):
            with self.subTest(text):
                self.assertEqual(patchtext.touched(text), paths)

    def test_context(self) -> None:
        head = "--- a/x\n+++ b/x\n"
        self.assertEqual(patchtext.context(head + "@@ -1 +1 @@\n-a\n+b\n"), 0)
        self.assertEqual(patchtext.context(
            head + "@@ -1,9 +1,9 @@\n x\n-a\n+b\n x\n x\n x\n x\n-a\n+b\n x\n x\n"), 2)

    def test_without_context(self) -> None:
        self.write("tree/x", LINES)
        patch = self.write("1.patch", "--- a/x\n+++ b/x\n@@ -21 +21 @@\n-line 20\n+twenty\n")
        (self.tmp / "scratch").mkdir()
        applied = patching.apply(self.tmp / "tree", [patch], self.tmp / "scratch")
        self.assertEqual(applied.files["x"], LINES.replace("line 20", "twenty").encode())

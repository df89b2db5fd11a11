# SPDX-License-Identifier: GPL-2.0
"""The private tree: what is written when, and what make makes of it."""

import os
import random
import time
from pathlib import Path

from mmtestbed.errors import TestbedError
from mmtestbed.host import cachedir, ns, scan
from mmtestbed.kernel import source, tree
from mmtestbed.model import lines

from tests import support


class Copy(support.TempCase):
    """Without overlays: a copy that follows its source."""

    def setUp(self) -> None:
        super().setUp()
        self.write("kdir/mm/a.c", "a\n")
        self.write("kdir/mm/b.c", "b\n")
        self.write("kdir/.git/HEAD", "ref\n")
        self.origin = source.Source(self.tmp / "kdir", lines.DEFAULT, "6.12.1", "test",
                                    "test", False)
        self.src = self.tmp / "state/src"
        self.work = self.make()

    def make(self) -> tree.WorkTree:
        state = self.tmp / "state"
        state.mkdir(exist_ok=True)
        places = tree.choose_places(self.tmp, state, False, self.tmp)
        return tree.WorkTree(self.origin, places, ns.Isolation.NONE, None, self.console)

    def refresh(self, wanted: tree.Files, since: int = 0, built: int = 0) -> None:
        self.work = self.make()
        with self.work.mounted():
            self.work.look()
            self.work.refresh(wanted, since, built)

    def age(self, path: Path) -> None:
        """Let @path look older than any object."""
        os.utime(path, (1, 1))

    def test_copies_all_but_git(self) -> None:
        self.refresh({"mm/a.c": b"A\n", "mm/kunit/x.c": b"x\n"})
        self.assertEqual((self.src / "mm/a.c").read_bytes(), b"A\n")
        self.assertEqual((self.src / "mm/b.c").read_bytes(), b"b\n")
        self.assertEqual((self.src / "mm/kunit/x.c").read_bytes(), b"x\n")
        self.assertFalse((self.src / ".git").exists())
        self.assertEqual((self.tmp / "kdir/mm/a.c").read_bytes(), b"a\n")

    def test_right_files_are_not_written(self) -> None:
        self.refresh({"mm/a.c": b"A\n"})
        self.age(self.src / "mm/a.c")
        self.refresh({"mm/a.c": b"A\n"})
        self.assertEqual((self.src / "mm/a.c").stat().st_mtime, 1)

    def test_a_restored_file_is_fresh(self) -> None:
        self.refresh({"mm/a.c": b"A\n"})
        self.age(self.src / "mm/a.c")
        self.refresh({})
        self.assertEqual((self.src / "mm/a.c").read_bytes(), b"a\n")
        self.assertGreater((self.src / "mm/a.c").stat().st_mtime, 1)

    def test_a_file_of_ours_goes_away(self) -> None:
        self.refresh({"mm/kunit/x.c": b"x\n"})
        self.refresh({})
        self.assertFalse((self.src / "mm/kunit/x.c").exists())

    def test_a_patch_may_remove_and_give_back(self) -> None:
        self.refresh({"mm/a.c": None})
        self.assertFalse((self.src / "mm/a.c").exists())
        self.refresh({})
        self.assertEqual((self.src / "mm/a.c").read_bytes(), b"a\n")

    def test_follows_the_source(self) -> None:
        self.refresh({"mm/a.c": b"A\n"})
        self.write("kdir/mm/b.c", "B2\n")
        self.write("kdir/mm/c.c", "c\n")
        (self.tmp / "kdir/mm/a.c").unlink()
        self.refresh({})
        self.assertEqual((self.src / "mm/b.c").read_bytes(), b"B2\n")
        self.assertTrue((self.src / "mm/c.c").exists())
        self.assertFalse((self.src / "mm/a.c").exists())

    def test_an_old_file_that_came_late_is_touched(self) -> None:
        self.refresh({})
        since = time.time_ns()
        late = self.write("kdir/mm/b.c", "older, but new here\n")
        self.age(late)
        self.refresh({}, since - 10 ** 9, time.time_ns())
        self.assertGreater((self.src / "mm/b.c").stat().st_mtime, 1)

    def test_links_that_came_late(self) -> None:
        """To a folder, to a file, to nothing; a backup gives all a fresh ctime."""
        for name, target in (("folder", "mm"), ("file", "mm/b.c"), ("nothing", "x")):
            (self.tmp / "kdir" / name).symlink_to(target)
        self.refresh({})
        self.refresh({}, 1, time.time_ns())
        self.assertTrue((self.src / "folder").is_symlink())
        self.assertEqual((self.src / "file").read_bytes(), b"b\n")

    def test_digest_tells_missing_from_empty(self) -> None:
        self.assertNotEqual(tree.digest({"a": None}), tree.digest({"a": b""}))


class Scanning(support.TempCase):
    def test_sees_changes_but_not_git(self) -> None:
        self.write("a/b.c", "1")
        self.write(".git/index", "1")
        before = scan.scan(self.tmp)
        self.assertEqual(list(before.files), ["a/b.c"])
        self.write(".git/index", "22")
        self.assertEqual(scan.scan(self.tmp).digest, before.digest)
        self.write("a/b.c", "22")
        self.assertNotEqual(scan.scan(self.tmp).digest, before.digest)

    def test_what_changed(self) -> None:
        """Also of files whose names are no words."""
        for name in ("a b", "line\nend", "caf\udce9"):
            self.write(f"x/{name}", "1")
        before = scan.load(scan.scan(self.tmp).dump)
        self.assertEqual(before, scan.scan(self.tmp))
        self.write("x/line\nend", "22")
        (self.tmp / "x/caf\udce9").unlink()
        self.write("new", "")
        self.assertEqual(scan.scan(self.tmp).changed(before),
                         {"x/line\nend": True, "x/caf\udce9": False, "new": False})

    def test_times_to_the_nanosecond(self) -> None:
        path = self.write("a", "123")
        os.utime(path, ns=(1, 1234567891987654321))
        stat = path.stat()
        found = scan.scan(self.tmp)
        self.assertEqual(found.files, {"a": (3, stat.st_mtime_ns, stat.st_ctime_ns)})
        ctime = stat.st_ctime_ns
        self.assertEqual(found.newer(ctime, stat.st_mtime_ns), ["a"])
        self.assertEqual(found.newer(ctime + 1, stat.st_mtime_ns), [])
        self.assertEqual(found.newer(ctime, stat.st_mtime_ns - 1), [])

    def test_cannot_look(self) -> None:
        self.assertRaises(OSError, scan.scan, self.tmp / "nothing")

    def test_built_in_place(self) -> None:
        self.write("a/.config", "")
        self.assertFalse(scan.scan(self.tmp).built_in_place())
        self.write("arch/x86/include/generated/x.h", "")
        self.assertTrue(scan.scan(self.tmp).built_in_place())
        for name in (".config", "include/config/x.h", "include/generated/x.h"):
            self.assertTrue(scan.Scan([(name.encode(), b"1 2 3")]).built_in_place(), name)
            self.assertFalse(scan.Scan([(b"a/" + name.encode(), b"1 2 3")]).built_in_place())

    def test_what_differs(self) -> None:
        """Rows that come, go and change, at both ends and in the middle."""
        dice = random.Random(16)
        for _ in range(2000):
            rows, old = (sorted({bytes([dice.randrange(97, 105)]): bytes([dice.randrange(97, 99)])
                                 for _ in range(dice.randrange(7))}.items()) for _ in range(2))
            now, then = dict(rows), dict(old)
            wanted = {path.decode(): path in now and path in then for path in now | then
                      if now.get(path) != then.get(path)}
            self.assertEqual(scan.Scan(rows).changed(scan.Scan(old)), wanted, (rows, old))


class Cache(support.TempCase):
    def test_path_with_a_space(self) -> None:
        self.set_env("MMTB_CACHE", str(self.tmp / "a b"))
        self.assertNotIn(" ", str(cachedir.root(self.console)))
        self.assertIn("a b", self.text.getvalue())

    def test_cannot_be_made(self) -> None:
        self.set_env("MMTB_CACHE", str(self.write("file", "") / "cache"))
        with self.assertRaisesRegex(TestbedError, "MMTB_CACHE"):
            cachedir.root(self.console)

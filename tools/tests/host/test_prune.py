# SPDX-License-Identifier: GPL-2.0
"""The cache: what has long not been used goes away, what is in use never does."""

import os
import time
from pathlib import Path

from mmtestbed.errors import UsageError
from mmtestbed.host import lock, prune

from tests import support

DAY = 24 * 60 * 60


class PruneCase(support.TempCase):
    """A cache."""

    def folder(self, name: str, days: float) -> Path:
        """A folder of it that was used so many @days ago."""
        path = self.write(f"{name}/build/linux", "binary")
        with lock.held(self.tmp / name / "lock", lambda: None):
            pass
        when = time.time() - days * DAY
        os.utime(self.tmp / name / "lock", (when, when))
        return path.parent.parent

    def clear(self) -> set[str]:
        """What is left after clear(), by name."""
        prune.clear(self.tmp, self.console)
        return {path.name for path in self.tmp.glob("*/*")}


class Due(PruneCase):
    def due(self, keep: int, *days: float) -> list[int]:
        now = 1000.0 * DAY
        times = {Path(str(number)): now - age * DAY for number, age in enumerate(days)}
        return [int(path.name) for path in prune.due(times, keep, now)]

    def test_age(self) -> None:
        self.assertEqual(self.due(9, 0, 13.9, 14.1, 300), [3, 2])

    def test_number(self) -> None:
        self.assertEqual(self.due(2, 5, 2, 3, 4), [0, 3])

    def test_many_of_today(self) -> None:
        """They may all be in use."""
        self.assertEqual(self.due(2, 0.1, 0.2, 0.3, 0.4, 1.5), [4])

    def test_the_clock_goes_back(self) -> None:
        self.assertEqual(self.due(1, -5, -400), [])


class Bisections(PruneCase):
    """A private repository with a bisection in it."""

    def record(self, name: str, **facts: object) -> None:
        lock.write_json(self.folder(f"git/{name}", 400) / "bisect.json",
                        {"ends": {}, "steps": [], "finished": False, **facts})

    def test_unfinished_ones_stay(self) -> None:
        self.record("going-on", steps=[{"commit": "a"}])
        self.record("both-ends", ends={"bad": {"commit": "a"}})
        self.record("finished", steps=[{"commit": "a"}], finished=True)
        self.record("nothing-judged")
        self.folder("git/none", 400)
        self.assertEqual(self.clear(), {"going-on", "both-ends"})

    def test_they_stay_when_the_cache_is_full(self) -> None:
        self.record("going-on", steps=[{"commit": "a"}])
        for name in ("old", "new"):
            (self.folder(f"git/{name}", 0.1) / "data").write_bytes(b"x" * (2 << 20))
        self.set_env("MMTB_CACHE_MAX", "0.001")
        self.assertIn("going-on", self.clear())


class Limit(PruneCase):
    """MMTB_CACHE_MAX."""

    def fill(self, name: str, days: float, mib: int) -> Path:
        """A folder of @mib MiB that was used so many @days ago."""
        folder = self.folder(name, days)
        (folder / "data").write_bytes(b"x" * (mib << 20))
        return folder

    def shrink(self, mib: float) -> set[str]:
        """What is left where no more than @mib MiB are allowed."""
        self.set_env("MMTB_CACHE_MAX", str(mib / 1024))
        return self.clear() - {"sizes.json"}

    def test_longest_unused_goes_first(self) -> None:
        for name, days in (("state/a", 0.3), ("git/b", 0.4), ("state/c", 0.1),
                           ("state/d", 0.2)):
            self.fill(name, days, 2)
        self.assertEqual(self.shrink(20), {"a", "b", "c", "d"})
        self.assertEqual(self.text.getvalue(), "")
        self.assertEqual(self.shrink(5), {"c", "d"})
        self.assertIn("the cache holds 0.0 GiB, and may hold 0.0048", self.text.getvalue())
        self.assertIn(": 2 folders", self.text.getvalue())

    def test_what_is_in_use_stays(self) -> None:
        used = self.fill("state/used", 0.5, 2)
        self.fill("state/old", 0.4, 2)
        self.fill("state/new", 0.1, 2)
        with lock.held(used / "lock", lambda: None):
            when = time.time() - 0.5 * DAY
            os.utime(used / "lock", (when, when))
            self.assertEqual(self.shrink(1), {"used", "new"})
        self.assertIn("still holds", self.text.getvalue())

    def test_sources_count_and_stay(self) -> None:
        self.write("src/6.12/tree-x/Makefile", "x" * (3 << 20))
        self.fill("state/a", 0.5, 1)
        self.fill("state/b", 0.4, 1)
        # The sources alone would not be too much, nor would the rest be.
        self.shrink(4)
        self.assertTrue((self.tmp / "src/6.12/tree-x/Makefile").exists())
        self.assertFalse((self.tmp / "state/a").exists())
        self.assertTrue((self.tmp / "state/b").exists())

    def test_looks_again_only_at_what_was_used(self) -> None:
        one, two = self.fill("state/one", 0.5, 1), self.fill("state/two", 0.4, 1)
        now = time.time()
        before = prune.sizes(self.tmp, [one, two], now)
        for folder in (one, two):
            (folder / "data").write_bytes(b"x" * (5 << 20))
        self.assertEqual(prune.sizes(self.tmp, [one, two], now + 9999), before)
        os.utime(two / "lock")
        self.assertEqual(prune.sizes(self.tmp, [one, two], now + 60), before)
        after = prune.sizes(self.tmp, [one, two], now + 9999)
        self.assertEqual(after[one], before[one])
        self.assertGreater(after[two], 5 << 20)

    def test_no_limit(self) -> None:
        self.set_env("MMTB_CACHE_MAX", "0")
        self.fill("state/a", 0.5, 1)
        self.clear()
        self.assertFalse((self.tmp / "sizes.json").exists())

    def test_nonsense(self) -> None:
        for text in ("x", "-1", "inf", "nan"):
            self.set_env("MMTB_CACHE_MAX", text)
            with self.subTest(text), self.assertRaisesRegex(UsageError, "no number of GiB"):
                prune.clear(self.tmp, self.console)


class Clear(PruneCase):
    def test_old_ones_go(self) -> None:
        for group in prune.KEPT:
            self.folder(f"{group}/old-{group}", 15)
            self.folder(f"{group}/new-{group}", 1)
        self.assertEqual(self.clear(), {f"new-{group}" for group in prune.KEPT})
        self.assertIn("3 folders", self.text.getvalue())

    def test_beyond_the_newest(self) -> None:
        for number in range(prune.KEPT["state"] + 3):
            self.folder(f"state/{number}", 2 + number / 10)
        self.assertEqual(self.clear(), set(map(str, range(prune.KEPT["state"]))))

    def test_nothing_to_do(self) -> None:
        self.folder("state/new", 0)
        self.assertEqual(self.clear(), {"new"})
        self.assertEqual(self.text.getvalue(), "")

    def test_no_cache_yet(self) -> None:
        prune.clear(self.tmp / "nothing", self.console)
        self.assertEqual(self.text.getvalue(), "")

    def test_in_use(self) -> None:
        folder = self.folder("state/old", 15)
        with lock.held(folder / "lock", lambda: None):
            os.utime(folder / "lock", (1, 1))
            self.assertFalse(prune.remove(folder))
            self.assertEqual(self.clear(), {"old"})
        self.assertTrue((folder / "build/linux").exists())

    def test_in_use_for_reading(self) -> None:
        folder = self.folder("state/old", 15)
        with lock.held(folder / "lock", lambda: None, shared=True):
            os.utime(folder / "lock", (1, 1))
            self.assertEqual(self.clear(), {"old"})

    def test_used_again_meanwhile(self) -> None:
        folder = self.folder("state/old", 15)
        when = prune.used(folder)
        with lock.held(folder / "lock", lambda: None):
            pass
        self.assertFalse(prune.remove(folder, when))
        self.assertTrue(prune.remove(folder))
        self.assertFalse(folder.exists())

    def test_not_ours(self) -> None:
        """Who put it there, is to take it away."""
        self.write("state/somebody's/file", "x")
        os.utime(self.tmp / "state/somebody's", (1, 1))
        self.folder("src/6.12", 300)
        self.assertEqual(self.clear(), {"somebody's", "6.12"})

    def test_killed_in_the_middle(self) -> None:
        self.write("state/.old.1234.gone/build/linux", "binary")
        self.write("state/.old.1234.gone/lock", "")
        self.assertEqual(self.clear(), set())

    def test_what_overlayfs_leaves(self) -> None:
        """To an ordinary user: root could remove it as it is."""
        folder = self.folder("state/old", 15)
        self.write("state/old/work/work/x", "x")
        (folder / "work/work").chmod(0)
        if os.geteuid() == 0:
            for path in (self.tmp, *self.tmp.rglob("*")):
                os.chown(path, support.NOBODY, support.NOBODY)
        self.assertEqual(support.as_nobody(
            lambda: prune.clear(self.tmp, self.console)), "")
        self.assertEqual(list(self.tmp.glob("state/.*")), [])
        self.assertEqual(list(self.tmp.glob("state/*")), [])

    def test_cannot_be_removed(self) -> None:
        """That is no reason for a run to fail."""
        self.folder("state/old", 15)
        (self.tmp / "state/old/lock").unlink()
        (self.tmp / "state/old/lock").mkdir()
        os.utime(self.tmp / "state/old/lock", (1, 1))
        self.assertEqual(self.clear(), {"old"})


class Held(PruneCase):
    """A lock that is removed while somebody waits for it."""

    def test_marks_the_folder_as_used(self) -> None:
        folder = self.folder("state/old", 15)
        with lock.held(folder / "lock", lambda: None):
            pass
        when = prune.used(folder)
        assert when is not None
        self.assertGreater(when, time.time() - DAY)

    def test_removed_under_a_waiter(self) -> None:
        folder = self.folder("state/old", 15)
        asked = 0

        def waiting() -> None:
            nonlocal asked
            asked += 1
            first.__exit__(None, None, None)
            self.assertTrue(prune.remove(folder))

        first = lock.held(folder / "lock", lambda: None)
        first.__enter__()
        with lock.held(folder / "lock", waiting):
            # It has made the folder anew, and holds the lock that is there now.
            self.assertTrue((folder / "lock").exists())
            self.assertFalse(prune.remove(folder))
        self.assertEqual(asked, 1)

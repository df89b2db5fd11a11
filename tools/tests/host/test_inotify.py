# SPDX-License-Identifier: GPL-2.0
"""What a watch of a tree tells."""

import ctypes
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from mmtestbed.cli import watch as command
from mmtestbed.errors import HostError
from mmtestbed.host import inotify


class Watch(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)
        (self.top / "mm").mkdir()
        (self.top / ".git").mkdir()
        self.watch = inotify.Watch(self.top, command.matters)
        self.addCleanup(self.watch.close)

    def seen(self) -> set[str]:
        """What has changed."""
        return {str(path) for path in self.watch.read()}

    def test_saved(self) -> None:
        """However an editor does it; a file that is only opened is none."""
        self.assertEqual(self.watch.folders, 2)
        (self.top / "mm" / "a.c").write_text("x", encoding="ascii")
        self.assertEqual(self.seen(), {"mm/a.c"})
        (self.top / "mm" / "a.c").read_text(encoding="ascii")
        self.assertEqual(self.seen(), set())
        (self.top / "mm" / "b.c~").write_text("y", encoding="ascii")
        self.assertEqual(self.seen(), set())
        (self.top / "mm" / "b.c~").rename(self.top / "mm" / "b.c")
        self.assertEqual(self.seen(), {"mm/b.c"})
        (self.top / "mm" / "b.c").unlink()
        self.assertEqual(self.seen(), {"mm/b.c"})
        (self.top / "mm" / "l.h").symlink_to("a.c")
        self.assertEqual(self.seen(), {"mm/l.h"})

    def test_new_folders(self) -> None:
        (self.top / "mm" / "new" / "deep").mkdir(parents=True)
        (self.top / "mm" / "new" / "deep" / "c.c").write_text("x", encoding="ascii")
        self.assertEqual(self.seen(), {"mm/new/deep/c.c"})
        (self.top / "mm" / "new" / "deep" / "c.c").write_text("y", encoding="ascii")
        self.assertEqual(self.seen(), {"mm/new/deep/c.c"})

    def test_what_does_not_matter(self) -> None:
        for name in (".git/index", "mm/.a.c.swp", "mm/notes.txt", "Documentation"):
            path = self.top / name
            path.parent.mkdir(exist_ok=True)
            path.write_text("x", encoding="ascii")
        self.assertEqual(self.seen(), set())
        for name in ("mm/Kconfig.debug", "mm/Makefile", "mm/x.S"):
            (self.top / name).write_text("x", encoding="ascii")
            self.assertEqual(self.seen(), {name})

    def test_refused(self) -> None:
        with mock.patch.object(inotify._libc, "inotify_add_watch", return_value=-1), \
                mock.patch.object(ctypes, "get_errno", return_value=28), \
                self.assertRaisesRegex(HostError, "max_user_watches"):
            inotify.Watch(self.top, command.matters)


class Results(unittest.TestCase):
    @staticmethod
    def case(status: str) -> dict[str, object]:
        """One as the JSON of a run has it."""
        return {"status": status, "file": "mm/kunit/a/b_kunit.c", "line": 7,
                "reason": "EXPECTATION FAILED at mm/kunit/lib/x.c:12: no" if status == "failed"
                else "it hung"}

    def test_changes(self) -> None:
        results = command.Results()
        found = {"a.a": self.case("passed"), "a.b": self.case("failed"),
                 "a.c": self.case("skipped"), "a.d": self.case("known")}
        self.assertEqual(results.changes(found), ["a.b"])
        results.cases = dict(found)
        self.assertEqual(results.changes(found), [])
        self.assertEqual(results.changes({**found, "a.b": self.case("passed"),
                                          "a.c": self.case("hung")}), ["a.b", "a.c"])

    def test_quickfix(self) -> None:
        text = command.quickfix({"a.a": self.case("passed"), "a.b": self.case("failed"),
                                 "a.c": self.case("hung"), "a.d": self.case("known")},
                                Path("/top"))
        self.assertEqual(text, "/top/mm/kunit/lib/x.c:12: a.b: EXPECTATION FAILED at "
                               "mm/kunit/lib/x.c:12: no\n"
                               "/top/mm/kunit/a/b_kunit.c:7: a.c: it hung\n")
        self.assertEqual(os.linesep, "\n")


if __name__ == "__main__":
    unittest.main()

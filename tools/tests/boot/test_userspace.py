# SPDX-License-Identifier: GPL-2.0
"""What an ordinary boot with our program says, and what becomes of that."""

import re
import tempfile
import unittest
from pathlib import Path

from mmtestbed.boot import userspace
from mmtestbed.boot.uml import Ending, How

EXITED = Ending(How.EXITED, 0)


def seen(*lines: str) -> userspace.Seen:
    """What is made of a console with @lines."""
    found = userspace.Seen()
    for line in lines:
        found.read(line)
    return found


class Userspace(unittest.TestCase):
    def test_checks_are_those_of_the_program(self) -> None:
        source = userspace.SOURCE.read_text(encoding="utf-8")
        self.assertEqual(userspace.names(),
                         re.findall(r"^static void check_(\w+)\(void\)", source, re.MULTILINE))

    def test_all_is_well(self) -> None:
        found = seen("[    1.0] userspace: ok fork", "userspace: ok mremap",
                     "userspace: done")
        self.assertEqual(found.checks, {"fork": "", "mremap": ""})
        self.assertEqual(found.troubles(["fork", "mremap"], EXITED), [])

    def test_a_check_fails(self) -> None:
        found = seen("userspace: not ok fork: why not", "userspace: done")
        self.assertEqual([t.what for t in found.troubles(["fork"], EXITED)],
                         ["user space: fork: why not"])

    def test_a_check_is_missing(self) -> None:
        found = seen("userspace: ok fork")
        self.assertEqual([t.what for t in found.troubles(["fork", "mremap"], EXITED)],
                         ["user space: the boot ended before mremap; the last that was said: "
                          "userspace: ok fork"])
        hung = found.troubles(["fork", "mremap"], Ending(How.HUNG, 0))
        self.assertEqual([t.what for t in hung],
                         ["user space: the boot hung before mremap; the last that was said: "
                          "userspace: ok fork"])

    def test_the_end_is_missing(self) -> None:
        found = seen("userspace: ok fork")
        self.assertEqual(len(found.troubles(["fork"], EXITED)), 1)

    def test_the_kernel_reports_something(self) -> None:
        found = seen("WARNING: CPU: 0 PID: 1 at mm/rmap.c:1 f+0x1/0x2",
                     "userspace: ok fork", "userspace: done")
        troubles = found.troubles(["fork"], EXITED)
        self.assertEqual(len(troubles), 1)
        self.assertEqual(len(troubles[0].splats), 1)

    def test_the_program_compiles(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "root"
            userspace.build(root)
            self.assertTrue((root / "init").stat().st_mode & 0o100)
            self.assertTrue((root / "mnt").is_dir())


if __name__ == "__main__":
    unittest.main()

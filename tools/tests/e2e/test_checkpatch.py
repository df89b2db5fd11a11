# SPDX-License-Identifier: GPL-2.0
"""The kernel's own checkpatch is content with the patches and the suites."""

import shutil
import subprocess
from pathlib import Path

from mmtestbed.kernel import patching
from mmtestbed.model.repository import suite_files

from tests.e2e import support
from tests.e2e.support import TOP

# What the rule cannot know: mm/kunit/compat is there to tell kernels apart, under the
# newer one's names and arguments.
COMPAT = ("CONSTANT_COMPARISON", "MACRO_ARG_UNUSED", "MACRO_ARG_REUSE")
# The cases that misbehave, do so.
SELFTEST = ("AVOID_BUG",)
# Rows of a table that many walkers have: a list in braces, and no value.
WALKER = ("COMPLEX_MACRO",)
# The tree's own style asks for no comment at a lock that is only pointed to; a macro
# that compares one field of two structures names it twice.
SUITES = ("UNCOMMENTED_DEFINITION", "MACRO_ARG_REUSE")
# A control changes as little as the mistake would, in code that is not ours; the names
# of the cases after Kills: make long lines.
CONTROL = ("COMMIT_LOG_LONG_LINE", "BIT_MACRO", "PARENTHESIS_ALIGNMENT", "LONG_LINE",
           "OPEN_ENDED_LINE", "WAITQUEUE_ACTIVE", "BRACES")


class Checkpatch(support.RunCase):
    def setUp(self) -> None:
        super().setUp()
        if not shutil.which("perl"):
            self.skipTest("no perl")
        self.tree = support.pristine()

    def check(self, path: Path, *options: str, ignore: "tuple[str, ...]" = ()) -> None:
        words = ["perl", str(self.tree / "scripts/checkpatch.pl"),
                 f"--root={self.tree}", "--strict", "--terse", "--no-summary", *options]
        if ignore:
            words.append("--ignore=" + ",".join(ignore))
        # It leaves a file behind where it runs.
        done = subprocess.run([*words, str(path)], cwd=self.tmp, capture_output=True,
                              text=True, check=False)
        with self.subTest(str(path.relative_to(TOP))):
            self.assertEqual(done.stdout + done.stderr, "")

    def test_series(self) -> None:
        for path in patching.files(patching.every()):
            if path.suffix == ".patch":
                self.check(path, "--no-signoff")

    def test_controls(self) -> None:
        for path in sorted((TOP / "patches/controls").glob("*.patch")):
            self.check(path, "--no-signoff", ignore=CONTROL)

    def test_suites(self) -> None:
        ignore = {"compat": COMPAT, "guard_selftest": SELFTEST, "walker": WALKER}
        for name in suite_files():
            path = TOP / name
            if path.suffix in (".c", ".h"):
                self.check(path, "-f",
                           ignore=(*SUITES, *ignore.get(path.parent.name, ())))

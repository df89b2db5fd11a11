# SPDX-License-Identifier: GPL-2.0
"""scripts/bisect.sh and bisect-step.sh on histories that the test makes."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, ClassVar

from mmtestbed.kernel import patching
from mmtestbed.model import lines

from tests import fake
from tests.e2e import history, support
from tests.e2e.history import Line, UserTree, git

# One bug for each mechanism, and the contract that it breaks.
BUGS = {
    "me-8-mprotect-forgets-exclusive": "ME-8",
    "mw-3-ptl-dropped-before-queue-lock": "MW-3",
    "mv-2-write-flag-lost": "MV-2",
    "zd-3-anon-exclusive-survives-free": "ZD-3",
    "sf-1-served-fault-drops-vma-lock": "SF-1",
}
QUICK = "mv-2-write-flag-lost"
# What it takes away.
_WRITABLE = b"mpfn |= pte & PTE_WRITE ? MIGRATE_PFN_WRITE : 0;"


class BisectCase(support.FakeCase):
    """One tree for all; nothing of it may change."""

    user: ClassVar[UserTree]
    commits: ClassVar[dict[str, list[str]]]
    bad: ClassVar[dict[str, str]]

    @classmethod
    def setUpClass(cls) -> None:
        """A clone of the source with a branch for each bug."""
        super().setUpClass()
        cls.user = UserTree()
        cls.commits, cls.bad = {}, {}
        for seed, name in enumerate(BUGS):
            cls.commits[name], cls.bad[name] = history.bisectable(
                cls.user.path, cls.user.base, name, seed)

    def setUp(self) -> None:
        super().setUp()
        self.before = self.user.look()
        self.out = self.tmp / "out.json"

    def untouched(self) -> None:
        """The user's tree is as it was."""
        self.assertEqual(history.changes(self.before, self.user.look()), [])

    def bisect(self, code: int, *words: str) -> tuple[Any, str]:
        """(the JSON, all that was printed) of a call that ends with @code."""
        called = self.call("--json", str(self.out), *words, script="bisect",
                              kdir=self.user.path)
        text = self.expect(code, called)
        self.untouched()
        return json.loads(self.out.read_text(encoding="utf-8")), text

    def refused(self, code: int, text: str, *words: str) -> None:
        """One clear line, and an end with @code."""
        self.expect(code, self.call(*words, script="bisect", kdir=self.user.path), text)
        self.untouched()


class Histories(BisectCase):
    """64 commits; some do not build, most have nothing to do with it."""

    def find(self, name: str) -> None:
        """The commit that applies the control @name."""
        data, text = self.bisect(0, "source", name)
        self.assertEqual(data["first_bad"], self.bad[name])
        self.assertIn(BUGS[name], data["contracts"])
        self.assertIn("promises", text)
        self.assertIn("first bad commit: ", text)
        logs = Path(text.split("logs of the boots: ")[1].split("\n")[0])
        self.assertTrue(list((logs / self.commits[name][-1][:12]).glob("*.log")))
        self.assertLessEqual(len(data["steps"]), 14)
        self.clean()

    def test_me(self) -> None:
        self.find("me-8-mprotect-forgets-exclusive")

    def test_mw(self) -> None:
        self.find("mw-3-ptl-dropped-before-queue-lock")

    def test_mv(self) -> None:
        self.find("mv-2-write-flag-lost")

    def test_zd(self) -> None:
        self.find("zd-3-anon-exclusive-survives-free")

    def test_sf(self) -> None:
        self.find("sf-1-served-fault-drops-vma-lock")


class Ways(BisectCase):
    """How a bisection can go."""

    def test_wrong_usage(self) -> None:
        self.refused(2, "GOOD and BAD are missing", "source")
        self.refused(2, "has no commit nowhere", "source", "nowhere")
        self.refused(2, "are one commit", "source", "source")
        self.refused(2, "the other way round", QUICK, "source")
        self.refused(2, "no case matches XX-1", "--case", "XX-1", "source", QUICK)
        self.refused(2, "--json is not for run.sh", "source", QUICK, "--", "--json", "x")

    def test_bad_is_not_bad(self) -> None:
        self.refused(2, "passes; there is nothing to look for", "--case", "MV-2",
                     "source", f"{self.bad[QUICK]}~1")

    def test_good_is_not_good(self) -> None:
        self.refused(2, "fails as BAD does", "--case", "MV-2", self.bad[QUICK], QUICK)

    def test_bad_does_not_build(self) -> None:
        commit = next(id for id in self.commits[QUICK] if "does not build" in git(
            self.user.path, "log", "-1", "--format=%s", id))
        self.refused(125, "cannot be judged", "--case", "MV-2", "source", commit)

    def test_only_a_range(self) -> None:
        """Around the bug, nothing builds."""
        line = Line(fake.tree(), self.user.base)
        text = line.read("mm/mempool.c")
        line.comment("MAINTAINERS", "one")
        line.commit("break the build", {"mm/mempool.c": b"oops\n" + text})
        line.patch("mm: be quicker", fake.control(QUICK))
        line.commit("build again", {"mm/mempool.c": text})
        commits = line.write(self.user.path, "range")
        self.before = self.user.look()
        data, text_ = self.bisect(1, "--case", "MV-2", "source", "range")
        self.assertIsNone(data["first_bad"])
        self.assertEqual(set(data["candidates"]), set(commits[1:]))
        self.assertIn("UNCLEAR", text_)

    def test_no_mounts(self) -> None:
        """On a machine that allows none, it works on a copy."""
        line = Line(fake.tree(), self.user.base)
        bad = history.short(line)
        commits = line.write(self.user.path, "short")
        self.before = self.user.look()
        called = self.call("--json", str(self.out), "--case", "MV-2", "source",
                              "short", script="bisect", kdir=self.user.path,
                              prefix=support.without_mounts(self))
        self.expect(0, called, "no private mounts on this machine", "FOUND")
        data = json.loads(self.out.read_text(encoding="utf-8"))
        self.assertEqual(data["first_bad"], commits[bad])
        self.untouched()
        self.clean()

    def test_interrupted(self) -> None:
        """By each signal in turn; the steps that are done are not done again."""
        words = [str(self.world.script("bisect")), "--case", "MV-2", "--json", str(self.out), "source", QUICK]
        environment = self.world.environment(self.user.path)
        seen = []
        for number, signum in enumerate((signal.SIGINT, signal.SIGTERM, signal.SIGKILL),
                                        2):
            with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True,
                                  preexec_fn=lambda: signal.signal(
                                      signal.SIGINT, signal.SIG_DFL)) as process:
                assert process.stdout
                for text in process.stdout:
                    seen.append(text)
                    if text.startswith(f"step {number} "):
                        break
                process.send_signal(signum)
                process.communicate()
            self.assertIn(process.returncode, (128 + signum, -signum), "".join(seen))
            limit = time.monotonic() + 20
            while self.world.processes() and time.monotonic() < limit:
                time.sleep(0.05)
            self.clean()
            self.untouched()
        called = self.call("--resume", "--json", str(self.out), script="bisect",
                              kdir=self.user.path)
        self.expect(0, called, "going on after 3 steps", "FOUND")
        data = json.loads(self.out.read_text(encoding="utf-8"))
        self.assertEqual(data["first_bad"], self.bad[QUICK])
        self.untouched()
        self.refused(2, "no unfinished bisection", "--resume")

    def test_flaky(self) -> None:
        """A case that fails in one run of three, and then in two of three, by the seed."""
        line = Line(fake.tree(), self.user.base)
        path = "mm/migrate_device.c"
        text = line.read(path)

        def fails_if(condition: str) -> dict[str, bytes]:
            return {path: text.replace(_WRITABLE, b"if (!(%s))\n\t" % (
                condition.encode()) + _WRITABLE, 1)}

        self.assertIn(_WRITABLE, text)
        line.comment("MAINTAINERS", "one")
        line.commit("mm: fail now and then", fails_if(
            'param("snapshot_seed=2")'))
        line.comment("lib/string.c", "three")
        line.commit("mm: fail more often", fails_if(
            '!param("snapshot_seed=3")'))
        line.comment("fs/pipe.c", "five")
        commits = line.write(self.user.path, "flaky")
        self.before = self.user.look()
        data, said = self.bisect(0, "--case", "migrate_vma.collected_page_is_unmapped",
                                 "source", "flaky")
        self.assertEqual(data["first_bad"], commits[3])
        by_commit = {step["commit"]: step for step in data["steps"]}
        self.assertEqual(by_commit[commits[2]]["verdict"], "good")
        for commit, tally in ((commits[2], "1 of 3"), (commits[3], "2 of 3")):
            self.assertIn(tally, by_commit[commit]["flaky"][0])
        self.assertIn("the majority of the runs decided", said)

    def test_patches_that_are_upstream(self) -> None:
        """Two of the series have gone in on the way, and what is around one changes."""
        line = Line(fake.tree(), self.user.base)
        gone = [path for path in patching.read(fake.REPO / "patches")
                if path.parent.name == "fixes"]
        self.assertEqual(len(gone), 2)

        def before() -> None:
            for path in gone:
                line.patch(f"upstream: {path.name}", path / "6.12.patch")
            text = line.read("mm/migrate_device.c")
            old = b"\n\t/* For file back page */\n\tif (page->mapping)\n"
            self.assertEqual(text.count(old), 1)
            line.commit("mm/migrate_device: say it in other words", {
                "mm/migrate_device.c": text.replace(old, old.replace(
                    b"For file back page", b"A page of a file"))})

        bad = history.short(line, before)
        commits = line.write(self.user.path, "upstream")
        self.before = self.user.look()
        data, text = self.bisect(0, "--case", "MV-2", "source", "upstream")
        self.assertEqual(data["first_bad"], commits[bad])
        for path in gone:
            self.assertIn(f"fixes/{path.name} is in this tree already", text)
        self.assertNotIn("skip", [step["verdict"] for step in data["steps"]])

    def test_shallow(self) -> None:
        # In a place that stays, with its private clone.
        shallow = history.shallow(self.user, QUICK, 4)
        called = self.call("HEAD~9", "HEAD", script="bisect", kdir=shallow)
        self.expect(2, called, "the clone is shallow")
        called = self.call("--case", "MV-2", "HEAD~3", "HEAD", script="bisect",
                              kdir=shallow)
        self.expect(2, called, "fails as BAD does")


class Fixes(BisectCase):
    """A known bug goes, or comes in."""

    CASE = "migrate_vma.empty_range_is_refused"

    def history(self) -> list[str]:
        """A branch "fixes": the bug goes with the second of six commits, and comes back
        with the fifth."""
        line = Line(fake.tree(), self.user.base)
        path = "mm/migrate_device.c"
        text = line.read(path)
        line.comment("MAINTAINERS", "one")
        line.patch("upstream: range-that-ends-before",
                   fake.REPO / "patches/fixes/range-that-ends-before/6.12.patch")
        line.comment("mm/mempool.c", "three")
        line.comment("lib/string.c", "four")
        line.commit("mm: this looks clumsy", {path: text})
        line.comment("MAINTAINERS", "six")
        commits = line.write(self.user.path, "fixes")
        self.before = self.user.look()
        return commits

    def test_fixed(self) -> None:
        commits = self.history()
        data, text = self.bisect(0, "--fixed", "--case", self.CASE, "source", commits[3])
        self.assertEqual((data["first_fixed"], data["first_bad"]), (commits[1], None))
        self.assertEqual(data["contracts"], ["MV-9"])
        self.assertIn("first fixed commit: ", text)
        self.assertIn("failed in 3 of 3", text)
        self.refused(2, "BAD, " + commits[3][:12], "--fixed", "--case", self.CASE,
                     commits[3], commits[0])
        self.refused(2, "passes; there is nothing to look for", "--fixed", "--case",
                     self.CASE, commits[1], commits[3])

    def test_came_in(self) -> None:
        commits = self.history()
        self.refused(2, "passes; there is nothing to look for", "--case", self.CASE,
                     commits[1], "fixes")
        data, _ = self.bisect(0, "--no-fixes", "--case", self.CASE, commits[1], "fixes")
        self.assertEqual((data["first_bad"], data["first_fixed"]), (commits[4], None))


class Mainline(support.FakeCase):
    """The line 7.x, in a bare repository."""

    def test_7x(self) -> None:
        which = lines.by_name("7.x")
        user = history.BareTree(which)
        line = Line(fake.tree(which), user.base)
        bad = history.short(line)
        commits = line.write(user.path, "bad")
        before = user.look()
        out = self.tmp / "out.json"
        called = self.call("--json", str(out), "--case", "MV-2", "source", "bad",
                              script="bisect", kdir=user.path)
        self.expect(0, called, "FOUND")
        data = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual(data["first_bad"], commits[bad])
        self.assertIn("MV-2", data["contracts"])
        self.assertEqual({step["version"].split(".")[0] for step in data["steps"]}, {"7"})
        self.assertEqual(history.changes(before, user.look()), [])
        self.clean()


class Step(BisectCase):
    """git bisect run, in the user's own tree."""

    def setUp(self) -> None:
        super().setUp()
        self.addCleanup(git, self.user.path, "checkout", "-q", "-f", "source")
        self.addCleanup(git, self.user.path, "bisect", "reset", "source")

    def test_bisect_run(self) -> None:
        path, bad = self.user.path, self.bad[QUICK]
        # What is found is neither end.
        later = self.commits[QUICK][self.commits[QUICK].index(bad) + 2]
        git(path, "bisect", "start", later, f"{bad}~4")
        text = git(path, "bisect", "run", str(self.world.script("bisect-step")),
                   "--kdir", str(path), "--case", "MV-2")
        self.assertIn(f"{bad} is the first bad commit", text)

    def test_the_machine_is_at_fault(self) -> None:
        small = self.tmp / "file"
        small.touch()
        called = self.call("--case", "MV-2", script="bisect-step", kdir=self.user.path,
                              cached=str(small / "x"))
        self.expect(255, called, "cannot use the cache")

    def test_no_kernel(self) -> None:
        self.expect(255, self.call(script="bisect-step", kdir=self.tmp),
                    "no kernel source tree")

    def test_does_not_build(self) -> None:
        file = self.user.path / "mm/mempool.c"
        before = file.read_bytes()
        file.write_bytes(b"oops\n" + before)
        try:
            called = self.call("--case", "MV-2", script="bisect-step", kdir=self.user.path)
        finally:
            file.write_bytes(before)
        self.expect(125, called, "mm/mempool.c:1:")


# SPDX-License-Identifier: GPL-2.0
"""The private repository: whatever it does, the user's stays as it is."""

import os
import subprocess
import time
from pathlib import Path

from mmtestbed.errors import TestbedError, UsageError
from mmtestbed.git import gitrepo
from mmtestbed.git.gitrepo import Commit
from mmtestbed.history import bisection
from mmtestbed.history.bisection import BAD, GOOD, SKIP, Bisection, Conclusion, Record
from mmtestbed.history.bisection import Step
from mmtestbed.presubmit import patchset

from tests import support


def git(folder: Path, *words: str) -> str:
    """git @words in @folder."""
    return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org",
                           "-c", "commit.gpgSign=false", "-C", str(folder), *words],
                          check=True, capture_output=True, text=True,
                          env=gitrepo.environment()).stdout


def look(folder: Path) -> dict[str, bytes]:
    """All files below @folder with their contents."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}


class RepoCase(support.TempCase):
    """A repository of 16 commits; commit n holds the file n."""

    def setUp(self) -> None:
        super().setUp()
        self.user = self.tmp / "user's tree"
        self.user.mkdir()
        git(self.user, "init", "-q", "-b", "main")
        self.ids = [self.add(number) for number in range(16)]
        self.cache = self.tmp / "cache"

    def add(self, number: int) -> str:
        """One commit more."""
        (self.user / f"file{number}").write_text(f"{number}\n", encoding="ascii")
        git(self.user, "add", ".")
        git(self.user, "commit", "-q", "-m", f"commit {number}")
        return git(self.user, "rev-parse", "HEAD").strip()

    def ours(self, kdir: "Path | None" = None) -> gitrepo.Ours:
        """The private repository."""
        return gitrepo.Ours(gitrepo.Theirs(kdir or self.user), self.cache, self.console)


class Private(RepoCase):
    def test_partial_clone(self) -> None:
        """Its files are fetched by nobody, and one line says so."""
        git(self.user, "config", "uploadpack.allowFilter", "true")
        partial = self.tmp / "partial"
        git(self.tmp, "clone", "-q", "--no-checkout", "--filter=blob:none",
            f"file://{self.user}", str(partial))
        with self.ours(partial).opened() as ours:
            with self.assertRaisesRegex(UsageError, "is a partial clone.*--filter"):
                ours.checkout(self.ids[3])

        with self.assertRaisesRegex(UsageError, "no commit nowhere.*partial clone.*--filter"):
            gitrepo.Theirs(partial).resolve("nowhere")

    def test_nothing_is_fetched(self) -> None:
        """Not even if git would have to fetch what a partial clone lacks."""
        git(self.user, "config", "uploadpack.allowFilter", "true")
        partial = self.tmp / "partial"
        git(self.tmp, "clone", "-q", "--no-checkout", "--filter=tree:0",
            f"file://{self.user}", str(partial))
        before = look(partial)
        gitrepo.Theirs(partial).dirty()
        with self.ours(partial).opened() as ours, \
                self.assertRaisesRegex(UsageError, "files of the parent.*partial clone"):
            patchset.from_range(ours, "HEAD~1..HEAD", self.ids[14], self.ids[15])
        self.assertEqual(look(partial), before)

    def test_repository_of_somebody_else(self) -> None:
        """git itself does not trust it: its settings may hold commands."""
        self.set_env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        with self.assertRaisesRegex(UsageError, "belongs to somebody else.*if you trust.*"
                                    "safe.directory /.*user's tree"):
            gitrepo.Theirs(self.user)

    def test_path_that_is_no_utf8(self) -> None:
        name = os.fsdecode(b"caf\xe9.c")
        (self.user / name).write_text("x\n", encoding="ascii")
        new = self.add(16)
        with self.ours().opened() as ours:
            self.assertEqual(set(ours.changed(self.ids[15], new)), {name, "file16"})
            self.assertEqual(ours.show(new, name), "x\n")

    def test_checks_out_without_a_trace(self) -> None:
        before = look(self.user)
        with self.ours().opened() as ours:
            ours.checkout(self.ids[3])
            self.assertTrue((ours.tree / "file3").exists())
            self.assertFalse((ours.tree / "file4").exists())
            ours.checkout(self.ids[9])
            self.assertTrue((ours.tree / "file9").exists())
        self.assertEqual(look(self.user), before)

    def test_unchanged_files_keep_their_time(self) -> None:
        with self.ours().opened() as ours:
            ours.checkout(self.ids[9])
            before = (ours.tree / "file2").stat().st_mtime_ns
            ours.checkout(self.ids[3])
            self.assertEqual((ours.tree / "file2").stat().st_mtime_ns, before)

    def test_copied_files_keep_their_time(self) -> None:
        """A backup changes the ctime of all files; that is no reason to write them."""
        with self.ours().opened() as ours:
            ours.checkout(self.ids[9])
            before = (ours.tree / "file2").stat().st_mtime_ns
            # git compares seconds.
            while int(time.time()) == int((ours.tree / "file2").stat().st_ctime):
                time.sleep(0.01)
            os.link(ours.tree / "file2", self.tmp / "backup")
            ours.checkout(self.ids[8])
            self.assertEqual((ours.tree / "file2").stat().st_mtime_ns, before)

    def test_killed_in_a_checkout(self) -> None:
        with self.ours().opened() as ours:
            ours.checkout(self.ids[3])
            # What it leaves: a lock, half of the files, and our own mark.
            (ours.tree / ".git/index.lock").touch()
            (ours.tree / ".git/mm-testbed.busy").touch()
            (ours.tree / "file8").write_text("8\n", encoding="ascii")
            (ours.tree / "file1").write_text("half", encoding="ascii")
        with self.ours().opened() as ours:
            ours.checkout(self.ids[5])
            names = {path.name for path in ours.tree.glob("file*")}
            self.assertEqual(names, {f"file{number}" for number in range(6)})
            self.assertEqual((ours.tree / "file1").read_text(encoding="ascii"), "1\n")

    def test_settings_of_the_user_do_not_count(self) -> None:
        home = self.tmp / "home"
        home.mkdir()
        (home / ".gitconfig").write_text("[core]\n\tautocrlf = true\n"
                                         "\thooksPath = /no/such\n"
                                         "\tsymlinks = false\n", encoding="ascii")
        (self.user / "link").symlink_to("file1")
        new = self.add(16)
        self.set_env("HOME", str(home))
        self.set_env("GIT_INDEX_FILE", "/no/such/index")
        with self.ours().opened() as ours:
            ours.checkout(new)
            self.assertEqual((ours.tree / "file1").read_bytes(), b"1\n")
            self.assertTrue((ours.tree / "link").is_symlink())

    def test_shallow(self) -> None:
        shallow = self.tmp / "shallow"
        subprocess.run(["git", "clone", "-q", "--depth", "3", f"file://{self.user}",
                        str(shallow)], check=True, env=gitrepo.environment())
        before = look(shallow)
        with self.ours(shallow).opened() as ours:
            ours.checkout(self.ids[14])
            self.assertEqual(len(ours.commits("HEAD")), 2)
        with self.assertRaisesRegex(UsageError, "the clone is shallow"):
            gitrepo.Theirs(shallow).resolve("HEAD~5")
        self.assertEqual(look(shallow), before)

    def test_linked_worktree_and_bare(self) -> None:
        linked, bare = self.tmp / "linked", self.tmp / "bare.git"
        git(self.user, "worktree", "add", "-q", "--detach", str(linked), self.ids[2])
        git(self.user, "clone", "-q", "--bare", str(self.user), str(bare))
        self.assertEqual(gitrepo.Theirs(linked).resolve("HEAD"), self.ids[2])
        self.assertEqual(self.ours(linked).key, self.ours().key)
        before = look(self.tmp / "linked"), look(self.user), look(bare)
        for kdir in (linked, bare):
            with self.ours(kdir).opened() as ours:
                ours.checkout(self.ids[7])
                self.assertTrue((ours.tree / "file7").exists())
        self.assertEqual((look(self.tmp / "linked"), look(self.user), look(bare)), before)

    def test_no_repository(self) -> None:
        (self.tmp / "plain").mkdir()
        self.set_env("GIT_CEILING_DIRECTORIES", str(self.tmp))
        with self.assertRaisesRegex(UsageError, "no git repository"):
            gitrepo.Theirs(self.tmp / "plain")
        with self.assertRaisesRegex(UsageError, "is no folder"):
            gitrepo.Theirs(self.tmp / "nothing")

    def test_dirty(self) -> None:
        theirs = gitrepo.Theirs(self.user)
        self.assertFalse(theirs.dirty())
        (self.user / "file1").write_text("else\n", encoding="ascii")
        self.assertTrue(theirs.dirty())

    def test_what_is_gone_is_forgotten(self) -> None:
        other = self.tmp / "other"
        git(self.user, "clone", "-q", str(self.user), str(other))
        with self.ours(other).opened() as ours:
            gone = ours.folder
            other.rename(self.tmp / "moved")
            with self.ours().opened():
                self.assertTrue(gone.exists())
            self.assertIn("it is in use", self.text.getvalue())
        with self.ours().opened():
            self.assertFalse(gone.exists())


class Bisect(RepoCase):
    """The bad commit is the one with file11."""

    def setUp(self) -> None:
        super().setUp()
        self.record = Record({})
        self.file = self.tmp / "bisect.json"
        self.asked: list[str] = []
        self.skips: set[str] = set()
        self.stop_after = 99

    def judge(self, commit: Commit, after: int) -> Step:
        """Look for file11."""
        self.assertLess(len(self.asked), 99)
        if len(self.asked) >= self.stop_after:
            raise KeyboardInterrupt
        self.assertGreaterEqual(after, 0)
        self.asked.append(commit.id)
        if commit.id in self.skips:
            return Step(commit.id, commit.subject, SKIP, "does not build")
        names = git(self.user, "ls-tree", "--name-only", commit.id).split()
        return Step(commit.id, commit.subject, BAD if "file11" in names else GOOD)

    def bisect(self) -> Conclusion:
        """From the first to the last commit."""
        with self.ours().opened() as ours:
            search = Bisection(ours, self.ids[0], self.ids[15], self.record,
                               lambda: self.record.save(self.file))
            return search.run(self.judge)

    def test_finds_it(self) -> None:
        before = look(self.user)
        self.assertEqual(self.bisect().first, self.ids[11])
        self.assertLessEqual(len(self.asked), 4)
        self.assertEqual(look(self.user), before)

    def test_commits_that_cannot_be_judged(self) -> None:
        self.skips = {self.ids[7], self.ids[8], self.ids[13]}
        self.assertEqual(self.bisect().first, self.ids[11])

    def test_only_a_range(self) -> None:
        self.skips = {self.ids[10], self.ids[11]}
        found = self.bisect()
        self.assertIsNone(found.first)
        self.assertEqual(set(found.candidates),
                         {self.ids[10], self.ids[11], self.ids[12]})

    def test_resumes_after_any_step(self) -> None:
        self.bisect()
        whole = list(self.asked)
        for stop in range(len(whole)):
            with self.subTest(stop):
                self.asked, self.record = [], Record({})
                self.stop_after = stop
                with self.assertRaises(KeyboardInterrupt):
                    self.bisect()
                known = bisection.load(self.file) if stop else Record({})
                assert known
                self.record, self.stop_after = known, 99
                self.assertEqual(self.bisect().first, self.ids[11])
                self.assertEqual(self.asked, whole)

    def test_the_wrong_way_round(self) -> None:
        with self.ours().opened() as ours:
            git(self.user, "checkout", "-q", "-b", "side", self.ids[12])
            side = self.add(99)
            search = Bisection(ours, side, self.ids[15], self.record, lambda: None)
            with self.assertRaisesRegex(TestbedError, "where GOOD and BAD part"):
                search.run(self.judge)

    def test_a_damaged_record_is_none(self) -> None:
        self.assertIsNone(bisection.load(self.file))
        self.file.write_text("{", encoding="ascii")
        self.assertIsNone(bisection.load(self.file))
        self.file.write_text('{"schema": 1, "ends": 3, "steps": []}', encoding="ascii")
        self.assertIsNone(bisection.load(self.file))

    def test_expected(self) -> None:
        self.assertEqual([bisection.expected(n) for n in (0, 1, 2, 64, 65)],
                         [0, 0, 1, 6, 7])

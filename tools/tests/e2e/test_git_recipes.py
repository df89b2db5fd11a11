# SPDX-License-Identifier: GPL-2.0
"""Documentation/git.rst: each recipe, in a git tree of the fake kernel."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

from mmtestbed.git import gitrepo

from tests import fake, recipes
from tests.e2e import history, support
from tests.e2e.history import Line, UserTree, git

DOCUMENT = "git.rst"
_SIGNED = "Signed-off-by: Test <test@example.org>\n"
MESSAGE = "20260101000000.1-1-dev@example.org"
# The first b4 that has check commands.
_CHECKS = (0, 14)


def git_env() -> dict[str, str]:
    """An environment in which git has no settings of this machine, but a name."""
    return {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.org",
            "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.org"}


def b4_version() -> tuple[int, ...]:
    """That of b4; () if there is none."""
    if not shutil.which("b4"):
        return ()
    said = subprocess.run(["b4", "--version"], capture_output=True, text=True, check=False)
    return tuple(int(word) for word in re.findall(r"\d+", said.stdout)[:2])


class Recipes(support.FakeCase):
    """A branch "topic" of three commits on the source; the second one breaks a contract."""

    user: ClassVar[UserTree]
    commits: ClassVar[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.user = UserTree()
        line = Line(fake.tree(), cls.user.base)
        line.commit("mm/mempool: say more", {
            "mm/mempool.c": line.read("mm/mempool.c") + b"\n/* More about mempools. */\n"},
            "A comment that was missing.\n\n" + _SIGNED)
        line.patch("mm: let waiters be killed", fake.control("mw-8-wait-is-killable"),
                   "A task that waits for a migration need not outlive its killer.\n\n" + _SIGNED)
        line.commit("mm/list_lru: say more", {
            "mm/list_lru.c": line.read("mm/list_lru.c") + b"\n/* More about lists. */\n"},
            "Another comment that was missing.\n\n" + _SIGNED)
        cls.commits = line.write(cls.user.path, "topic")

    def setUp(self) -> None:
        super().setUp()
        self.path = self.user.path
        self.home = self.tmp / "home"
        (self.home / "bin").mkdir(parents=True)
        (self.home / "mm-testbed").symlink_to(self.world.top)
        git(self.path, "checkout", "-q", "-f", "-B", "work", "topic")
        git(self.path, "update-ref", "refs/remotes/origin/master", self.user.base)
        self.addCleanup(git, self.path, "checkout", "-q", "-f", "source")
        env = self.world.environment()
        del env["KDIR"]
        self.env = {**env, **git_env(), "HOME": str(self.home),
                    "PATH": f"{self.home}/bin:{env['PATH']}"}

    def command(self, name: str, text: str) -> None:
        """A command @name, ahead of any other, that is the script @text."""
        path = self.home / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
        path.chmod(0o755)

    def recipe(self, code: int, name: str, *texts: str) -> str:
        """Run a recipe, which ends with @code and says @texts."""
        # KDIR would be for all runs of the user.
        status, said = recipes.run("unset KDIR\n" + recipes.recipe(DOCUMENT, name), self.path,
                                   self.env)
        self.assertEqual(status, code, said)
        for text in texts:
            self.assertIn(text, said)
        self.assertNotIn("Traceback", said)
        return said

    def series(self) -> Path:
        """The first two commits as mails."""
        path = self.tmp / "series.mbox"
        path.write_text(git(self.path, "format-patch", "--stdout", "--cover-letter", "--thread",
                            f"{self.user.base}..{self.commits[1]}"), encoding="utf-8")
        return path

    def b4(self) -> None:
        """A b4 that has got the thread already."""
        self.command("b4", f'[ "$*" = "am -o- {MESSAGE}" ] || exit 9\nexec cat {self.series()}\n')

    def summary(self, patches: int, path: str = "under-the-cover.txt") -> None:
        """A summary of so many patches, the second of which is at fault, stands in @path."""
        text = (self.path / path).read_text(encoding="utf-8")
        (self.path / path).unlink()
        self.assertIn(f"base {self.user.base[:12]}:", text)
        self.assertEqual(len(re.findall(rf"^  \d/{patches}  ", text, re.MULTILINE)), patches)
        self.assertRegex(text, r"2/\d suites: 1 case fails")
        self.assertIn(f"FAIL: 1 check failed on patch 2 of {patches}", text.replace(
            "checks failed", "check failed").replace("2 check", "1 check"))


class Mail(Recipes):
    def test_mail(self) -> None:
        self.b4()
        git(self.path, "checkout", "-q", "-f", "-B", "work", self.user.base)
        self.recipe(1, "mail", "breaking MW-8")
        self.summary(2)

    def test_format_patch(self) -> None:
        self.recipe(1, "format-patch", "breaking MW-8")
        self.summary(3)

    def test_no_mail(self) -> None:
        called = self.call("-", script="presubmit", kdir=self.path)
        self.expect(2, called, "mm-testbed: the standard input holds no patch")

    def test_mm_unstable(self) -> None:
        """The address is that of another repository here."""
        upstream = self.tmp / "akpm/mm.git"
        git(self.tmp, "clone", "-q", "--bare", str(self.path), str(upstream))
        git(upstream, "update-ref", "refs/heads/mm-unstable", self.user.base)
        self.b4()
        self.instead(upstream.parent, "https://git.kernel.org/pub/scm/linux/kernel/git/akpm")
        self.addCleanup(git, self.path, "remote", "remove", "akpm")
        self.recipe(1, "mm-unstable", f"base {self.user.base[:12]}", "breaking MW-8")

    def instead(self, folder: Path, url: str) -> None:
        """git goes to @folder where it is told to go to @url."""
        self.env.update(GIT_CONFIG_COUNT="2", GIT_CONFIG_KEY_0=f"url.{folder}/.insteadOf",
                        GIT_CONFIG_VALUE_0=f"{url}/", GIT_CONFIG_KEY_1="protocol.file.allow",
                        GIT_CONFIG_VALUE_1="always")

    def test_linux_next(self) -> None:
        upstream = self.tmp / "next/linux-next.git"
        git(self.tmp, "clone", "-q", "--bare", str(self.path), str(upstream))
        git(upstream, "update-ref", "refs/heads/master", self.commits[0])
        self.instead(upstream.parent, "https://git.kernel.org/pub/scm/linux/kernel/git/next")
        self.addCleanup(git, self.path, "remote", "remove", "linux-next")
        self.addCleanup(git, self.path, "worktree", "remove", "--force", "../linux-next")
        self.recipe(0, "linux-next", "PASS: 14 cases")
        self.assertEqual(git(self.path.parent / "linux-next", "rev-parse", "HEAD").strip(),
                         self.commits[0])
        (self.path / "next.json").unlink()


class Commits(Recipes):
    def test_rebase(self) -> None:
        """git stops at the commit that breaks a contract."""
        self.addCleanup(git, self.path, "rebase", "--abort")
        said = self.recipe(1, "rebase", "FAIL: 1 of ", "contracts MW-8")
        self.assertEqual(said.count("PASS: "), 1)
        self.assertEqual(git(self.path, "log", "-1", "--format=%s").strip(),
                         "mm: let waiters be killed")

    def test_bisect(self) -> None:
        line = Line(fake.tree(), self.user.base)
        bad = history.short(line)
        commits = line.write(self.path, "short")
        git(self.path, "checkout", "-q", "-f", "-B", "work", "short")
        self.addCleanup(git, self.path, "bisect", "reset", "source")
        self.recipe(0, "bisect", f"{commits[bad]} is the first bad commit")


class B4(Recipes):
    def test_real_b4_am(self) -> None:
        """b4 itself makes the mailbox of the recipe."""
        if not b4_version():
            self.skipTest("b4 is not installed")
        self.with_name()
        git(self.path, "checkout", "-q", "-f", "-B", "work", self.user.base)
        mbox = self.series()
        first = re.search(r"^Message-Id: <(.*)>$", mbox.read_text("utf-8"),
                          re.MULTILINE | re.IGNORECASE)
        assert first
        status, said = recipes.run(
            f"b4 --offline-mode am -o- -m {mbox} {first[1]} |"
            "~/mm-testbed/scripts/mmt presubmit --text under-the-cover.txt -", self.path,
            {**self.env, "KDIR": ""})
        self.assertEqual(status, 1, said)
        self.summary(2)

    def test_check(self) -> None:
        """b4 prep --check calls us for each patch, and shows what we say."""
        version = b4_version()
        if version < _CHECKS:
            self.skipTest("b4 0.14 is needed, which has check commands; here is " +
                          (".".join(map(str, version)) if version else "none"))
        self.prep()
        said = self.recipe(0, "b4-check", "Success: 0, Warning: 3, Error: 2")
        lines = said[said.index("---"):].splitlines()
        names = [next(number for number, line in enumerate(lines) if name in line)
                 for name in ("mm/mempool: say more", "let waiters be killed", "list_lru")]
        self.assertEqual(names, sorted(names))
        self.assertIn("ERROR: suites: 1 case fails", said)

    def with_name(self) -> None:
        """b4 wants to know who it works for, and says nothing if it does not."""
        self.env.pop("GIT_CONFIG_GLOBAL")
        (self.home / ".gitconfig").write_text(
            "[user]\n\tname = Test\n\temail = test@example.org\n", encoding="ascii")

    def prep(self) -> None:
        """Make the branch one of b4's."""
        git(self.path, "checkout", "-q", "-f", "-B", "work", self.user.base)
        self.with_name()
        self.addCleanup(git, self.path, "config", "--unset", "b4.prep-perpatch-check-cmd")
        self.addCleanup(git, self.path, "branch", "-D", "b4/topic")
        self.addCleanup(git, self.path, "checkout", "-q", "-f", "source")
        status, said = recipes.run(f"b4 --offline-mode prep -n topic -f {self.user.base} && "
                                   f"git cherry-pick {' '.join(self.commits)}", self.path,
                                   self.env)
        self.assertEqual(status, 0, said)

    def called(self, words: str, mail: str) -> tuple[int, str]:
        """(exit code, output) of the adapter, as b4 calls it."""
        status, said = recipes.run(f"~/mm-testbed/scripts/mmt presubmit {words}", self.path,
                                   {**self.env, "KDIR": ""}, data=mail)
        return status, said

    def mail(self, number: int) -> str:
        """A commit of the branch as a mail, without the line that names the commit."""
        return git(self.path, "format-patch", "-1", "--stdout",
                   self.commits[number]).partition("\n")[2]

    def test_adapter(self) -> None:
        """What b4 reads: a line for what is wrong, and nothing else."""
        quick = "--without coverage --without mutants"
        self.assertEqual(self.called(f"--b4 check {quick} --without contracts", self.mail(0)),
                         (0, ""))
        status, said = self.called(f"--b4 check {quick}", self.mail(1))
        self.assertEqual(status, 1)
        self.assertTrue(all(line.startswith(("ERROR: ", "WARNING: "))
                            for line in said.splitlines()), said)
        self.assertIn("ERROR: suites: 1 case fails", said)
        # It is checked where it stands: what the one before it broke is not its fault.
        status, said = self.called(f"--b4 check {quick}", self.mail(2))
        self.assertNotIn("ERROR", said)

    def test_adapter_for_review(self) -> None:
        quick = "--without coverage --without mutants"
        status, said = self.called(f"--b4 review {quick}", self.mail(1))
        [result] = json.loads(said)
        self.assertEqual((status, result["tool"], result["status"]), (1, "mm-testbed", "fail"))
        self.assertRegex(result["summary"], r"^FAIL: \d checks? failed on patch 1 of 1")
        self.assertIn("breaking MW-8", result["details"])
        # A cover letter holds no patch.
        self.assertEqual(self.called("--b4 review", "Subject: [PATCH 0/2] x\n\nHello\n"),
                         (0, "[]\n"))

    def test_what_does_not_apply(self) -> None:
        bad = self.mail(0).replace(" #include", " #exclude").replace("+/* More", "+/* Less")
        status, said = self.called("--b4 check", re.sub(r"^@@ .*$", "@@ -1,3 +1,4 @@", bad,
                                                        flags=re.MULTILINE))
        self.assertEqual(status, 1, said)
        self.assertIn("ERROR: applies: ", said)
        status, said = self.called("--b4 check", "no mail\n")
        self.assertEqual((status, said.count("\n")), (2, 1), said)
        self.assertIn("ERROR: could not be checked: ", said)


class PatchIds(Recipes):
    def test_commit_of_a_mail(self) -> None:
        """Whoever has sent it, and whatever it is called."""
        theirs = gitrepo.Theirs(self.path)
        mail = git(self.path, "format-patch", "-1", "--stdout", self.commits[1])
        self.assertEqual(theirs.with_patch(mail.encode()), self.commits[1])
        self.assertEqual(theirs.with_patch(mail.replace("Subject:", "Subject: Re:").encode()),
                         self.commits[1])
        self.assertEqual(theirs.with_patch(mail.replace("\n+", "\n+x").encode()), "")
        self.assertEqual(theirs.with_patch(b"no patch"), "")

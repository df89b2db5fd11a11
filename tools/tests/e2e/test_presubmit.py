# SPDX-License-Identifier: GPL-2.0
"""scripts/presubmit.sh on series that the test makes."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from mmtestbed.model import lines

from tests import fake
from tests.e2e import history, support
from tests.e2e.history import Line, UserTree, git

_SIGNED = "Signed-off-by: Test <test@example.org>\n"
_BREAKS = "mw-8-wait-is-killable"


def _insert(text: bytes, after: bytes, new: bytes) -> bytes:
    assert text.count(after) == 1, after
    return text.replace(after, after + new)


def five(line: Line) -> None:
    """Perfect; breaks a contract; does not build; checkpatch errors; a warning."""
    text = line.read("mm/mempool.c")
    text = _insert(text, b"#include <linux/slab.h>\n", b"#include <linux/sizes.h>\n")
    line.commit("mm/mempool: include what is used", {"mm/mempool.c": text},
                "The next patches use SZ_4K, which <linux/sizes.h> defines.\n\n"
                + _SIGNED)
    line.patch("mm: let waiters be killed", fake.control(_BREAKS),
               "A task that waits for a migration need not outlive its killer.\n\n"
               + _SIGNED)
    line.commit("mm/mempool: use a number that is not there",
                {"mm/mempool.c": text + b"\nint mempool_size_limit(void);\n\n"
                 b"int mempool_size_limit(void)\n{\n\treturn MEMPOOL_LIMIT;\n}\n"},
                "The limit is defined by the next patch.\n\n" + _SIGNED)
    line.commit("mm/mempool: define the number",
                {"mm/mempool.c": text + b"\n#define MEMPOOL_LIMIT SZ_4K\n\n"
                 b"int mempool_size_limit(void);\n\n"
                 b"int mempool_size_limit(void){\n    return MEMPOOL_LIMIT ;\n}\n"},
                "It is what the patch in front of it wants.\n\n" + _SIGNED)
    line.commit("mm/list_lru: count what nobody reads",
                {"mm/list_lru.c": line.read("mm/list_lru.c") +
                 b"\nstatic const int list_lru_unread = 1;\n"},
                "This is a constant that is not used.\n\n" + _SIGNED)


class Presubmit(support.FakeCase):
    """One tree for all; nothing of it may change."""

    user: ClassVar[UserTree]
    commits: ClassVar[list[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """A clone of the source with the series on a branch."""
        super().setUpClass()
        cls.user = UserTree()
        line = Line(fake.tree(), cls.user.base)
        five(line)
        cls.commits = line.write(cls.user.path, "five")

    def setUp(self) -> None:
        super().setUp()
        self.before = self.user.look()

    def tearDown(self) -> None:
        self.assertEqual(history.changes(self.before, self.user.look()), [])
        self.clean()
        super().tearDown()

    def check(self, code: int, *words: str) -> tuple[Any, str]:
        """(the JSON, all that was printed) of a call that ends with @code."""
        path = self.tmp / "out.json"
        called = self.call("--json", str(path), *words, script="presubmit",
                              kdir=self.user.path)
        text = self.expect(code, called)
        data = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual(data["exit_code"], code)
        return data, text

    def refused(self, text: str, *words: str) -> None:
        """Wrong usage: one line, and nothing is done."""
        called = self.call(*words, script="presubmit", kdir=self.user.path)
        self.expect(2, called, text)
        self.assertEqual(len([line for line in called.text.splitlines()
                              if line.startswith("mm-testbed: ")]), 1, called.text)

    def verdicts(self, data: Any) -> list[dict[str, str]]:
        """By patch, what each check says."""
        return [{name: result["status"] for name, result in patch["checks"].items()}
                for patch in data["patches"]]

    def test_five_patches(self) -> None:
        out = self.tmp / "out.txt"
        data, text = self.check(1, "--text", str(out), "source..five")
        perfect, breaks, no_build, style, warns = self.verdicts(data)
        self.assertNotIn("fail", perfect.values())
        self.assertNotIn("warn", perfect.values())
        for name in ("applies", "build", "W=1", "checkpatch", "doc", "suites"):
            self.assertEqual(perfect[name], "pass", name)
        self.assertEqual([name for name, word in breaks.items() if word == "fail"],
                         ["suites"])
        self.assertEqual((no_build["build"], no_build["suites"]), ("fail", "skip"))
        self.assertEqual(style["build"], "pass")
        self.assertEqual(style["checkpatch"], "fail")
        # It is not to blame for what the second has broken.
        self.assertEqual(style["suites"], "warn")
        self.assertEqual(warns["W=1"], "fail")
        self.assertEqual((warns["build"], warns["suites"]), ("pass", "warn"))
        suites = data["patches"][1]["checks"]["suites"]
        self.assertIn("MW-8", suites["line"])
        self.assertTrue(any("promises" in line for line in suites["details"]), suites)
        series = data["series"]
        self.assertEqual(series["verdicts"]["status"], "fail")
        self.assertIn("MW-8", series["contracts"]["line"])
        self.assertIn("step 6 of 6", text)
        summary = out.read_text(encoding="utf-8")
        self.assertIn("FAIL: ", summary)
        self.assertLess(max(map(len, summary.splitlines())), 80)

    def test_mails(self) -> None:
        """The first as a folder and as an mbox; into another tree than it is for."""
        folder = self.tmp / "mails"
        folder.mkdir()
        git(self.user.path, "format-patch", "-q", "--cover-letter", "-o", str(folder),
            "-1", self.commits[0])
        mbox = self.tmp / "all.mbox"
        mbox.write_bytes(b"".join(path.read_bytes()
                                  for path in sorted(folder.glob("*.patch"))))
        for where in (folder, mbox):
            with self.subTest(where.name):
                data, _ = self.check(0, "--case", "MW-8", str(where))
                [results] = self.verdicts(data)
                self.assertEqual((results["applies"], results["suites"]),
                                 ("pass", "pass"))

    def test_does_not_apply(self) -> None:
        folder = self.tmp / "mails"
        folder.mkdir()
        git(self.user.path, "format-patch", "-q", "-o", str(folder),
            f"{self.commits[2]}~1..{self.commits[4]}")
        # Without the one in front, there is nothing to change.
        sorted(folder.glob("*.patch"))[0].unlink()
        data, _ = self.check(1, "--case", "MW-8", str(folder))
        first, second = self.verdicts(data)
        self.assertEqual((first["applies"], second["applies"]), ("fail", "fail"))
        self.assertEqual(first["build"], "skip")
        self.assertIn("mm/mempool.c", data["patches"][0]["checks"]["applies"]["line"])

    def test_wrong_usage(self) -> None:
        self.refused("is empty", "five..five")
        self.refused("has no commit no-such-branch", "source..no-such-branch")
        self.refused("nor a range", "five")
        self.refused("nor a range", "source...five")
        self.refused("there is no check", "--without", "nonsense", "source..five")
        self.refused("no case matches", "--case", "XX-1", "source..five")
        letter = self.write("letter", "From: a@example.org\nSubject: hello\n\nhello\n")
        self.refused("holds no patch", str(letter))

    def test_merge(self) -> None:
        path = self.user.path
        tree = git(path, "rev-parse", "five^{tree}").strip()
        merge = git(path, "commit-tree", "-p", self.commits[0], "-p", self.user.base,
                    "-m", "a merge", tree).strip()
        self.before = self.user.look()
        self.refused("holds a merge", f"source..{merge}")

    def test_dirty_tree(self) -> None:
        file = self.user.path / "mm/mempool.c"
        before = file.read_bytes()
        self.addCleanup(file.write_bytes, before)
        file.write_bytes(b"oops\n" + before)
        self.before = self.user.look()
        _, text = self.check(0, "--case", "MW-8", f"source..{self.commits[0]}")
        self.assertIn("not committed", text)
        self.assertTrue(file.read_bytes().startswith(b"oops"))
        # cleanup runs after tearDown, which compares
        file.write_bytes(b"oops\n" + before)

    def test_shallow(self) -> None:
        # In a place that stays, with its private clone.
        shallow = history.shallow(self.user, "five", 3)
        called = self.call("--case", "MW-8", "HEAD~1..HEAD", script="presubmit",
                              kdir=shallow)
        self.expect(1, called, "list_lru_unread")
        called = self.call("HEAD~5..HEAD", script="presubmit", kdir=shallow)
        self.expect(2, called, "the clone is shallow")

    def test_no_mounts(self) -> None:
        """What needs a throw-away copy of the build is left out."""
        out = self.tmp / "out.json"
        called = self.call("--json", str(out), "--case", "MW-8",
                              f"source..{self.commits[0]}", script="presubmit",
                              kdir=self.user.path, prefix=support.without_mounts(self))
        self.expect(0, called, "no private mounts on this machine", "PASS: ")
        [results] = self.verdicts(json.loads(out.read_text(encoding="utf-8")))
        self.assertEqual((results["build"], results["W=1"], results["checkpatch"],
                          results["suites"]), ("pass", "skip", "pass", "pass"))

    def test_coverage(self) -> None:
        """A patch of which one line runs, and one that no case reaches."""
        line = Line(fake.tree(), self.user.base)
        path = "mm/migrate_device.c"
        line.commit("mm/migrate_device: look twice", {path: _insert(
            line.read(path), b"void migrate_vma_pages(struct migrate_vma *migrate)\n{\n",
            b"\tif (migrate->start == 77)\n\t\tmigrate->cpages = 0;\n\n")},
            "No address is that odd.\n\n" + _SIGNED)
        line.write(self.user.path, "counted")
        self.before = self.user.look()
        data, text = self.check(0, "--case", "MV-2", "source..counted")
        coverage = data["series"]["coverage"]
        self.assertEqual(coverage["status"], "warn")
        self.assertEqual(coverage["line"], "1 of 2 changed lines with code run")
        self.assertIn("(migrate_vma_pages)", coverage["details"][0])
        self.assertIn("not run: ", text)

    def test_no_gcov(self) -> None:
        """One clear line, and the other checks are made."""
        support.needs_root(self)
        hidden = ["unshare", "-m", "--propagation", "private", "sh", "-c",
                  'mount --bind /dev/null "$(readlink -f "$(command -v gcov)")" || exit 77; '
                  'exec "$@"', "sh"]
        line = Line(fake.tree(), self.user.base)
        line.comment("mm/migrate_device.c", "counted")
        line.write(self.user.path, "comment")
        self.before = self.user.look()
        out = self.tmp / "out.json"
        called = self.call("--json", str(out), "--case", "MW-8", "source..comment",
                              script="presubmit", kdir=self.user.path, prefix=hidden)
        if support.no_mounts(called):
            self.skipTest("cannot hide gcov")
        text = self.expect(1, called, "coverage: skipped: gcov is not installed")
        self.assertEqual(text.count("gcov"), 2, text)
        data = json.loads(out.read_text(encoding="utf-8"))
        self.assertEqual(data["series"]["verdicts"]["status"], "pass")

    def test_7x(self) -> None:
        """One patch for mainline, in a bare repository."""
        which = lines.by_name("7.x")
        user = history.BareTree(which)
        line = Line(fake.tree(which), user.base)
        line.patch("mm: be quicker", fake.control("mv-2-write-flag-lost"),
                   "This flag is set for the sake of symmetry.\n\n" + _SIGNED)
        line.write(user.path, "one")
        before = user.look()
        out = self.tmp / "out.json"
        called = self.call("--json", str(out), "--case", "MV-2", "source..one",
                              script="presubmit", kdir=user.path)
        self.expect(1, called, "migrate_vma.collected_page_is_unmapped")
        data = json.loads(out.read_text(encoding="utf-8"))
        [results] = self.verdicts(data)
        self.assertEqual((results["build"], results["checkpatch"], results["suites"]),
                         ("pass", "pass", "fail"))
        self.assertTrue(data["kernel_version"].startswith("7."))
        self.assertEqual(history.changes(before, user.look()), [])

    def test_linked_worktree(self) -> None:
        linked = self.tmp / "linked"
        git(self.user.path, "worktree", "add", "-q", "--no-checkout", "--detach",
            str(linked), self.commits[0])
        self.addCleanup(git, self.user.path, "worktree", "prune")
        self.before = self.user.look()
        called = self.call("--case", "MW-8", "HEAD~1..HEAD", script="presubmit",
                              kdir=linked)
        self.expect(0, called, "PASS: ")

# SPDX-License-Identifier: GPL-2.0
"""The checkers that make runs are those of the base."""

import os
from pathlib import Path

from mmtestbed.presubmit import checkers

from tests.git import test_gitrepo

# Names that git would quote, or that are no UTF-8.
NAMES = ("scripts/coccinelle/api/x.cocci", "scripts/coccinelle/a \"b\".cocci",
         os.fsdecode(b"scripts/coccinelle/caf\xe9.cocci"))


class Lay(test_gitrepo.RepoCase):
    def commit(self, files: dict[str, str]) -> str:
        """One that has @files."""
        for name, text in files.items():
            (self.user / name).parent.mkdir(parents=True, exist_ok=True)
            (self.user / name).write_text(text, encoding="ascii")
        test_gitrepo.git(self.user, "add", "-A")
        test_gitrepo.git(self.user, "commit", "-q", "-m", "checkers")
        return test_gitrepo.git(self.user, "rev-parse", "HEAD").strip()

    def laid(self, base: str, commit: str) -> dict[str, str]:
        """The files below scripts that make would run at @commit."""
        with self.ours().opened() as ours:
            its = checkers.Checkers(ours, base, self.tmp / "checkers")
            ours.checkout(commit)
            its.lay(commit, ours.tree)
            return {str(path.relative_to(ours.tree)): path.read_text(encoding="ascii")
                    for path in Path(ours.tree / "scripts").rglob("*") if path.is_file()}

    def test_what_the_patch_adds_goes(self) -> None:
        base = self.commit({"scripts/coccicheck": "old"})
        patch = self.commit({"scripts/coccicheck": "evil", **{name: "evil" for name in NAMES}})
        self.assertEqual(self.laid(base, patch), {"scripts/coccicheck": "old"})

    def test_what_the_patch_changes_is_as_before(self) -> None:
        base = self.commit({name: "old" for name in NAMES})
        patch = self.commit({name: "evil" for name in NAMES})
        self.assertEqual(self.laid(base, patch), {name: "old" for name in NAMES})

    def test_what_the_patch_removes_is_there(self) -> None:
        base = self.commit({name: "old" for name in NAMES})
        for name in NAMES:
            (self.user / name).unlink()
        self.assertEqual(self.laid(base, self.commit({})), {name: "old" for name in NAMES})

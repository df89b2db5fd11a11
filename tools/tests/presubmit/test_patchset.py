# SPDX-License-Identifier: GPL-2.0
"""Mails become commits, or it is said why not."""

from mmtestbed.presubmit import patchset

from tests.git import test_gitrepo

DIFF = """--- a/file1
+++ b/file1
@@ -1 +1 @@
-1
+one
"""
# None of them tells what it was made on, as git format-patch would.
MAIL = "From: A <a@example.org>\nSubject: [PATCH] file1: {what}\n\nWords.\n---\n"


class Mails(test_gitrepo.RepoCase):
    def entries(self, *texts: str) -> list[patchset.Entry]:
        """What becomes of the mails that read @texts."""
        paths = [self.write(f"{number}.patch", text) for number, text in enumerate(texts)]
        with self.ours().opened() as ours:
            return patchset.from_mails(ours, self.ids[-1], paths)

    def test_bare_diff(self) -> None:
        bare, follows = self.entries(DIFF, MAIL.format(what="say one") + DIFF)
        self.assertIn("bare diff", bare.refused)
        self.assertIn("git format-patch", bare.refused)
        self.assertIn("follows patch 1", follows.refused)
        self.assertEqual(follows.subject, "file1: say one")

    def test_does_not_fit(self) -> None:
        [entry] = self.entries(MAIL.format(what="say one") + DIFF.replace("-1\n", "-3\n"))
        self.assertIsNone(entry.patch)
        self.assertEqual(entry.refused, "does not apply at file1:1")

    def test_is_in_already(self) -> None:
        one, again = self.entries(*[MAIL.format(what="say one") + DIFF] * 2)
        self.assertTrue(one.patch)
        self.assertEqual(again.refused, "the tree holds it already")

# SPDX-License-Identifier: GPL-2.0
"""Mistakes that the tests of recipes notice: most often, a command that does nothing."""

from __future__ import annotations

from . import Breakage as B

_GIT = "/Documentation/git.rst"
_NOTHING = "the recipe does nothing"
_MMT = "~/mm-testbed/scripts/mmt"

WHOLE = (
    B("test_git_recipes.Mail.test_mail", _GIT,
      f"   b4 am -o- 20260101000000.1-1-dev@example.org |\n       {_MMT} presubmit --text "
      "under-the-cover.txt -\n", "   true\n", _NOTHING),
    B("test_git_recipes.Mail.test_format_patch", _GIT,
      f"{_MMT} presubmit --base origin/master --text under-the-cover.txt -", "true", _NOTHING),
    B("test_git_recipes.Mail.test_mm_unstable", _GIT,
      f"{_MMT} presubmit --base FETCH_HEAD -", "true", _NOTHING),
    B("test_git_recipes.Mail.test_mm_unstable", _GIT,
      "   git fetch akpm mm-unstable\n", "   true\n", _NOTHING),
    B("test_git_recipes.Mail.test_linux_next", _GIT,
      f"{_MMT} run --kdir ../linux-next --json next.json", "true", _NOTHING),
    B("test_git_recipes.Mail.test_linux_next", _GIT,
      "   git fetch linux-next master\n", "   true\n", _NOTHING),
    B("test_git_recipes.Mail.test_no_mail", "presubmit/patchset.py",
      "    if not text.strip():\n", "    if False:\n", "no mail at all is no mailbox"),
    B("test_git_recipes.Commits.test_rebase", _GIT,
      f"""--exec '{_MMT} run --kdir . "MW-*" "ME-*"'""", "--exec true", _NOTHING),
    B("test_git_recipes.Commits.test_bisect", _GIT,
      f"git bisect run {_MMT} bisect-step --kdir . --case MV-2", "git bisect run true",
      _NOTHING),
    B("test_git_recipes.B4.test_real_b4_am", "cli/presubmit.py",
      "sys.stdin.buffer.read() if wanted.series", "b'' if wanted.series",
      "the standard input is not read"),
    B("test_git_recipes.B4.test_check", _GIT,
      '"$HOME/mm-testbed/scripts/mmt presubmit --b4 check\n       --without coverage '
      '--without mutants"', '"true"', _NOTHING),
    B("test_git_recipes.B4.test_check", _GIT, "   b4 prep --check\n", "   true\n", _NOTHING),
    B("test_git_recipes.B4.test_adapter", "cli/presubmit_b4.py",
      'commit = "" if wanted.base else', 'commit = "" if True else',
      "a commit of the branch is applied to its tip"),
    B("test_git_recipes.B4.test_adapter_for_review", "cli/presubmit_b4.py",
      'holds_none = "holds no patch" in last', "holds_none = False",
      "a cover letter is a fault"),
    B("test_git_recipes.B4.test_what_does_not_apply", "cli/presubmit_b4.py",
      'word = "ERROR" if result["status"] == "fail" else "WARNING"', 'word = "WARNING"',
      "what does not apply is a warning"),
    B("test_git_recipes.PatchIds.test_commit_of_a_mail", "git/gitrepo.py",
      'next((known[id] for id in wanted if id in known), "")',
      'next(iter(known.values()), "")', "any commit makes the change of a mail"),
)

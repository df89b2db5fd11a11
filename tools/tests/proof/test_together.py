# SPDX-License-Identifier: GPL-2.0
"""Tests of proof.together: what goes into the kernel with all controls, and verdicts."""

import re
import shutil
import unittest
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

from mmtestbed.model.cases import Case
from mmtestbed.model.outcomes import Name, Outcome, Results, Status
from mmtestbed.proof import controls, together, versions
from mmtestbed.proof.controls import Control, Kind

from tests import support

SOURCE = """\
#define LIMIT 3

int limited(int n)
{
	check(n);
	return n < LIMIT;
}

SYSCALL_DEFINE1(limit, int, n)
{
	check(n);
	return limited(n);
}
"""
RULE = """\
// Subject: mm: forget the check
//
// Breaks: MW-2
// Kills: s.mine: assertion
// In: mm/a.c: {function}

@@
@@
- check({what});
"""
PATCH = """\
Subject: [CONTROL] mm: one too few

Breaks: MW-2
Kills: s.mine: assertion
Lines: 6.12
---
--- a/mm/a.c
+++ b/mm/a.c
@@ -1,3 +1,3 @@
-#define LIMIT 3
+#define LIMIT 2
 
 int limited(int n)
"""


def rule(name: str, function: str = "limited", what: str = "n") -> Control:
    """The control @name."""
    return controls.parse(Path(f"patches/controls/MW-2/{name}.cocci"),
                          RULE.format(function=function, what=what))


@unittest.skipUnless(shutil.which("spatch"), "spatch is not installed")
class Plans(support.TempCase):
    """Where each control belongs."""

    def test_plan(self) -> None:
        tree, scratch = self.tmp / "tree", self.tmp / "scratch"
        (tree / "mm").mkdir(parents=True)
        scratch.mkdir()
        (tree / "mm/a.c").write_text(SOURCE, encoding="utf-8")
        path = self.tmp / "macro.patch"
        path.write_text(PATCH, encoding="utf-8")
        which = together.plan([
            rule("good"), rule("none", what="m"), rule("macro-made", "limit"),
            controls.parse(path, PATCH)], tree, scratch, self.tmp / "cache", 2)
        self.assertEqual(list(which.built_in), ["good"])
        self.assertEqual(sorted(which.alone), ["macro", "macro-made"])
        self.assertEqual([found.control.name for found in which.broken], ["none"])
        self.assertIs(which.broken[0].kind, Kind.NOT_APPLIED)
        self.assertEqual(which.reasons(), [
            "macro-made: limit is made by a macro",
            "macro: mm/a.c changes outside of functions"])


class Helpers(support.TempCase):
    def test_judges_see_the_versions(self) -> None:
        class Offshoot:
            """Of a kernel with two Makefiles."""
            src = self.tmp

            def edit(self, path: str, change: Callable[[bytes], bytes]) -> None:
                """Change the file @path."""
                (self.src / path).write_bytes(change((self.src / path).read_bytes()))

        for folder in ("mm/kunit/page_table", "arch/um/include/asm"):
            (self.tmp / folder).mkdir(parents=True)
        for makefile in ("mm/Makefile", "mm/kunit/page_table/Makefile"):
            (self.tmp / makefile).write_text("obj-y += a.o\n", encoding="utf-8")
        together.show_to_judges(Offshoot(), b"versions")  # type: ignore[arg-type]
        broken = self.tmp / "arch/um/include/asm/pgtable_controls.h"
        self.assertEqual(broken.read_bytes(), b"versions")
        for makefile, files in (("mm/Makefile", {"debug_vm_pgtable"}),
                                ("mm/kunit/page_table/Makefile",
                                 {"flags_kunit", "kernel_kunit"})):
            text = (self.tmp / makefile).read_text(encoding="utf-8")
            self.assertEqual(set(re.findall(
                r"^CFLAGS_(\w+)\.o \+= .*-include \$\(srctree\)/arch/um/include/asm/"
                r"pgtable_controls\.h$", text, re.MULTILINE)), files)
            self.assertIn("obj-y += a.o\n", text)


class Kernel:
    """Pretends to fork children of a kernel with the controls "bug" and "other".

    The cases "mine" and "more" enter the function of the former, "far" another one.
    """

    def __init__(self, red: dict[tuple[str, str], str], words: Sequence[str] = ()) -> None:
        self.red = red
        self.words = words
        self.ran: list[tuple[Sequence[str], Name]] = []

    def with_words(self, words: Sequence[str], mark: str) -> "Kernel":
        """A child that gets @words."""
        assert mark == "mm_control: "
        made = Kernel(self.red, words)
        made.ran = self.ran
        return made

    def round(self, names: Sequence[Name], glob: str, pool: Any = None,
              worthwhile: Optional[Any] = None) -> Results:
        """Run @names."""
        del glob, pool
        results = Results()
        for name in names:
            if worthwhile and not worthwhile(results, [name]):
                continue
            self.ran.append((self.words, name))
            site = "1" if name[1] == "far" else "0"
            output = [f"mm_control: site {site}"]
            status = Status.PASSED
            if self.words[0].startswith("mm_control="):
                why = self.red.get((self.words[0].partition("=")[2], name[1]), "passes")
                status = Status.PASSED if why == "passes" else \
                    Status.HUNG if why == "hangs" else Status.FAILED
                output = [] if why == "by itself" else ["mm_control: entered 1"]
            results.outcomes[name] = Outcome(*name, status, output=output)
        return results


class Trials(unittest.TestCase):
    """What becomes of a control that is built in."""

    NAMES = [("s", "far"), ("s", "more"), ("s", "mine")]
    CASES = {("s", name): Case("s", name, contracts, "", "", 1) for name, contracts in
             (("mine", ("MW-2",)), ("more", ("MW-2",)), ("far", ("ME-1",)))}

    def trial(self, **red: str) -> tuple[together.Trial, Kernel]:
        """A trial in which the cases @red fail for the control "bug"."""
        build = versions.Build({1: "bug", 2: "other"},
                               {0: ("mm/a.c", "f"), 1: ("mm/a.c", "g")})
        setattr(build, "of_site", lambda site: {("bug", "other")[site]})
        kernel = Kernel({("bug", name): why for name, why in red.items()})
        boots: Any = kernel
        trial = together.Trial(boots, build, self.CASES, self.NAMES, 3)
        trial.bare()
        kernel.ran.clear()
        return trial, kernel

    def test_killed(self) -> None:
        trial, kernel = self.trial(mine="fails")
        found = trial.verdict(rule("bug"), self.NAMES)
        self.assertIs(found.kind, Kind.KILLED)
        # The case that it names first, and none that does not get there.
        self.assertEqual([name for _, name in kernel.ran], [("s", "mine"), ("s", "more")])
        self.assertEqual((found.built_in, found.reaching, found.entered, found.not_run),
                         (True, 2, 2, 0))

    def test_others(self) -> None:
        which: list[tuple[dict[str, str], Kind]] = [
            ({"mine": "hangs"}, Kind.OTHERWISE), ({}, Kind.SURVIVED),
            ({"more": "fails"}, Kind.SPARED), ({"mine": "by itself"}, Kind.NOT_ENTERED)]
        for red, kind in which:
            with self.subTest(kind):
                trial, _ = self.trial(**red)
                self.assertIs(trial.verdict(rule("bug"), self.NAMES).kind, kind)

    def test_each_that_it_names_has_to_enter_it(self) -> None:
        trial, _ = self.trial(mine="by itself", more="fails")
        self.assertIs(trial.verdict(rule("bug"), self.NAMES).kind, Kind.NOT_ENTERED)

    def test_the_named_are_enough(self) -> None:
        trial, kernel = self.trial(mine="fails")
        found = trial.verdict(rule("bug"), self.NAMES, named=True)
        self.assertIs(found.kind, Kind.KILLED)
        self.assertEqual([name for _, name in kernel.ran], [("s", "mine")])
        self.assertEqual((found.reaching, found.not_run), (2, 1))
        # The others may know more of one that is not killed.
        trial, kernel = self.trial(more="fails")
        self.assertIs(trial.verdict(rule("bug"), self.NAMES, named=True).kind, Kind.SPARED)
        self.assertIn(("s", "more"), [name for _, name in kernel.ran])

    def test_contract_that_is_not_reached(self) -> None:
        trial, kernel = self.trial(mine="fails")
        found = trial.verdict(rule("nowhere"), self.NAMES)
        self.assertIs(found.kind, Kind.SURVIVED)
        self.assertEqual(kernel.ran, [])

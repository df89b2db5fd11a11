# SPDX-License-Identifier: GPL-2.0
"""What became of the controls is kept for the tree that it was seen on, and no other."""

import concurrent.futures
import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmtestbed.cli import control_options, control_run
from mmtestbed.host import lock, prune
from mmtestbed.kernel import provenance, source
from mmtestbed.kernel.source import Source
from mmtestbed.model import configs, lines, repository
from mmtestbed.model.cases import Case
from mmtestbed.proof import controls, ledger, matrix

from tests import support
from tests.proof import test_matrix

KASAN = configs.by_name("kasan")


def entry(name: str, **more: Any) -> dict[str, Any]:
    """What a run says of the control @name."""
    return {"name": name, "digest": "d", "contracts_reached": [], "killed_by": [],
            "also_failed": [], **more}


class Ledger(support.TempCase):
    def setUp(self) -> None:
        super().setUp()
        self.cache = self.tmp / "cache"
        self.cache.mkdir()

    def tree(self, name: str, text: str = "int x;\n") -> Source:
        """A kernel tree of the user's, with one file."""
        path = self.write(f"{name}/mm/migrate.c", text).parents[1]
        return Source(path, lines.DEFAULT, "6.12.117", f"KDIR {path}", f"kdir:{path}",
                      False)

    def known(self, origin: Source,
              config: configs.Config = configs.PLAIN) -> list[str]:
        """The controls whose results are kept for @origin."""
        return list(ledger.known(self.cache, ledger.place(origin, config)))

    def add(self, origin: Source, *names: str) -> None:
        """Keep results of the controls @names."""
        ledger.add(self.cache, ledger.place(origin, configs.PLAIN), "i",
                   [entry(name) for name in names])

    def test_another_tree(self) -> None:
        one, two = self.tree("one"), self.tree("two")
        self.add(one, "a")
        self.assertEqual(self.known(one), ["a"])
        self.assertEqual(self.known(two), [])

    def test_the_tree_after_a_change(self) -> None:
        one = self.tree("one")
        self.add(one, "a")
        file = one.path / "mm/migrate.c"
        stat = file.stat()
        # As long as before, and with the old time stamp.
        file.write_text("int y;\n", encoding="utf-8")
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self.assertEqual(self.known(one), [])

    def test_another_version_line_or_variant(self) -> None:
        one = self.tree("one")
        self.add(one, "a")
        self.assertEqual(self.known(replace(one, version="6.12.118")), [])
        self.assertEqual(self.known(replace(one, line=lines.by_name("7.x"))), [])
        self.assertEqual(self.known(one, KASAN), [])

    def test_another_commit_of_a_private_clone(self) -> None:
        clone = replace(self.tree("one"), revision="1" * 40)
        self.add(clone, "a")
        self.assertEqual(self.known(clone), ["a"])
        self.assertEqual(self.known(replace(clone, revision="2" * 40)), [])

    def test_nothing_is_proven_by_another_tree(self) -> None:
        """The matrix of one tree does not change with the results of another."""
        repository = self.tmp / "repository"
        for path, text in (("Documentation/contracts.rst", "MW-2\n  One.\n"),
                           ("README.rst", "MW-2  yes\n"), ("mm/kunit/a.c", "int x;\n"),
                           ("patches/series", "")):
            self.write(f"repository/{path}", text)
        control = controls.parse(Path("patches/controls/lock.patch"),
                                 test_matrix.CONTROL)
        seen = provenance.inputs(repository, lines.DEFAULT, configs.PLAIN)
        one, two = self.tree("one"), self.tree("two")
        ledger.add(self.cache, ledger.place(one, configs.PLAIN), seen,
                   [entry("lock", digest=control.digest, contracts_reached=["MW-2"])])
        states = []
        for origin in (one, two):
            facts = matrix.Facts.gather(
                repository, lines.DEFAULT, configs.PLAIN,
                [Case("s", "c", ("MW-2",), "", "a.c", 1)], [control],
                ledger.known(self.cache, ledger.place(origin, configs.PLAIN)))
            states.append(facts.state("MW-2"))
        self.assertEqual(states, ["proven", "not run"])

    def test_runs_add_up(self) -> None:
        one = self.tree("one")
        self.add(one, "a", "b")
        place = ledger.place(one, configs.PLAIN)
        ledger.add(self.cache, place, "j", [entry("b"), entry("c")])
        self.assertEqual({name: found["inputs"] for name, found in
                          ledger.known(self.cache, place).items()},
                         {"a": "i", "b": "j", "c": "j"})

    def test_runs_at_the_same_time(self) -> None:
        one = self.tree("one")
        place = ledger.place(one, configs.PLAIN)
        many = 8
        together = threading.Barrier(many)

        def one_run(number: int) -> None:
            together.wait()
            for turn in range(20):
                ledger.add(self.cache, place, "i", [entry(f"{number}-{turn}")])

        with concurrent.futures.ThreadPoolExecutor(many) as pool:
            list(pool.map(one_run, range(many)))
        self.assertEqual(len(self.known(one)), many * 20)

    def test_a_run_waits_for_another(self) -> None:
        one = self.tree("one")
        place = ledger.place(one, configs.PLAIN)
        told = threading.Event()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with lock.held(self.cache / "controls/lock", lambda: None):
                later = pool.submit(ledger.add, self.cache, place, "i", [entry("a")],
                                    told.set)
                self.assertTrue(told.wait(60))
                self.assertEqual(self.known(one), [])
            later.result()
        self.assertEqual(self.known(one), ["a"])

    def change(self, origin: Source, **more: Any) -> None:
        """Change what is kept of @origin behind the back of all."""
        path = ledger.place(origin, configs.PLAIN).path(self.cache)
        data = json.loads(path.read_text(encoding="utf-8"))
        data.update(more)
        path.write_text(json.dumps(data), encoding="utf-8")

    def test_another_schema(self) -> None:
        one = self.tree("one")
        for schema in (1, 3, None, "2"):
            self.add(one, "a")
            self.change(one, schema=schema)
            with self.subTest(schema):
                self.assertEqual(self.known(one), [])
                # It does not live on either, in a file that says that it is ours.
                self.add(one, "b")
                self.assertEqual(self.known(one), ["b"])
                ledger.place(one, configs.PLAIN).path(self.cache).unlink()

    def test_another_schema_has_another_file(self) -> None:
        place = ledger.place(self.tree("one"), configs.PLAIN)
        ours = place.path(self.cache)
        self.addCleanup(setattr, ledger, "SCHEMA", ledger.SCHEMA)
        ledger.SCHEMA += 1
        self.assertNotEqual(place.path(self.cache), ours)

    def test_a_file_that_was_copied_from_another_tree(self) -> None:
        one, two = self.tree("one"), self.tree("two")
        self.add(one, "a")
        ledger.place(one, configs.PLAIN).path(self.cache).rename(
            ledger.place(two, configs.PLAIN).path(self.cache))
        self.assertEqual(self.known(two), [])

    def test_damaged(self) -> None:
        one = self.tree("one")
        some: list[Any] = [1, [{}], ["x"], {"a": 1}, [entry("a")],
                           [entry("a", inputs="i", killed_by=["x"])],
                           [entry("a", inputs="i", contracts_reached=None)]]
        for damaged in some:
            self.add(one, "a")
            self.change(one, controls=damaged)
            with self.subTest(damaged):
                self.assertEqual(self.known(one), [])
        path = ledger.place(one, configs.PLAIN).path(self.cache)
        for text in ("", "{", "[]", "\0"):
            path.write_text(text, encoding="utf-8")
            self.assertEqual(self.known(one), [])

    def test_what_is_old_goes(self) -> None:
        one, two = self.tree("one"), self.tree("two")
        self.add(one, "a")
        old = self.write("cache/controls-6.12.json", "{}")
        path = ledger.place(one, configs.PLAIN).path(self.cache)
        self.add(two, "b")
        self.assertEqual(self.known(one), ["a"])
        self.assertFalse(old.exists())
        past = time.time() - 2 * prune.AGE
        os.utime(path, (past, past))
        self.add(two, "c")
        self.assertFalse(path.exists())
        self.assertEqual(self.known(two), ["b", "c"])


class EndOfARun(support.TempCase):
    """What scripts/controls.sh keeps when it is over."""

    def keep(self, change: bool) -> list[str]:
        """The controls that are kept of a tree that does @change during the run."""
        file = self.write("tree/mm/migrate.c", "int x;\n")
        origin = Source(self.tmp / "tree", lines.DEFAULT, "6.12.117", "KDIR tree",
                        "kdir:tree", False)
        command = control_run.Command(control_options.parse(["--filter", "mv-2-*"]),
                                      self.console)
        command._shop.cache = self.tmp
        command._place = ledger.place(origin, configs.PLAIN)
        control = command._controls[0]
        command._verdicts = [controls.Verdict(control, controls.Kind.SURVIVED)]
        if change:
            file.write_text("int y;\n", encoding="utf-8")
        command._file(origin)
        found = [name for path in self.tmp.glob("controls/*.json")
                 for name in (json.loads(path.read_text(encoding="utf-8"))["controls"])]
        self.assertEqual([one["inputs"] for one in found], [provenance.inputs(
            repository.REPOSITORY, lines.DEFAULT, configs.PLAIN)] * len(found))
        return [one["name"] for one in found]

    def test_of_one_tree(self) -> None:
        self.assertEqual(len(self.keep(False)), 1)
        self.assertEqual(self.text.getvalue(), "")

    def test_of_a_tree_that_changes_meanwhile(self) -> None:
        self.assertEqual(self.keep(True), [])
        self.assertIn("KDIR tree has changed meanwhile", self.text.getvalue())


class Identity(support.TempCase):
    def test_debians_source(self) -> None:
        """What is present is what unpack() gives, and nothing is unpacked."""
        line = lines.by_name("7.x")
        cache = self.tmp / "cache"
        self.assertIsNone(source.present(line, cache))
        self.write("cache/src/7.x/tree-1/Makefile",
                   "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 4\n")
        if source.installed(line):
            self.skipTest("linux-source-7 is installed here")
        found = source.present(line, cache)
        self.assertEqual(found, source.unpack(line, None, cache, self.console))
        assert found
        self.assertEqual(source.identity(found), "debian:tree-1")

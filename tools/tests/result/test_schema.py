# SPDX-License-Identifier: GPL-2.0
"""JSON of ours is read again, and no other; the documentation has each key."""

import re

from mmtestbed.errors import UsageError
from mmtestbed.model.outcomes import Outcome, Status
from mmtestbed.model.repository import REPOSITORY
from mmtestbed.result import as_json, schema, verdict

from tests import support


class Read(support.TempCase):
    def test_ours(self) -> None:
        path = self.write("x.json", '{"schema": 1, "line": "6.12"}')
        self.assertEqual(schema.read(path)["line"], "6.12")

    def test_refused_in_one_line(self) -> None:
        for text, said in (('{"schema": 2}', "is of schema 2, and this mm-testbed reads 1"),
                           ('{"line": "6.12"}', "is no JSON of a command"),
                           ("[1]", "is no JSON of a command"), ("no", "is no JSON")):
            with self.subTest(text):
                path = self.write("x.json", text)
                with self.assertRaises(UsageError) as caught:
                    schema.read(path)
                self.assertIn(said, caught.exception.message)
                self.assertNotIn("\n", caught.exception.message)


class Documented(support.TempCase):
    def test_each_key(self) -> None:
        path = REPOSITORY / "Documentation/run.rst"
        if not path.exists():
            self.skipTest("Documentation/run.rst is not there")
        known = set(re.findall(r"``(\w+)``", path.read_text(encoding="utf-8")))
        run = verdict.Run("6.12", "plain", "6.12.1", "x")
        run.outcomes = [Outcome("a", "b", Status.FAILED)]
        data = as_json.of(run)
        self.assertEqual(data["schema"], schema.SCHEMA)
        self.assertEqual({*data, *data["cases"][0]} - known, set())

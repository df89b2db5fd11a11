# SPDX-License-Identifier: GPL-2.0
"""Which children are run, and which are left out."""

from tests.boot.test_children import Base


class Choice(Base):
    def test_enough(self) -> None:
        boots = self.open({"a": ["one", "fail", "two"]})
        results = boots.round(
            boots.cases(""), "", first={("a", "fail")},
            enough=lambda seen: any(not o.status.good for o in seen.values()))
        self.assertEqual(list(results.outcomes), [("a", "fail")])

    def test_worthwhile(self) -> None:
        boots = self.open({"a": ["one", "fail", "two"]})
        results = boots.round(boots.cases(""), "",
                              worthwhile=lambda results, names: names != [("a", "fail")])
        self.assertEqual(list(results.outcomes), [("a", "one"), ("a", "two")])

    def test_filter(self) -> None:
        boots = self.open({"a": ["one", "two"], "b": ["one"]})
        self.assertEqual(boots.cases("*.one"), [("a", "one"), ("b", "one")])
        for glob in ("*.on e", "a\nexit", '"*"'):
            self.assertEqual(boots.cases(glob), [])

# SPDX-License-Identifier: GPL-2.0
"""The Python package is built as README.rst draws it: floors, and no way back up."""

import ast
import re
import unittest
from pathlib import Path
from typing import Iterator

from mmtestbed.model.repository import REPOSITORY

PACKAGE = REPOSITORY / "tools" / "mmtestbed"
# A module that is longer has more than one job.
MOST_LINES = 399
# A row of the picture: the package, and what it is about.
_ROW = re.compile(r"^    \| +(\w+)/? +\| (\S.*?) *\|$", re.MULTILINE)


def modules() -> list[Path]:
    """All modules of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def name_of(module: Path) -> str:
    """'kernel.build'; of the __init__.py of a package, the package."""
    parts = module.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(module: Path) -> Iterator[str]:
    """What @module imports of ours, wherever it says so."""
    folder = module.relative_to(PACKAGE).parts[:-1]
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*folder[:len(folder) - node.level + 1],
                    *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                path = PACKAGE.joinpath(*base, alias.name)
                inner = path.is_dir() or path.with_suffix(".py").exists()
                yield ".".join([*base, alias.name] if inner else base)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle of @graph; none if there is none."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return way[way.index(name):]
        if name not in done:
            for other in sorted(graph.get(name, ())):
                found = walk(other, [*way, name])
                if found:
                    return found
            done.add(name)
        return []

    return next(filter(None, (walk(name, []) for name in sorted(graph))), [])


class Picture(unittest.TestCase):
    """The picture in README.rst."""

    def setUp(self) -> None:
        readme = REPOSITORY / "README.rst"
        if not readme.exists():
            self.skipTest("README.rst is not there")
        self.rows = [name for name, _ in _ROW.findall(readme.read_text(encoding="utf-8"))]

    def test_it_has_each_package(self) -> None:
        there = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
        self.assertEqual(sorted(self.rows), sorted({*there, "errors"}))

    def test_imports_only_go_down(self) -> None:
        for module in modules():
            mine = name_of(module).partition(".")[0]
            for other in imports(module):
                theirs = other.partition(".")[0]
                with self.subTest(f"{name_of(module)} imports {other}"):
                    if mine:
                        self.assertGreaterEqual(self.rows.index(theirs),
                                                self.rows.index(mine))

    def test_each_package_has_its_tests(self) -> None:
        for name in self.rows:
            if name != "errors":
                with self.subTest(name):
                    self.assertTrue(list((REPOSITORY / "tools/tests" / name).glob(
                        "test_*.py")))


class Modules(unittest.TestCase):
    def test_length(self) -> None:
        for module in modules():
            with self.subTest(name_of(module)):
                lines = module.read_text(encoding="utf-8").count("\n")
                self.assertLessEqual(lines, MOST_LINES)

    def test_no_circle(self) -> None:
        self.assertEqual(circle({name_of(module): set(imports(module))
                                 for module in modules()}), [])

    def test_a_circle_is_found(self) -> None:
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c"])
        self.assertEqual(circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}), [])

    def test_each_says_what_it_is(self) -> None:
        for module in modules():
            with self.subTest(name_of(module)):
                self.assertTrue(ast.get_docstring(ast.parse(
                    module.read_text(encoding="utf-8"))))

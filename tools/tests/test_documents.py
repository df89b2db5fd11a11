# SPDX-License-Identifier: GPL-2.0
"""The documents: docutils reads all of them without a word of complaint."""

import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from mmtestbed.history import explain
from mmtestbed.model import cases

from tests import support, test_style

TOP = test_style.TOP


def rendered(path: Path) -> ElementTree.Element:
    """What docutils makes of @path.  Raises AssertionError with its complaints."""
    done = subprocess.run(
        ["rst2xml", "--report=warning", "--exit-status=warning", "--halt=5",
         "--no-raw", "--no-file-insertion", path.name], cwd=path.parent,
        capture_output=True, text=True, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)
    return ElementTree.fromstring(done.stdout)


@unittest.skipUnless(shutil.which("rst2xml"), "python3-docutils is not installed")
class Docutils(support.TempCase):
    def test_each_document(self) -> None:
        documents = [path for path in test_style.files() if path.suffix == ".rst"]
        self.assertGreater(len(documents), 5)
        for path in documents:
            with self.subTest(str(path.relative_to(TOP))):
                rendered(path)

    def test_complaints_are_heard(self) -> None:
        for text in ("A title\n=====\n", "One two\n  three\nfour\n", "`nowhere`_\n",
                     "======  ==\na  b\n======\n", ".. include:: other.rst\n"):
            with self.subTest(text), self.assertRaises(AssertionError):
                rendered(self.write("bad.rst", text))

    def test_links_between_documents(self) -> None:
        for path in test_style.files():
            if path.suffix != ".rst":
                continue
            for link in rendered(path).iter("reference"):
                uri = link.get("refuri", "")
                if uri and not re.match(r"[a-z]+:", uri):
                    with self.subTest(f"{path.relative_to(TOP)}: {uri}"):
                        self.assertTrue((path.parent / uri.partition("#")[0]).exists())

    def test_pictures(self) -> None:
        """Each is there, small, and says in words what it shows."""
        shown = set()
        for path in test_style.files():
            if path.suffix == ".rst":
                for image in rendered(path).iter("image"):
                    picture = (path.parent / image.get("uri", "")).resolve()
                    shown.add(picture)
                    with self.subTest(f"{path.relative_to(TOP)}: {picture.name}"):
                        self.assertTrue(image.get("alt"))
                        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")
                        self.assertLess(picture.stat().st_size, 60_000)
        self.assertEqual({path for path in test_style.files() if path.suffix == ".png"}, shown)

    def test_contracts_are_terms_of_lists(self) -> None:
        """A reader of the rendered page finds an entry for each, with its promise."""
        path = TOP / "Documentation" / "contracts.rst"
        text = path.read_text(encoding="utf-8")
        entries = {
            item.findtext("term"): " ".join("".join(part.itertext()).strip()
                                            for part in item.findall("definition"))
            for item in rendered(path).iter("definition_list_item")}
        self.assertEqual(list(entries), cases.contracts_of(text))
        promises = explain.contracts(text)
        for id, words in entries.items():
            self.assertEqual(" ".join(words.split()), promises[str(id)])


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: GPL-2.0
"""Apply a quilt series to the files that it touches, away from the tree."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable, Optional, Sequence

from ..errors import TestbedError, UsageError
from ..git import patchtext
from ..git.gitindex import Index
from ..git.patchtext import touched
from ..host import beneath
from ..host.beneath import Blob
from ..model import configs, known
from ..model.repository import REPOSITORY
from . import cocci, hints, merging, textprobe
from .releases import by_distance, variants, version_of

__all__ = ["Applied", "Reference", "Taken", "apply", "by_distance", "files", "paths", "read",
           "touched", "variants"]
# What git says of a patch that does not fit.
_FAILED = re.compile(r"^error: patch failed: (.*):(\d+)$", re.MULTILINE)
_ERROR = re.compile(r"^(?:error|fatal): (.*)$", re.MULTILINE)
# So many lines of context need not match: those that are farthest from a change.
_FUZZ = 2
# In the folder of a patch with variants: what a kernel that needs it has, or lacks; and,
# with the name of a variant ahead of it, one that may take this.
NEEDED = "needed"
# What becomes of a semantic patch, which has no context to differ.
BY_RULE = "by a rule"
# In the folder of a group: what it proposes.
PROPOSAL = "proposal"
SELECT = re.compile(r"^\+\s+select (\w+)", re.MULTILINE)
# Where symbols are defined that an architecture, or mm, selects.
KCONFIGS = ("Kconfig", "arch/Kconfig", "arch/um/Kconfig", "arch/x86/um/Kconfig",
             "mm/Kconfig", "mm/Kconfig.debug", "fs/Kconfig", "init/Kconfig", "lib/Kconfig",
             "lib/Kconfig.debug", "kernel/trace/Kconfig", "kernel/Kconfig.locks")


@dataclass(frozen=True)
class Taken:
    """What became of one patch.

    @patch: its name in the series.
    @variant: which of its variants; "" if it has none, or if it is not needed.
    @how: "exactly", "loosely" (lines of context differ), "merged", "by a rule", "in
        already" or "not needed".
    """

    patch: str
    variant: str
    how: str


@dataclass
class Applied:
    """What the patches make of the tree.

    @files: contents by path below the tree; None where a file goes away.
    @notes: what the user should know, such as patches that were in already.
    @taken: what became of each patch.
    """

    files: dict[str, "Blob | None"] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)


def ours(fixes: bool = True, config: str = "", groups: Sequence[str] = ()) -> list[Path]:
    """The patches that kernels get: those that they need, in the variant that fits.

    @fixes: those of the code under test are among them.  @config: see read().  @groups: the
    proposals that are, by name; see proposals().  Raises TestbedError.
    """
    return [patch for patch in read(REPOSITORY / "patches", config)
            if (fixes or patch.parent.name != known.GROUP) and
            (patch.parent.name in groups or not (patch.parent / PROPOSAL).is_file())]


def every() -> list[Path]:
    """All patches that are ours, whatever kernel gets them.  Raises TestbedError."""
    return read(REPOSITORY / "patches")


def proposals() -> list[str]:
    """The groups of patches that a kernel gets only where they are named: changes to the
    code under test that are proposed.  Raises TestbedError."""
    return list(dict.fromkeys(patch.parent.name for patch in every()
                              if (patch.parent / PROPOSAL).is_file()))


def read(folder: Path, config: str = "") -> list[Path]:
    """The patches named by @folder/series, in order: a file, or a folder with the
    variants of one patch.  @config: only those for this configuration; "": all.
    Raises TestbedError.
    """
    try:
        text = (folder / "series").read_text(encoding="utf-8")
    except OSError as err:
        raise TestbedError(f"cannot read {folder}/series: {err.strerror}; "
                           "restore it from git") from None
    patches = []
    for line in text.splitlines():
        words = [word for word in line.split("#", 1)[0].split() if word[0] != "-"]
        if words and (not config or not words[1:] or configs.parts(config) & {*words[1:]}):
            path = folder / words[0]
            single = path.with_name(f"{path.name}.patch")
            patches.append(single if not path.exists() and single.exists() else path)
    for patch in patches:
        if not (patch.is_dir() and variants(patch) or patch.is_file()):
            raise TestbedError(f"{folder}/series names {patch.name}, which is not "
                               "there; restore it from git")
    return patches


def files(patches: Iterable[Path]) -> list[Path]:
    """All files of @patches, each with all of its variants."""
    return [file for patch in patches for file in (
        sorted(path for path in patch.iterdir() if path.is_file())
        if patch.is_dir() else [patch])]


def name_of(patch: Path) -> str:
    """What @patch is called in messages: as in the series if it is ours."""
    parts = _shown(patch).split("/")[1:]
    return "/".join(parts).removesuffix(".patch") if len(parts) > 1 else patch.name


def _shown(file: Path) -> str:
    """The patch @file in an error: below the repository if it is ours."""
    parts = file.parts
    if "patches" in parts[:-1]:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("patches"):])
    return f"{file.parent.name}/{file.name}"


def _failure(patch: Path, text: str, output: str, index: Index) -> TestbedError:
    """Name the patch, the file and the hunk that do not fit, and say why."""
    failed = _FAILED.search(output)
    found: list[str] = []
    if failed:
        path, start = failed.group(1), int(failed.group(2))
        number, old = patchtext.hunk(text, path, start)
        if number:
            found = hints.hint(index.tree, path, index.read(path) or b"", old)
        why = f"hunk #{number} at line {start} of {path}" if number else \
            f"line {start} of {path}"
    else:
        errors = _ERROR.findall(output) or output.strip().splitlines()
        why = errors[0] if errors else "git apply gives no reason"
    return TestbedError(f"{_shown(patch)} does not apply: {why}; "
                        "refresh the patch for this tree", found or output.splitlines()[:12])


# What patches were made on, as far as that is there: trees with the files that are asked for,
# the nearest one first.  May raise TestbedError.
Reference = Callable[[set[str]], Iterable[Path]]


def _read(patch: Path) -> tuple[str, set[str]]:
    """The text of @patch, and what it touches.

    Raises TestbedError if that is nothing, or not ours.
    """
    try:
        text = patch.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as err:
        raise UsageError(f"cannot read {patch}: {err.strerror}") from None
    paths = {*cocci.parse(_shown(patch), text).files} if patch.suffix == cocci.SUFFIX \
        else touched(text)
    if not paths:
        raise TestbedError(f"{patch} holds no diff; restore or remove it")
    for path in paths:
        if path.startswith("/") or ".." in path.split("/"):
            raise TestbedError(f"{patch} touches {path}, outside of the tree")
    return text, {path for path in paths if all(
        part not in ("", ".") for part in path.split("/"))}


def paths(patches: Sequence[Path]) -> set[str]:
    """What @patches touch, in any variant, below the tree.  Raises TestbedError."""
    return {path for patch in patches for variant in variants(patch)
            for path in _read(variant)[1]}


def looked_at(patches: Sequence[Path]) -> set[str]:
    """What decides which of @patches, and which variants, go in.  Raises TestbedError."""
    found = {"Makefile", *KCONFIGS} if any(patch.is_dir() for patch in patches) else set()
    for patch in patches:
        for file in patch.glob(f"*{NEEDED}") if patch.is_dir() else ():
            found |= {probe.path for probe in textprobe.read(file)}
    return found


def holds(file: Path, read: textprobe.Read) -> bool:
    """True if the tree is as the probes in @file say, if there is such a file."""
    return not file.is_file() or all(probe.holds(read) for probe in textprobe.read(file))


def _unknown(text: str, read: textprobe.Read) -> list[str]:
    """What the patch with this @text selects, and no Kconfig of the tree defines: such a
    line would do nothing, and say nothing."""
    wanted = dict.fromkeys(SELECT.findall(text))
    if not wanted:
        return []
    defined = {word for path in KCONFIGS for word in re.findall(
        r"^\s*(?:menu)?config (\w+)", (read(path) or b"").decode("utf-8", "replace"),
        re.MULTILINE)}
    own = set(re.findall(r"^\+\s*(?:menu)?config (\w+)", text, re.MULTILINE))
    return [word for word in wanted if word not in defined | own]


def _loosely(text: str, least: int = 1) -> list[str]:
    """What makes git apply a patch with this @text as patch(1) would.

    @least: so many lines of context have to match, if there are any.
    """
    lines = patchtext.context(text)
    return [f"-C{max(min(least, lines), lines - _FUZZ)}",
            *([] if lines else ["--unidiff-zero"])]


def _loosely_in(patch: Path, text: str, index: Index) -> bool:
    """True if @index, into which @patch does not fit, holds what it adds, and none of
    what it removes, where the lines around that have changed since."""
    return index.apply(patch, "--reverse", "--check", *_loosely(text, 0)).code == 0


def _together(patches: Sequence[Path]) -> list[Path]:
    """The last of @patches, and those ahead of it without which it makes no sense: they
    touch a file that it touches, or that one of them does."""
    found, wanted = [patches[-1]], paths(patches[-1:])
    more = True
    while more:
        more = False
        for patch in patches[:-1]:
            if patch not in found and not wanted.isdisjoint(paths([patch])):
                found.append(patch)
                wanted |= paths([patch])
                more = True
    return [patch for patch in patches if patch in found]


def _three_way(patches: Sequence[Path], index: Index, reference: Path,
               scratch: Path) -> list[str]:
    """Do to @index what the last of @patches, after the others, does to @reference.

    Returns the files that have changed.  Raises TestbedError if that is unclear.
    """
    touched_ = paths(patches[-1:])
    with tempfile.TemporaryDirectory(prefix="merge.", dir=scratch) as name:
        states = []
        for number, some in enumerate((patches[:-1], patches)):
            folder = Path(name) / str(number)
            folder.mkdir()
            files = apply(reference, some, folder).files
            states.append({path: files[path] if path in files
                           else beneath.blob_at(reference, path) for path in touched_})
        now = index.files()
        changed: dict[str, Optional[Blob]] = {}
        for path in sorted(touched_):
            ours_ = now.get(path)
            try:
                merged = merging.merge(ours_, states[0][path], states[1][path], Path(name))
            except ValueError as err:
                raise TestbedError(f"{path}: {err}") from None
            if not merging.same(merged, ours_):
                changed[path] = merged
    for path, content in changed.items():
        index.store(path, content)
    return sorted(changed)


def _merged(patches: Sequence[Path], index: Index, reference: Optional[Reference],
            scratch: Path, err: TestbedError) -> list[str]:
    """_three_way() with the first tree of @reference that makes it clear.

    Raises TestbedError: that of the first tree, or @err if there is none.
    """
    needed, why = _together(patches), err
    for tree in reference(paths(needed) | looked_at(needed)) if reference else ():
        try:
            return _three_way(needed, index, tree, scratch)
        except TestbedError as again:
            why = again if why is err else why
    raise why


def _by_other_means(patches: Sequence[Path], index: Index, reference: Optional[Reference],
                    err: TestbedError, notes: list[str], scratch: Path) -> Taken:
    """Apply the last of @patches, no variant of which fits because of @err.

    Raises TestbedError.
    """
    patch, name = patches[-1], name_of(patches[-1])
    try:
        changed = _merged(patches, index, reference, scratch, err)
    except TestbedError as why:
        for variant in variants(patch):
            if _loosely_in(variant, _read(variant)[0], index):
                return Taken(name, "", "in already")
        if why is err:
            raise
        raise TestbedError(f"{err.message} (nor by a three-way merge: {why.message})",
                           err.details) from None
    if not changed:
        return Taken(name, "", "in already")
    notes.append(f"{name} needed a three-way merge in {' '.join(changed)}")
    return Taken(name, "", "merged")


def _take(patches: Sequence[Path], index: Index, read: textprobe.Read,
          reference: Optional[Reference], notes: list[str], scratch: Path) -> Taken:
    """Apply the first variant that fits of the last of @patches.  Raises TestbedError."""
    patch, name = patches[-1], name_of(patches[-1])
    if patch.suffix == cocci.SUFFIX:
        rule = cocci.parse(_shown(patch), _read(patch)[0])
        for path, content in cocci.made(rule, index.files(), scratch).items():
            index.store(path, content)
        return Taken(name, "", BY_RULE)
    if not holds(patch / NEEDED, read):
        return Taken(name, "", "not needed")
    version = version_of(read("Makefile") or b"") if patch.is_dir() else ""
    found = [(variant, _read(variant)[0]) for variant in variants(patch, version)
             if holds(variant.with_suffix(f".{NEEDED}"), read)]
    if not found:
        raise TestbedError(f"{_shown(patch)} has no variant for this tree: none is meant "
                           "for what it has; see Documentation/kernels.rst")
    unknown = {variant: _unknown(text, read) for variant, text in found}
    useful = [(variant, text) for variant, text in found if not unknown[variant]]

    def taken(variant: Path, how: str) -> Taken:
        return Taken(name, variant.stem if patch.is_dir() else "", how)

    for variant, _ in useful:
        if index.apply(variant).code == 0:
            return taken(variant, "exactly")
    for variant, _ in found:
        # To the letter: with less context, many a patch goes in twice.
        if index.apply(variant, "--reverse", "--check").code == 0:
            return taken(variant, "in already")
    failures = []
    for variant, text in useful:
        trial = index.apply(variant, *_loosely(text))
        if trial.code == 0:
            return taken(variant, "loosely")
        failures.append(_failure(variant, text, trial.output, index))
    for variant, symbols in unknown.items():
        if symbols:
            failures.append(TestbedError(
                f"{_shown(variant)} selects {', '.join(symbols)}, which this kernel does "
                "not have; see Documentation/kernels.rst"))
    err = failures[0]
    if len(failures) > 1:
        err = TestbedError(err.message, [*err.details, *(
            f"nor: {other.message}" for other in failures[1:])])
    return _by_other_means(patches, index, reference, err, notes, scratch)


def apply(tree: Path, patches: Sequence[Path], scratch: Path,
          reference: Optional[Reference] = None) -> Applied:
    """Apply @patches, in order, to what @tree holds; neither it nor anything else but
    the empty folder @scratch is written to.

    Of a patch with variants, the first one that fits is taken.  Moved lines are tolerated,
    and lines of context that have changed, down to one.  A patch that the tree holds
    already is left out, with a note.  What does not fit is merged with what the patch does
    to one of the trees of @reference, if given.  Those in .cocci are semantic patches, as the
    controls are.  Raises TestbedError naming the patch and hunk.
    """
    result = Applied()
    everything: set[str] = set()
    index = Index(tree, scratch / "index")

    def read(path: str) -> Optional[bytes]:
        index.load([path])
        return index.read(path)

    for number, patch in enumerate(patches, 1):
        touches = paths([patch])
        index.load(touches)
        everything |= touches
        taken = _take(patches[:number], index, read, reference, result.notes, scratch)
        result.taken.append(taken)
        if taken.how == "in already":
            result.notes.append(f"{taken.patch} is in this tree already")
    held = index.files()
    for path in sorted(everything):
        if path in held or beneath.blob_at(tree, path) is not None:
            result.files[path] = held.get(path)
    return result

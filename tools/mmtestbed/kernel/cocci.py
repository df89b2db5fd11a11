# SPDX-License-Identifier: GPL-2.0
"""Semantic patches: one bug in the words of C, for every kernel that has the code.

A rule is for functions that its header names, in files that it names, and Coccinelle's
spatch sees nothing else of the kernel.  What it makes of a function is remembered, by
the rule and by the text of the function.

Rules may be foreign.  Those that could run a program are refused, and spatch runs in
a cage.
"""

from __future__ import annotations

import collections
import difflib
import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable, Mapping, Optional, Sequence

from ..errors import HostError, TestbedError
from ..host import beneath, confine, deps, lock, proc
from ..host.beneath import Blob
from ..model import ctext

# Changes when what is kept means something else.
_FORMAT = 2
# A function takes a fraction of a second, a file some seconds.  What takes very long, as
# "..." in a long function may, does not end at all: CPU seconds, and bytes.
_PATIENCE = 60
_MEMORY = 2 << 30
# Lines that differ are of one place if there are fewer between them.
_APART = 2
_PLACE = re.compile(r"^In:[ \t]*(\S+?)(?::[ \t]*(.*))?$", re.MULTILINE)
_MATCHES = re.compile(r"^Matches:[ \t]*(.*)$", re.MULTILINE)
# In C, and in a rule, but not in a comment: what makes spatch run or read something.
_FORBIDDEN = (
    (re.compile(r"\b(script|initiali[sz]e|finali[sz]e)\b\s*:"), "runs a script"),
    (re.compile(r":\s*script\b"), "runs a script"),
    (re.compile(r"^[ \t]*#", re.MULTILINE), "has a line that begins with #"),
    (re.compile(r"^[ \t]*@[^@\n]*\b(using|extends)\b", re.MULTILINE),
     "reads another file"),
    (re.compile(r"^[ \t]*(using|virtual)\b", re.MULTILINE), "reads another file"),
)
_UNCHANGED = "-o can not be applied because there are no modified files"
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"^(rule starting on line \d+) = *$|^(\w+) = *$", re.MULTILINE)
# What stands in front of the declarations of a rule, and behind them.
_HEAD = re.compile(r"^@[^@\n]*@|@@[ \t]*$", re.MULTILINE)
_ELEMENT = re.compile(r"^ +transform state: \d+\n(.*?)(?=^ +transform state:|"
                      r"^ +binding out|\Z)", re.MULTILINE | re.DOTALL)


# What the name of a semantic patch ends in.
SUFFIX = ".cocci"


@dataclass(frozen=True)
class Place:
    """Functions in @file that a rule is for; all that is in it if none are named.

    @groups: of each the first that is there: "a | b, c" is (("a", "b"), ("c",)).
    """

    file: str
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """All that are named."""
        return tuple(name for group in self.groups for name in group)


@dataclass(frozen=True)
class Rule:
    """A semantic patch.

    @header: the comment at its top, without the slashes.
    @body: what spatch reads.
    @matches: how many places it has to match, in all of them together.
    """

    name: str
    header: str
    body: str
    places: tuple[Place, ...]
    matches: int = 1

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it may change."""
        return tuple(dict.fromkeys(place.file for place in self.places))

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that it may change, as far as it names them."""
        return tuple(name for place in self.places for name in place.functions)


@dataclass(frozen=True)
class Change:
    """A function as it was, at @start of @file, and what the rule makes of it.

    @function: "" for a whole file.
    """

    file: str
    function: str
    start: int
    old: str
    new: str


def parse(name: str, text: str) -> Rule:
    """The rule @text, called @name in messages.

    Raises TestbedError if it names no place, or if it might run something.
    """
    header, body = _split(text)
    places = []
    for file, functions in _PLACE.findall(header):
        if file.startswith("/") or ".." in file.split("/"):
            raise TestbedError(f"{name} is for {file}, outside of the tree")
        groups = (tuple(re.findall(r"\w+", group)) for group in functions.split(","))
        places.append(Place(file, tuple(group for group in groups if group)))
    if not places:
        raise TestbedError(f"{name} lacks a line such as "
                           "'// In: mm/filemap.c: folio_unlock'")
    wanted = _MATCHES.search(header)
    if wanted and not re.fullmatch(r"[1-9]\d?", wanted.group(1).strip()):
        raise TestbedError(f"{name}: '{wanted.group(1)}' after Matches: is no number")
    code = _COMMENT.sub(" ", body)
    for pattern, what in _FORBIDDEN:
        if pattern.search(code) or pattern.search(body):
            raise TestbedError(f"{name} {what}, which a control may not")
    if "@@" not in code:
        raise TestbedError(f"{name} holds no rule (@@)")
    return Rule(name, header, body, tuple(places),
                int(wanted.group(1)) if wanted else 1)


def _split(text: str) -> tuple[str, str]:
    """The comment at the top of @text, without its slashes, and the rest."""
    lines = text.replace("\r\n", "\n").split("\n")
    end = 0
    while end < len(lines) and (lines[end].startswith("//") or not lines[end].strip()):
        end += 1
    header = [re.sub(r"^// ?", "", line).rstrip() for line in lines[:end]]
    return "\n".join(header).strip() + "\n", "\n".join(lines[end:])


def apply(rule: Rule, tree: Path, scratch: Path,
          cache: Optional[Path] = None) -> list[Change]:
    """What @rule changes in @tree, which is not written to.

    @scratch: an empty folder.  @cache: where results are kept.
    Raises TestbedError if none of its functions are there, or if it does not match as
    often as it should; HostError if there is no spatch.
    """
    found: list[Change] = []
    there: list[str] = []
    matches: collections.Counter[str] = collections.Counter()
    for place in rule.places:
        raw = beneath.read(tree, place.file)
        text = raw.decode("utf-8", "surrogateescape") if raw is not None else ""
        for function, start, end in _parts(place, text):
            there.append(function or place.file)
            old = text[start:end]
            new, many = _run(rule, old, scratch, cache)
            matches.update(many)
            if ctext.words(new) != ctext.words(old):
                found.append(Change(place.file, function, start, old, new))
    if not there:
        names = " ".join(f"{place.file} {' '.join(place.functions)}".strip()
                         for place in rule.places)
        raise TestbedError(f"{rule.name} does not apply: this tree does not have {names}")
    where = ", ".join(dict.fromkeys(there))
    total = sum(matches.values())
    if total != rule.matches or not found:
        raise TestbedError(f"{rule.name} does not apply: it matches {_times(total)} in "
                           f"{where}, and has to match {_times(rule.matches)}")
    # Of several, none may match in the place of another.
    most = max(1, rule.matches - len(_HEAD.findall(rule.body)) // 2 + 1)
    for which, times in matches.items():
        if times > most:
            raise TestbedError(f"{rule.name} does not apply: the {which} matches "
                               f"{_times(times)} in {where}, and another not at all")
    return found


def _times(number: int) -> str:
    return "nothing" if number == 0 else "once" if number == 1 else f"{number} times"


def _parts(place: Place, text: str) -> list[tuple[str, int, int]]:
    """(name, start, end) of each part of @text that @place means."""
    if not text:
        return []
    if not place.groups:
        return [("", 0, len(text))]
    there = ctext.find(text, place.functions)
    names = {each.name for each in there}
    wanted = {next((name for name in group if name in names), "")
              for group in place.groups}
    return [(each.name, each.start, each.end) for each in there if each.name in wanted]


def contents(changes: Sequence[Change], tree: Path) -> dict[str, bytes]:
    """The files of @tree as @changes leave them."""
    files: dict[str, bytes] = {}
    for file in dict.fromkeys(change.file for change in changes):
        raw = beneath.read(tree, file) or b""
        text = raw.decode("utf-8", "surrogateescape")
        for change in sorted((c for c in changes if c.file == file),
                             key=lambda c: -c.start):
            end = change.start + len(change.old)
            text = text[:change.start] + change.new + text[end:]
        files[file] = text.encode("utf-8", "surrogateescape")
    return files


def made(rule: Rule, files: Mapping[str, Blob], scratch: Path) -> dict[str, Blob]:
    """What @rule makes of @files, contents by path: those that it changes.

    @scratch: a folder for what is not needed for long.  Raises TestbedError as apply() does.
    """
    with tempfile.TemporaryDirectory(prefix="rule.", dir=scratch) as name:
        tree = Path(name) / "tree"
        tree.mkdir()
        for path in {*rule.files} & {*files}:
            beneath.put_blob(tree, path, files[path])
        new = contents(apply(rule, tree, Path(name)), tree)
        return {path: beneath.blob(text, files[path].mode) for path, text in new.items()}


def _key(rule: Rule, old: str) -> str:
    """Changes with all that decides what @rule makes of @old."""
    found = hashlib.sha256(f"{_FORMAT}\0{rule.body}\0{old}".encode(
        "utf-8", "surrogateescape"))
    return found.hexdigest()[:40]


def _run(rule: Rule, old: str, scratch: Path,
         cache: Optional[Path]) -> tuple[str, dict[str, int]]:
    """What @rule makes of @old, and how often each of its rules matches."""
    kept = cache / f"{_key(rule, old)}.json" if cache else None
    known = lock.read_json(kept) if kept else None
    if isinstance(known, dict) and isinstance(known.get("new"), str) \
            and isinstance(known.get("matches"), dict):
        return known["new"], known["matches"]
    new, matches = _spatch(rule, old, scratch)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        lock.write_json(kept, {"new": new, "matches": matches})
    return new, matches


def _spatch(rule: Rule, old: str, scratch: Path) -> tuple[str, dict[str, int]]:
    """Let Coccinelle apply @rule to @old."""
    if deps.missing(deps.CONTROLS):
        raise HostError("spatch is missing; install the package coccinelle")
    with tempfile.TemporaryDirectory(prefix="spatch-", dir=scratch) as name:
        folder = Path(name)
        (folder / "old.c").write_text(old + "\n", "utf-8", "surrogateescape")
        (folder / "rule.cocci").write_text(rule.body + "\n", "utf-8", "surrogateescape")
        with confine.cage([], [folder]) as cage:
            done = proc.run(
                ["prlimit", f"--cpu={_PATIENCE}", f"--as={_MEMORY}", "spatch", "--debug",
                 "--no-includes", "--no-show-diff", "--sp-file", str(folder / "rule.cocci"),
                 str(folder / "old.c"), "-o", str(folder / "new.c")],
                env=confine.environment(), cage=cage)
        made = beneath.read(folder, "new.c")
    error = _error(done.output)
    if _UNCHANGED in done.output and not error:
        return old, {}
    if done.code < 0 or "Out of memory" in done.output:
        raise TestbedError(f"{rule.name}: spatch comes to no end; say more of what stands "
                           "around the place, or leave out '...'")
    if done.code != 0 or error:
        raise TestbedError(f"{rule.name}: spatch cannot read this rule, or the code: "
                           f"{error or 'it gives no reason'}".replace(name, ""),
                           done.output.replace(f"{name}/", "").splitlines()[-8:])
    new = old if made is None else made.decode("utf-8", "surrogateescape")
    new = new.removesuffix("\n")
    matches = _count(done.output)
    more = _regions(rule.body, old, new) - sum(matches.values())
    if more > 0:
        matches["rule with alternatives"] = more
    return new, matches


def _error(output: str) -> str:
    """The line of spatch's @output that says what is wrong; "" if none does."""
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if re.match(r"Fatal error:|EXN:", line):
            return line.strip()
        if re.match(r"(minus|plus|init|\w+ \d+)?:? ?\w* ?parse error", line):
            return " ".join(part.strip() for part in lines[number:number + 2])
    return ""


def _count(output: str) -> dict[str, int]:
    """How many places each rule changed, by what spatch says of its transformations."""
    body = output.partition("let's go")[2]
    heads = list(_RULE.finditer(body))
    found: dict[str, int] = {}
    for head, after in zip(heads, [*heads[1:], None]):
        elements = collections.Counter(
            re.sub(r"\s+", " ", element).partition("with binding")[0]
            for element in _ELEMENT.findall(
                body[head.start():after.start() if after else len(body)]))
        changed = [many for element, many in elements.items()
                   if re.search(r"-\S|>>>|<<<", element)]
        if changed:
            # What stands twice in a rule is there twice for each match, and what stands
            # for any statement is as many elements as that has.
            many = min(changed)
            found[head.group(1) or f"rule {head.group(2)}"] = many
    return found


def _groups(body: str) -> int:
    """How many separate places one match of the rule @body changes."""
    # For each bracket that is open: the places in each of its alternatives.
    open_: list[list[int]] = [[0]]
    before = False
    for line in _COMMENT.sub("", body).splitlines():
        mark = line.strip() if line[:1] in ("(", "|", ")") else ""
        changes = line[:1] in ("+", "-")
        if mark == "(":
            open_.append([0])
        elif mark == "|" and len(open_) > 1:
            open_[-1].append(0)
        elif mark == ")" and len(open_) > 1:
            most = max(open_.pop())
            open_[-1][-1] += most
        else:
            open_[-1][-1] += changes and not before
        before = changes
    return max(1, sum(max(each) for each in open_))


def _regions(body: str, old: str, new: str) -> int:
    """How often the rule @body has matched if it has alternatives, by what differs
    between @old and @new: spatch does not say that of each."""
    if not re.search(r"^\|", body, re.MULTILINE):
        return 0
    regions, end = 0, -_APART
    for tag, begin, stop, _, _ in difflib.SequenceMatcher(
            None, old.splitlines(), new.splitlines(), autojunk=False).get_opcodes():
        if tag != "equal":
            regions += begin - end >= _APART
            end = stop
    return -(-regions // _groups(body))


def names(rules: Iterable[Rule]) -> Mapping[str, set[str]]:
    """The functions that @rules are for, by file."""
    found: dict[str, set[str]] = collections.defaultdict(set)
    for rule in rules:
        for place in rule.places:
            found[place.file].update(place.functions)
    return dict(found)

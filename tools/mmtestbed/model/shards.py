# SPDX-License-Identifier: GPL-2.0
"""A share of the work for one of several machines: --shard I/N.

Each machine cuts the same list into N parts and takes the I-th.  Neighbours in the list cost
about the same, so they go to different parts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Callable, Optional, Sequence, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """Part @index, from 1, of @of."""

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


def parse(text: str) -> Shard:
    """The shard that @text, such as 1/4, means.  Raises ValueError."""
    match = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"{text!r} is not of the form 1/4, with the first number from 1 to "
                         "the second")
    return Shard(int(match[1]), int(match[2]))


def part(shard: Optional[Shard], things: Sequence[T]) -> list[T]:
    """Those of @things that are in @shard, in their order; all of them if there is none."""
    return list(things) if shard is None else list(things[shard.index - 1::shard.of])


def together(parts: Sequence[Sequence[T]]) -> list[T]:
    """The list that was cut into @parts, the first of which is that of shard 1."""
    longest = max(map(len, parts), default=0)
    return [each[place] for place in range(longest) for each in parts if place < len(each)]


def facts(shard: Optional[Shard], things: Sequence[T],
          name: Callable[[T], str]) -> Optional[dict[str, Any]]:
    """@shard of the list @things for programs: whoever puts the parts together can tell
    whether they were cut from one list.  None if there is no shard."""
    if shard is None:
        return None
    whole = "\n".join(map(name, things))
    return {"index": shard.index, "of": shard.of, "total": len(things),
            "list": hashlib.sha256(whole.encode()).hexdigest()[:16]}

# SPDX-License-Identifier: GPL-2.0
"""The JSON that commands write, and read again.

SCHEMA grows when a key goes away or changes its meaning; new keys may come at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..host import lock

SCHEMA = 1


def read(path: Path) -> dict[str, Any]:
    """What a command has written to @path.

    Raises UsageError if it was none of ours, or another version of it.
    """
    data = lock.read_json(path)
    if not isinstance(data, dict) or "schema" not in data:
        raise UsageError(f"{path} is no JSON of a command of mm-testbed")
    if data["schema"] != SCHEMA:
        raise UsageError(f"{path} is of schema {data['schema']}, and this mm-testbed reads "
                         f"{SCHEMA}: use the one that wrote it, or make it again")
    return data

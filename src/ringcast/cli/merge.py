"""``ringcast merge``: event files of one plan into one."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

__all__ = ["merge"]


def merge(
    *files: Path,
    output: Annotated[Path, Parameter(alias="-o")],
    allow_gaps: Annotated[bool, Parameter(negative="")] = False,
    overwrite: Annotated[bool, Parameter(negative="")] = False,
    json_output: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Join event files that hold different events of one plan, such as those of ringcast simulate --shard.

    The result is the file that one run makes, byte for byte. Files of different plans, detectors or versions, and
    events that two files have, are refused; so are missing events, unless gaps are allowed.

    Example:
        ringcast merge part1.h5 part2.h5 -o all.h5

    Args:
        files: Event files, in any order.
        output: The event file to write.
        allow_gaps: Write the file even if events of the plan are in none of the files, and name them.
        overwrite: Replace the output if it exists.
        json_output: Print what was merged as one JSON document.
    """
    from ringcast.errors import FileError
    from ringcast.storage import EventStore, merge_events
    from ringcast.storage.claim import claimed
    from ringcast.storage.parts import name_events

    if output.exists() and not overwrite:
        raise FileError(f"{output}: exists already; name another file, or ask to overwrite it (--overwrite)")
    with claimed(output):
        missing = merge_events(files, output, gaps_allowed=allow_gaps)
    n_events = len(EventStore.open(output))
    if json_output:
        gaps = [[gap.start, gap.stop - 1] for gap in missing]
        print(json.dumps({"file": str(output), "files": len(files), "events": n_events, "missing": gaps}))
        return
    print(f"wrote {output}: {n_events} events of {len(files)} files")
    for gap in missing:
        print(f"  missing: {name_events(gap)}")

"""Groups analysed JSON lines, without archive or index: the same lines come out, each with its incident."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import orjson

from nlp.incidents.grouper import Grouper
from nlp.incidents.traits import traits_of_line
from nlp.raw_lines import LONGEST_LINE, read_lines


def group_lines(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield each line with `incident: {id, link}`; one that cannot be grouped carries an `error` instead.

    A line that already carries an error goes through as it is. The order of the lines decides who founds an incident.
    """
    grouper = Grouper()
    try:
        for line in lines:
            yield _grouped(line, grouper)
    finally:
        grouper.close()


def group_stream(infile: BinaryIO, outfile: BinaryIO) -> int:
    """Write one line for each line read, in the same order, and return their number."""
    count = 0
    for line in group_lines(map(_read_line, read_lines(infile))):
        outfile.write(_written(line))
        count += 1
    outfile.flush()
    return count


def _grouped(line: dict[str, Any], grouper: Grouper) -> dict[str, Any]:
    if "error" in line:
        return line
    try:
        traits = traits_of_line(line)
    except ValueError as exc:
        return {**line, "error": str(exc)}
    linkage = grouper.assign_traits(traits)
    return {**line, "incident": {"id": linkage.incident_id, "link": linkage.link, "similarity": linkage.similarity}}


def _read_line(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST_LINE:
        return {"id": None, "error": f"line is longer than {LONGEST_LINE} bytes"}
    if not raw.strip():
        return {"id": None, "error": "line is empty"}
    try:
        line = json.loads(raw)  # Python's decoder also takes lone surrogates
    except (ValueError, RecursionError) as exc:
        return {"id": None, "error": f"line is no valid JSON ({exc})"}
    return line if isinstance(line, dict) else {"id": None, "error": "line is no JSON object"}


def _written(line: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # lone surrogates and numbers beyond 64 bits: ASCII with escapes holds them
        pass
    try:
        return json.dumps(line).encode() + b"\n"
    except RecursionError:
        return orjson.dumps({"id": None, "error": "line is nested too deeply"}) + b"\n"

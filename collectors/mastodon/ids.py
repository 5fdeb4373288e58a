"""Mastodon's numbers carry the moment of posting: milliseconds above 16 bits of sequence."""

from __future__ import annotations

from datetime import UTC, datetime

from collectors.snowflake import Snowflake, read_number

NUMBERS = Snowflake(epoch=datetime(1970, 1, 1, tzinfo=UTC), sequence_bits=16)

first_id_at = NUMBERS.first_id_at
span_of = NUMBERS.span_of
read_id = read_number

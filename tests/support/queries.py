"""What hostile or hasty people type into a search box, for Hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

_PIECES = (
    "kategori:", "tempat:", "urgensi>=", "urgensi:<", "sejak:", "sampai:", "status:", "sumber:", "tinjau:", '"', "“",
    "~", "~3", "~999999999", "(", ")", "-", "*", " OR ", " ATAU ", " BUKAN ", " DAN ", "jalan", "rusak", "jal*", " ",
    "33.25", "0,5", "2026-11", "banjir", "\\", "'", "{", "^", "&&", "NEAR(", "stems:", "\x00", "\ud800", "\u202e", "ß", "İ",
    "東京", "😀", "a" * 70,
)  # fmt: skip

typed_queries = (
    st.text(max_size=120)
    | st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=20).map("".join)
    | st.lists(st.sampled_from(_PIECES), max_size=400).map("".join)
)

"""Whatever a post says, the page shows it and obeys none of it."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from dashboards.console.markup import Mark, cut_text, mark_text, plain, safe_url

_NASTY = st.text(st.sampled_from("<>&\"'ab \n\x00\u202e\u2066\u200b\ufeff\ud800\U0001f469\u200d{}"), max_size=60)
_SPAN = st.tuples(st.integers(-3, 70), st.integers(-3, 70))
_TAG = re.compile(r'</?(?:mark|span|bdi)(?: [a-z]+="[^"<>]*")*>')


def _marks(spans: list[tuple[int, int]]) -> list[Mark]:
    return [Mark(start=start, end=end, style="evidence", spoken="bukti") for start, end in spans]


@given(text=_NASTY, spans=st.lists(_SPAN, max_size=6))
def test_marked_text_is_only_our_tags_and_the_text_itself(text: str, spans: list[tuple[int, int]]):
    shown = str(mark_text(text, _marks(spans)))
    shown.encode()
    spoken = re.sub(r'<span class="vh">[^<]*</span>', "", shown)
    assert "<" not in _TAG.sub("", spoken)
    assert html.unescape(_TAG.sub("", spoken)) == plain(text)
    assert shown.count("<mark") == shown.count("</mark>")


@given(
    text=_NASTY.filter(bool), spans=st.lists(_SPAN, max_size=6), length=st.integers(12, 60), first=st.integers(0, 59)
)
def test_a_cut_keeps_marks_on_the_same_words(text: str, spans: list[tuple[int, int]], length: int, first: int):
    marks = [mark for mark in _marks(spans) if 0 <= mark.start < mark.end <= len(text)]
    shown, moved = cut_text(text, marks, first=min(first, len(text) - 1), length=length)
    assert len(shown) <= length + 4
    for mark in moved:
        assert shown[mark.start : mark.end] in text


def test_plain_keeps_the_length_and_what_emoji_need():
    assert plain("a\u202eb\x00c\ud800") == "a\ufffdb\ufffdc\ufffd"
    assert plain("\U0001f469\u200d\U0001f467 jalan\n\tdua") == "\U0001f469\u200d\U0001f467 jalan\n\tdua"


def test_only_web_addresses_become_links():
    assert safe_url("https://example.org/a?b=c") == "https://example.org/a?b=c"
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://",
        "https://a\u202eb",
        "java\nscript:x",
        None,
    ):
        assert safe_url(address) is None


def test_a_text_marked_all_over_stays_quick():
    text = "a " * 20_000
    assert len(mark_text(text, _marks([(at * 2, at * 2 + 1) for at in range(20_000)]))) < 200_000

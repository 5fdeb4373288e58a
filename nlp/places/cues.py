"""What stands around a name and says that a place is meant: a level word, a neighbourhood number, a preposition."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

from nlp.areas import KELURAHAN
from nlp.frequency import zipf
from nlp.places.gazetteer import Hit
from nlp.places.named import head_ends_sentence
from nlp.places.tokens import Tokens
from nlp.places.words import load_words

Kind = Literal["Kabupaten", "Kota"]
Cue = Literal["", "capital", "place", "small", "people", "towards", "denied"]
"""A capital in mid-sentence may also be a person's; a preposition ("di"), or a road just before, says a place;
"kampung" and the like a small one, "warga" one in which people live, "arah" that a road leads there, "bukan" that it is
another."""

PLACE_CUES: frozenset[Cue] = frozenset({"place", "small", "people", "towards", "denied"})

_ENDS = frozenset(".!?\n")
_GLUED = ("di", "ke")
_PLAIN_LEVEL = 4.0
_BETWEEN = 3
_NAME_WORD_MIN = 3
_NEIGHBOURHOOD_MAX_ZIPF = 3.7


class Asked(NamedTuple):
    """The level that a name is said to have (0 provinsi to 3 kelurahan), and the first word that says so."""

    depth: int | None
    kind: Kind | None
    opens: int


def read_level(tokens: Tokens, hit: Hit, *, known: bool, mixed: bool) -> Asked:
    """Return the level that the words before a name ask for; none where they speak of something else.

    `known` says that the name is a large area's, or one of the home region: no everyday word after a level word.
    """
    words = load_words()
    first = hit.first
    if first == 0 or not tokens.near(first - 1):
        return Asked(None, None, first)
    for opens in (first - 2, first - 1):
        level = " ".join(tokens.keys[max(opens, 0) : first])
        depth = words.levels.get(level) if opens >= 0 else None
        if depth is None:
            continue
        if level not in words.short_levels and "." in tokens.gap(first - 1):
            # "... ke kelurahan. Sudah dua kali"
            break
        plain = hit.everyday >= _PLAIN_LEVEL and not known and not (mixed and tokens.capital(first))
        if plain and not closes(tokens, hit.last):
            # "kelurahan lebih cepat"
            break
        return Asked(depth, "Kabupaten" if level in words.kabupaten else "Kota" if level in words.kota else None, opens)
    sure = hit.everyday < _NEIGHBOURHOOD_MAX_ZIPF or (known and hit.last - first > 1)
    if sure and _follows_neighbourhood(tokens, first) and not goes_on_as_street(tokens, hit):
        # "RT 02 RW 05 Lontar": neighbourhoods are numbered within a kelurahan
        return Asked(KELURAHAN, None, first)
    return Asked(None, None, first)


def read_cue(tokens: Tokens, hit: Hit, name: str, *, mixed: bool) -> Cue:
    """Return what besides a level word says that a place is named here."""
    first, words = hit.first, load_words()
    before = tokens.key(first - 1)
    if first and tokens.near(first - 1) and before in words.near:
        return "small" if before in words.small else "people" if before in words.people else "place"
    if _is_named_in_chatter(tokens, hit, name):
        return "place"
    if tokens.key(first).startswith(_GLUED) and tokens.key(first)[2:] == name:
        return "place"
    if mixed and tokens.capital(first) and _is_said_city(tokens, hit.last):
        return "place"
    starts_sentence = first == 0 or not _ENDS.isdisjoint(tokens.gap(first - 1))
    return "capital" if mixed and not starts_sentence and tokens.capital(first) else ""


def _is_named_in_chatter(tokens: Tokens, hit: Hit, name: str) -> bool:
    """Whether "lewatin", "lampu merah" or the like stands right before what is no everyday word."""
    words, before = load_words(), hit.first - 1
    if not tokens.near(before) or not (tokens.key(before) in words.chatter or tokens.key(before) in words.spots):
        return False
    written = " ".join(tokens.keys[hit.first : hit.last])
    return hit.everyday < _NEIGHBOURHOOD_MAX_ZIPF or words.is_well_known(name, written)


def _is_said_city(tokens: Tokens, after: int) -> bool:
    """Whether "kota" or "kab" follows a name and nothing more: "Tegal kota."."""
    said = tokens.key(after) in load_words().said_after and tokens.gap(after - 1) == " "
    return said and (closes(tokens, after + 1) or "." in tokens.gap(after))


def leads_there(tokens: Tokens, opens: int) -> bool:
    """Whether the words before `opens` say that a road leads there or that it lies next door: "arah kota Batang"."""
    words = load_words()
    at = skip_back(tokens, opens, words.between, most=_BETWEEN)
    return tokens.near(at) and tokens.key(at) in words.towards


def skip_back(tokens: Tokens, opens: int, words: Collection[str], *, most: int) -> int:
    """Return the place before `opens` at which none of some words stands any more, or that is so many words away."""
    at = opens - 1
    while opens - 1 - at < most and tokens.near(at) and tokens.key(at) in words:
        at -= 1
    return at


def names_something_else(tokens: Tokens, hit: Hit) -> bool:
    """Whether the word before says that a person or a dish is named ("pak Eri", "soto Lamongan")."""
    return hit.first > 0 and tokens.tied(hit.first - 1) and tokens.key(hit.first - 1) in load_words().others


def goes_on(tokens: Tokens, hit: Hit, starts: Collection[int]) -> bool:
    """Whether the next word belongs to the name, which then is another ("Manyar Rejo"); `starts` open other names."""
    last = hit.last
    if last >= len(tokens) or last in starts or not tokens.tied(last - 1) or tokens.gap(last - 1) != " ":
        return False
    words, key = load_words(), tokens.key(last)
    if key in words.stop or key in words.near or key in words.levels or key in words.neighbourhood:
        return False
    if key in words.inside:
        return True
    rare = key.isalpha() and len(key) >= _NAME_WORD_MIN and not zipf(key)
    return rare and (tokens.capital(last) or not tokens.capital(hit.first))


def is_set_off(tokens: Tokens, hit: Hit) -> bool:
    """Whether a name stands between commas, or opens or ends a sentence and a comma parts it from the rest."""
    before = "." if hit.first == 0 else tokens.gap(hit.first - 1)
    after = "." if hit.last >= len(tokens) else tokens.gap(hit.last - 1)
    opens, ends = set(before) & _ENDS, set(after) & _ENDS
    return ("," in before and ("," in after or bool(ends))) or ("," in after and bool(opens))


def is_doubled(tokens: Tokens, hit: Hit) -> bool:
    """Whether the same words stand just before or after: "krucil-krucil" is no place."""
    size = hit.last - hit.first
    own = tokens.keys[hit.first : hit.last]
    after = tokens.keys[hit.last : hit.last + size] == own and tokens.tied(hit.last - 1)
    before = hit.first >= size and tokens.keys[hit.first - size : hit.first] == own and tokens.tied(hit.first - 1)
    return after or before


def read_street(tokens: Tokens, hit: Hit) -> Literal["street", "road", "free"]:
    """Return whether the words around a name say that it is a street's: "jalan Gresik", "Subah gang 2"."""
    before = hit.first - 1
    headed = tokens.tied(before) and tokens.key(before) in load_words().street_heads
    if headed and not head_ends_sentence(tokens, before):
        return "street"
    return "road" if goes_on_as_street(tokens, hit) else "free"


def goes_on_as_street(tokens: Tokens, hit: Hit) -> bool:
    """Whether what follows says that a name is a street's: "Subah gang 2", "Limpung Jaya Utara"."""
    key, words = tokens.key(hit.last), load_words()
    return tokens.tied(hit.last - 1) and (key in words.road_endings or (key.isdigit() and len(key) <= 3))


def closes(tokens: Tokens, after: int) -> bool:
    """Whether a name ends where an address would: at the end, at a comma or line, before a level word."""
    if after >= len(tokens) or not tokens.tied(after - 1):
        return True
    words = load_words()
    return tokens.key(after) in words.levels or tokens.key(after) in words.neighbourhood


def _follows_neighbourhood(tokens: Tokens, first: int) -> bool:
    number = tokens.key(first - 1)
    return number.isdigit() and tokens.near(first - 1) and tokens.key(first - 2) in load_words().neighbourhood

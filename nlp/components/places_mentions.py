"""Mentions: names of areas in a text that are meant as places, each with what speaks for it.

First the regencies and cities, and whatever a level word announces; they say where other names are to be expected,
also misspelt ones. Everyday words that are also names ("Yang", "Baru", "Batang") count only with a cue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nlp.areas import area_label, level_of
from nlp.components.places_address import has_neighbourhood, read_addresses
from nlp.components.places_belief import (
    COMMON_ZIPF,
    ROADS,
    Context,
    Nearness,
    any_large,
    is_believed,
    is_rural,
    nearness,
)
from nlp.components.places_cues import (
    Asked,
    Cue,
    Kind,
    goes_on,
    is_doubled,
    names_something_else,
    read_cue,
    read_level,
    read_street,
)
from nlp.components.places_gazetteer import Gazetteer, Hit, load_gazetteer
from nlp.components.places_named import Named
from nlp.components.places_spelling import find_misspelt, sounds_like
from nlp.components.places_tokens import Tokens, is_mixed_case, is_title_case
from nlp.components.places_words import load_words
from nlp.frequency import zipf

MAX_MENTIONS = 40

_KELURAHAN = 3
_MAX_REGENCIES = 4
# A word rarer than this makes a longer name far away the one that is meant ("Batang Toru").
_OWN_ZIPF = 3.5


class Mention(NamedTuple):
    """A name at words `first` to before `last`; `depth` is the level a word before it asks for, `opens` that word."""

    opens: int
    first: int
    last: int
    name: str
    codes: tuple[str, ...]
    depth: int | None
    kind: Kind | None
    context: Context
    cue: Cue
    near: Nearness
    everyday: float


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """A text, and what is known of it while its names are judged one by one."""

    tokens: Tokens
    gazetteer: Gazetteer
    mixed: bool
    contexts: dict[int, Context]
    after_named: frozenset[int]
    starts: Collection[int]


def find_mentions(tokens: Tokens, named: Sequence[Named], *, favoured: Sequence[str]) -> list[Mention]:
    """Return the mentions that are meant as places, in reading order; none overlap.

    `favoured` are areas in which a short name is believed before a longer one elsewhere.
    """
    gazetteer = load_gazetteer()
    # "timbang" of "jembatan timbang" is no village
    heads = frozenset(at for each in named for at in range(each.first, each.name))
    hits = [hit for hit in gazetteer.find(tokens) if hit.last - 1 not in heads]
    reading = _reading(tokens, named, gazetteer, {hit.first for hit in hits if hit.everyday < COMMON_ZIPF})
    home = tuple(favoured)
    asked = read_addresses(tokens, hits, [_asked(reading, hit, home) for hit in hits])
    expected = (*home, *_named_regencies(reading, hits, asked))
    mentions = _judge(reading, zip(hits, asked, strict=True), expected)
    mentions.update(_judge(reading, _misspelt(reading, hits, expected, home), expected))
    return _numbered(tokens, _without_overlaps(list(mentions.values()), expected)[:MAX_MENTIONS])


def _misspelt(
    reading: _Reading, hits: Sequence[Hit], expected: tuple[str, ...], home: tuple[str, ...]
) -> list[tuple[Hit, Asked]]:
    """Return nearly spelt names of the expected regencies, and their level.

    What is exactly the name of a place far away is another's only where it sounds the same or a level is said.
    """
    gazetteer = reading.gazetteer
    regencies = tuple(dict.fromkeys(area[:5] for area in expected if "." in area))[:_MAX_REGENCIES]
    if not regencies:
        return []
    known = {(hit.first, hit.last) for hit in hits if not _is_far(gazetteer, hit, expected)}
    far = {(hit.first, hit.last) for hit in hits} - known
    found = [(hit, _asked(reading, hit, home)) for hit in find_misspelt(reading.tokens, regencies, known=known)]
    return [
        (hit, asked)
        for hit, asked in found
        if (hit.first, hit.last) not in far
        or asked.depth is not None
        or sounds_like("".join(reading.tokens.keys[hit.first : hit.last]), gazetteer.names[hit.name])
    ]


def _is_far(gazetteer: Gazetteer, hit: Hit, expected: tuple[str, ...]) -> bool:
    return hit.name not in gazetteer.large and nearness(hit.name, expected) == "far"


def _reading(tokens: Tokens, named: Sequence[Named], gazetteer: Gazetteer, starts: Collection[int]) -> _Reading:
    hollow = load_words().hollow
    contexts: dict[int, Context] = {}
    for each in named:
        head = " ".join(tokens.keys[each.first : each.name])
        context: Context = "hollow" if each.type == "landmark" and head in hollow else each.type
        contexts.update(dict.fromkeys(range(each.first, each.last), context))
        if each.type == "road":
            contexts[each.name] = "street"
    return _Reading(
        tokens=tokens,
        gazetteer=gazetteer,
        mixed=is_mixed_case(tokens.text) and not is_title_case(tokens.text),
        contexts=contexts,
        after_named=frozenset(each.last for each in named if tokens.tied(each.last - 1)),
        starts=starts,
    )


def _asked(reading: _Reading, hit: Hit, home: tuple[str, ...]) -> Asked:
    known = hit.name in reading.gazetteer.large or nearness(hit.name, home) == "regency"
    return read_level(reading.tokens, hit, known=known, mixed=reading.mixed)


def _named_regencies(reading: _Reading, hits: Sequence[Hit], asked: Sequence[Asked]) -> list[str]:
    """Return the regencies and cities that the text names, as far as that can be told name by name."""
    regencies: dict[str, None] = {}
    for hit, level in zip(hits, asked, strict=True):
        if hit.name not in reading.gazetteer.large:
            continue
        codes = [code for code in reading.gazetteer.codes[hit.name] if code.count(".") == 1]
        if codes and reading.contexts.get(hit.first) not in ROADS:
            mention = _mention(reading, hit, level, ())
            if mention is not None and mention.depth in (None, 1) and mention.context not in ROADS:
                regencies.update(dict.fromkeys(code for code in codes if fits_kind(code, mention.kind)))
    return list(regencies)


def _judge(
    reading: _Reading, hits: Iterable[tuple[Hit, Asked]], expected: tuple[str, ...]
) -> dict[tuple[int, int], Mention]:
    meant: dict[tuple[int, int], Mention] = {}
    doubted: list[Hit] = []
    for hit, asked in hits:
        mention = _mention(reading, hit, asked, expected)
        if mention is not None:
            span = (hit.first, hit.last)
            meant[span] = _merge(meant[span], mention) if span in meant else mention
        elif hit.last - hit.first > 1 and hit.everyday < COMMON_ZIPF:
            doubted.append(hit)
    # "dukuh Kupang": a name that is not believed is no proof of a shorter one in it
    inner = {(at, last) for hit in doubted if (hit.first, hit.last) not in meant for at, last in _parts(hit)}
    return {span: each for span, each in meant.items() if span not in inner or each.depth is not None}


def _parts(hit: Hit) -> Iterator[tuple[int, int]]:
    """Yield the stretches of words at the end of a name, without the whole."""
    return ((first, hit.last) for first in range(hit.first + 1, hit.last))


def _merge(one: Mention, other: Mention) -> Mention:
    """Join two spellings of the same words ("Tambak Rejo", "Tambakrejo")."""
    near = one.near if one.near != "far" else other.near
    return one._replace(codes=tuple(sorted({*one.codes, *other.codes})), depth=one.depth or other.depth, near=near)


def _mention(reading: _Reading, hit: Hit, asked: Asked, expected: tuple[str, ...]) -> Mention | None:
    tokens, name, codes = reading.tokens, reading.gazetteer.names[hit.name], reading.gazetteer.codes[hit.name]
    words = load_words()
    if asked.depth is not None and not any(code.count(".") == asked.depth for code in codes):
        # "Kelurahan Surabaya" and the like: the level word belongs to something else
        asked = Asked(None, None, hit.first)
    if name in words.levels or (name in words.stop and not (reading.mixed and tokens.capital(hit.first))):
        # "kelurahan yang", "desa ini": the level word stands for itself
        return None
    context = reading.contexts.get(hit.first) or read_street(tokens, hit)
    cue = "place" if hit.first in reading.after_named else read_cue(tokens, hit, name, mixed=reading.mixed)
    near = nearness(hit.name, expected)
    if asked.depth is None:
        if names_something_else(tokens, hit) or is_doubled(tokens, hit):
            return None
        if near == "far" and is_rural(codes) and goes_on(tokens, hit, reading.starts):
            return None
        written = tokens.text[tokens.starts[hit.first] : tokens.ends[hit.last - 1]]
        if not is_believed(name, codes, hit.everyday, context=context, cue=cue, near=near, written=written):
            return None
    return Mention(
        opens=asked.opens,
        first=hit.first,
        last=hit.last,
        name=name,
        codes=codes,
        depth=asked.depth,
        kind=asked.kind,
        context=context,
        cue=cue,
        near=near,
        everyday=hit.everyday,
    )


def _without_overlaps(mentions: list[Mention], expected: Sequence[str]) -> list[Mention]:
    """Keep the best of overlapping mentions: large or expected areas, then the longest name."""
    taken: set[int] = set()
    kept: list[Mention] = []
    near = {at for each in mentions if _is_near(each) for at in range(each.first, each.last)}

    def worth(mention: Mention) -> tuple[bool, int, int]:
        preferred = not expected or mention.depth is not None or _is_near(mention)
        return preferred or _has_word_of_its_own(mention, near), mention.last - mention.first, -mention.first

    for mention in sorted(mentions, key=worth, reverse=True):
        span = range(mention.first, mention.last)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.first)


def _numbered(tokens: Tokens, mentions: list[Mention]) -> list[Mention]:
    """Read a name before the number of a neighbourhood as a kelurahan's, unless one is named as such."""
    if any(each.depth == _KELURAHAN for each in mentions):
        return mentions
    return [
        each._replace(depth=_KELURAHAN)
        if each.near == "regency"
        and each.depth is None
        and each.context == "free"
        and has_neighbourhood(tokens, each.last)
        else each
        for each in mentions
    ]


def _is_near(mention: Mention) -> bool:
    return mention.near != "far" or any_large(mention.codes)


def _has_word_of_its_own(mention: Mention, near: set[int]) -> bool:
    """Whether a longer name far away has a word that nothing nearer explains: "Batang Toru", not "Keputih Baru"."""
    words = mention.name.split()
    if len(words) != mention.last - mention.first:
        return False
    return any(mention.first + at not in near and zipf(word) < _OWN_ZIPF for at, word in enumerate(words))


def fits_kind(code: str, kind: Kind | None) -> bool:
    """Whether a regency or city is of the kind that the text says."""
    if kind is None or level_of(code) != "kabkota":
        return True
    return area_label(code).startswith("Kab." if kind == "Kabupaten" else "Kota")

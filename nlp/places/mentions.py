"""Mentions: names of areas in a text that are meant as places, each with what speaks for it.

First the regencies and cities, and whatever a level word announces; they say where other names are to be expected,
also misspelt ones. Everyday words that are also names ("Yang", "Baru", "Batang") count only with a cue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nlp.areas import KELURAHAN
from nlp.places.address import has_neighbourhood, read_addresses
from nlp.places.aside import set_aside
from nlp.places.belief import COMMON_ZIPF, ROADS, nearness
from nlp.places.cues import Asked
from nlp.places.gazetteer import Gazetteer, Hit, load_gazetteer
from nlp.places.meant import Setting, mention_of, read_asked, read_setting
from nlp.places.mention import Mention, fits_kind
from nlp.places.named import Named
from nlp.places.overlaps import without_overlaps
from nlp.places.spelling import find_misspelt, sounds_like
from nlp.places.tokens import Tokens

MAX_MENTIONS = 40

_MAX_REGENCIES = 4


def find_mentions(tokens: Tokens, named: Sequence[Named], *, favoured: Sequence[str]) -> list[Mention]:
    """Return the mentions that are meant as places, in reading order; none overlap.

    `favoured` are areas in which a short name is believed before a longer one elsewhere.
    """
    gazetteer = load_gazetteer()
    # "timbang" of "jembatan timbang" is no village
    heads = frozenset(at for each in named for at in range(each.first, each.name))
    hits = [hit for hit in gazetteer.find(tokens) if hit.last - 1 not in heads]
    setting = read_setting(tokens, named, gazetteer, {hit.first for hit in hits if hit.everyday < COMMON_ZIPF})
    home = tuple(favoured)
    asked = read_addresses(tokens, hits, [read_asked(setting, hit, home) for hit in hits])
    expected = (*home, *_named_regencies(setting, hits, asked))
    mentions = _judge(setting, zip(hits, asked, strict=True), expected)
    mentions.update(_judge(setting, _misspelt(setting, hits, expected, home), expected))
    return set_aside(tokens, _numbered(tokens, without_overlaps(list(mentions.values()), expected)[:MAX_MENTIONS]))


def _misspelt(
    setting: Setting, hits: Sequence[Hit], expected: tuple[str, ...], home: tuple[str, ...]
) -> list[tuple[Hit, Asked]]:
    """Return nearly spelt names of the expected regencies, and their level.

    What is exactly the name of a place far away is another's only where it sounds the same or a level is said.
    """
    gazetteer = setting.gazetteer
    regencies = tuple(dict.fromkeys(area[:5] for area in expected if "." in area))[:_MAX_REGENCIES]
    if not regencies:
        return []
    known = {(hit.first, hit.last) for hit in hits if not _is_far(gazetteer, hit, expected)}
    far = {(hit.first, hit.last) for hit in hits} - known
    found = [(hit, read_asked(setting, hit, home)) for hit in find_misspelt(setting.tokens, regencies, known=known)]
    return [
        (hit, asked)
        for hit, asked in found
        if (hit.first, hit.last) not in far
        or asked.depth is not None
        or sounds_like("".join(setting.tokens.keys[hit.first : hit.last]), gazetteer.names[hit.name])
    ]


def _is_far(gazetteer: Gazetteer, hit: Hit, expected: tuple[str, ...]) -> bool:
    return hit.name not in gazetteer.large and nearness(hit.name, expected) == "far"


def _named_regencies(setting: Setting, hits: Sequence[Hit], asked: Sequence[Asked]) -> list[str]:
    """Return the regencies and cities that the text names, as far as that can be told name by name."""
    regencies: dict[str, None] = {}
    for hit, level in zip(hits, asked, strict=True):
        if hit.name not in setting.gazetteer.large:
            continue
        codes = [code for code in setting.gazetteer.codes[hit.name] if code.count(".") == 1]
        if codes and setting.contexts.get(hit.first) not in ROADS:
            mention = mention_of(setting, hit, level, ())
            if mention is not None and mention.depth in (None, 1) and mention.context not in ROADS:
                regencies.update(dict.fromkeys(code for code in codes if fits_kind(code, mention.kind)))
    return list(regencies)


def _judge(
    setting: Setting, hits: Iterable[tuple[Hit, Asked]], expected: tuple[str, ...]
) -> dict[tuple[int, int], Mention]:
    meant: dict[tuple[int, int], Mention] = {}
    doubted: list[Hit] = []
    for hit, asked in hits:
        mention = mention_of(setting, hit, asked, expected)
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


def _numbered(tokens: Tokens, mentions: list[Mention]) -> list[Mention]:
    """Read a name beside the number of a neighbourhood as a kelurahan's, unless a level word names another as such."""
    villages = [each for each in mentions if each.depth == KELURAHAN]
    if any(each.opens < each.first for each in villages):
        return [
            each._replace(depth=None) if each in villages and each.opens == each.first else each for each in mentions
        ]
    if villages:
        return mentions
    return [each._replace(depth=KELURAHAN) if _is_numbered(tokens, each) else each for each in mentions]


def _is_numbered(tokens: Tokens, mention: Mention) -> bool:
    """Whether an expected name stands before the number of a neighbourhood: "Lontar RT 02"."""
    expected = mention.near == "regency" and mention.depth is None and mention.context == "free"
    return expected and has_neighbourhood(tokens, mention.last)

"""Mentions: names of areas in a text that are meant as places, each with what speaks for it.

437 one-word names are everyday words (Yang, Baru, Batang): they count only with a cue, which is a level word
("kec."), a neighbourhood number ("RW 05 Lontar"), or a preposition or capital together with a favoured area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wordfreq import zipf_frequency

from nlp.areas import area_label, is_within, level_of
from nlp.components.places_gazetteer import Gazetteer, Hit, load_gazetteer
from nlp.components.places_named import Named
from nlp.components.places_tokens import Tokens, is_mixed_case, is_title_case
from nlp.components.places_words import load_words

MAX_MENTIONS = 40

Context = Literal["free", "road", "landmark"]

_COMMON_ZIPF = 3.7
# A word known to everyday language at all ("pisan", "gotong royong") is no village far away without a cue.
_KNOWN_ZIPF = 2.5
# A word rarer than this makes a longer name far away the one that is meant ("Batang Toru").
_OWN_ZIPF = 3.5
_ALWAYS_CUED = 8.0
_KELURAHAN = 3


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A name at words `first` to before `last`; `depth` is the level a word before it asks for, `opens` that word."""

    opens: int
    first: int
    last: int
    name: str
    codes: tuple[str, ...]
    depth: int | None
    kind: Literal["Kabupaten", "Kota"] | None
    context: Context
    cued: bool
    bare: bool
    everyday: float


def find_mentions(tokens: Tokens, named: Sequence[Named], *, favoured: Sequence[str]) -> list[Mention]:
    """Return the mentions that are meant as places, in reading order; none overlap.

    `favoured` are areas in which a short name is believed before a longer one elsewhere.
    """
    gazetteer = load_gazetteer()
    mixed = is_mixed_case(tokens.text) and not is_title_case(tokens.text)
    contexts = _contexts(named)
    after_named = frozenset(each.last for each in named if tokens.tied(each.last - 1))
    meant: dict[tuple[int, int], Mention] = {}
    heads = frozenset(at for each in named for at in range(each.first, each.name))
    for hit in gazetteer.find(tokens):
        if hit.last - 1 in heads:
            # "timbang" of "jembatan timbang" is no village
            continue
        context = contexts.get(hit.first) or ("road" if _reads_as_road(tokens, hit.last) else "free")
        cue = hit.first in after_named or _cue(tokens, hit, mixed=mixed)
        mention = _mention(gazetteer, tokens, hit, context, favoured=favoured, mixed=mixed, cue=cue)
        if mention is not None:
            span = (hit.first, hit.last)
            meant[span] = _merge(meant[span], mention) if span in meant else mention
    return _without_overlaps(list(meant.values()), favoured)[:MAX_MENTIONS]


def _merge(one: Mention, other: Mention) -> Mention:
    """Join two spellings of the same words ("Tambak Rejo", "Tambakrejo")."""
    return replace(one, codes=tuple(sorted({*one.codes, *other.codes})), depth=one.depth or other.depth)


def _contexts(named: Sequence[Named]) -> dict[int, Context]:
    return {at: each.type for each in named for at in range(each.first, each.last)}


def _reads_as_road(tokens: Tokens, after: int) -> bool:
    """Whether what follows a name says that it names a street: "Limpung Jaya Utara 3", "Subah gang 2"."""
    key = tokens.key(after)
    return tokens.tied(after - 1) and (key in load_words().road_endings or (key.isdigit() and len(key) <= 3))


def _mention(
    gazetteer: Gazetteer, tokens: Tokens, hit: Hit, context: Context, *, favoured: Sequence[str], mixed: bool, cue: bool
) -> Mention | None:
    name, codes, everyday = gazetteer.names[hit.name], gazetteer.codes[hit.name], hit.everyday
    depth, kind = _level_before(tokens, hit.first)
    if depth is None and everyday < _COMMON_ZIPF and _follows_neighbourhood(tokens, hit.first):
        # "RT 02 RW 05 Lontar": neighbourhoods are numbered within a kelurahan
        depth = _KELURAHAN
    if depth is not None and not any(code.count(".") == depth for code in codes):
        # "Kelurahan Surabaya" and the like: the level word belongs to something else
        depth, kind = None, None
    is_favoured = any(is_within(code, area) for code in codes for area in favoured)
    cued = depth is not None
    if name in load_words().levels or (name in load_words().stop and not (mixed and tokens.capital(hit.first))):
        # "kelurahan yang", "desa ini": the level word stands for itself
        return None
    if not cued and not _believed(name, codes, everyday, context, cue=cue, is_favoured=is_favoured):
        return None
    return Mention(
        opens=_opens(tokens, hit.first) if depth is not None else hit.first,
        first=hit.first,
        last=hit.last,
        name=name,
        codes=codes,
        depth=depth,
        kind=kind,
        context=context,
        cued=cued or cue,
        bare=not (cued or cue or is_favoured or " " in name),
        everyday=everyday,
    )


def _believed(
    name: str, codes: Sequence[str], everyday: float, context: Context, *, cue: bool, is_favoured: bool
) -> bool:
    words = load_words()
    if everyday >= _ALWAYS_CUED or len(name) <= 2:
        return False
    if any(code.count(".") <= 1 for code in codes):
        if name not in words.everyday_kabkota:
            return True
        return cue and (name in words.mostly_places or is_favoured)
    known = _COMMON_ZIPF if is_favoured else _KNOWN_ZIPF
    if everyday < known or (cue and everyday < _COMMON_ZIPF):
        return len(name) >= 4 or cue
    if context == "road" and not is_favoured:
        return False
    return is_favoured and cue


def _level_before(tokens: Tokens, first: int) -> tuple[int | None, Literal["Kabupaten", "Kota"] | None]:
    """Return the depth that the word before asks for, and whether it names a regency or a city."""
    words = load_words()
    if first == 0 or not tokens.near(first - 1):
        return None, None
    pair, single = f"{tokens.key(first - 2)} {tokens.key(first - 1)}", tokens.key(first - 1)
    for word in (pair, single):
        depth = words.levels.get(word)
        if depth is not None:
            return depth, "Kabupaten" if word in words.kabupaten else "Kota" if word in words.kota else None
    return None, None


def _opens(tokens: Tokens, first: int) -> int:
    """Return the first word of the level words before a name ("wali kota Tegal"), which belong to what is named."""
    levels = load_words().levels
    if f"{tokens.key(first - 2)} {tokens.key(first - 1)}" in levels:
        return first - 2
    return first - 1 if tokens.key(first - 1) in levels else first


def _follows_neighbourhood(tokens: Tokens, first: int) -> bool:
    number = tokens.key(first - 1)
    return number.isdigit() and tokens.near(first - 1) and tokens.key(first - 2) in load_words().neighbourhood


def _cue(tokens: Tokens, hit: Hit, *, mixed: bool) -> bool:
    """Whether the surroundings say that a place is named here: a preposition, or a capital in mid-sentence."""
    words = load_words()
    before = tokens.key(hit.first - 1) if tokens.near(hit.first - 1) else ""
    starts_sentence = hit.first == 0 or any(
        char in ".!?\n" for char in tokens.text[tokens.ends[hit.first - 1] : tokens.starts[hit.first]]
    )
    if mixed and not starts_sentence and tokens.capital(hit.first):
        return True
    return before in words.near


def _without_overlaps(mentions: list[Mention], favoured: Sequence[str]) -> list[Mention]:
    """Keep the best of overlapping mentions: large or favoured areas, then the longest name."""
    taken: set[int] = set()
    kept: list[Mention] = []
    near = {at for each in mentions if _is_near(each, favoured) for at in range(each.first, each.last)}

    def worth(mention: Mention) -> tuple[bool, int, int]:
        preferred = not favoured or mention.depth is not None or _is_near(mention, favoured)
        return preferred or _has_word_of_its_own(mention, near), mention.last - mention.first, -mention.first

    for mention in sorted(mentions, key=worth, reverse=True):
        span = range(mention.first, mention.last)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.first)


def _is_near(mention: Mention, favoured: Sequence[str]) -> bool:
    return any(code.count(".") <= 1 or any(is_within(code, area) for area in favoured) for code in mention.codes)


def _has_word_of_its_own(mention: Mention, near: set[int]) -> bool:
    """Whether a longer name far away has a word that nothing nearer explains: "Batang Toru", not "Keputih Baru"."""
    words = mention.name.split()
    if len(words) != mention.last - mention.first:
        return False
    return any(
        mention.first + at not in near and float(zipf_frequency(word, "id")) < _OWN_ZIPF
        for at, word in enumerate(words)
    )


def fits_kind(code: str, kind: Literal["Kabupaten", "Kota"] | None) -> bool:
    """Whether a regency or city is of the kind that the text says."""
    if kind is None or level_of(code) != "kabkota":
        return True
    return area_label(code).startswith("Kab." if kind == "Kabupaten" else "Kota")

"""One name in a text, judged by itself: whether it is meant as a place, and what speaks for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nlp.areas import KELURAHAN
from nlp.lexicon import names_abroad
from nlp.places.belief import COMMON_ZIPF, Context, is_believed, is_known, is_rural, nearness
from nlp.places.cues import (
    PLACE_CUES,
    Asked,
    Cue,
    closes,
    goes_on,
    is_doubled,
    is_set_off,
    leads_there,
    names_something_else,
    read_cue,
    read_level,
    read_street,
)
from nlp.places.gazetteer import Gazetteer, Hit
from nlp.places.mention import Mention
from nlp.places.named import Named
from nlp.places.tokens import Tokens, is_mixed_case, is_title_case
from nlp.places.towns import is_no_other_word, is_only_kecamatan
from nlp.places.words import load_words

_FURTHER_WORDS = 3


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A text, and what is known of it while its names are judged one by one."""

    tokens: Tokens
    gazetteer: Gazetteer
    mixed: bool
    contexts: dict[int, Context]
    opens: dict[int, int]
    """Where the road or landmark begins that a word is part of."""
    after_named: frozenset[int]
    starts: Collection[int]


def read_setting(tokens: Tokens, named: Sequence[Named], gazetteer: Gazetteer, starts: Collection[int]) -> Setting:
    """Read what is known of a text before its names are judged; `starts` are where other names begin."""
    contexts: dict[int, Context] = {}
    opens: dict[int, int] = {}
    for each in named:
        contexts.update(dict.fromkeys(range(each.first, each.last), _context(tokens, each)))
        opens.update(dict.fromkeys(range(each.first, each.last), each.first))
        if each.type == "road" and each.name > each.first:
            contexts[each.name] = "street"
    return Setting(
        tokens=tokens,
        gazetteer=gazetteer,
        mixed=is_mixed_case(tokens.text) and not is_title_case(tokens.text),
        contexts=contexts,
        opens=opens,
        after_named=frozenset(each.last for each in named if tokens.tied(each.last - 1)),
        starts=starts,
    )


def _context(tokens: Tokens, named: Named) -> Context:
    words, head = load_words(), " ".join(tokens.keys[named.first : named.name])
    if named.type == "landmark" and head in words.village:
        return "village"
    if not head:
        # known by its own name: it says where it is, as a street called after a place does not
        return "landmark"
    return "hollow" if named.type == "landmark" and head in words.hollow else named.type


def read_asked(setting: Setting, hit: Hit, home: tuple[str, ...]) -> Asked:
    """Return the level that a name is said to have; `home` is where short names are expected."""
    known = hit.name in setting.gazetteer.large or nearness(hit.name, home) == "regency"
    return read_level(setting.tokens, hit, known=known, mixed=setting.mixed)


def mention_of(setting: Setting, hit: Hit, asked: Asked, expected: tuple[str, ...]) -> Mention | None:
    """Return the mention that a name makes, None where it is not meant as a place."""
    tokens, name, codes = setting.tokens, setting.gazetteer.names[hit.name], setting.gazetteer.codes[hit.name]
    words = load_words()
    if asked.depth is not None and not any(code.count(".") == asked.depth for code in codes):
        # "Kelurahan Surabaya" and the like: the level word belongs to something else
        asked = Asked(None, None, hit.first)
    is_stop = name in words.stop and not (setting.mixed and tokens.capital(hit.first))
    if name in words.levels or (is_stop and not _is_announced(setting, hit, asked)):
        # "kelurahan yang", "desa ini": the level word stands for itself
        return None
    context = setting.contexts.get(hit.first) or read_street(tokens, hit)
    cue = _cue(setting, hit, name, asked)
    near = nearness(hit.name, expected)
    if asked.depth is None:
        if names_something_else(tokens, hit) or is_doubled(tokens, hit):
            return None
        if near != "regency" and _is_abroad(tokens, hit):
            return None
        written = tokens.text[tokens.starts[hit.first] : tokens.ends[hit.last - 1]]
        alone = near == "far" and is_rural(codes) and not is_known(name, written)
        if alone and goes_on(tokens, hit, setting.starts):
            return None
        believed = is_believed(name, codes, hit.everyday, context=context, cue=cue, near=near, written=written)
        if not believed and not (near == "province" and context == "free" and _is_town(setting, hit, cue, expected)):
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


def _cue(setting: Setting, hit: Hit, name: str, asked: Asked) -> Cue:
    opens = setting.opens.get(hit.first, asked.opens)
    if asked.depth != KELURAHAN and leads_there(setting.tokens, opens):
        return "towards"
    if hit.first in setting.after_named:
        return "place"
    return read_cue(setting.tokens, hit, name, mixed=setting.mixed)


def _is_town(setting: Setting, hit: Hit, cue: Cue, expected: tuple[str, ...]) -> bool:
    """Whether a capitalised name with a cue or between commas is only an expected kecamatan's: "Cepu, lampu mati"."""
    if not setting.tokens.capital(hit.first) or hit.last - hit.first > 1:
        return False
    # three words with two capitals ("Banjir di Cepu") are a headline by count only
    if not (is_mixed_case(setting.tokens.text) if cue in PLACE_CUES else setting.mixed):
        return False
    if hit.everyday >= COMMON_ZIPF or hit.name in setting.gazetteer.large:
        return False
    if cue not in PLACE_CUES and not is_set_off(setting.tokens, hit):
        return False
    return is_only_kecamatan(hit.name, expected) and is_no_other_word(setting.gazetteer.names[hit.name])


def _is_announced(setting: Setting, hit: Hit, asked: Asked) -> bool:
    """Whether a name like "Ujung" or "Dalam" stands between its level word and the end, or a larger area's name."""
    if asked.depth is None or asked.opens == hit.first:
        return False
    follows = setting.gazetteer.numbers.get(setting.tokens.key(hit.last))
    return closes(setting.tokens, hit.last) or follows in setting.gazetteer.large


def _is_abroad(tokens: Tokens, hit: Hit) -> bool:
    """Whether a name is one of a place abroad, or begins one ("Papua Nugini")."""
    names = names_abroad()
    return any(" ".join(tokens.keys[hit.first : last]) in names for last in range(hit.last, hit.last + _FURTHER_WORDS))

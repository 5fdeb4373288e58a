"""Roads and landmarks: a head word ("Jl.", "SDN") and the name after it, up to the first word that ends a name."""

from __future__ import annotations

from typing import Literal, NamedTuple

from nlp.frequency import zipf
from nlp.memory import kept
from nlp.normalize import stem_word
from nlp.places.tokens import Tokens, is_mixed_case, split_words
from nlp.places.words import Heads, load_words

_MAX_TAIL = 5
_MAX_NAMED = 40
# From this frequency on a word is everyday language rather than part of a name.
_EVERYDAY_ZIPF = 4.0
# Below this a word hardly occurs in everyday language at all.
_KNOWN_ZIPF = 2.5
_NEXT_ZIPF = 3.0
_ABBREVIATION_MAX = 4


class Named(NamedTuple):
    """A road or landmark at words `first` to before `last`; its own name starts at word `name`."""

    type: Literal["road", "landmark"]
    first: int
    name: int
    last: int


@kept
def name_roads_and_landmarks(text: str) -> tuple[Named, ...]:
    """Return what `find_named` finds in a text; places and personal names ask for it one after the other."""
    return tuple(find_named(split_words(text)))


def find_named(tokens: Tokens) -> list[Named]:
    """Return roads and landmarks in reading order; none overlap."""
    words = load_words()
    found: list[Named] = []
    end = 0
    for at in [at for at, key in enumerate(tokens.keys) if key in words.head_starts]:
        # "kec. Sungai Raya" is an area, no river
        if at < end or (tokens.key(at - 1) in words.levels and tokens.near(at - 1)):
            continue
        mixed = is_mixed_case(tokens.text)
        named = _named_at(tokens, at, "road", words.road, mixed=mixed) or _named_at(
            tokens, at, "landmark", words.landmark, mixed=mixed
        )
        if named is not None:
            found.append(named)
            end = named.last
            if len(found) == _MAX_NAMED:
                break
    return found


def _named_at(tokens: Tokens, at: int, type: Literal["road", "landmark"], heads: Heads, *, mixed: bool) -> Named | None:
    for length in (2, 1):
        head = " ".join(tokens.keys[at : at + length])
        if at + length > len(tokens) or (length == 2 and not tokens.tied(at)):
            continue
        if head not in heads.sure and head not in heads.maybe:
            continue
        name = at + length
        ended = head_ends_sentence(tokens, name - 1)
        last = name if ended else _tail(tokens, name, sure=head in heads.sure, mixed=mixed)
        if last > name or head in heads.alone:
            return Named(type, at, name, last)
    return None


def _tail(tokens: Tokens, name: int, *, sure: bool, mixed: bool) -> int:
    """Return the word after the name that starts at `name`; `name` itself where no name stands there."""
    words = load_words()
    at = name
    by_capitals = mixed and name < len(tokens) and tokens.capital(name)
    while at < len(tokens) and at - name < _MAX_TAIL and (tokens.tied(at - 1) if at else True):
        key = tokens.key(at)
        if at > name and _sentence_ends(tokens, at - 1):
            break
        if key.isdigit():
            # "SDN 1 Subah", "gang 3", "KM 12"; a longer number is a house, a date or a sum
            if len(key) > 2:
                break
        elif key in words.stop or not _belongs(tokens, at, by_capitals=by_capitals, first=at == name, sure=sure):
            break
        at += 1
    # A name of nothing but everyday words ("jalan raya", "pasar baru" apart) is none after a weak head.
    own = [key for key in tokens.keys[name:at] if not key.isdigit()]
    if not own:
        return at if sure and at > name else name
    if not sure and not by_capitals and not _reads_as_name(own):
        return name
    return at


def head_ends_sentence(tokens: Tokens, at: int) -> bool:
    """Whether a head written out in small letters ends a sentence: "rusak di jalan. Slawi", not "Jl. Slawi"."""
    return at + 1 < len(tokens) and not tokens.capital(at) and _sentence_ends(tokens, at)


def _sentence_ends(tokens: Tokens, at: int) -> bool:
    """Whether a full stop stands after a word; the dot of "Dr." or "KH." is none."""
    gap = tokens.text[tokens.ends[at] : tokens.starts[at + 1]]
    return len(tokens.keys[at]) > _ABBREVIATION_MAX and "." in gap and gap != "."


def _reads_as_name(words: list[str]) -> bool:
    """Whether small letters after a weak head are a name: a word hardly known, or several that are usual in names."""
    inside = load_words().inside
    rare = any(len(word) >= 4 and not _is_known(word) for word in words)
    return rare or (len(words) >= 2 and all(word in inside for word in words))


def _belongs(tokens: Tokens, at: int, *, by_capitals: bool, first: bool, sure: bool) -> bool:
    key = tokens.key(at)
    if by_capitals:
        return tokens.capital(at)
    if key in load_words().inside:
        return True
    if first and sure:
        return not _is_everyday(key, limit=5.0)
    # After the first word small letters go on with words that everyday language hardly knows.
    return not _is_everyday(key, limit=_EVERYDAY_ZIPF if first else _NEXT_ZIPF)


def _is_known(word: str) -> bool:
    """Whether everyday language knows a word or what it is made of: slang ("ancur") and long forms ("ditumpuki")."""
    return _is_everyday(word, limit=_KNOWN_ZIPF) or _is_everyday(stem_word(word), limit=_KNOWN_ZIPF)


def _is_everyday(key: str, *, limit: float = _EVERYDAY_ZIPF) -> bool:
    return zipf(key) >= limit

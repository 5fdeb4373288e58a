"""Roads and landmarks: a head word ("Jl.", "SDN") and the name after it, up to the first word that ends a name.

Some are known by their own name ("Monas"), and main streets are named without "jalan" ("lewat Sudirman").
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from nlp.frequency import zipf
from nlp.memory import kept
from nlp.normalize import stem_word
from nlp.places.landmarks import load_landmarks
from nlp.places.streets import Names, load_streets
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
_NUMBER_MAX = 2
# "diaspal", "ngucap": verbs that stemming leaves as they are
_VERBS = ("di", "ng")
_VERB_MIN = 6
_PERSON_MIN = 3
_HONOURED_WORDS = 2
# After a title in a street's name may stand what is as common as this.
_PERSON_ZIPF = 4.5


Trust = Literal["sure", "maybe", "weak"]
"""How much of a name must follow a head: anything, what reads as a name, or what is known as one."""


class Named(NamedTuple):
    """A road or landmark at words `first` to before `last`; its own name starts at word `name`.

    Without a head word its name is all of it.
    """

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
    own = _known("nothing").longest
    for at in [at for at, key in enumerate(tokens.keys) if key in words.head_starts or key in own]:
        # "kec. Sungai Raya" is an area, no river
        if at < end or (tokens.key(at - 1) in words.levels and tokens.near(at - 1)):
            continue
        named = _headed_at(tokens, at) if tokens.keys[at] in words.head_starts else None
        if named is None and tokens.keys[at] in own:
            named = _known_at(tokens, at)
        if named is not None:
            found.append(named)
            end = named.last
            if len(found) == _MAX_NAMED:
                break
    return found


def _headed_at(tokens: Tokens, at: int) -> Named | None:
    words, mixed = load_words(), is_mixed_case(tokens.text)
    return _named_at(tokens, at, "road", words.road, mixed=mixed) or _named_at(
        tokens, at, "landmark", words.landmark, mixed=mixed
    )


def _named_at(tokens: Tokens, at: int, type: Literal["road", "landmark"], heads: Heads, *, mixed: bool) -> Named | None:
    for length in (2, 1):
        head = " ".join(tokens.keys[at : at + length])
        if at + length > len(tokens) or (length == 2 and not tokens.tied(at)):
            continue
        if head not in heads.all:
            continue
        name = at + length
        ended = head_ends_sentence(tokens, name - 1)
        trust: Trust = "sure" if head in heads.sure else "weak" if _is_weak(tokens, at, head, type, heads) else "maybe"
        last = name if ended else _tail(tokens, name, trust, known=_known_words(tokens, at, name, type), mixed=mixed)
        if last > name or head in heads.alone:
            return Named(type, at, name, last)
    return None


def _is_weak(tokens: Tokens, at: int, head: str, type: Literal["road", "landmark"], heads: Heads) -> bool:
    """Whether a head asks for a known name, or the road in common is spoken of, or somebody goes: "lampu jalan"."""
    common = type == "road" and tokens.tied(at - 1) and tokens.key(at - 1) in load_streets().common
    return common or head in heads.weak


def _known_words(tokens: Tokens, at: int, name: int, type: Literal["road", "landmark"]) -> int:
    """Return how many words after a head are a name that is known."""
    if not tokens.tied(name - 1):
        return 0
    if type == "landmark":
        return _known("landmark").words_at(tokens, name)
    known = _known("road cued").words_at(tokens, name)
    if known and not _is_led_to(tokens, at):
        known = _known("road").words_at(tokens, name)
    return max(known, _HONOURED_WORDS) if _is_honoured(tokens, name) else known


def _is_honoured(tokens: Tokens, name: int) -> bool:
    """Whether a title and what may be a name stand here: "jalan H. Mahmud"."""
    key = tokens.key(name + 1)
    titled = tokens.key(name) in load_streets().honours and tokens.tied(name)
    return titled and len(key) >= _PERSON_MIN and key not in load_words().stop and zipf(key) < _PERSON_ZIPF


def _known_at(tokens: Tokens, at: int) -> Named | None:
    """Return the landmark that is known by its own name here, or the main street that is named without "jalan"."""
    length = _known("nothing").words_at(tokens, at)
    if not length:
        return None
    name = " ".join(tokens.keys[at : at + length])
    landmark, led_to = load_landmarks().get(name), _is_led_to(tokens, at)
    if landmark is not None and (led_to or not landmark.cued):
        return Named(landmark.type, at, at, at + length)
    is_street = name in load_streets().bare and led_to and not _goes_on_as_person(tokens, at + length)
    return Named("road", at, at, at + length) if is_street else None


def _is_led_to(tokens: Tokens, at: int) -> bool:
    """Whether "di", "lewat", "depan" or the like stands right before: what follows is where, not who."""
    before, words = tokens.key(at - 1), load_words()
    if not tokens.tied(at - 1) or before in words.people or before in words.small:
        return False
    return before in words.near or before in words.chatter or before in words.beside


def _goes_on_as_person(tokens: Tokens, after: int) -> bool:
    """Whether a capital follows a street's name in capitals: "lewat Sudirman Hidayat" is a person."""
    follows = after < len(tokens) and tokens.gap(after - 1) == " "
    return follows and tokens.capital(after) and tokens.capital(after - 1) and is_mixed_case(tokens.text)


@lru_cache(maxsize=4)
def _known(after: Literal["landmark", "road", "road cued", "nothing"]) -> Names:
    """Return the names that are known after the head of a landmark or road, or without any."""
    streets, landmarks, areas = load_streets(), load_landmarks(), load_words().well_known
    if after == "nothing":
        return Names((*landmarks, *streets.bare))
    of_roads = streets.cued if after == "road cued" else streets.after_jalan
    return Names((*landmarks, *areas, *(streets.bare if after == "landmark" else of_roads)))


def _tail(tokens: Tokens, name: int, trust: Trust, *, known: int, mixed: bool) -> int:
    """Return the word after the name that starts at `name`, of which the first words may be known; `name` for none."""
    by_capitals = mixed and name < len(tokens) and tokens.capital(name)
    if by_capitals and trust == "weak" and not known and _is_everyday(tokens.keys[name]):
        return name
    if by_capitals or not known:
        last = _unknown_tail(tokens, name, name + known, by_capitals=by_capitals, sure=trust == "sure")
    else:
        last = _known_tail(tokens, name, name + known)
    own = [key for key in tokens.keys[name:last] if not key.isdigit()]
    if known or (own and by_capitals):
        return last
    if not own:
        return last if trust == "sure" else name
    return last if _is_name(own, trust) else name


def _unknown_tail(tokens: Tokens, name: int, at: int, *, by_capitals: bool, sure: bool) -> int:
    """Return the first word from `at` on that does not belong to a name, whatever it is."""
    stop = load_words().stop
    while _may_follow(tokens, name, at):
        key = tokens.keys[at]
        if not key.isdigit() and (
            key in stop or not _belongs(tokens, at, by_capitals=by_capitals, first=at == name, sure=sure)
        ):
            break
        at += 1
    return at


def _known_tail(tokens: Tokens, name: int, at: int) -> int:
    """Return the first word from `at` on that does not go on a name that is known: "jalan kenanga raya ancur"."""
    while _may_follow(tokens, name, at) and _goes_on(tokens.keys[at]):
        at += 1
    return at


def _goes_on(key: str) -> bool:
    words = load_words()
    return key.isdigit() or (key in words.inside and key not in words.stop)


def _may_follow(tokens: Tokens, name: int, at: int) -> bool:
    """Whether a word stands together with the name before it and is no long number, which is a house, a date or a sum.

    "SDN 1 Subah", "gang 3", "KM 12".
    """
    if at >= len(tokens) or at - name >= _MAX_TAIL or (at and not tokens.tied(at - 1)):
        return False
    if at > name and _sentence_ends(tokens, at - 1):
        return False
    return not tokens.keys[at].isdigit() or len(tokens.keys[at]) <= _NUMBER_MAX


def _is_name(words: list[str], trust: Trust) -> bool:
    """Whether what follows a head in small letters is a name: not only a size ("gang kecil") nor everyday words."""
    if load_words().sizes.issuperset(words):
        return False
    return trust == "sure" or (trust == "maybe" and _reads_as_name(words))


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
    if len(word) >= _VERB_MIN and word.startswith(_VERBS) and _is_everyday(word[2:], limit=_KNOWN_ZIPF):
        return True
    return _is_everyday(word, limit=_KNOWN_ZIPF) or _is_everyday(stem_word(word), limit=_KNOWN_ZIPF)


def _is_everyday(key: str, *, limit: float = _EVERYDAY_ZIPF) -> bool:
    return zipf(key) >= limit

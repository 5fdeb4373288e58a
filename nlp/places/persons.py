"""Names of persons that are also places' ("lurah Slamet Widodo"): no place may stand on what is a person's name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nlp.areas import find_by_name
from nlp.personal_data.names import find_names
from nlp.personal_data.words import load_words as load_personal_words
from nlp.places.belief import any_large
from nlp.places.mention import Mention
from nlp.places.tokens import Tokens
from nlp.places.words import load_words


def without_persons(tokens: Tokens, mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out mentions that stand on what is masked as a person's name, or that are an official's full name."""
    if not mentions:
        return []
    masked = [(name.start, name.end) for name in find_names(tokens.text)]
    if masked:
        places = _said_to_be_at(tokens)
        mentions = [each for each in mentions if not _is_masked(tokens, each, masked) or _is_sure(tokens, each, places)]
    return [each for each in mentions if not _is_official(tokens, each)]


def _is_masked(tokens: Tokens, mention: Mention, masked: Sequence[tuple[int, int]]) -> bool:
    start, end = tokens.starts[mention.opens], tokens.ends[mention.last - 1]
    return any(first < end and start < last for first, last in masked)


def _is_sure(tokens: Tokens, mention: Mention, places: frozenset[str]) -> bool:
    """Whether what nobody is called is masked with too much care: a city ("BP Batam"), or what stands after "neng"."""
    keys, personal = tokens.keys[mention.first : mention.last], load_personal_words()
    if any(key in personal.given or key in personal.family for key in keys):
        return False
    return any_large(mention.codes) or not places.isdisjoint(keys)


def _said_to_be_at(tokens: Tokens) -> frozenset[str]:
    """Return the words after "neng", which is Javanese for "di" and a girl's title."""
    titles = load_words().at_or_title
    return frozenset(key for before, key in pairwise(tokens.keys) if before in titles)


def _is_official(tokens: Tokens, mention: Mention) -> bool:
    """Whether a title, this name and a second one follow each other: "lurah Melati Sari"; "camat Subah" is a place.

    What no person is called and lies in the home region stays a place ("camat Bawang Slamet Widodo").
    """
    first, after = mention.first, mention.last
    titled = mention.opens < first and " ".join(tokens.keys[mention.opens : first]) in load_words().officials
    if not titled or after - first != 1 or after >= len(tokens) or tokens.gap(first) != " ":
        return False
    if not (tokens.capital(first) and tokens.capital(after)):
        return False
    key, second, lists = tokens.keys[first], tokens.keys[after], load_personal_words()
    if second not in lists.given and second not in lists.family:
        return False
    is_name = key in lists.given or key in lists.family
    return (is_name or mention.near == "far") and not find_by_name(f"{key} {second}")

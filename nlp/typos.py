"""Builds nlp/data/typos.tsv, misspellings of the lexicons' words: `python -m nlp.typos`.

Only two letters swapped and one letter left out, within a word of seven letters or more, the first letter right; and
only where the result is no word, no slang, no area's name, and near one word alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from nlp.areas import find_by_name
from nlp.lexicon import phrases
from nlp.normalize import is_known, normalize_word, slang_spellings

SHORTEST = 7
LABELS = frozenset({"SAYS", "THING", "FAULT", "ACT"})
_HEAD = "# Misspellings of the lexicons' words, written by nlp/typos.py: the standard form, a tab, its misspellings.\n"


def build() -> dict[str, list[str]]:
    """Return the misspellings of each word, sorted."""
    words = sorted(
        {word for each in phrases() if each.label in LABELS for word in each.text.split() if _is_plain(word)}
    )
    made = [(typo, word) for word in words for typo in set(_misspell(word))]
    near = Counter(typo for typo, _ in made)
    kept: dict[str, list[str]] = defaultdict(list)
    for typo, word in sorted(made):
        if near[typo] == 1 and not _means_something(typo):
            kept[word].append(typo)
    return kept


def _is_plain(word: str) -> bool:
    return len(word) >= SHORTEST and word.isalpha() and is_known(word) and normalize_word(word) == word


def _misspell(word: str) -> Iterator[str]:
    for index in range(1, len(word)):
        yield word[:index] + word[index + 1 :]
        if index + 1 < len(word):
            yield word[:index] + word[index + 1] + word[index] + word[index + 2 :]


def _means_something(typo: str) -> bool:
    return (
        is_known(typo)
        or typo in slang_spellings()
        or bool(find_by_name(typo))
        or typo.endswith(("nya", "na", "ne", "nyo"))
    )


def main() -> None:
    """Write the file."""
    lines = (f"{word}\t{' '.join(typos)}\n" for word, typos in sorted(build().items()))
    target = Path(str(files("nlp").joinpath("data/typos.tsv")))
    target.write_text(_HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()

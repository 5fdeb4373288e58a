"""What announces a person's name: a title ("Pak"), a label ("Pelapor:"), a closing, a role ("Camat Slamet")."""

from __future__ import annotations

import re

from nlp.areas import find_by_name
from nlp.components.personal_data_text import LABEL_TIE, NAME_TIE, NameText, commonness
from nlp.components.personal_data_words import PersonalWords

_TIE = re.compile(r"[ \t\u00a0:/=]{0,3}")
# The dot of "Bpk." or "Drs." ends no sentence; that of "Pak." does.
_TIE_AFTER_SHORT = re.compile(r"\.?[ \t\u00a0:/]{0,3}")
_CLOSING_TIE = re.compile(r"[ \t]{0,3}[,.:]?[ \t]{0,2}\n{0,3}[ \t]{0,3}")
_SURE_CLOSINGS = frozenset(["hormat saya", "hormat kami", "tertanda", "ttd"])
_MAX_ROLES = 4
_LONGEST_ACRONYM = 4
_OFFICE_ZIPF = 3.6
"""As common a word after "Bapak/Ibu" is what an office is called."""


class Titles:
    """Finds what announces names in one text."""

    def __init__(self, read: NameText, lists: PersonalWords) -> None:
        self._read, self._lists, self._words = read, lists, read.words

    def announced(self, at: int) -> int | None:
        """Return the word at which a name announced at word `at` would begin, None where nothing announces one."""
        if self._words[at].key not in self._lists.title_starts:
            return None
        return self._after_title(at)

    def after_roles(self, at: int, first: int) -> tuple[int, bool]:
        """Return the word after the roles that follow a title ("Pak Lurah"), and whether a name may follow them."""
        words, lists = self._words, self._lists
        role = words[at].key in lists.roles and words[at].key not in lists.titles
        for _ in range(_MAX_ROLES):
            if first < len(words) and words[first].key in lists.roles and self._tied(first):
                role = words[first].key not in lists.titles
                first += 1
        if first >= len(words) or (role and self._names_a_place(first)):
            return first, False
        return first, not self._is_no_person(first)

    def is_tied(self, at: int) -> bool:
        """Tell whether the first word of a name is tied to what stands before: a title, a label or a closing."""
        if at == 0 or self._tied(at) or self._read.ties(at, LABEL_TIE):
            return True
        return self._read.ties(at, _CLOSING_TIE) and self._after_closing(at)

    def _after_title(self, at: int) -> int | None:
        if at + 1 >= len(self._words):
            return None
        lists, key, following = self._lists, self._words[at].key, self._words[at + 1]
        pair = f"{key} {following.key}"
        if pair in lists.untitled:
            return None
        if pair in lists.phrases:
            return at + 2 if following.start - self._words[at].end <= 2 else None
        if pair in lists.closings and self._closes(at + 1, strict=pair not in _SURE_CLOSINGS):
            return at + 2
        closes = key in lists.closings and self._closes(at, strict=key not in _SURE_CLOSINGS)
        labels = key in lists.labels and self._is_label(at)
        return at + 1 if closes or labels or self._is_title(at) else None

    def _closes(self, at: int, *, strict: bool) -> bool:
        """Tell whether a letter's closing ends at word `at`: after a comma or a new line its writer's name follows."""
        if not self._read.ties(at + 1, _CLOSING_TIE):
            return False
        gap = self._read.text[self._words[at].end : self._words[at + 1].start]
        named = self._read.is_capital(at + 1) or self._words[at + 1].key in self._lists.given
        return ("," in gap or "\n" in gap) and (named or not strict)

    def _is_label(self, at: int) -> bool:
        """Tell whether a label ("Pelapor: ...", "korban Tarmo") has a name after it."""
        if self._read.ties(at + 1, LABEL_TIE):
            return True
        given = self._words[at + 1].key in self._lists.given
        return self._read.ties(at + 1, NAME_TIE) and given and self._read.is_capital(at + 1)

    def _is_title(self, at: int) -> bool:
        text, lists, word, following = self._read.text, self._lists, self._words[at], self._words[at + 1]
        dotted = text[word.end : word.end + 1] == "."
        ends_plate = text[max(0, word.start - 2) : word.start].rstrip(" -")[-1:].isdigit()
        if ends_plate and len(word.key) <= 2 and self._read.written(at).isupper():
            return False  # "BM 308 HJ"
        if word.key == "an":
            return dotted
        if word.key in lists.person_titles:
            return True
        if word.key in lists.shared_titles:
            return len(word.key) > 2 or dotted or text[word.start].isupper()
        # "Camat Slamet", "kepala dusun Slamet"; what else follows a role is more often the name of its place
        if word.key not in lists.roles or word.key in lists.offices:
            return False
        third = self._words[at + 2].key if at + 2 < len(self._words) and following.key in lists.roles else ""
        return following.key in lists.given or third in lists.given

    def _is_no_person(self, first: int) -> bool:
        """Tell whether what follows a title and its roles is an office, an acronym or one of history's names."""
        lists, word, before = self._lists, self._words[first], self._words[first - 1].key
        if word.key in lists.given and word.key not in lists.heroes:
            return False
        if before in lists.offices and commonness(word.key) >= _OFFICE_ZIPF:
            return True  # "Bapak/Ibu Dinas Perhubungan"
        if before in lists.person_titles or before in lists.labelling:
            return False
        acronym = len(word.key) <= _LONGEST_ACRONYM and self._read.written(first).isupper()
        return (self._read.mixed and acronym) or word.key in lists.heroes

    def _names_a_place(self, at: int) -> bool:
        """Tell whether the word after a role is the office's place: "Pak Lurah Keputih", "Kepala Desa Suka Maju"."""
        key, following = self._words[at].key, self._words[at + 1].key if at + 1 < len(self._words) else ""
        if find_by_name(f"{key} {following}") and self._read.ties(at + 1, NAME_TIE):
            return True
        return key not in self._lists.given and bool(find_by_name(key))

    def _after_closing(self, at: int) -> bool:
        pair = f"{self._words[at - 2].key} {self._words[at - 1].key}" if at > 1 else ""
        return self._words[at - 1].key in self._lists.closings or pair in self._lists.closings

    def _tied(self, at: int) -> bool:
        short = self._words[at - 1].key in self._lists.abbreviations
        return self._read.ties(at, _TIE_AFTER_SHORT if short else _TIE)

"""What announces a person's name: a title ("Pak"), a label ("Pelapor:"), a closing, a role ("Camat Slamet")."""

from __future__ import annotations

import re

from nlp.areas import find_by_name
from nlp.personal_data.name_words import LABEL_TIE, NAME_TIE, NameText, commonness
from nlp.personal_data.words import PersonalWords

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
        self._read, self._lists, self._keys = read, lists, read.keys

    def announced(self, at: int) -> int | None:
        """Return the word at which a name announced at word `at` would begin, None where nothing announces one."""
        if self._keys[at] not in self._lists.title_starts:
            return None
        return self._after_title(at)

    def after_roles(self, at: int, first: int) -> tuple[int, bool]:
        """Return the word after the roles that follow a title ("Pak Lurah"), and whether a name may follow them."""
        keys, lists = self._keys, self._lists
        role = keys[at] in lists.roles and keys[at] not in lists.titles
        for _ in range(_MAX_ROLES):
            if first < len(keys) and keys[first] in lists.roles and self._tied(first):
                role = keys[first] not in lists.titles
                first += 1
        if first >= len(keys) or (role and self._names_a_place(first)):
            return first, False
        return first, not self._is_no_person(first)

    def is_tied(self, at: int) -> bool:
        """Tell whether the first word of a name is tied to what stands before: a title, a label or a closing."""
        if at == 0 or self._tied(at) or self._read.ties(at, LABEL_TIE):
            return True
        return self._read.ties(at, _CLOSING_TIE) and self._after_closing(at)

    def _after_title(self, at: int) -> int | None:
        if at + 1 >= len(self._keys):
            return None
        lists, key = self._lists, self._keys[at]
        pair = f"{key} {self._keys[at + 1]}"
        if pair in lists.untitled:
            return None
        if pair in lists.phrases:
            return at + 2 if self._read.starts[at + 1] - self._read.ends[at] <= 2 else None
        if pair in lists.closings and self._closes(at + 1, strict=pair not in _SURE_CLOSINGS):
            return at + 2
        closes = key in lists.closings and self._closes(at, strict=key not in _SURE_CLOSINGS)
        labels = key in lists.labels and self._is_label(at)
        return at + 1 if closes or labels or self._is_title(at) else None

    def _closes(self, at: int, *, strict: bool) -> bool:
        """Tell whether a letter's closing ends at word `at`: after a comma or a new line its writer's name follows."""
        if not self._read.ties(at + 1, _CLOSING_TIE):
            return False
        gap = self._read.text[self._read.ends[at] : self._read.starts[at + 1]]
        named = self._read.is_capital(at + 1) or self._keys[at + 1] in self._lists.given
        return ("," in gap or "\n" in gap) and (named or not strict)

    def _is_label(self, at: int) -> bool:
        """Tell whether a label ("Pelapor: ...", "korban Tarmo") has a name after it."""
        if self._read.ties(at + 1, LABEL_TIE):
            return True
        given = self._keys[at + 1] in self._lists.given
        return self._read.ties(at + 1, NAME_TIE) and given and self._read.is_capital(at + 1)

    def _is_title(self, at: int) -> bool:
        text, lists, start, end = self._read.text, self._lists, self._read.starts[at], self._read.ends[at]
        key, following = self._keys[at], self._keys[at + 1]
        dotted = text[end : end + 1] == "."
        ends_plate = text[max(0, start - 2) : start].rstrip(" -")[-1:].isdigit()
        if ends_plate and len(key) <= 2 and self._read.written(at).isupper():
            return False  # "BM 308 HJ"
        if key == "an":
            return dotted
        if key in lists.person_titles:
            return True
        if key in lists.shared_titles:
            return len(key) > 2 or dotted or text[start].isupper()
        # "Camat Slamet", "kepala dusun Slamet"; what else follows a role is more often the name of its place
        if key not in lists.roles or key in lists.offices:
            return False
        third = self._keys[at + 2] if at + 2 < len(self._keys) and following in lists.roles else ""
        return following in lists.given or third in lists.given

    def _is_no_person(self, first: int) -> bool:
        """Tell whether what follows a title and its roles is an office, an acronym or one of history's names."""
        lists, key, before = self._lists, self._keys[first], self._keys[first - 1]
        if key in lists.given and key not in lists.heroes:
            return False
        if before in lists.offices and commonness(key) >= _OFFICE_ZIPF:
            return True  # "Bapak/Ibu Dinas Perhubungan"
        if before in lists.person_titles or before in lists.labelling:
            return False
        acronym = len(key) <= _LONGEST_ACRONYM and self._read.written(first).isupper()
        return (self._read.mixed and acronym) or key in lists.heroes

    def _names_a_place(self, at: int) -> bool:
        """Tell whether the word after a role is the office's place: "Pak Lurah Keputih", "Kepala Desa Suka Maju"."""
        key, following = self._keys[at], self._keys[at + 1] if at + 1 < len(self._keys) else ""
        if find_by_name(f"{key} {following}") and self._read.ties(at + 1, NAME_TIE):
            return True
        return key not in self._lists.given and bool(find_by_name(key))

    def _after_closing(self, at: int) -> bool:
        pair = f"{self._keys[at - 2]} {self._keys[at - 1]}" if at > 1 else ""
        return self._keys[at - 1] in self._lists.closings or pair in self._lists.closings

    def _tied(self, at: int) -> bool:
        short = self._keys[at - 1] in self._lists.abbreviations
        return self._read.ties(at, _TIE_AFTER_SHORT if short else _TIE)

"""Dates and spans of time: "kemarin", "tgl 5", "12/8", "sejak Januari", "sudah 3 bulan", as ISO 8601 values.

What is said relative to the day of writing is reckoned from it: "tgl 5" is the last fifth, "jumat" the last Friday.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property

from spacy.language import Language

from nlp.components.dates_words import DateWords, read_date_words
from nlp.components.number_words import read_digits, read_number_words
from nlp.findings import Findings, Step
from nlp.places.tokens import Tokens, split_words
from sidak.models import Dates, Moment

MODEL = "dates-1"

_WRITTEN_AT = timezone(timedelta(hours=7))
"""Days are those of western Indonesia, where most writers live; an hour or two aside they hold for the east."""
_PERIODS = {"menit": "PT{}M", "jam": "PT{}H", "hari": "P{}D", "minggu": "P{}W", "bulan": "P{}M", "tahun": "P{}Y"}
_FIRST_YEAR, _LAST_YEAR = 1945, 2100
_LONGEST_SPAN = 999
_DIGITS = frozenset("0123456789")
_OF_DIGITS = ("numeric", "day_and_month", "span", "year")
_YEAR_DIGITS = 4
_DATE_MARKS = "/-."
_SMALLEST_PLAIN_DAY = 5


def find_dates(text: str, *, created_at: datetime) -> tuple[Moment, ...]:
    """Return the dates and spans of time in a text, in its order; `created_at` is when it was written."""
    tokens, words = split_words(text), read_date_words()
    if words.ways.keys().isdisjoint(tokens.keys) and not any(key[0] in _DIGITS for key in tokens.keys):
        return ()
    return tuple(_Reader(tokens, words, created_at).read())


def local_day(moment: datetime) -> date:
    """Return the day of a time where it was written."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(_WRITTEN_AT).date()
    except OverflowError:
        return moment.date()


class _Reader:
    """Reads the words of one text from left to right."""

    def __init__(self, tokens: Tokens, words: DateWords, written_at: datetime) -> None:
        self.tokens, self.words, self.written_at = tokens, words, written_at

    @cached_property
    def today(self) -> date:
        """The day of writing."""
        return local_day(self.written_at)

    def read(self) -> Iterator[Moment]:
        ways, done = self.words.ways, 0
        readers: dict[str, Callable[[int], tuple[Moment, int] | None]] = {
            "numeric": self._numeric,
            "day_and_month": self._day_and_month,
            "named_day": self._named_day,
            "relative": self._relative,
            "weekday": self._weekday,
            "named": self._named,
            "year": self._year,
            "span": self._span,
        }
        for at, key in enumerate(self.tokens.keys):
            if at < done:
                continue
            for way in self._ways_of_digits(at) if key[0] in _DIGITS else ways.get(key, ()):
                found = readers[way](at)
                if found is not None:
                    moment, done = found
                    yield moment
                    break

    def _ways_of_digits(self, at: int) -> tuple[str, ...]:
        """Return how a number may be read, by what follows it: most are no dates."""
        key, following = self.tokens.keys[at], self.tokens.key(at + 1)
        if following in self.words.months or following in self.words.units or following[:1] in _DIGITS:
            return _OF_DIGITS
        return ("year",) if len(key) == _YEAR_DIGITS else ()

    def _named_day(self, at: int) -> tuple[Moment, int] | None:
        """Tanggal 12/8, tgl 5."""
        return self._numeric(at + 1, at) or self._day_and_month(at + 1, at)

    def _numeric(self, at: int, first: int | None = None) -> tuple[Moment, int] | None:
        """12/8, 12-08-2025, 2025-08-12."""
        if not self._digits(at) or self._beside_digits(at) or self.tokens.key(at - 1) in self.words.not_dates:
            return None
        last = at + 1
        while last < len(self.tokens) and last - at < 3 and self._digits(last) and self._same_mark(at, last):
            last += 1
        parts = [int(key) for key in self.tokens.keys[at:last]]
        named = first is not None or self.tokens.key(at - 1) in self.words.since | self.words.weekday_names
        if len(parts) == 3:
            year, month, day = parts if parts[0] > 31 else parts[::-1]
            year += 2000 if year < 100 else 0
        elif len(parts) == 2 and (named or self._is_plain_date(at, *parts)):
            day, month = parts
            year = self._year_of(month, day)
        else:
            return None
        value = _iso(year, month, day)
        return self._moment(at if first is None else first, last, "date", value) if value else None

    def _is_plain_date(self, at: int, day: int, month: int) -> bool:
        """Whether "12/8" alone is a date: no fraction, no "24/7", no RT and RW."""
        slash = self.tokens.text[self.tokens.ends[at]] == "/"
        return (
            slash and day >= _SMALLEST_PLAIN_DAY and (day, month) != (24, 7) and self._near(at + 2) not in {"rt", "rw"}
        )

    def _day_and_month(self, at: int, first: int | None = None) -> tuple[Moment, int] | None:
        """5 Januari 2025, tgl 5."""
        named, first = first is not None, at if first is None else first
        if not self._digits(at) or not 1 <= int(self.tokens.keys[at]) <= 31:
            return None
        day = int(self.tokens.keys[at])
        month = self.words.months.get(self._near(at + 1)) if at + 1 < len(self.tokens) else None
        if month is None:
            if not named or self.tokens.key(at + 1) in self.words.units:
                return None
            back = self.today if day <= self.today.day else self.today.replace(day=1) - timedelta(days=1)
            value = _iso(back.year, back.month, day)
            return self._moment(first, at + 1, "date", value) if value else None
        year = self._written_year(at + 2)
        value = _iso(year or self._year_of(month, day), month, day)
        return self._moment(first, at + (3 if year else 2), "date", value) if value else None

    def _named(self, at: int) -> tuple[Moment, int] | None:
        """Januari 2025, sejak Januari."""
        month = self.words.months.get(self.tokens.keys[at])
        if month is None:
            return None
        year = self._written_year(at + 1)
        long = len(self.tokens.keys[at]) > 4 or self.tokens.keys[at] in {"mei", "juni", "juli"}
        cued = self.tokens.key(at - 1) in self.words.since or self._near(at + 1) in self.words.ago
        if year is None and not (long and cued):
            return None
        value = f"{year or self._year_of(month, 1):04}-{month:02}"
        return self._moment(at, at + (2 if year else 1), "month", value)

    def _relative(self, at: int) -> tuple[Moment, int] | None:
        """Kemarin, tadi malam, minggu lalu, bulan kemarin."""
        key, following = self.tokens.keys[at], self._near(at + 1)
        pair = f"{key} {following}"
        days = self.words.relative.get(pair, self.words.relative.get(key))
        if days is not None:
            last = at + (2 if pair in self.words.relative else 1)
            return self._moment(at, last, "date", _shifted(self.today, days))
        yang = following in {"yang", "yg"}
        unit = self.words.units.get(key)
        mark = self._near(at + 2) if yang else following
        if unit in {"minggu", "bulan", "tahun"} and mark in self.words.ago:
            return self._moment(at, at + (3 if yang else 2), *_last_unit(self.today, unit or ""))
        return None

    def _weekday(self, at: int) -> tuple[Moment, int] | None:
        """Senin, hari Minggu, Jumat depan."""
        first = at
        if self.tokens.keys[at] in {"hari", "malam"} and at + 1 < len(self.tokens) and self.tokens.tied(at):
            at += 1
        key = self.tokens.keys[at]
        number = 6 if key == "minggu" and at > first else self.words.weekdays.get(key)
        if number is None:
            return None
        days = -((self.today.weekday() - number) % 7)
        following = self._near(at + 1)
        if following in self.words.next:
            return self._moment(first, at + 2, "date", _shifted(self.today, days + 7))
        if following in self.words.ago:
            return self._moment(first, at + 2, "date", _shifted(self.today, days or -7))
        return self._moment(first, at + 1, "date", _shifted(self.today, days))

    def _year(self, at: int) -> tuple[Moment, int] | None:
        """Sejak 2023, tahun 2023."""
        before = self.tokens.key(at - 1)
        if at == 0 or before not in self.words.since | self.words.years or not self.tokens.near(at - 1):
            return None
        year = self._written_year(at)
        return self._moment(at, at + 1, "year", f"{year:04}") if year else None

    def _span(self, at: int) -> tuple[Moment, int] | None:
        """3 bulan, tiga hari, sebulan, 3 hari yang lalu."""
        if self.tokens.keys[at] in self.words.single:
            number, last, unit = 1, at + 1, self.words.single[self.tokens.keys[at]]
        else:
            read = read_digits(self.tokens, at) if self._digits(at) else read_number_words(self.tokens, at)
            unit = self.words.units.get(self._near(read.last), "") if read else ""
            if read is None or not unit or not 0 < read.value <= _LONGEST_SPAN or self._beside_digits(at):
                return None
            number, last = int(read.value) or 1, read.last + 1
            if unit == "tahun" and read.value % 1:
                number, unit = int(read.value * 12) or 1, "bulan"
        if self.tokens.key(at - 1) in self.words.age or self._near(last) in self.words.after_span:
            return None
        yang = self._near(last) in {"yang", "yg"}
        if (self._near(last + 1) if yang else self._near(last)) in self.words.ago:
            back = _back(self.today, number, unit)
            return self._moment(at, last + (2 if yang else 1), "date", back) if back else None
        return self._moment(at, last, "duration", _PERIODS[unit].format(number))

    def _moment(self, first: int, last: int, kind: str, value: str) -> tuple[Moment, int]:
        start, end = self.tokens.starts[first], self.tokens.ends[last - 1]
        return Moment(text=self.tokens.text[start:end], start=start, end=end, kind=kind, value=value), last  # type: ignore[arg-type]  # one of the four kinds, by its callers

    def _digits(self, at: int) -> bool:
        key = self.tokens.key(at)
        return key.isascii() and key.isdigit() and len(key) <= 4

    def _near(self, at: int) -> str:
        return self.tokens.key(at) if 0 < at < len(self.tokens) and self.tokens.near(at - 1) else ""

    def _same_mark(self, first: int, at: int) -> bool:
        mark = self.tokens.text[self.tokens.ends[first]]
        gap = self.tokens.text[self.tokens.ends[at - 1] : self.tokens.starts[at]]
        return mark in _DATE_MARKS and gap == mark

    def _beside_digits(self, at: int) -> bool:
        """Whether a number hangs on one before it: of "08-12-345" and "1.5 tahun" the later parts are no dates."""
        start = self.tokens.starts[at]
        return at > 0 and start - self.tokens.ends[at - 1] <= 1 and (
            self.tokens.keys[at - 1].isdigit() or start == self.tokens.ends[at - 1]
        )  # fmt: skip

    def _written_year(self, at: int) -> int | None:
        key = self._near(at) if at else self.tokens.key(at)
        is_year = len(key) == 4 and key.isascii() and key.isdigit() and _FIRST_YEAR <= int(key) <= _LAST_YEAR
        return int(key) if is_year else None

    def _year_of(self, month: int, day: int) -> int:
        """Return the year of a day without one: the last that has come."""
        later = (month, day) > (self.today.month, self.today.day)
        return max(self.today.year - 1, 1) if later else self.today.year


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _shifted(day: date, by: int) -> str:
    try:
        return (day + timedelta(days=by)).isoformat()
    except OverflowError:
        return day.isoformat()


def _back(day: date, number: int, unit: str) -> str | None:
    """Return the day so many units ago; of months and years only the month or the year is meant."""
    try:
        if unit == "tahun":
            return f"{date(day.year - number, 1, 1).year:04}"
        if unit == "bulan":
            months = day.year * 12 + day.month - 1 - number
            return f"{date(months // 12, 1, 1).year:04}-{months % 12 + 1:02}"
        days = {"hari": 1, "minggu": 7}.get(unit, 0) * number
        return (day - timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None


def _last_unit(day: date, unit: str) -> tuple[str, str]:
    if unit == "tahun":
        return "year", f"{max(day.year - 1, 1):04}"
    if unit == "bulan":
        return "month", _back(day, 1, "bulan") or f"{day.year:04}-{day.month:02}"
    year, week, _ = date.fromordinal(max(day.toordinal() - 7, 1)).isocalendar()
    return "week", f"{year:04}-W{week:02}"


class DatesComponent(Step):
    """Writes the dates; reads when the text was written, and finds none where that is not known."""

    def read(self, found: Findings) -> None:
        """Find the dates and spans of time."""
        written_at = found.created_at
        found.dates = Dates(model=MODEL, items=find_dates(found.text, created_at=written_at) if written_at else ())


@Language.factory("sidak_dates")
def make_dates(nlp: Language, name: str) -> DatesComponent:  # noqa: ARG001 - spaCy's own signature
    """Build the component; spaCy calls this."""
    return DatesComponent()

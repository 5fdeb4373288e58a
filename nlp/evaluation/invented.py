"""Invented texts with personal data whose places are known: valid in form, nobody's in fact."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from nlp.areas import all_areas

TYPES = (
    "NAME",
    "UNLISTED_NAME",
    "NIK",
    "KK",
    "NPWP",
    "PHONE",
    "LANDLINE",
    "PLATE",
    "ACCOUNT",
    "EMAIL",
    "HANDLE",
    "SOCIAL",
    "ADDRESS",
)


class Invented(NamedTuple):
    """A text, the type planted in it, and the stretches that must not be read any more."""

    text: str
    type: str
    hidden: tuple[tuple[int, int], ...]


def invent_texts(seed: int, count: int) -> Iterator[Invented]:
    """Yield texts in which the types take turns, each among public names, sums and dates that must stay."""
    chance = random.Random(seed)  # noqa: S311 - a fixed sample, no secret
    for number in range(count):
        type = TYPES[number % len(TYPES)]
        before, after = (chance.choice(_parts()["public"]["texts"]) if chance.random() < 0.5 else "" for _ in "ab")
        lead = f"{before}{chance.choice(['. ', ', ', ' ', chr(10)])}" if before else ""
        inner, hidden = _fill(chance, type)
        tail = f"{chance.choice(['. ', ', ', ' ', chr(10)])}{after}" if after else ""
        spans = tuple((start + len(lead), end + len(lead)) for start, end in hidden)
        yield Invented(lead + inner + tail, type, spans)


def invent_value(chance: random.Random, type: str) -> str:
    """Return one invented value of a type, in one of the ways people write it."""
    return _VALUES[type](chance)


def invent_name(chance: random.Random, *, listed: bool = True) -> str:
    """Return an invented person's name of one to three words, of those the detectors may know or of others."""
    lists = _parts() if listed else {name: _parts()[f"unlisted_{name}"] for name in ("given", "family")}
    words = [chance.choice(lists["given"])]
    if chance.random() < 0.2:
        words.append(chance.choice(lists["given"]))
    if chance.random() < 0.6:
        words.append(chance.choice(lists["family"]))
    return " ".join(dict.fromkeys(words))


def public_texts() -> tuple[str, ...]:
    """Return what inspectors need: public names, sums and dates in which nothing may be masked."""
    return tuple(_parts()["public"]["texts"])


def _fill(chance: random.Random, type: str) -> tuple[str, list[tuple[int, int]]]:
    context = chance.choice(_parts()["contexts"][type.removeprefix("UNLISTED_")])
    if type.endswith("NAME"):
        return _fill_name(chance, context, listed=type == "NAME")
    if type == "ADDRESS":
        return _fill_address(chance, context)
    value = invent_value(chance, type)
    text = context.replace("{bank}", chance.choice(_parts()["pieces"]["banks"]))
    start = text.index("{value}")
    return text.replace("{value}", value), [(start, start + len(value))]


def _fill_name(chance: random.Random, context: str, *, listed: bool) -> tuple[str, list[tuple[int, int]]]:
    name = _written(chance, invent_name(chance, listed=listed))
    again = chance.choice(name.split())
    again = chance.choice([again, again.lower(), again.upper(), f"{again}nya", f"si {again.lower()}", f"({again})"])
    hidden = []
    for slot, value in (("{name}", name), ("{again}", again)):
        at = context.find(slot)
        if at >= 0:
            context = context.replace(slot, value, 1)
            bare = value.removeprefix("si ").strip("()").removesuffix("nya") if slot == "{again}" else value
            start = context.index(bare, at)
            hidden.append((start, start + len(bare)))
    return context, hidden


def _written(chance: random.Random, name: str) -> str:
    """Write a name as people do: seven in ten with capitals, else small or all capitals."""
    form = chance.random()
    return name if form < 0.7 else name.lower() if form < 0.85 else name.upper()


def _fill_address(chance: random.Random, context: str) -> tuple[str, list[tuple[int, int]]]:
    house = str(chance.randint(1, 199)) + chance.choice(["", "", "", "A", "B"])
    text = context.replace("{road}", chance.choice(_parts()["pieces"]["roads"]))
    text = text.replace("{rt}", f"{chance.randint(1, 15):02}").replace("{rw}", f"{chance.randint(1, 15):02}")
    start = text.index("{house}")
    return text.replace("{house}", house), [(start, start + len(house))]


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices("0123456789", k=count))


def _resident(chance: random.Random) -> str:
    """Return sixteen digits as a NIK or KK has them: district, date (a woman's day plus 40), serial."""
    day = chance.randint(1, 28) + chance.choice([0, 40])
    district = chance.choice(_districts())
    number = f"{district}{day:02}{chance.randint(1, 12):02}{chance.randint(0, 99):02}{chance.randint(1, 9999):04}"
    return chance.choice([number, number, number, _grouped(number, 4, " "), _grouped(number, 4, "-")])


def _grouped(number: str, size: int, by: str) -> str:
    return by.join(number[at : at + size] for at in range(0, len(number), size))


def _npwp(chance: random.Random) -> str:
    d = _digits(chance, 15)
    formed = f"{d[:2]}.{d[2:5]}.{d[5:8]}.{d[8]}-{d[9:12]}.{d[12:]}"
    return chance.choice([formed, formed, d, f"0{d}"])


def _phone(chance: random.Random) -> str:
    number = chance.choice(_parts()["pieces"]["mobile"]) + _digits(chance, chance.choice([7, 8, 8, 8]))
    head = chance.choice(["0", "0", "0", "+62", "62", "+62 ", "+62-", "(+62) "])
    by = chance.choice(["", "", "-", " ", "."])
    return head + by.join([number[:3], number[3:7], number[7:]])


def _landline(chance: random.Random) -> str:
    code, number = chance.choice(_parts()["pieces"]["area_codes"]), "5" + _digits(chance, 6)
    return chance.choice([f"({code}) {number}", f"{code}-{number}", f"{code} {number[:3]} {number[3:]}"])


def _plate(chance: random.Random) -> str:
    digits = str(chance.randint(1000, 9999)) if chance.random() < 0.8 else str(chance.randint(100, 999))
    suffix = "".join(chance.choices("ABCDEFGHJKLNPQRSTUVWXYZ", k=chance.choice([2, 2, 3])))
    by = chance.choice([" ", " ", "", "-"])
    return by.join([chance.choice(_parts()["pieces"]["plates"]), digits, suffix])


def _account(chance: random.Random) -> str:
    number = chance.choice("123456789") + _digits(chance, chance.choice([9, 9, 12, 14]))
    return chance.choice([number, number, _grouped(number, 4, " "), _grouped(number, 4, "-")])


def _user(chance: random.Random) -> str:
    given, family = chance.choice(_parts()["given"]), chance.choice(_parts()["family"]).split()[0]
    return f"{given}{chance.choice(['.', '_', ''])}{family}".lower()


def _email(chance: random.Random) -> str:
    return f"{_user(chance)}{chance.choice(['', '88', '1990'])}@{chance.choice(_parts()['pieces']['domains'])}"


def _handle(chance: random.Random) -> str:
    return f"@{_user(chance)}{chance.choice(['', '_', '99'])}"


def _social(chance: random.Random) -> str:
    name = chance.choice(_parts()["given"]).lower()
    return f"{name}{chance.choice(['_', '.'])}{chance.choice(_parts()['family']).split()[0].lower()}"


_VALUES: dict[str, Callable[[random.Random], str]] = {
    "NIK": _resident, "KK": _resident, "NPWP": _npwp, "PHONE": _phone, "LANDLINE": _landline, "PLATE": _plate,
    "ACCOUNT": _account, "EMAIL": _email, "HANDLE": _handle, "SOCIAL": _social,
}  # fmt: skip


@cache
def _parts() -> dict[str, Any]:
    path = files("nlp").joinpath("data/personal_data/invented.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _districts() -> tuple[str, ...]:
    return tuple(code.replace(".", "") for code, _ in all_areas() if code.count(".") == 2)

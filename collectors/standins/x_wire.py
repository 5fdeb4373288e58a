"""How X API v2 writes a post, in the spelling of `tweet` (as tweepy reads it) or of `post` (spec 2.167)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from collectors.standins.world import Seen, World, number_of
from collectors.standins.x_ids import place_id, post_id, user_id

Spelling = Literal["tweet", "post"]
SHORT_TEXT = 280
DEFAULT_FIELDS = frozenset({"id", "text", "edit_history_tweet_ids"})
_HASHTAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w+)")
_URL = re.compile(r"https?://\S+")

_POST_SPELLING = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "note_tweet": "note_post",
    "retweet_count": "repost_count",
    "tweets": "posts",
}
_TWEET_FIELDS = {new: old for old, new in _POST_SPELLING.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which fields and expansions a request asked for, in the spelling of `tweet`."""

    fields: frozenset[str]
    user_fields: frozenset[str]
    place_fields: frozenset[str]
    expansions: frozenset[str]


def parse_wanted(query: Mapping[str, str]) -> Wanted:
    """Read `tweet.fields` or `post.fields` and the rest; unknown names are left alone, as they ask for nothing."""

    def names(*parameters: str) -> frozenset[str]:
        found = (name for parameter in parameters for name in query.get(parameter, "").split(",") if name)
        return frozenset(_TWEET_FIELDS.get(name, name) for name in found)

    return Wanted(
        fields=names("tweet.fields", "post.fields") | DEFAULT_FIELDS,
        user_fields=names("user.fields") | {"id", "name", "username"},
        place_fields=names("place.fields") | {"id", "full_name"},
        expansions=frozenset(name.replace("referenced_posts", "referenced_tweets") for name in names("expansions")),
    )


def write_posts(seen: Iterable[Seen], *, world: World, wanted: Wanted) -> dict[str, Any]:
    """`data` and `includes` for some posts, in the spelling of `tweet`."""
    posts = list(seen)
    answer: dict[str, Any] = {"data": [write_post(post, world=world, wanted=wanted) for post in posts]}
    includes: dict[str, list[dict[str, Any]]] = {}
    if "author_id" in wanted.expansions:
        includes["users"] = _unique(_write_user(post, wanted) for post in posts)
    if "geo.place_id" in wanted.expansions:
        places = _unique(_write_place(post.item.place, wanted) for post in posts if post.item.place)
        includes |= {"places": places} if places else {}
    if "referenced_tweets.id" in wanted.expansions:
        referenced = (world.see(key) for post in posts for _, key in _references(post))
        live = (post for post in referenced if post is not None and post.state == "live")
        tweets = _unique(write_post(post, world=world, wanted=wanted) for post in live)
        includes |= {"tweets": tweets} if tweets else {}
    return answer | ({"includes": includes} if includes else {})


def write_post(seen: Seen, *, world: World, wanted: Wanted) -> dict[str, Any]:
    """One post with the wanted fields."""
    item = seen.item
    text = html.escape(full_text(seen, world=world), quote=False)
    last = item.version_at(world.clock.now()) or 0
    post: dict[str, Any] = {
        "id": str(post_id(item, seen.version)),
        "text": text if len(text) <= SHORT_TEXT else text[: SHORT_TEXT - 25].rstrip() + "… https://t.co/" + "x" * 10,
        "edit_history_tweet_ids": [str(post_id(item, version)) for version in range(last + 1)],
        "created_at": write_time(seen.changed_at),
        "author_id": user_id(item.author),
        "lang": item.language,
        "conversation_id": _conversation(seen, world),
        "public_metrics": _metrics(item.key),
        "possibly_sensitive": False,
        "reply_settings": "everyone",
    }
    if len(text) > SHORT_TEXT:
        post["note_tweet"] = {"text": text}
    if entities := _entities(text):
        post["entities"] = entities
    if references := _references(seen):
        post["referenced_tweets"] = [{"type": kind, "id": str(post_id(world.item(key)))} for kind, key in references]
    if item.reply_to:
        post["in_reply_to_user_id"] = user_id(world.item(item.reply_to).author)
    if item.place:
        post["geo"] = {"place_id": place_id(item.place)}
    return {name: value for name, value in post.items() if name in wanted.fields}


def full_text(seen: Seen, *, world: World) -> str:
    """The text as posted; a repost carries the text of the other post behind `RT @author:`."""
    if not seen.item.repost_of:
        return seen.text
    original = world.item(seen.item.repost_of)
    return f"RT @{original.author}: {original.versions[0].text}"


def respell(node: object, spelling: Spelling) -> object:
    """The same answer with the field names of `spelling`."""
    if spelling == "tweet":
        return node
    if isinstance(node, list):
        return [respell(value, spelling) for value in node]
    if isinstance(node, dict):
        return {_POST_SPELLING.get(name, name): respell(value, spelling) for name, value in node.items()}
    return node


def write_time(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _references(seen: Seen) -> list[tuple[str, str]]:
    item = seen.item
    pairs = (("retweeted", item.repost_of), ("quoted", item.quote_of), ("replied_to", item.reply_to))
    return [(kind, key) for kind, key in pairs if key]


def _conversation(seen: Seen, world: World) -> str:
    item = seen.item
    while item.reply_to:
        item = world.item(item.reply_to)
    return str(post_id(item))


def _metrics(key: str) -> dict[str, int]:
    likes = number_of(f"likes {key}", below=60)
    return {
        "retweet_count": likes // 7,
        "reply_count": number_of(f"replies {key}", below=9),
        "like_count": likes,
        "quote_count": likes // 20,
        "bookmark_count": likes // 15,
        "impression_count": 40 + likes * 37,
    }


def _entities(text: str) -> dict[str, list[dict[str, Any]]]:
    entities = {
        "hashtags": [{"start": m.start(), "end": m.end(), "tag": m[1]} for m in _HASHTAG.finditer(text)],
        "mentions": [
            {"start": m.start(), "end": m.end(), "username": m[1], "id": user_id(m[1])} for m in _MENTION.finditer(text)
        ],
        "urls": [
            {"start": m.start(), "end": m.end(), "url": m[0], "expanded_url": m[0], "display_url": m[0][8:]}
            for m in _URL.finditer(text)
        ],
    }
    return {name: found for name, found in entities.items() if found}


def _write_user(seen: Seen, wanted: Wanted) -> dict[str, Any]:
    return write_user(seen.item.author, fields=wanted.user_fields)


def write_user(handle: str, *, fields: frozenset[str]) -> dict[str, Any]:
    """One account with the wanted fields."""
    user = {
        "id": user_id(handle),
        "name": handle.replace("_", " ").title(),
        "username": handle,
        "verified": False,
        "protected": False,
        "created_at": "2015-06-01T00:00:00.000Z",
    }
    return {name: value for name, value in user.items() if name in fields}


def _write_place(name: str, wanted: Wanted) -> dict[str, Any]:
    place = {
        "id": place_id(name),
        "full_name": name,
        "name": name.split(",", maxsplit=1)[0],
        "country": "Indonesia",
        "country_code": "ID",
        "place_type": "city",
    }
    return {field: value for field, value in place.items() if field in wanted.place_fields}


def _unique(things: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({thing["id"]: thing for thing in things}.values())

"""How Graph writes pages' posts and comments, and Instagram's media and comments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from collectors.standins.scenario import Item
from collectors.standins.world import Seen, World, number_of


def account_id(handle: str) -> str:
    """Id of a page or an account, always the same for a handle."""
    return str(100_000_000_000_000 + number_of(f"account {handle.casefold()}", below=1 << 32) * 101)


def object_number(item: Item) -> str:
    """The number that an object has within what it stands on."""
    return str(17_800_000_000_000_000 + number_of(f"object {item.key}", below=1 << 32) * 103)


def hashtag_id(tag: str) -> str:
    """Id of a hashtag."""
    return str(17_841_500_000_000_000 + number_of(f"#{tag.casefold()}", below=1 << 32))


def hashtags_of(seen: Seen) -> set[str]:
    """The hashtags of a caption, in lower case."""
    return {tag.casefold() for tag in re.findall(r"#(\w+)", seen.text)}


def page_of(item: Item, world: World) -> str:
    """Handle of the page on which a post, or the post above a comment, stands."""
    while item.reply_to:
        item = world.item(item.reply_to)
    return item.subreddit or item.author


def post_id(item: Item, world: World) -> str:
    """Id of a post: its page's and its own."""
    return f"{account_id(page_of(item, world))}_{object_number(item)}"


def comment_id(item: Item, world: World) -> str:
    """Id of a comment: its post's number and its own."""
    return f"{object_number(top_of(item, world))}_{object_number(item)}"


def top_of(item: Item, world: World) -> Item:
    """The post or medium below which a comment stands."""
    while item.reply_to:
        item = world.item(item.reply_to)
    return item


def write_post(seen: Seen, *, world: World, comments: list[Seen], shows_authors: bool) -> dict[str, Any]:
    """A page's post; `updated_time` is that of its last edit or comment."""
    item = seen.item
    page = page_of(item, world)
    touched = max([seen.changed_at, *(one.item.created_at for one in comments)])
    post: dict[str, Any] = {
        "id": post_id(item, world),
        "created_time": write_time(item.created_at),
        "updated_time": write_time(touched),
        "message": seen.text,
        "comments": {"data": [], "summary": {"order": "ranked", "total_count": len(comments), "can_comment": False}},
        "reactions": {
            "data": [],
            "summary": {"total_count": number_of(f"likes {item.key}", below=90), "viewer_reaction": "NONE"},
        },
    }
    if item.author == page or shows_authors:
        post["from"] = {"name": item.author, "id": account_id(item.author)}
    if item.place:
        post["place"] = {"id": account_id(item.place), "name": item.place, "location": {"city": item.place}}
    return post


def write_comment(seen: Seen, *, world: World, shows_authors: bool, with_id: bool = True) -> dict[str, Any]:
    """A comment on a page's post; strangers' may come without id and author."""
    item = seen.item
    post, comment = comment_id(item, world).split("_")
    parent = world.item(item.reply_to) if item.reply_to else None
    address = f"https://www.facebook.com/{account_id(page_of(item, world))}/posts/{post}/?comment_id={comment}"
    wire: dict[str, Any] = {
        "created_time": write_time(item.created_at),
        "message": seen.text,
        "permalink_url": address,
        "like_count": number_of(f"likes {item.key}", below=20),
        "comment_count": 0,
    }
    if parent is not None and parent.reply_to:
        wire["parent"] = {"id": comment_id(parent, world)}
        parent_number = comment_id(parent, world).split("_")[1]
        wire["permalink_url"] = address.replace(f"={comment}", f"={parent_number}&reply_comment_id={comment}")
    if with_id:
        wire["id"] = f"{post}_{comment}"
    if shows_authors or item.author == page_of(item, world):
        wire["from"] = {"name": item.author, "id": account_id(item.author)}
    return wire


def write_media(seen: Seen, *, comments: int, with_author: bool) -> dict[str, Any]:
    """An Instagram medium."""
    item = seen.item
    media: dict[str, Any] = {
        "id": object_number(item),
        "caption": seen.text,
        "media_type": "IMAGE",
        "permalink": f"https://www.instagram.com/p/{object_number(item)[-11:]}/",
        "timestamp": write_time(item.created_at),
        "comments_count": comments,
        "like_count": number_of(f"likes {item.key}", below=300),
    }
    if with_author:
        media["username"] = item.author
    return media


def write_media_comment(seen: Seen, *, world: World, replies: list[Seen]) -> dict[str, Any]:
    """A comment below one's own medium, with its replies."""
    item = seen.item
    comment: dict[str, Any] = {
        "id": object_number(item),
        "text": seen.text,
        "timestamp": write_time(item.created_at),
        "like_count": number_of(f"likes {item.key}", below=20),
        "username": item.author,
        "from": {"id": account_id(item.author), "username": item.author},
    }
    parent = world.item(item.reply_to) if item.reply_to else None
    if parent is not None and parent.reply_to:
        comment["parent_id"] = object_number(parent)
    if replies:
        comment["replies"] = {"data": [write_media_comment(one, world=world, replies=[]) for one in replies]}
    return comment


def write_time(moment: datetime) -> str:
    """ISO 8601 with the zone as Graph writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")

"""How the YouTube Data API v3 writes videos, playlist items and comments."""

from __future__ import annotations

import base64
import hashlib
import html
from datetime import datetime
from typing import Any

from collectors.standins.scenario import Item
from collectors.standins.world import Seen, World, number_of


def channel_id(handle: str) -> str:
    """Id of a channel, always the same for a handle: UC and 22 characters."""
    return "UC" + _letters(f"channel {handle.casefold()}", 22)


def video_id(item: Item) -> str:
    """Id of a video, 11 characters."""
    return _letters(f"video {item.key}", 11)


def comment_id(item: Item, world: World) -> str:
    """Id of a comment; a reply's begins with its thread's."""
    own = "Ug" + _letters(f"comment {item.key}", 24)
    thread = thread_of(item, world)
    return own if thread.key == item.key else f"{comment_id(thread, world)}.{_letters(item.key, 22)}"


def thread_of(item: Item, world: World) -> Item:
    """The top comment above a comment."""
    while item.reply_to and world.item(item.reply_to).reply_to:
        item = world.item(item.reply_to)
    return item


def video_of(item: Item, world: World) -> Item:
    """The video below which a comment stands."""
    while item.reply_to:
        item = world.item(item.reply_to)
    return item


def write_video(seen: Seen, *, comments: int) -> dict[str, Any]:
    """One item of `videos.list` with snippet, statistics and recordingDetails."""
    item = seen.item
    likes = number_of(f"likes {item.key}", below=400)
    video: dict[str, Any] = {
        "kind": "youtube#video",
        "etag": _letters(f"{item.key} {seen.version}", 27),
        "id": video_id(item),
        "snippet": {
            **_snippet(seen, description=seen.text),
            "categoryId": "25",
            "localized": {"title": item.title, "description": seen.text},
            "defaultAudioLanguage": "id",
        },
        "statistics": {
            "viewCount": str(likes * 31),
            "likeCount": str(likes),
            "favoriteCount": "0",
            "commentCount": str(comments),
        },
    }
    if item.place:
        video["recordingDetails"] = {"locationDescription": item.place}
    return video


def write_playlist_item(seen: Seen, *, position: int) -> dict[str, Any]:
    """One item of an uploads playlist."""
    item = seen.item
    return {
        "kind": "youtube#playlistItem",
        "etag": _letters(f"item {item.key}", 27),
        "id": _letters(f"playlist {item.key}", 48),
        "snippet": {
            **_snippet(seen, description=seen.text),
            "playlistId": "UU" + channel_id(item.author)[2:],
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": video_id(item)},
            "videoOwnerChannelTitle": item.author,
            "videoOwnerChannelId": channel_id(item.author),
        },
        "contentDetails": {"videoId": video_id(item), "videoPublishedAt": write_time(item.created_at)},
    }


def write_search_result(seen: Seen) -> dict[str, Any]:
    """One item of `search.list`: titles are escaped there, descriptions cut."""
    snippet = _snippet(seen, description=html.escape(seen.text[:120]))
    return {
        "kind": "youtube#searchResult",
        "etag": _letters(f"found {seen.item.key}", 27),
        "id": {"kind": "youtube#video", "videoId": video_id(seen.item)},
        "snippet": {**snippet, "title": html.escape(seen.item.title or ""), "publishTime": snippet["publishedAt"]},
    }


def write_comment(seen: Seen, *, world: World, in_thread: bool) -> dict[str, Any]:
    """One comment; only inside a thread does it name the video."""
    item = seen.item
    thread = thread_of(item, world)
    snippet: dict[str, Any] = {
        "textDisplay": seen.text,
        "authorDisplayName": f"@{item.author}",
        "authorProfileImageUrl": f"https://yt3.ggpht.com/{_letters(item.author, 20)}=s48-c-k",
        "authorChannelUrl": f"http://www.youtube.com/@{item.author}",
        "authorChannelId": {"value": channel_id(item.author)},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": number_of(f"likes {item.key}", below=30),
        "publishedAt": write_time(item.created_at),
        "updatedAt": write_time(seen.changed_at),
    }
    if in_thread:
        video = video_of(item, world)
        snippet |= {"channelId": channel_id(video.author), "videoId": video_id(video)}
    if thread.key != item.key:
        snippet["parentId"] = comment_id(thread, world)
    etag = _letters(f"{item.key} {seen.version}", 27)
    return {"kind": "youtube#comment", "etag": etag, "id": comment_id(item, world), "snippet": snippet}


def write_thread(top: Seen, replies: list[Seen], *, world: World, shown: int) -> dict[str, Any]:
    """One thread with as many replies as YouTube shows."""
    comment = write_comment(top, world=world, in_thread=True)
    thread: dict[str, Any] = {
        "kind": "youtube#commentThread",
        "etag": comment["etag"],
        "id": comment["id"],
        "snippet": {
            "channelId": comment["snippet"]["channelId"],
            "videoId": comment["snippet"]["videoId"],
            "topLevelComment": comment,
            "canReply": True,
            "totalReplyCount": len(replies),
            "isPublic": True,
        },
    }
    if replies:
        newest = replies[-shown:]
        thread["replies"] = {"comments": [write_comment(one, world=world, in_thread=True) for one in newest]}
    return thread


def write_time(moment: datetime) -> str:
    """ISO 8601 in UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _snippet(seen: Seen, *, description: str) -> dict[str, Any]:
    item = seen.item
    return {
        "publishedAt": write_time(item.created_at),
        "channelId": channel_id(item.author),
        "title": item.title,
        "description": description,
        "thumbnails": {"default": {"url": f"https://i.ytimg.com/vi/{video_id(item)}/default.jpg", "width": 120}},
        "channelTitle": item.author,
        "liveBroadcastContent": "none",
    }


def _letters(name: str, length: int) -> str:
    """Letters and digits that look random and are always the same for a name."""
    digest = hashlib.sha512(name.encode()).digest()
    return base64.b64encode(digest, altchars=b"ab").decode()[:length]

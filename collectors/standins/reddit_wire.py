"""How Reddit writes submissions, comments and listings; the fields are those its API sent in mid-2026."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from collectors.standins.reddit_ids import author_fullname, fullname, subreddit_fullname, thing_id
from collectors.standins.scenario import Item
from collectors.standins.world import Seen, World, number_of

# Fields that mean nothing to a reader without an account, with the value that Reddit sends.
_COMMON: dict[str, Any] = {
    "approved_at_utc": None,
    "author_is_blocked": False,
    "mod_reason_by": None,
    "banned_by": None,
    "author_flair_type": "text",
    "total_awards_received": 0,
    "likes": None,
    "user_reports": [],
    "saved": False,
    "banned_at_utc": None,
    "mod_reason_title": None,
    "gilded": 0,
    "archived": False,
    "no_follow": False,
    "can_mod_post": False,
    "send_replies": True,
    "over_18": False,
    "report_reasons": None,
    "removal_reason": None,
    "approved_by": None,
    "top_awarded_type": None,
    "downs": 0,
    "author_flair_css_class": None,
    "author_flair_richtext": [],
    "author_flair_text": None,
    "author_flair_text_color": None,
    "author_flair_template_id": None,
    "author_flair_background_color": None,
    "author_patreon_flair": False,
    "author_premium": False,
    "gildings": {},
    "distinguished": None,
    "stickied": False,
    "can_gild": False,
    "subreddit_type": "public",
    "treatment_tags": [],
    "awarders": [],
    "all_awardings": [],
    "locked": False,
    "mod_reports": [],
    "num_reports": None,
    "quarantine": False,
    "mod_note": None,
}
_SUBMISSION: dict[str, Any] = {
    "clicked": False,
    "hidden": False,
    "visited": False,
    "pinned": False,
    "spoiler": False,
    "is_self": True,
    "is_video": False,
    "is_meta": False,
    "is_original_content": False,
    "is_reddit_media_domain": False,
    "is_robot_indexable": True,
    "is_crosspostable": False,
    "is_created_from_ads_ui": False,
    "media": None,
    "media_embed": {},
    "media_only": False,
    "secure_media": None,
    "secure_media_embed": {},
    "thumbnail": "self",
    "category": None,
    "content_categories": None,
    "discussion_type": None,
    "contest_mode": False,
    "allow_live_comments": False,
    "hide_score": False,
    "view_count": None,
    "num_crossposts": 0,
    "suggested_sort": None,
    "link_flair_text": None,
    "link_flair_type": "text",
    "link_flair_richtext": [],
    "link_flair_css_class": None,
    "link_flair_text_color": "dark",
    "link_flair_background_color": "",
    "removed_by": None,
    "pwls": 6,
    "wls": 6,
}
_COMMENT: dict[str, Any] = {
    "comment_type": None,
    "collapsed": False,
    "collapsed_reason": None,
    "collapsed_reason_code": None,
    "collapsed_because_crowd_control": None,
    "controversiality": 0,
    "score_hidden": False,
    "unrepliable_reason": None,
    "associated_award": None,
    "replies": "",
}
DELETED, REMOVED = "[deleted]", "[removed]"


def write_listing(things: Iterable[dict[str, Any]], *, after: str | None, before: str | None) -> dict[str, Any]:
    """The envelope around a page of things."""
    children = list(things)
    data = {
        "after": after,
        "dist": len(children),
        "modhash": None,
        "geo_filter": "",
        "children": children,
        "before": before,
    }
    return {"kind": "Listing", "data": data}


def write_thing(seen: Seen, *, world: World, raw: bool) -> dict[str, Any]:
    """One submission or comment; unless `raw`, texts have &, < and > escaped as Reddit does by default."""
    if seen.item.reply_to:
        return {"kind": "t1", "data": _write_comment(seen, world=world, raw=raw)}
    return {"kind": "t3", "data": _write_submission(seen, world=world, raw=raw)}


def submission_of(item: Item, world: World) -> Item:
    """The submission under which a comment stands."""
    while item.reply_to:
        item = world.item(item.reply_to)
    return item


def _write_submission(seen: Seen, *, world: World, raw: bool) -> dict[str, Any]:
    item = seen.item
    link = _permalink(item, world)
    body = _body(seen)
    return {
        **_COMMON,
        **_SUBMISSION,
        **_identity(seen),
        "title": _escape(item.title or "", raw=raw),
        "selftext": _escape(body, raw=raw),
        "selftext_html": _html(body, raw=raw) if body else None,
        "removed_by_category": {"deleted": "deleted", "removed": "moderator", "live": None}[seen.state],
        "domain": f"self.{item.subreddit}",
        "permalink": link,
        "url": f"https://www.reddit.com{link}",
        "upvote_ratio": 0.9,
        "num_comments": sum(
            submission_of(other.item, world) is item for other in world.see_live() if other.item.reply_to
        ),
        "subreddit_subscribers": 100_000,
    }


def _write_comment(seen: Seen, *, world: World, raw: bool) -> dict[str, Any]:
    item = seen.item
    submission = submission_of(item, world)
    body = _body(seen)
    return {
        **_COMMON,
        **_COMMENT,
        **_identity(seen),
        "body": _escape(body, raw=raw),
        "body_html": _html(body, raw=raw),
        "link_id": fullname(submission),
        "parent_id": fullname(world.item(item.reply_to or "")),
        "link_title": _escape(submission.title or "", raw=raw),
        "link_author": submission.author,
        "link_permalink": f"https://www.reddit.com{_permalink(submission, world)}",
        "link_url": f"https://www.reddit.com{_permalink(submission, world)}",
        "permalink": _permalink(item, world),
        "is_submitter": item.author == submission.author,
        "num_comments": 0,
    }


def _identity(seen: Seen) -> dict[str, Any]:
    item = seen.item
    subreddit = item.subreddit or ""
    created = float(int(item.created_at.timestamp()))
    score = 1 + number_of(f"score {item.key}", below=80)
    identity: dict[str, Any] = {
        "id": thing_id(item),
        "name": fullname(item),
        "subreddit": subreddit,
        "subreddit_id": subreddit_fullname(subreddit),
        "subreddit_name_prefixed": f"r/{subreddit}",
        "created": created,
        "created_utc": created,
        "edited": float(int(seen.changed_at.timestamp())) if seen.version else False,
        "score": score,
        "ups": score,
        "author": DELETED if seen.state == "deleted" else item.author,
    }
    if seen.state != "deleted":  # Reddit leaves the account's id out, not empty
        identity["author_fullname"] = author_fullname(item.author)
    return identity


def _body(seen: Seen) -> str:
    return {"live": seen.text, "deleted": DELETED, "removed": REMOVED}[seen.state]


def _permalink(item: Item, world: World) -> str:
    submission = submission_of(item, world)
    slug = "_".join("".join(c if c.isalnum() else " " for c in (submission.title or "").lower()).split())[:50]
    tail = f"{thing_id(item)}/" if item.reply_to else ""
    return f"/r/{item.subreddit}/comments/{thing_id(submission)}/{slug}/{tail}"


def _escape(text: str, *, raw: bool) -> str:
    return text if raw else html.escape(text, quote=False)


def _html(text: str, *, raw: bool) -> str:
    page = f'<!-- SC_OFF --><div class="md"><p>{html.escape(text, quote=False)}</p>\n</div><!-- SC_ON -->'
    return page if raw else html.escape(page, quote=False)

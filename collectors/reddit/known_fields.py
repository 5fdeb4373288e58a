"""Fields of Reddit's answers that are known and left where they are: any other is news."""

from __future__ import annotations

KNOWN = frozenset(
    {
        "all_awardings", "allow_live_comments", "approved_at_utc", "approved_by", "archived", "associated_award",
        "author_cakeday", "author_flair_background_color", "author_flair_css_class", "author_flair_richtext",
        "author_flair_template_id", "author_flair_text", "author_flair_text_color", "author_flair_type", "author_id",
        "author_is_blocked", "author_patreon_flair", "author_premium", "awarders", "banned_at_utc", "banned_by",
        "body_html", "body_markdown", "brand_safe", "can_gild", "can_mod_post", "category", "clicked", "collapsed",
        "collapsed_because_crowd_control", "collapsed_reason", "collapsed_reason_code", "collections",
        "comment_type", "content_categories", "contest_mode", "controversiality", "crosspost_parent_list", "depth",
        "discussion_type", "distinguished", "domain", "downs", "editable", "event_end", "event_is_live",
        "event_start", "from", "from_id", "from_kind", "gallery_data", "gilded", "gildings", "hidden", "hide_score",
        "id", "is_created_from_ads_ui", "is_crosspostable", "is_gallery", "is_meta", "is_original_content",
        "is_reddit_media_domain", "is_robot_indexable", "is_submitter", "is_video", "likes", "link_author",
        "link_flair_background_color", "link_flair_css_class", "link_flair_richtext", "link_flair_template_id",
        "link_flair_text", "link_flair_text_color", "link_flair_type", "link_permalink", "link_title", "link_url",
        "locked", "media", "media_embed", "media_metadata", "media_only", "mod_note", "mod_reason_by",
        "mod_reason_title", "mod_reports", "no_follow", "num_crossposts", "num_reports", "over_18",
        "parent_whitelist_status", "permalink", "pinned", "poll_data", "post_hint", "preview", "pwls", "quarantine",
        "removal_reason", "removed_by", "replies", "report_reasons", "rpan_video", "rte_mode", "saved",
        "score_hidden", "secure_media", "secure_media_embed", "selftext_html", "send_replies", "spoiler", "stickied",
        "subreddit_id", "subreddit_name_prefixed", "subreddit_subscribers", "subreddit_type", "suggested_sort",
        "thumbnail", "thumbnail_height", "thumbnail_width", "top_awarded_type", "total_awards_received",
        "treatment_tags", "unrepliable_reason", "ups", "upvote_ratio", "url_overridden_by_dest", "user_reports",
        "view_count", "visited", "whitelist_status", "wls",
    }
)  # fmt: skip

"""The composition: which stage hands what to which, in one readable place.

    collect ──▶ archive posts/<source> ──enrich──▶ archive reports/<source> ──publish──▶ index
    import  ──▶        〃                                              decisions ──────▶  〃

The command line and the DAGs call the same functions. Each may be killed at any moment and run again: what is done is
read from the manifests (collect, enrich) and from the index itself (publish), so nothing is lost and nothing doubled.
"""

from __future__ import annotations

import random
import time
from datetime import datetime
from pathlib import Path

import msgspec

from collectors.clearance import load_clearances
from collectors.collect import collect_source
from collectors.overview import describe_sources
from collectors.protocol import Window
from collectors.registry import find_sources
from sidak.app.enrich import EnrichSummary, enrich as enrich_with
from sidak.app.forget import forget
from sidak.app.house import House
from sidak.app.progress import OnProgress, silent
from sidak.app.publish import PublishSummary, publish as publish_with
from sidak.clock import Clock, wall_clock
from sidak.journal import Run
from sidak.settings import Settings

__all__ = [
    "CollectSummary",
    "EnrichSummary",
    "PublishSummary",
    "collect",
    "collect_with",
    "enrich",
    "enrich_with",
    "import_with",
    "plan_sources",
    "publish",
    "publish_with",
    "source_overview",
]

"""Groups reports into incidents: what one visit would settle."""

from nlp.incidents.grouper import Grouper
from nlp.incidents.lines import group_lines, group_stream
from nlp.incidents.store import IncidentLinkage

__all__ = ["Grouper", "IncidentLinkage", "group_lines", "group_stream"]

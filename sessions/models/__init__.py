"""The council, in the nouns of the OParl standard."""

from sessions.models.body import Body, LegislativeTerm, Location
from sessions.models.decision import Motion, Vote
from sessions.models.meeting import AgendaItem, Contribution, Meeting
from sessions.models.paper import Consultation, File, Paper
from sessions.models.people import Membership, Organization, Person

__all__ = [
    "AgendaItem",
    "Body",
    "Consultation",
    "Contribution",
    "File",
    "LegislativeTerm",
    "Location",
    "Meeting",
    "Membership",
    "Motion",
    "Organization",
    "Paper",
    "Person",
    "Vote",
]

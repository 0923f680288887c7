"""The council, in the nouns of the OParl standard."""

from sessions.models.body import Body, LegislativeTerm, Location
from sessions.models.decision import Motion, Vote
from sessions.models.file_text import FilePage, FileText
from sessions.models.meeting import AgendaItem, Contribution, Meeting
from sessions.models.paper import Consultation, File, Paper
from sessions.models.people import Membership, Organization, Person
from sessions.models.source import DanglingReference, Source, SourceObject

__all__ = [
    "AgendaItem",
    "Body",
    "Consultation",
    "Contribution",
    "DanglingReference",
    "File",
    "FilePage",
    "FileText",
    "LegislativeTerm",
    "Location",
    "Meeting",
    "Membership",
    "Motion",
    "Organization",
    "Paper",
    "Person",
    "Source",
    "SourceObject",
    "Vote",
]

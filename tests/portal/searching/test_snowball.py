"""The stemmer says what the database says."""

from itertools import chain, islice

import pytest
from django.db import connection

from portal.searching.lexicon import lexicon
from portal.searching.snowball import stem

SPECIAL = {
    "inflected": ["straßen", "häuser", "systemen", "zeugnisse", "mitteln", "förderns", "quellen", "quälen"],
    "women": ["bürgermeisterinnen", "abendländerin"],
    "u and y between vowels": ["bauen", "frauen", "yoga", "mayonnaise"],
    "compared": ["neuester", "ärgste", "kleinlicher"],
    "derived": ["freundlichkeit", "einigung", "zweigung", "wichtigkeit", "elektrisch"],
    "spelled out": ["gebuehren", "strasse", "oeffentlich", "quer"],
    "short": ["s", "es", "ern", "ä"],
}


@pytest.mark.django_db
def test_stems_are_those_of_the_database() -> None:
    words = [*chain(*SPECIAL.values()), *islice(lexicon().common_words(), 0, None, 150)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, (ts_lexize('german_stem', word))[1] FROM unnest(%s::text[]) AS word", [words]
        )
        stems = {word: found for word, found in cursor.fetchall() if found is not None}
    assert len(stems) > 5000
    assert {word: stem(word) for word in stems} == stems

"""Each quirk of the vendors' servers, with values as they send them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from sessions.imports.oparl import places, quirks
from sessions.imports.oparl.quirks import BERLIN


# --- Placeholders -------------------------------------------------------------------------------
@pytest.mark.parametrize("value", [None, "", " ", "\u00a0", "N/A", " n/a ", "null", [], {}])
def test_placeholders_state_nothing(value: Any) -> None:
    assert not quirks.is_stated(value)
    assert quirks.text(value) == ""
    assert quirks.listed(value) == []
    assert quirks.single(value) is None
    assert quirks.identifier(value) == ""
    assert quirks.moment(value) is None
    assert quirks.day(value) is None
    assert quirks.flag(value) is None
    assert quirks.whole(value) is None


@pytest.mark.parametrize("value", [False, 0, "0", "Nichts"])
def test_what_looks_empty_may_be_stated(value: Any) -> None:
    assert quirks.is_stated(value)


def test_object_in_place_of_a_list_and_list_in_place_of_an_object() -> None:
    file = {"id": "urn:1"}
    assert quirks.listed(file) == [file]
    assert quirks.listed([None, file, ""]) == [file]
    assert quirks.single([None, file, {"id": "urn:2"}]) == file
    assert quirks.text(["", "Sitzungssaal", "Foyer"]) == "Sitzungssaal"


# --- Texts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Rat", "Rat"),
        ("  Rat \r\n der\tStadt ", "Rat der Stadt"),
        ("Haft\x01ung\x03 (GmbH)\x00", "Haftung (GmbH)"),
        ("21335\u00a0", "21335"),
        ("Rat\u202eneffo\u202c", "Ratneffo"),
        ("\ufeffRat\u200b", "Rat"),
        ("Rat\ud83d", "Rat"),
        ("Straße 😀", "Straße 😀"),
        (17, "17"),
        (1.5, "1.5"),
        (True, ""),
        (float("nan"), ""),
        pytest.param(10**5000, "", id="huge"),
        ({"name": "Rat"}, ""),
        ("N/A", ""),
    ],
)
def test_text(value: Any, words: str) -> None:
    assert quirks.text(value) == words


def test_paragraphs_keep_their_lines() -> None:
    assert quirks.paragraphs("Eins  \r\n\r\n\x01Zwei\u2028 drei ") == "Eins\nZwei\ndrei"
    assert quirks.paragraphs("Eins") == "Eins"
    assert quirks.paragraphs(None) == ""


def test_texts_of_a_list_or_of_one_text() -> None:
    assert quirks.texts(["Dr.", " ", 7, {}]) == ["Dr.", "7"]
    assert quirks.texts("Ratsfrau") == ["Ratsfrau"]


def test_long_names_are_cut_visibly() -> None:
    assert quirks.shortened("Ausschuss", 9) == "Ausschuss"
    assert quirks.shortened("Ausschuss", 8) == "Ausschu…"
    assert quirks.shortened("Rat der Stadt", 9) == "Rat der…"


def test_long_numbers_are_refused() -> None:
    assert quirks.fitting("A 1", 3, "reference") == "A 1"
    with pytest.raises(quirks.TooLongError, match="reference has 4 characters"):
        quirks.fitting("A 12", 3, "reference")


# --- Numbers and flags --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "number"),
    [
        (100001, 100001), (0, 0), ("12", 12), (" 12 ", 12), (12.0, 12), ([3], 3),
        (12.5, None), (-1, None), ("-1", None), ("zwölf", None), (True, None), (2**31, None), ("²", None),
        (float("inf"), None), pytest.param(10**5000, None, id="huge"), ("9" * 5000, None), ({}, None),
    ],
)  # fmt: skip
def test_whole(value: Any, number: int | None) -> None:
    assert quirks.whole(value) == number


@pytest.mark.parametrize(("value", "size"), [(553767, 553767), ("553767", 553767), (0, None), (2**63, None)])
def test_size(value: Any, size: int | None) -> None:
    assert quirks.size(value) == size


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True), (False, False), ("true", True), ("False", False), (1, True), (0, False), ("1", True),
        ("ja", True), ("nein", False), ("vielleicht", None), (2, None), ({}, None),
    ],
)  # fmt: skip
def test_flag(value: Any, flag: bool | None) -> None:
    assert quirks.flag(value) is flag


# --- Dates --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2021-05-11T17:00:00+02:00", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("2021-05-11T15:00:00Z", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("2014-01-08T14:28:31+0100", datetime(2014, 1, 8, 13, 28, 31, tzinfo=UTC)),
        ("2021-05-11T17:00:00.123456+02:00", datetime(2021, 5, 11, 15, 0, 0, 123456, tzinfo=UTC)),
        ("2021-05-11T17:00:00", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("2021-05-11 17:00", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("2021-12-11T17:00:00", datetime(2021, 12, 11, 16, tzinfo=UTC)),
        ("2021-05-11", datetime(2021, 5, 10, 22, tzinfo=UTC)),
        ("11.05.2021 17:00", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("11.5.2021, 17:00 Uhr", datetime(2021, 5, 11, 15, tzinfo=UTC)),
        ("11.05.2021", datetime(2021, 5, 10, 22, tzinfo=UTC)),
        ("0000-00-00", None), ("0000-00-00T00:00:00", None), ("0001-01-01T00:00:00+00:00", None),
        ("9999-12-31T23:59:59+01:00", None), ("1900-01-01", None), ("31.02.2021", None), ("32.1.2021", None),
        ("11.05.2021 25:00", None), ("gestern", None), ("17:00", None), (1620745200, None), (True, None),
    ],
)  # fmt: skip
def test_moment(value: Any, moment: datetime | None) -> None:
    found = quirks.moment(value)
    assert found == moment
    assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2021-04-27", date(2021, 4, 27)),
        ("2021-04-27T21:51:03+02:00", date(2021, 4, 27)),
        ("2021-04-27T23:30:00Z", date(2021, 4, 28)),
        ("2021-04-27 00:00:00", date(2021, 4, 27)),
        ("27.04.2021", date(2021, 4, 27)),
        ("20210427", date(2021, 4, 27)),
        ("0000-00-00", None), ("9999-12-31", None), ("0001-01-01", None), ("2021-02-30", None), ("2021", None),
    ],
)  # fmt: skip
def test_day(value: Any, day: date | None) -> None:
    assert quirks.day(value) == day


def test_start_without_a_time_of_day() -> None:
    midnight = datetime(2021, 5, 11, tzinfo=BERLIN)
    assert quirks.start("2021-05-11") == (midnight, False)
    assert quirks.start("2021-05-11T00:00:00+02:00") == (midnight, False)
    assert quirks.start("2021-05-11T17:00:00+02:00") == (datetime(2021, 5, 11, 17, tzinfo=BERLIN), True)


@pytest.mark.parametrize("value", ["2021-05-12T00:00:00+02:00", "2021-05-11T22:00:00Z", "2021-05-11", None])
def test_end_at_the_next_midnight_is_none(value: str | None) -> None:
    assert quirks.end(value) is None


def test_end() -> None:
    assert quirks.end("2021-05-11T21:00:00+02:00") == datetime(2021, 5, 11, 19, tzinfo=UTC)


# --- Addresses and ids --------------------------------------------------------------------------
def test_ids_are_never_changed() -> None:
    for id_ in ("https://ris.example.org/oparl/organizations?typ=gr&id=334", "urn:x", "/relativ/1"):
        assert quirks.identifier(id_) == id_


@pytest.mark.parametrize(
    "value", ["a\x00b", "a\nb", "a\ud800", "x" * 500, True, 1.5, ["urn:x"], {"id": None}]
)
def test_no_ids(value: Any) -> None:
    assert quirks.identifier(value) == ""


def test_id_of_an_object_or_a_number() -> None:
    assert quirks.identifier({"id": "urn:x", "name": "Rat"}) == "urn:x"
    assert quirks.identifier(17) == "17"


def test_ids_of_a_list_of_a_single_one_and_none_twice() -> None:
    assert quirks.identifiers(["urn:1", "", {"id": "urn:2"}, "urn:1", None]) == ("urn:1", "urn:2")
    assert quirks.identifiers("urn:1") == ("urn:1",)
    assert quirks.identifiers({"id": "urn:2"}) == ("urn:2",)
    assert quirks.identifiers(None) == ()


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://ris.example.org/x?id=1", "https://ris.example.org/x?id=1"),
        ("http://ris.example.org/Anlage 1.pdf", "http://ris.example.org/Anlage%201.pdf"),
        ("", ""), ("/doc?id=1", ""), ("javascript:alert(1)", ""), ("data:text/html,x", ""), ("http://", ""),
        ("http://[::1", ""), ("https://ris.example.org/" + "x" * 1000, ""), (None, ""),
    ],
)  # fmt: skip
def test_address(value: Any, address: str) -> None:
    assert quirks.address(value) == address


def test_double_slash_in_addresses_of_files() -> None:
    assert quirks.file_address("https://x.example.org/files//rim/1") == "https://x.example.org/files/rim/1"


# --- Files --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "mime_type"),
    [
        ("application/pdf", "application/pdf"), ("Application/PDF; charset=binary", "application/pdf"),
        ("pdf", "application/pdf"), (".PDF", "application/pdf"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("unbekannt", ""), ("a/b/c", ""), (None, ""),
    ],
)  # fmt: skip
def test_mime_type(value: Any, mime_type: str) -> None:
    assert quirks.mime_type(value) == mime_type


def test_mail_with_its_ending_twice() -> None:
    assert quirks.file_name("Stellungnahme.eml.eml") == "Stellungnahme.eml"
    assert quirks.file_name("Plan.pdf") == "Plan.pdf"


def test_checksum() -> None:
    assert quirks.sha512("AB" * 64) == "ab" * 64
    assert quirks.sha512("ab" * 20) == ""


# --- Keys of cities -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("03355022", "03355022"), ("3355022", "03355022"), (3355022, "03355022"), ("03 3 55 022", "03355022"),
        ("033550220000", ""), ("335502", ""), ("Lüneburg", ""), ("²3355022", ""), (None, ""),
    ],
)  # fmt: skip
def test_key_of_a_city(value: Any, key: str) -> None:
    assert quirks.ags(value) == key


def test_regional_key() -> None:
    assert quirks.rgs("33550022022") == "033550022022"


# --- Places -------------------------------------------------------------------------------------
def point(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


@pytest.mark.parametrize(
    ("coordinates", "result"),
    [
        ((10.41, 53.25), [10.41, 53.25]),
        (("10.41", "53.25"), [10.41, 53.25]),
        # Latitude first, which proves itself in Germany.
        ((53.25, 10.41), [10.41, 53.25]),
        ((50, 8), [8.0, 50.0]),
        # Far away nothing is proven.
        ((48.8, 2.35), [48.8, 2.35]),
        ((0, 0), [0.0, 0.0]),
    ],
)
def test_coordinates(coordinates: tuple[Any, ...], result: list[float]) -> None:
    assert places.geojson(point(*coordinates)) == {"type": "Point", "coordinates": result}


@pytest.mark.parametrize(
    "value",
    [
        None, "10.4,53.2", [], point(), point(10), point(10, "x"), point(True, 1), point(10, float("inf")),
        point(200, 10), point(10, 10**5000), point(10, None), {"type": "Punkt", "coordinates": [10, 53]},
        {"type": ["Point"], "coordinates": [10, 53]}, {"type": "Polygon", "coordinates": [[[[[[10, 53]]]]]]},
        {"type": "Feature", "geometry": None}, {"type": "FeatureCollection", "features": [None]},
        {"type": "LineString", "coordinates": [[10, 53]] * 20_001},
    ],
)  # fmt: skip
def test_no_places(value: Any) -> None:
    assert places.geojson(value) is None


def test_feature_keeps_its_name() -> None:
    feature = {
        "type": "Feature",
        "geometry": point(53.2, 10.4),
        "properties": {"name": "Rat\x00haus", "x": {}},
    }
    wanted = {"type": "Feature", "geometry": point(10.4, 53.2), "properties": {"name": "Rathaus"}}
    assert places.geojson(feature) == wanted
    assert places.geojson(wanted) == wanted
    assert places.geojson({"type": "FeatureCollection", "features": [feature]}) == {
        "type": "FeatureCollection",
        "features": [wanted],
    }


def test_polygon() -> None:
    ring = [[10.0, 53.0], [10.1, 53.0], [10.1, 53.1], [10.0, 53.0]]
    swapped = {"type": "Polygon", "coordinates": [[[y, x] for x, y in ring]]}
    assert places.geojson(swapped) == {"type": "Polygon", "coordinates": [ring]}


# --- Types --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "value",
    [
        "https://schema.oparl.org/1.1/AgendaItem", "https://schema.oparl.org/1.0/AgendaItem",
        "http://schema.oparl.org/1.0/AgendaItem", "https://schema.oparl.org/1.1/AgendaItem/", "AgendaItem",
        "agendaitem", "oparl:AgendaItem", " https://oparl.org/schema/1.0/AgendaItem ",
    ],
)  # fmt: skip
def test_stated_type(value: str) -> None:
    assert quirks.stated_type(value) == "AgendaItem"


@pytest.mark.parametrize(
    "value", [None, "", "https://schema.oparl.org/1.1/Error", "Feature", 1, ["Paper"], {}]
)
def test_no_type(value: Any) -> None:
    assert quirks.stated_type(value) is None


@pytest.mark.parametrize(
    ("id_", "type_"),
    [
        ("https://ris.example.org/oparl/bodies/1/papers/12", "Paper"),
        ("https://ris.example.org/public/oparl/agendaItems?id=3", "AgendaItem"),
        ("https://ris.example.org/bi/oparl/1.0/papers.asp?id=1664", "Paper"),
        ("https://ris.example.org/oparl/bodies/1/people/7", "Person"),
        ("https://ris.example.org/oparl/bodies/1", "Body"),
        ("https://ris.example.org/oparl/1/2", None),
        ("urn:x", None),
    ],
)
def test_type_in_id(id_: str, type_: str | None) -> None:
    assert quirks.type_in_id(id_) == type_

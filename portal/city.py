"""The city that runs this portal: name, colours, coat of arms, contact, licence.

It comes from one TOML file (setting CITY_FILE) so that no template names a city. The folder of the file
may hold `static/` (served below `stadt/`) and `templates/` (they win over the portal's own).
"""

import tomllib
from datetime import date
from hashlib import blake2s
from pathlib import Path
from typing import Annotated

from django.core.exceptions import ImproperlyConfigured
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    computed_field,
    model_validator,
)

MINIMUM_CONTRAST = 4.5
"""WCAG 2.2 AA, contrast of normal text (success criterion 1.4.3)."""

PALEST_GROUND, LIGHTEST_DARK_GROUND = "#f3f4f7", "#262438"
"""The surfaces of static/css/portal.css on which links are hardest to read."""

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Colours(_Part):
    """Colours of the city's own stripe; each must stay readable on what it stands on."""

    accent: Colour = "#003e7e"
    """On white and pale grey, in the light theme."""
    accent_dark: Colour = "#9ec5f4"
    """On near black and dark violet, in the dark theme."""

    @model_validator(mode="after")
    def _readable(self) -> "Colours":
        for name, colour, ground in (
            ("accent", self.accent, PALEST_GROUND),
            ("accent_dark", self.accent_dark, LIGHTEST_DARK_GROUND),
        ):
            if (ratio := contrast(colour, ground)) < MINIMUM_CONTRAST:
                raise ValueError(
                    f"{name} {colour} has a contrast of {ratio:.1f} on {ground}; "
                    f"choose one with at least {MINIMUM_CONTRAST}"
                )
        return self


class Contact(_Part):
    name: Line
    street: Line
    town: Line
    email: Line
    phone: str = ""
    accessibility_email: str = ""
    """For reports of barriers; `email` where empty."""


class Imprint(_Part):
    """§ 5 DDG and § 18 MStV."""

    represented_by: Line
    responsible_for_content: Line
    vat_id: str = ""


class Enforcement(_Part):
    """The body of the Land that citizens can turn to when a barrier stays."""

    name: Line
    url: Line


class City(_Part):
    """What templates know as `city`. Shapes: texts as printed, addresses absolute, paths below static."""

    name: Line
    """"Hansestadt Lüneburg"."""
    name_genitive: Line
    """With article, after "der Rat": "der Hansestadt Lüneburg"."""
    short_name: Line
    land: Line
    ags: Annotated[str, StringConstraints(pattern=r"^\d{8}$")]
    """Official municipality key, eight digits."""
    website: Line
    portal_name: Line
    claim: Line
    """What this portal is, in one sentence."""
    notice: str = ""
    """Shown on each page, for example that this is a demonstration."""
    example_contact: bool = False
    """The contact details are invented and are labelled so."""
    coat_of_arms: str = ""
    coat_of_arms_alt: str = ""
    licence_name: str = ""
    """Under which the portal's own data may be used; "" where nobody has decided that."""
    licence_url: str = ""
    employee_names_public: bool = False
    """Whether everybody may see the names of staff; otherwise only who is signed in."""
    allris_url: str = ""
    """Start of the council system's addresses: "https://buergerinfo.example.org/public"."""
    colours: Colours = Field(default_factory=Colours)
    contact: Contact
    imprint: Imprint
    enforcement: Enforcement
    accessibility_statement_date: date
    """When the statement on accessibility was last looked over; once a year at least."""
    folder: Path = Field(exclude=True)

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know property below a decorator
    @property
    def stylesheet_version(self) -> str:
        """Changes with the colours, so that browsers may keep the stylesheet for ever."""
        return blake2s(self.colours.model_dump_json().encode(), digest_size=6).hexdigest()


def load_city(path: Path) -> City:
    """The city that `path` describes.

    Raises ImproperlyConfigured, with one line per error, when the file is missing or wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return City(**data, folder=path.resolve().parent)
    except OSError as error:
        raise ImproperlyConfigured(f"CITY_FILE {path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ImproperlyConfigured(f"CITY_FILE {path} is no TOML in UTF-8: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ImproperlyConfigured(f"CITY_FILE {path}: " + "; ".join(lines)) from error


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Short addresses from names."""

from django.db import models
from django.utils.text import slugify

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
LONGEST = 80


def free_slug(model: type[models.Model], name: str) -> str:
    """A slug from `name` that no row of `model` has: "voicebot", "voicebot-2"."""
    stem = slugify(name.translate(_UMLAUTS))[:LONGEST].strip("-") or str(model._meta.model_name)
    taken = set(model._base_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug

"""German order of titles without ICU: "Äpfel" stands beside "Apfel", not after "Zwickau"."""

from django.db.models import CharField, F, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower, Replace


def german_order(field: str) -> Combinable:
    """What to `order_by` for the dictionary order of DIN 5007-1: ä as a, ß as ss, case ignored."""
    plain = Func(
        Lower(F(field)), Value("äöüéèáà"), Value("aoueeaa"), function="translate", output_field=CharField()
    )
    return Replace(plain, Value("ß"), Value("ss"))


def alphabetical(text: str) -> str:
    """The same order for what is sorted in Python."""
    return text.casefold().translate(str.maketrans("äöüéèáà", "aoueeaa"))

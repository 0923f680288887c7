"""German numbers, as digits and as words."""

_ONES = ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TEENS = (
    "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn",
    "neunzehn",
)  # fmt: skip
_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")

NO_COUNCIL = 10_000
"""So many votes no council has: a page with more has an error, or the number is misread."""


def _below_hundred() -> dict[str, int]:
    words = {word: number for number, word in enumerate(_TEENS, 10)}
    words |= {word: number for number, word in enumerate(_ONES) if number > 1}
    for tens, word in enumerate(_TENS, 2):
        words[word] = tens * 10
        words |= {f"{one}und{word}": tens * 10 + number for number, one in enumerate(_ONES) if number}
    return words


def _number_words() -> dict[str, int]:
    small = _below_hundred()
    words = dict(small)
    for prefix, hundreds in (("hundert", 100), ("einhundert", 100), ("zweihundert", 200)):
        words |= {prefix: hundreds} | {prefix + word: hundreds + number for word, number in small.items()}
    for word in ["ein", "eins", "eine", "einer", "einem", "einen"]:
        words[word] = 1
    words |= {"zweier": 2, "dreier": 3}
    words |= dict.fromkeys(["null", "kein", "keine", "keiner", "keinen", "keinerlei"], 0)
    # How those write who have no umlauts or no ß.
    spellings = (("ß", "ss"), ("ü", "ue"), ("ö", "oe"))
    return words | {
        word.replace(letter, other): number for letter, other in spellings for word, number in words.items()
    }


NUMBER_WORDS = _number_words()


def number(printed: str) -> int | None:
    """The number in digits or a word; NO_COUNCIL for one that is grouped or longer than any council's;
    None for a word or a decimal, which is no count."""
    if not printed[:1].isdigit():
        return NUMBER_WORDS.get(printed.lower())
    if printed.isdecimal():
        return int(printed) if len(printed) < len(str(NO_COUNCIL)) else NO_COUNCIL
    return None if "," in printed else NO_COUNCIL

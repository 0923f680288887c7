"""The words of a sentence, and where its clauses end."""

import re

WORD = re.compile(r"[^\W\d_]+")


class Words:
    """The words of a sentence in lower case, and which of them close a clause."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower: list[str] = []
        self.printed: list[str] = []
        self.closes: list[bool] = []
        for match in WORD.finditer(text):
            self.printed.append(match[0])
            # "OB" is the lord mayor in a list of who voted how, not the "ob" of an indirect question.
            self.lower.append("oberbürgermeister" if match[0] == "OB" else match[0].lower())
            self.closes.append(text[match.end() : match.end() + 2].lstrip(" ")[:1] in _CLOSING)
        self.every = frozenset(self.lower)


_CLOSING = frozenset(("", ".", ",", ";", ":", "(", ")", "\n", "!", "-", "–"))

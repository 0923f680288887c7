"""Small pictures for words: drawn on 24 x 24, one stroke, in the colour of the text around them.

Inline SVG and not KERN's CSS masks, because a mask is a background: browsers leave it out when printing.
An icon never stands alone; the word is beside it, so it is hidden from screen readers.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString

PATHS: dict[str, str] = {
    "arrow-left": "M20 12H4M10 6l-6 6 6 6",
    "arrow-right": "M4 12h16M14 6l6 6-6 6",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "check": "M4 12.5l5.5 5.5L20 7",
    "checks": "M2 13l4.5 4.5L15 9M11 16l1.5 1.5L22 8",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5.5l3.5 2",
    "cross": "M6 6l12 12M18 6L6 18",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11M7 10.5l5 5 5-5M5 20h14",
    "euro": "M18 6.5A7 7 0 1 0 18 17.5M4 10h9M4 14h8",
    "eye": (
        "M2.5 12C5 7.5 8.5 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12z"
        "M12 9.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5"
    ),
    "external": "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
    "gavel": "M13 4l7 7M10 7l7 7M11.5 5.5l-5 5M18.5 12.5l-5 5M11.5 11.5L4 19M3 21h9",
    "half": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 3v18M12 7h4.5M12 11h6M12 15h5.5",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v6M12 7v.5",
    "link": (
        "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7L12 7"
        "M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7L12 17"
    ),
    "mail": "M3 6h18v12H3zM3 7l9 7 9-7",
    "minus": "M5 12h14",
    "pause": "M8 5v14M16 5v14",
    "people": (
        "M9 5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6"
        "M16 5.5a3.2 3.2 0 0 1 0 6.2M17.5 14.5c2.5.7 4 2.5 4 5.5"
    ),
    "pin": (
        "M12 21c-4-4.5-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.5 6.5-6.5 11z"
        "M12 7.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5"
    ),
    "plus": "M12 5v14M5 12h14",
    "question": "M8 9a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.2-1.5 2.3M12 19v.5",
    "quote": "M10 7c-3.5 1-5 3.5-5 7v3h5v-5H7.5M20 7c-3.5 1-5 3.5-5 7v3h5v-5h-2.5",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21",
    "stop": "M6 6h12v12H6z",
    "telescope": "M3 14l12-6 2.5 5-12 5.5zM15 8l4-2 2 4.5-3.5 2M10 16l-3 5M11.5 15.5l3 5.5",
    "undo": "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H8",
    "up": "M12 20V4M6 10l6-6 6 6",
    "upright": "M6 18L18 6M9 6h9v9",
    "warning": "M12 3.5L2.5 20h19zM12 10v5M12 17.5v.5",
}  # fmt: skip


_RENDERED = {
    name: format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        path,
    )
    for name, path in PATHS.items()
}


def icon(name: str) -> SafeString:
    """The icon as `<svg>`, as high as the text; an unknown name raises KeyError (a mistake in a template)."""
    return _RENDERED[name]

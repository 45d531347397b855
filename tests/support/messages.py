# SPDX-License-Identifier: BSD-3-Clause
"""What Weir may log as a warning or an error, and why it may not start, read from its sources."""

import re

LITERAL = r'(?:"(?:[^"\\]|\\.)*"|PRI[a-zA-Z]\w*)'
# A call, what stands before its format, and the format: literals and macros of <inttypes.h> side by side.
CALL = r"\b{name}\(\s*{before}((?:{literal}\s*)+)"
CONVERSION = re.compile(r"%[-+ #0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|z|j|t)?[diouxXcsp%]")
PLACE = "…"
STARTING = ("weir/setup", "weir/snapshot", "common")  # folders whose errors end a start


def _text(pieces):
    """The format as a reader meets it: PLACE for what is filled in."""
    text = ""
    for piece in re.findall(LITERAL, pieces):
        # %" PRIu64 " is %u here: the macro ends the conversion that the literal before it began.
        text += "u" if piece.startswith("PRI") else piece[1:-1].replace('\\"', '"').replace("\\n", "")
    text = CONVERSION.sub(lambda found: "%" if found[0] == "%%" else PLACE, text)
    text = re.sub(f"{PLACE}(:{PLACE}){{5}}", PLACE, text)  # a MAC address
    return re.sub(f"{PLACE}(?: ?{PLACE})+", PLACE, text)


def _calls(folder, name, before=""):
    pattern = re.compile(CALL.format(name=name, before=before, literal=LITERAL))
    for path in sorted(folder.rglob("*.c")):
        yield from (_text(pieces) for pieces in pattern.findall(path.read_text()))


def _with_words(texts):
    """Without those that only pass on the text of an error."""
    return {text for text in texts if text.replace(PLACE, "").strip(" .:;")}


def logged(app):
    return _with_words(text for name in ("log_warning", "log_error") for text in _calls(app / "weir", name))


def refused(app):
    return _with_words(
        text for room in STARTING for text in _calls(app / room, "error_set", r"&?\w+,\s*[^,]+,\s*")
    )

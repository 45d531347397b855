# SPDX-License-Identifier: BSD-3-Clause
"""CRC32C (Castagnoli, reflected, not inverted at its ends) of large blocks, without a loop over bytes.

A CRC is linear: that of a text is the exclusive or of what each byte adds at its place. So the text is cut
into rows of STRIDE bytes; a column of all rows goes through tables by bytes.translate, and whole columns are
added as large integers. Then neighbouring rows are joined, two by two, until one is left. Zeros before a text
change nothing while the CRC before it is 0, so the first row is filled up with them.
"""

import functools

POLYNOMIAL = 0x82F63B78
STRIDE = 32
PARTS = range(4)  # bytes of a CRC, the lowest first


def _step_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


STEP = _step_table()


def add_bytes(crc, content):
    """The CRC with more bytes behind it, one by one: for short texts."""
    for byte in content:
        crc = crc >> 8 ^ STEP[(crc ^ byte) & 0xFF]
    return crc


def _as_bytes(numbers):
    """Tables for bytes.translate: the lowest bytes of 256 numbers, and so on."""
    return [bytes(number >> 8 * part & 0xFF for number in numbers) for part in PARTS]


@functools.cache
def _columns():
    """For each byte of a row: its four tables."""
    tables, row = [], [add_bytes(0, bytes([byte])) for byte in range(256)]
    for _ in range(STRIDE):
        tables.append(_as_bytes(row))
        row = [number >> 8 ^ STEP[number & 0xFF] for number in row]
    return tables[::-1]


def _apply(shift, number):
    """The CRC `number`, behind which come as many zeros as the shift is for."""
    return (
        shift[0][number & 0xFF]
        ^ shift[1][number >> 8 & 0xFF]
        ^ shift[2][number >> 16 & 0xFF]
        ^ shift[3][number >> 24]
    )


@functools.cache
def _shift(level):
    """What STRIDE << level zeros do to each byte of a CRC: four tables of 256 numbers."""
    if level == 0:
        return [[add_bytes(byte << 8 * part, bytes(STRIDE)) for byte in range(256)] for part in PARTS]
    half = _shift(level - 1)
    return [[_apply(half, number) for number in table] for table in half]


@functools.cache
def _shift_bytes(level):
    return [_as_bytes(table) for table in _shift(level)]


def _sum(columns, size):
    total = 0
    for column in columns:
        total ^= int.from_bytes(column, "little")
    return total.to_bytes(size, "little")


def _rows(content):
    """The CRC of each row by itself, as four columns of bytes."""
    content = bytes(-len(content) % STRIDE) + content
    columns = [content[at::STRIDE] for at in range(STRIDE)]
    size = len(columns[0])
    return [
        _sum((column.translate(table[part]) for column, table in zip(columns, _columns())), size)
        for part in PARTS
    ]


def _join(rows, level):
    """Half as many rows, each of twice the length."""
    if len(rows[0]) % 2:
        rows = [b"\0" + column for column in rows]
    size = len(rows[0]) // 2
    left = [column[0::2] for column in rows]
    tables = _shift_bytes(level)
    return [
        _sum([rows[part][1::2], *(left[k].translate(tables[k][part]) for k in PARTS)], size) for part in PARTS
    ]


def _shifted(crc, count):
    """A CRC with `count` zeros behind it."""
    level = 0
    crc = add_bytes(crc, bytes(count % STRIDE))
    count //= STRIDE
    while count:
        if count & 1:
            crc = _apply(_shift(level), crc)
        count >>= 1
        level += 1
    return crc


def crc32c(crc, content):
    """The CRC with `content` behind it."""
    if len(content) < 4 * STRIDE:
        return add_bytes(crc, content)
    rows, level = _rows(content), 0
    while len(rows[0]) > 1:
        rows = _join(rows, level)
        level += 1
    own = int.from_bytes(b"".join(rows), "little")
    return own ^ _shifted(crc, len(content))

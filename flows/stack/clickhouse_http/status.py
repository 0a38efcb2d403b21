"""HTTP status of ClickHouse's error codes, as its own server maps them (`exceptionCodeToHTTPStatus`)."""

CANNOT_READ_ALL_DATA = 33
SYNTAX_ERROR = 62

_STATUS = {
    # Unauthorized, forbidden.
    194: 401,
    192: 403,
    193: 403,
    516: 403,
    # The request itself is wrong: what cannot be parsed, types that do not fit.
    **dict.fromkeys((6, 26, 27, 28, 33, 36, 38, 41, 53, 62, 69, 72, 85, 117, 130, 131, 168, 427), 400),
    # What it names is not there.
    **dict.fromkeys((16, 46, 47, 50, 56, 60, 63, 73, 81, 83, 115), 404),
    159: 408,
    381: 411,
    48: 501,
    76: 503,
    209: 503,
}


def of(code: int) -> int:
    """500 for what is not in the table."""
    return _STATUS.get(code, 500)

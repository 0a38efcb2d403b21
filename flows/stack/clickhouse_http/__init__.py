"""Embedded ClickHouse: chdb behind ClickHouse's own HTTP protocol, in a process of its own.

`python -m flows.stack.clickhouse_http FOLDER PORT` serves one folder on loopback. Every reader and writer then talks
to it as to a server, and it can be killed apart from them.
"""

"""`tapeflow ui`: the desk as a live page on loopback.

Python's own HTTP server, server-sent events and a page of our own (ES modules, SVG, one style sheet), not Panel with
Bokeh: those bring 100 MB of packages and some megabytes of script for charts that here are 300 lines, keep a session
with its own state for each viewer where this page has one picture for all of them, and draw on a canvas that a screen
reader, a keyboard and a test cannot look into. Nothing is installed for it, and nothing is loaded from elsewhere.

`tape.py` reads what has landed in ClickHouse since the last second, one short stretch of the primary key, however long
the tape is; `log_watch.py` asks the log for its ends. What they bring is folded into `market.py`, `desk.py`,
`stages.py` and `trouble.py`; `pictures.py` says it as JSON, once for all viewers; `server.py` sends it. Nothing asks a
flow.
"""

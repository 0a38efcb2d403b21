"""supervisord's settings, in its own format."""

from __future__ import annotations

import os
import shlex
import sys

from flows.desk.places import Places

# A process that ends sooner than this has not started: the next try comes a second later than the one before.
_STARTED_AFTER_S = 10
# Longer than a flow's own grace, and than the ingestor's and the router's.
_STOP_GRACE_S = 15
_STACK_STOP_GRACE_S = 30
_LOG_BYTES_MAX = 16 << 20

_WHOLE = """\
; Written by `tapeflow deploy` at every start of the supervisor.
[unix_http_server]
file = {socket}
chmod = 0700

[supervisord]
nodaemon = true
logfile = {log}
logfile_maxbytes = {log_bytes}
logfile_backups = 1
pidfile = {pid}
childlogdir = {folder}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = {folder}/programs/*.conf
"""
_PROGRAM = """\
[program:{name}]
command = {command}
autostart = false
autorestart = true
startsecs = {started_after_s}
startretries = 1000000
stopsignal = TERM
stopwaitsecs = {stop_grace_s}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = {log_bytes}
stdout_logfile_backups = 1
"""


def whole(places: Places) -> str:
    """The supervisor's own."""
    return _WHOLE.format(
        socket=_escaped(places.socket),
        log=_escaped(places.supervisor_log),
        log_bytes=_LOG_BYTES_MAX,
        pid=_escaped(places.supervisor_pid),
        folder=_escaped(places.folder),
    )


def of_program(places: Places, name: str) -> str:
    """The same for every program: what it is stands in deployed.json, and is read at each of its starts."""
    return _PROGRAM.format(
        name=name,
        command=_escaped(shlex.join([sys.executable, "-m", "flows.desk.program", str(places.data_dir), name])),
        started_after_s=_STARTED_AFTER_S,
        stop_grace_s=_STACK_STOP_GRACE_S if name == "stack" else _STOP_GRACE_S,
        log=_escaped(places.log(name)),
        log_bytes=_LOG_BYTES_MAX,
    )


def _escaped(value: os.PathLike[str] | str) -> str:
    return os.fspath(value).replace("%", "%%")

"""`python -m flows.stack.clickhouse_http FOLDER PORT`."""

import signal
import sys
import threading
from pathlib import Path

from flows.stack.clickhouse_http.engine import ClickHouseError, Engine
from flows.stack.clickhouse_http.memory import keep_released
from flows.stack.clickhouse_http.server import Server

_RELEASE_S = 5.0


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    try:
        engine = Engine(folder)
        server = Server(engine, port)
    except (ClickHouseError, OSError) as error:
        sys.exit(f"ERROR {error}")
    # `shutdown` waits for the loop, so it cannot be called from the loop's own thread.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    threading.Thread(target=keep_released, args=("_chdb", _RELEASE_S), daemon=True).start()
    server.serve_forever(poll_interval=0.1)
    server.sessions.close()
    engine.close()


main()

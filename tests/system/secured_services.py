"""Kafka and ClickHouse as another machine has them: TLS by an authority of one's own, and a password."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from flows.stack import ports
from flows.stack.clickhouse import ClickHouse
from flows.stack.kafka import Kafka
from flows.stack.ports import HOST
from flows.stack.supervisor import Supervisor

USER, PASSWORD = "desk", "correct-horse"

_SECURED = """\
listeners=PLAINTEXT://{host}:{port},SASL_SSL://{host}:{secured_port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port},SASL_SSL://{host}:{secured_port}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_{user}="{password}";
ssl.keystore.type=PEM
ssl.keystore.location={keys}
"""
# As ClickHouse answers.
_AUTHENTICATION_FAILED = (
    f"Code: 516. DB::Exception: {USER}: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)\n"
)


@dataclass(frozen=True)
class Secured:
    """The environment that names them, and its secret."""

    variables: dict[str, str]


@contextmanager
def secured_services(folder: Path) -> Iterator[Secured]:
    """Both, on loopback, until the end of the `with`."""
    authority = trustme.CA()
    trusted, keys = folder / "authority.pem", folder / "keys.pem"
    authority.cert_pem.write_to_path(trusted)
    certificate = authority.issue_cert(HOST)
    # Kafka reads PKCS 8 alone.
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keys.write_bytes(pkcs8 + b"".join(blob.bytes() for blob in certificate.cert_chain_pems))

    taken: list[int] = []
    for name in ("kafka", "controller", "secured kafka", "clickhouse"):
        taken.append(ports.choose(name, 0, None, taken))
    kafka = SecuredKafka(folder / "kafka", folder / "kafka.log", taken[0], taken[1], secured_port=taken[2], keys=keys)
    clickhouse = ClickHouse(folder / "clickhouse", folder / "clickhouse.log", taken[3])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    supervisor = Supervisor([kafka, clickhouse], lambda _line: None)
    with ExitStack() as stack:
        supervisor.start()
        stack.callback(supervisor.stop)
        gate = stack.enter_context(Gate(context, clickhouse.port))
        yield Secured(
            {
                "TAPEFLOW_BOOTSTRAP_SERVERS": f"{HOST}:{kafka.secured_port}",
                "TAPEFLOW_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "TAPEFLOW_KAFKA_SASL_MECHANISM": "PLAIN",
                "TAPEFLOW_KAFKA_SASL_USERNAME": USER,
                "TAPEFLOW_KAFKA_SASL_PASSWORD": PASSWORD,
                "TAPEFLOW_KAFKA_SSL_CA_LOCATION": str(trusted),
                "TAPEFLOW_CLICKHOUSE_URL": f"https://{USER}:{PASSWORD}@{HOST}:{gate.port}/default?ca_cert={trusted}",
            }
        )


@dataclass(frozen=True, kw_only=True)
class SecuredKafka(Kafka):
    """The embedded broker with a second way in, which asks for TLS and a password."""

    secured_port: int
    keys: Path

    def prepare(self) -> None:
        super().prepare()
        with self._settings.open("a") as settings:
            # The last word on a property counts.
            settings.write(
                _SECURED.format(
                    host=HOST,
                    port=self.port,
                    controller_port=self.controller_port,
                    secured_port=self.secured_port,
                    keys=self.keys,
                    user=USER,
                    password=PASSWORD,
                )
            )


# A client that is refused hangs up by itself.
_READ_ON_S = 5.0


class Gate:
    """Stands before the embedded ClickHouse, which knows neither TLS nor passwords: ends one, asks for the other."""

    def __init__(self, context: ssl.SSLContext, behind: int) -> None:
        """`behind`: ClickHouse's port."""
        self._context = context
        self._behind = behind
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Gate:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        # Until it is closed.
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Who hangs up, or does not trust us, is gone.
        with suppress(OSError), connection, self._context.wrap_socket(connection, server_side=True) as secured:
            request = b""
            while b"\r\n\r\n" not in request:
                received = secured.recv(65536)
                if not received:
                    return
                request += received
            if _password(request) != f"{USER}:{PASSWORD}":
                refusal = _AUTHENTICATION_FAILED.encode()
                head = (
                    f"HTTP/1.1 403 Forbidden\r\nX-ClickHouse-Exception-Code: 516\r\nContent-Length: {len(refusal)}\r\n"
                )
                secured.sendall(head.encode() + b"Connection: close\r\n\r\n" + refusal)
                # Closed with some of the request unread, the connection would be reset, and the refusal lost with it.
                secured.settimeout(_READ_ON_S)
                while secured.recv(65536):
                    pass
                return
            with socket.create_connection((HOST, self._behind)) as clickhouse:
                clickhouse.sendall(request)
                back = threading.Thread(target=_carry, args=(clickhouse, secured), daemon=True)
                back.start()
                _carry(secured, clickhouse)
                back.join()


def _password(request: bytes) -> str:
    """`user:password` of a request's head."""
    for line in request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "authorization" and value.startswith("Basic "):
            return b64decode(value.removeprefix("Basic ")).decode()
    return ""


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)

"""The wire: answers however they are cut, connections kept, and what is lost told as lost."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from telegram.error import TimedOut

from bot.telegram.connection import IDLE, Lost
from bot.telegram.wire import NotSent, Wire

PLAIN = b"HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 4\r\n\r\ntrue"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\ntr\r\n2\r\nue\r\n0\r\n\r\n"
CLOSED = b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 4\r\n\r\ntrue"
ENDLESS = b"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>"


class Server:
    """Answers each request with the same pieces; `hang` closes after them."""

    def __init__(self, pieces: Sequence[bytes], pause: float = 0.0, hang: bool = False) -> None:
        self.pieces = pieces
        self.pause = pause
        self.hang = hang
        self.requests: list[tuple[int, bytes]] = []  # the number of the connection, what came
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.writers)
        self.writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.rpartition(b"Content-Length: ")[2])
                self.requests.append((number, head + await reader.readexactly(length)))
                for piece in self.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(self.pause)
                if self.hang:
                    break
        writer.close()

    @contextlib.asynccontextmanager
    async def open(self, **settings: object) -> AsyncIterator[int]:
        listening = await asyncio.start_server(self.serve, "127.0.0.1", 0, **settings)  # type: ignore[arg-type]
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
            for writer in self.writers:
                writer.close()


async def post(wire: Wire, read: float = 2.0, wait: float = 2.0) -> tuple[int, bytes]:
    return await wire.post("/bot42:T/getMe", b"{}", connect=2.0, wait=wait, read=read)


@pytest.mark.parametrize("answer", [PLAIN, CHUNKS])
@pytest.mark.parametrize("step", [1, 7, 1000])
async def test_an_answer_is_read_however_it_is_cut(answer: bytes, step: int) -> None:
    server = Server([answer[at : at + step] for at in range(0, len(answer), step)])
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 2)
        assert [await post(wire), await post(wire)] == [(200, b"true")] * 2
        wire.close()
    assert [number for number, _ in server.requests] == [0, 0]  # one connection served both
    assert server.requests[0][1].startswith(b"POST /bot42:T/getMe HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize("answer", [CLOSED, ENDLESS])
async def test_a_connection_that_ends_with_its_answer_is_not_used_again(answer: bytes) -> None:
    server = Server([answer], hang=True)
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 2)
        got = [await post(wire), await post(wire)]
    assert got == ([(200, b"true")] if answer is CLOSED else [(502, b"<html>")]) * 2
    assert [number for number, _ in server.requests] == [0, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/2 200\r\nContent-Length: 4\r\n\r\ntrue",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\ntrue",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"x" * 70_000,
    ],
)
async def test_what_is_no_answer_is_an_unknown_outcome(answer: bytes) -> None:
    async with Server([answer]).open() as port:
        with pytest.raises(Lost):
            await post(Wire(f"http://127.0.0.1:{port}", "test", 2))


async def test_an_answer_cut_short_is_an_unknown_outcome() -> None:
    async with Server([PLAIN[:-1]], hang=True).open() as port:
        with pytest.raises(Lost):
            await post(Wire(f"http://127.0.0.1:{port}", "test", 2))


async def test_a_long_answer_that_keeps_coming_is_not_a_time_out() -> None:
    answer = [PLAIN[at : at + 8] for at in range(0, len(PLAIN), 8)]
    async with Server(answer, pause=0.05).open() as port:
        assert await post(Wire(f"http://127.0.0.1:{port}", "test", 2), read=0.25) == (200, b"true")


async def test_after_a_time_out_the_late_answer_is_nobody_s() -> None:
    server = Server([b"", PLAIN], pause=0.2)
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 1)
        with pytest.raises(TimedOut):
            await post(wire, read=0.05)
        assert await post(wire) == (200, b"true")
    assert [number for number, _ in server.requests] == [0, 1]


async def test_a_call_given_up_leaves_no_connection_behind() -> None:
    server = Server([b"", PLAIN], pause=0.2)
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 1)
        call = asyncio.create_task(post(wire))
        await asyncio.sleep(0.1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert await post(wire) == (200, b"true")
    assert [number for number, _ in server.requests] == [0, 1]


async def test_a_connection_that_speaks_or_ends_between_two_calls_is_replaced() -> None:
    server = Server([PLAIN])
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 2)
        for end in ("write", "close"):
            await post(wire)
            if end == "write":
                server.writers[-1].write(PLAIN)
            else:
                server.writers[-1].close()
            await asyncio.sleep(0.05)
        await post(wire)
    assert [number for number, _ in server.requests] == [0, 1, 2]


async def test_a_connection_silent_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server([PLAIN])
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 2)
        await post(wire)
        loop = asyncio.get_running_loop()
        later = loop.time() + IDLE + 1
        monkeypatch.setattr(loop, "time", lambda: later)
        await post(wire)
    assert [number for number, _ in server.requests] == [0, 1]


async def test_calls_beyond_the_limit_wait_for_a_connection_then_did_not_happen() -> None:
    server = Server([PLAIN], pause=0.2)
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 1)
        calls = (post(wire), post(wire), post(wire, wait=0.01))
        got = await asyncio.gather(*calls, return_exceptions=True)
    assert list(got[:2]) == [(200, b"true")] * 2
    assert isinstance(got[2], NotSent)


async def test_a_path_cannot_end_the_line() -> None:
    server = Server([PLAIN])
    async with server.open() as port:
        wire = Wire(f"http://127.0.0.1:{port}", "test", 1)
        await wire.post("/a b\r\nX: é", b"{}", connect=1, wait=1, read=1)
    assert server.requests[0][1].startswith(b"POST /a%20b%0D%0AX:%20%C3%A9 HTTP/1.1\r\n")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of « localhost », signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(secret + made.public_bytes(pem))
    return path


@pytest.mark.parametrize("trusted", [True, False])
async def test_a_server_is_spoken_to_only_if_its_certificate_is_trusted(
    certificate: Path, trusted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    shown = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    shown.load_cert_chain(certificate)
    server = Server([PLAIN])
    async with server.open(ssl=shown) as port:
        call = post(Wire(f"https://localhost:{port}", "test", 1))
        if trusted:
            assert await call == (200, b"true")
        else:
            with pytest.raises(NotSent):
                await call
    assert len(server.requests) == trusted

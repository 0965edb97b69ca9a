"""Invitations by mail, against a real SMTP server on this machine."""

from __future__ import annotations

import asyncio
import email
import email.policy
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calendars import Organiser, cancellation, invitation, subject
from bot.characters import clean
from bot.mail import Mailer, MailRefused, MailTrouble, valid_address
from bot.meetings import Meeting, Slot, Status

# The server logs people in without TLS where a test asks it to, and says so each time.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

START = datetime(2026, 9, 16, 6, tzinfo=UTC)
SLOT = Slot(1, "tuen", START, START.replace(minute=30), "Asia/Seoul", "Halle B2, Stand 12")
MEETING = Meeting(
    "m1", "m1", SLOT, 0, 7, Status.CONFIRMED, 2, "de", "Europe/Berlin", START, name="Jürgen", email="guest@example.org"
)
ORGANISER = Organiser("Expo", "expo@city.example", "city.example")
INVITATION = invitation(MEETING, ORGANISER, team="Tuen", now=START)
CANCELLATION = cancellation(
    replace(MEETING, status=Status.CANCELLED_HOST, sequence=1), ORGANISER, team="Tuen", now=START
)
PASSWORD = "tr0ub4dor&3"


@dataclass
class Server:
    """A mail server that takes what it is sent, but for what a test tells it to answer."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)  # step -> answer
    taken: list[Envelope] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)

    def letter(self) -> EmailMessage:
        (envelope,) = self.taken
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        self.logins.append(data)
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    async def handle_MAIL(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _s: SMTP, _n: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _s: SMTP, _n: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" not in self.answers:
            self.taken.append(envelope)
        return self.answers.get("DATA", "250 OK")

    async def handle_QUIT(self, server: SMTP, _n: Session, _e: Envelope) -> str:  # noqa: N802
        if "QUIT" in self.answers:
            server.transport.abort()
        return "221 Bye"


Serve = Callable[..., Awaitable[Server]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    @asynccontextmanager
    async def running(
        answers: dict[str, str], options: dict[str, Any], tls: ssl.SSLContext | None
    ) -> AsyncIterator[Server]:
        server = Server(answers=answers)
        options = {"authenticator": server.authenticate, **options}
        factory = lambda: SMTP(server, hostname="mail.example", loop=asyncio.get_running_loop(), **options)  # noqa: E731
        listening = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=tls)
        server.port = listening.sockets[0].getsockname()[1]
        async with listening:
            yield server

    async with AsyncExitStack() as stack:

        async def start(
            answers: dict[str, str] | None = None, tls: ssl.SSLContext | None = None, **options: Any
        ) -> Server:
            return await stack.enter_async_context(running(answers or {}, options, tls))

        yield start


def mailer(server: Server, security: Any = "none", user: str = "", password: str = "") -> Mailer:
    return Mailer("127.0.0.1", server.port, user, password, "Die Expo, Pohang <expo@city.example>", security, timeout=5)


async def send(one: Mailer, **changed: Any) -> None:
    letter = {"to": "guest@example.org", "subject": "Termin", "text": "Guten Tag,\nbis bald.", "ics": INVITATION}
    await one.send(**{**letter, "method": "REQUEST", **changed})


@pytest.mark.parametrize(
    ("ics", "method", "name"),
    [(INVITATION, "REQUEST", "invitation.ics"), (CANCELLATION, "CANCEL", "cancellation.ics")],
)
async def test_a_calendar_file_arrives_with_its_method_twice(serve: Serve, ics: bytes, method: str, name: str) -> None:
    server = await serve()

    await send(mailer(server), subject=subject(MEETING, team="Tuen"), ics=ics, method=method)

    letter = server.letter()
    both, attached = letter.iter_parts()
    plain, calendar = both.iter_parts()
    assert both.get_content_type() == "multipart/alternative"
    assert plain.get_content().split() == ["Guten", "Tag,", "bis", "bald."]
    assert calendar["Content-Type"].params == {"method": method, "charset": "utf-8"}
    assert calendar.get_payload(decode=True) == ics == attached.get_payload(decode=True)
    assert f"\r\nMETHOD:{method}\r\n".encode() in ics
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", name)
    assert (letter["To"], letter["Auto-Submitted"]) == ("guest@example.org", "auto-generated")
    assert letter["From"].addresses[0].addr_spec == "expo@city.example"
    assert letter["From"].addresses[0].display_name == "Die Expo, Pohang"
    assert letter["Subject"] == "Termin mit Tuen, Mi., 16. September 2026, 15:00 Uhr KST"
    assert (server.taken[0].mail_from, server.taken[0].rcpt_tos) == ("expo@city.example", ["guest@example.org"])


async def test_every_octet_sent_is_ascii_and_no_line_is_long(serve: Serve) -> None:
    server = await serve()

    await send(mailer(server), subject="포항 배터리 엑스포 미팅 " * 12 + "🔋", text="안녕하세요. " * 200)

    (envelope,) = server.taken
    assert isinstance(envelope.content, bytes)
    assert envelope.content.isascii()
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 78
    assert server.letter()["Subject"] == ("포항 배터리 엑스포 미팅 " * 12 + "🔋")


async def test_the_same_mail_sent_again_has_the_same_identity(serve: Serve) -> None:
    server = await serve()

    for to, ics, method in (
        ("guest@example.org", INVITATION, "REQUEST"),
        ("guest@example.org", INVITATION, "REQUEST"),
        ("guest@example.com", INVITATION, "REQUEST"),
        ("guest@example.org", CANCELLATION, "CANCEL"),
    ):
        await send(mailer(server), to=to, ics=ics, method=method)

    ids = [email.message_from_bytes(one.content or b"")["Message-ID"] for one in server.taken]  # type: ignore[arg-type]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    "attempt",
    [
        "Termin\r\nBcc: victim@example.org",
        "Termin\nBcc: victim@example.org",
        "Termin\rBcc: victim@example.org",
        "Termin\x85Bcc: victim@example.org\u2028X-Evil: 1",
        "Termin\r\n\r\n<script>",
        "Termin\x00\ud800\u202eBcc: victim@example.org",
        "Termin =?utf-8?q?=0D=0ABcc:_victim@example.org?=",
        "Termin =?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?=",
        "Termin =\u200b?utf-8?q?=0ABcc:_victim@example.org?=",
    ],
)
async def test_no_subject_becomes_another_header(serve: Serve, attempt: str) -> None:
    server = await serve()

    await send(mailer(server), subject=attempt, text=f"{attempt}\r\n.\r\nRCPT TO:<victim@example.org>\r\n")

    letter = server.letter()
    assert sorted(letter.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
    )
    assert letter["Subject"].startswith("Termin")
    assert server.taken[0].rcpt_tos == ["guest@example.org"]


@pytest.mark.parametrize(
    "to",
    [
        "guest@example.org\r\nBcc: victim@example.org",
        "guest@example.org, victim@example.org",
        "guest@example.org>\r\nRCPT TO:<victim@example.org",
        "Guest <guest@example.org>",
        " guest@example.org",
        "guest@example.org\n",
        "guest",
        "",
    ],
)
async def test_what_is_no_single_address_is_refused_before_anything_is_sent(serve: Serve, to: str) -> None:
    server = await serve()

    with pytest.raises(MailRefused, match="not an e-mail address"):
        await send(mailer(server), to=to)
    assert server.taken == []


@pytest.mark.parametrize(
    "name", ["Expo\r\nBcc: victim@example.org", "=?utf-8?q?Expo=0ABcc:_victim@example.org?=", '"Expo" <x@y.z>\n']
)
async def test_no_sender_becomes_another_header(serve: Serve, name: str) -> None:
    server = await serve()

    await send(replace(mailer(server), sender=f"{name} <expo@city.example>"))

    letter = server.letter()
    assert "Bcc" not in letter
    assert [one.addr_spec for one in letter["From"].addresses] == ["expo@city.example"]


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters())
    | st.lists(st.sampled_from(["=?utf-8?q?", "=0A", "?=", "Bcc: x@y.z", "\r\n", " ", "포항", "🔋", ","])).map("".join)
)
def test_whatever_a_subject_says_it_stays_one_header(text: str) -> None:
    one = Mailer("127.0.0.1", 25, "", "", "Expo <expo@city.example>")

    sent = one._message("guest@example.org", text, text, INVITATION, "REQUEST").as_bytes()

    letter = email.message_from_bytes(sent, policy=email.policy.default)
    assert len(letter.keys()) == 8
    assert "".join(letter["Subject"].split()) == "".join(clean(text).split())


async def test_a_file_of_another_method_is_a_mistake_of_ours(serve: Serve) -> None:
    server = await serve()

    with pytest.raises(ValueError, match="not of the method CANCEL"):
        await send(mailer(server), method="CANCEL")
    with pytest.raises(ValueError, match="not of the method"):
        await send(mailer(server), method='REQUEST"\r\nBcc: victim@example.org')
    assert server.taken == []


@pytest.mark.parametrize(
    ("step", "answer", "error", "told"),
    [
        ("RCPT", "550 5.1.1 <Guest@Example.org>: no such user", MailRefused, "550 5.1.1 <…>: no such user"),
        ("RCPT", "450 4.2.1 come back later", MailTrouble, "450 4.2.1 come back later"),
        ("DATA", "554 5.7.1 spam", MailRefused, "does not take this mail: 554 5.7.1 spam"),
        ("DATA", "452 4.3.1 disk full", MailTrouble, "452 4.3.1 disk full"),
        ("MAIL", "553 5.7.1 not your address", MailTrouble, "Check MAIL_FROM. It said: 553 5.7.1 not your address"),
    ],
)
async def test_what_the_server_refuses_is_refused_and_what_it_puts_off_is_trouble(
    serve: Serve, step: str, answer: str, error: type[Exception], told: str
) -> None:
    server = await serve({step: answer})

    with pytest.raises(error) as raised:
        await send(mailer(server))

    assert told in str(raised.value)
    assert "guest@example.org" not in str(raised.value).lower()
    assert server.taken == []


async def test_a_mail_that_was_taken_counts_as_sent_however_the_server_leaves(serve: Serve) -> None:
    server = await serve({"QUIT": "abort"})

    await send(mailer(server))

    assert len(server.taken) == 1


async def test_a_server_that_is_away_is_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(MailTrouble, match=rf"127\.0\.0\.1:{port} cannot be used: Connection refused"):
        await send(mailer(Server(port)))


async def test_a_server_that_says_nothing_is_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        one = replace(mailer(Server(silent.getsockname()[1])), timeout=0.05)

        with pytest.raises(MailTrouble, match="cannot be used: .*timed out"):
            await send(one)


async def test_the_right_password_is_accepted(serve: Serve) -> None:
    server = await serve(auth_required=True, auth_require_tls=False)

    await send(mailer(server, user="expo", password=PASSWORD))

    assert len(server.taken) == 1


async def test_a_wrong_password_is_trouble_and_not_repeated_to_anybody(serve: Serve) -> None:
    server = await serve(auth_required=True, auth_require_tls=False)
    one = mailer(server, user="expo", password="hunter2-wrong")

    with pytest.raises(MailTrouble, match=r"does not accept user and password \(535\)\. Check SMTP_URL") as raised:
        await send(one)

    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "hunter2" not in str(raised.value) + repr(one)
    assert server.taken == []


async def test_a_server_without_starttls_never_sees_the_password(serve: Serve) -> None:
    server = await serve(auth_require_tls=False)

    with pytest.raises(MailTrouble, match="has no STARTTLS"):
        await send(mailer(server, "starttls", user="expo", password=PASSWORD))
    assert (server.taken, server.logins) == ([], [])


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test, and it is not installed")
    made = tmp_path / "server.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(made), "-out", str(tmp_path / "public.pem")]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    made.write_text(made.read_text() + (tmp_path / "public.pem").read_text())
    return made


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_and_password_travel_encrypted(
    serve: Serve, certificate: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("public.pem")))
    if security == "tls":
        server = await serve(tls=tls(certificate), auth_require_tls=False)
    else:
        server = await serve(tls_context=tls(certificate), require_starttls=True)

    await send(mailer(server, security, user="expo", password=PASSWORD))

    assert (len(server.taken), len(server.logins)) == (1, 1)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_trouble(serve: Serve, certificate: Path, security: str) -> None:
    if security == "tls":
        server = await serve(tls=tls(certificate), auth_require_tls=False)
    else:
        server = await serve(tls_context=tls(certificate))

    with pytest.raises(MailTrouble, match="CERTIFICATE_VERIFY_FAILED"):
        await send(mailer(server, security, user="expo", password=PASSWORD))
    assert (server.taken, server.logins) == ([], [])


@pytest.mark.parametrize(
    "address",
    ["a@b.de", "first.last+expo@sub.example.co.kr", "o'neil@example.org", "x@xn--mller-kva.de", "a@b-c.example"],
)
def test_addresses_are_taken_as_they_are(address: str) -> None:
    assert valid_address(f"  {address}\n") == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@b.de",
        "a@",
        "a@b..de",
        ".a@b.de",
        "a.@b.de",
        "a..b@c.de",
        "a b@c.de",
        "a@b c.de",
        "a@-b.de",
        "a@b-.de",
        "a@b.1",
        "a@[127.0.0.1]",
        '"a b"@c.de',
        "A <a@b.de>",
        "a@b.de, c@d.de",
        "a@b.de;c@d.de",
        "mailto:a@b.de",
        "a@b.de\r\nBcc: c@d.de",
        "a\x00@b.de",
        "a\u202e@b.de",
        "=?utf-8?q?a=0AX?=@b.de",
        "김@포항.kr",
        "a@b.de\u200b",
        f"{'a' * 65}@b.de",
        f"a@{'b' * 64}.de",
        f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.de",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert valid_address(text) is None


def test_an_address_is_read_in_linear_time() -> None:
    assert valid_address("a." * 120 + "@") is None
    assert valid_address("a@" + "a-" * 120) is None


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "security"),
    [
        ("smtp://me:p%40ss%2F%3F@mail.example:2587", "mail.example", 2587, "me", "p@ss/?", "starttls"),
        ("smtp://me%40city.example:x@mail.example", "mail.example", 587, "me@city.example", "x", "starttls"),
        ("smtps://me:x@mail.example", "mail.example", 465, "me", "x", "tls"),
        ("smtp://relay?security=none", "relay", 25, "", "", "none"),
        ("smtp://me:x@localhost:1025/?security=none", "localhost", 1025, "me", "x", "none"),
    ],
)
def test_one_setting_says_it_all(url: str, host: str, port: int, user: str, password: str, security: str) -> None:
    one = Mailer.from_url(url, "Expo <expo@city.example>")

    assert (one.host, one.port, one.user, one.password, one.security) == (host, port, user, password, security)
    assert "p@ss" not in repr(one)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "not the address of a mail server"),
        ("mail.example", "not the address of a mail server"),
        ("https://me:geheim@mail.example", "not the address of a mail server"),
        ("smtp://", "not the address of a mail server"),
        ("smtp://me:geh/eim@mail.example", "cannot be read"),
        ("smtp://me:12/geheim@mail.example", "not the address of a mail server"),
        ("smtp://me:1?geheim@mail.example", "cannot be read"),
        ("smtp://me:1#geheim@mail.example", "not the address of a mail server"),
        ("smtp://me:geheim@mail.example:port", "cannot be read"),
        ("smtp://me:geheim@mail.example:99999", "cannot be read"),
        ("smtp://me:geheim@[::1", "cannot be read"),
        ("smtp://me:geheim@mail.example?tls=no", "unknown option"),
        ("smtps://me:geheim@mail.example?security=none", "unknown option"),
        ("smtp://me:geheim@mail.example?security=none", "unencrypted"),
        ("smtp://me:geheim%C3%A4@mail.example", "ASCII"),
    ],
)
def test_a_wrong_url_is_explained_without_its_password(url: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as raised:
        Mailer.from_url(url, "expo@city.example")

    assert "geh" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("sender", ["", "Expo", "expo@city", "Expo <expo>", "a@b.de, c@d.de x"])
def test_a_wrong_sender_is_explained(sender: str) -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        Mailer.from_url("smtp://mail.example", sender)

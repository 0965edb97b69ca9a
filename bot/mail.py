"""Invitations by mail, through the organiser's own mail server.

A mail is either taken by the server, or it is refused for good (``MailRefused``: nothing to try again), or it may work
later (``MailTrouble``: the server is away, or its settings are wrong, which staff will notice and mend).
"""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from hashlib import sha256
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from bot.characters import clean

_ADDRESS = re.compile(
    r"(?=.{1,64}@)(?!.*=\?)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_FORM = "smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://USER:PASSWORD@HOST:465 (TLS), special characters as %XX"


class MailRefused(Exception):
    """This mail will never be taken: there is no such address, or the server does not want it."""


class MailTrouble(Exception):
    """This mail was not taken now; the text says what to look at. The same mail may be sent again."""


def valid_address(text: str) -> str | None:
    """The e-mail address a visitor typed, or None if it cannot be one. Nobody is asked whether it exists."""
    text = text.strip(" \t\r\n")
    return text if len(text) <= 254 and _ADDRESS.fullmatch(text) else None


@dataclass(frozen=True)
class Mailer:
    """A mail server and whom to send as. Every call is a connection of its own: invitations are few."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str  # "expo@city.example" or "Expo <expo@city.example>"
    security: Literal["starttls", "tls", "none"] = "starttls"
    timeout: float = 20

    @classmethod
    def from_url(cls, url: str, sender: str) -> Mailer:
        """The Mailer of ``smtp://user:password@host:587`` or ``smtps://…``; ``?security=none`` for a local relay.

        Raises ValueError saying what is wrong. It never quotes the URL: a password with a stray ``@`` reads like a host.
        """
        try:
            parts = urlsplit(url)
            host, port, asked = parts.hostname, parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
            user, password = unquote(parts.username or ""), unquote(parts.password or "")
        except ValueError:
            raise ValueError(f"SMTP_URL cannot be read. Write {_FORM}.") from None
        if parts.scheme not in ("smtp", "smtps") or not host or parts.path not in ("", "/") or parts.fragment:
            raise ValueError(f"SMTP_URL is not the address of a mail server. Write {_FORM}.")
        if not (host + user + password).isascii():
            raise ValueError("SMTP_URL has characters beyond ASCII, which a mail server cannot be sure to read.")
        if asked not in ({}, {"security": ["none"]}) or (asked and parts.scheme == "smtps"):
            raise ValueError("SMTP_URL has an unknown option. The only one is smtp://HOST:25?security=none.")
        security: Literal["starttls", "tls", "none"] = "none" if asked else "starttls"
        if parts.scheme == "smtps":
            security = "tls"
        if user and security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("SMTP_URL would send a password unencrypted. Leave out ?security=none, or the password.")
        if valid_address(_parted(sender)[1]) is None:
            raise ValueError("MAIL_FROM is not an e-mail address. Write expo@city.example or Expo <expo@city.example>.")
        return cls(host, port or _PORTS[security], user, password, sender, security)

    async def send(self, to: str, subject: str, text: str, ics: bytes, method: str) -> None:
        """Send ``text`` with a calendar file of this method to one address. Raises MailRefused or MailTrouble."""
        if valid_address(to) != to:
            raise MailRefused("This is not an e-mail address. Ask the visitor for another one.")
        await asyncio.to_thread(self._deliver, to, self._message(to, subject, text, ics, method))

    def _message(self, to: str, subject: str, text: str, ics: bytes, method: str) -> EmailMessage:
        if f"\r\nMETHOD:{method}\r\n".encode() not in ics:  # Outlook and Gmail show no invitation if they differ
            raise ValueError(f"The calendar file is not of the method {method}.")
        name, address = _parted(self.sender)
        message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        message["From"] = Address(display_name=name, addr_spec=address)
        message["To"] = to
        message["Subject"] = _header(subject)
        message["Date"] = formatdate()
        # The same file to the same person is the same mail: sent again after a crash, many servers show it once.
        digest = sha256(to.encode() + b"\0" + ics).hexdigest()[:32]
        message["Message-ID"] = f"<{digest}@{address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # no notes of absence in return
        message.set_content(clean(text))
        message.add_alternative(ics.decode(), subtype="calendar", params={"method": method}, cte="base64")
        name = "cancellation.ics" if method == "CANCEL" else "invitation.ics"
        message.add_attachment(ics, maintype="application", subtype="ics", filename=name)
        return message

    def check(self) -> None:
        """Connect and log in, and send nothing. Synchronous. Raises MailTrouble."""
        try:
            with self._connected() as server:
                server.noop()
        except OSError as error:
            raise self._explained(error, "") from None

    def _deliver(self, to: str, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message, _parted(self.sender)[1], [to])
        except OSError as error:  # smtplib's own are of this kind, too
            raise self._explained(error, to) from None

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        name, context = _parted(self.sender)[1].rpartition("@")[2], ssl.create_default_context()
        server = self._server(name, context)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server
            with suppress(OSError):  # the server has the mail, whatever happens to the farewell
                server.quit()
        finally:
            server.close()

    def _server(self, name: str, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, name, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.host, self.port, name, timeout=self.timeout)

    def _explained(self, error: OSError, to: str) -> MailRefused | MailTrouble:
        """What the mail or its address cannot help is trouble: it can be sent when the settings are right."""
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, words = next(iter(error.recipients.values()))
            text = f"The mail server takes no mail to this address: {_said(code, words, to)}"
            return MailRefused(text) if code >= 500 else MailTrouble(text)
        if isinstance(error, smtplib.SMTPDataError):
            text = f"The mail server does not take this mail: {_said(error.smtp_code, error.smtp_error, to)}"
            return MailRefused(text) if error.smtp_code >= 500 else MailTrouble(text)
        where = f"The mail server {self.host}:{self.port}"
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return MailTrouble(f"{where} does not accept user and password ({error.smtp_code}). Check SMTP_URL.")
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return MailTrouble(f"{where} has no STARTTLS, or no login. Check SMTP_URL.")
        if isinstance(error, smtplib.SMTPSenderRefused):
            said = _said(error.smtp_code, error.smtp_error, to)
            return MailTrouble(f"{where} takes no mail from this sender. Check MAIL_FROM. It said: {said}")
        return MailTrouble(
            f"{where} cannot be used: {error.strerror or _header(str(error))[:200] or type(error).__name__}"
        )


def _header(text: str) -> str:
    """One line, and none of it an encoded word: the library would decode a line break out of ``=?utf-8?q?=0A?=``."""
    return " ".join(clean(text).split()).replace("=?", "= ?")


def _parted(sender: str) -> tuple[str, str]:
    """Name and address of ``Expo <expo@city.example>``; a comma in the name is a comma, as people write it."""
    name, opened, address = _header(sender).rpartition("<")
    return (name.strip(' "'), address.removesuffix(">")) if opened else ("", address)


def _said(code: int, words: bytes | str, to: str) -> str:
    """What the server said, in one short line without the visitor's address: it may go into a log."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {re.sub(re.escape(to), '…', _header(said), flags=re.IGNORECASE)[:200]}"

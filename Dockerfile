# The product's image (default target) and, for trials, the stand-in for Xero (target `emulator`).

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY docker/pick.py requirements/run.txt requirements/demo.txt /build/
# The build tool first, so that everything, what is built from source included, is checked against the hashes.
RUN python /build/pick.py /build/run.txt setuptools > /build/tool.txt \
    && pip install --require-hashes -r /build/tool.txt \
    && pip install --require-hashes --no-build-isolation --use-pep517 -r /build/run.txt

FROM python:3.11-slim-bookworm AS emulator-packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY docker/pick.py requirements/demo.txt /build/
RUN python /build/pick.py /build/demo.txt werkzeug jinja2 markupsafe > /build/emulator.txt \
    && pip install --require-hashes --no-deps -r /build/emulator.txt

FROM python:3.11-slim-bookworm AS base
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

FROM base AS emulator
COPY --from=emulator-packages /opt/venv /opt/venv
COPY xero_emulator /app/xero_emulator
RUN python -m compileall -q /app
USER app
EXPOSE 8100
CMD ["python", "-m", "xero_emulator", "--host", "0.0.0.0", "--port", "8100"]

FROM base AS product
ENV STATIC_ROOT=/app/staticfiles
COPY --from=packages /opt/venv /opt/venv
COPY . /app
# Static files are hashed and compressed here. The values only let the settings load; they stay in this step.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    TOKEN_ENCRYPTION_KEYS="$(python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
    ALLOWED_HOSTS=build.invalid XERO_REDIRECT_URI=https://build.invalid/ BASE_URL=https://build.invalid \
    DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost/0 \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app
USER app
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--bind", "0.0.0.0:8000", "--no-control-socket"]

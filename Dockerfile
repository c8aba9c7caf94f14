# Checks the folder that is mounted:
#     docker run --rm --volume "$PWD:/src" jwt-sunset
# A command that writes there needs the right to: --user "$(id -u):$(id -g)"

FROM rust:1.95-slim-trixie AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY queries queries
COPY src src
RUN cargo install --locked --path . --root /out

FROM debian:trixie-slim
LABEL org.opencontainers.image.title="jwt-sunset" \
      org.opencontainers.image.description="Finds Adobe Service Account (JWT) token exchanges and rewrites them to OAuth Server-to-Server" \
      org.opencontainers.image.source="https://github.com/OWNER/jwt-sunset" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
# git answers `--since`. The mounted folder belongs to somebody else than the user here, and git refuses such folders
# unless they are named; for the whole system, since the user may be another one than below.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && git config --system --add safe.directory /src \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin jwt-sunset
COPY --from=build /out/bin/jwt-sunset /usr/local/bin/jwt-sunset
USER 10001
WORKDIR /src
ENTRYPOINT ["jwt-sunset"]
CMD ["check"]

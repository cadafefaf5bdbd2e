# The image of Lodestar: the program, its site and the embedding model, so that it starts without fetching anything.
#
#   docker build --tag lodestar .
#   docker run --init --read-only --publish 127.0.0.1:3000:3000 --volume lodestar:/data lodestar
#
# Everything that is kept is in /data; nothing else is written to.

# Debian 13, because .ci/setup takes Node.js from the distribution and wants version 20 or newer.
FROM rust:1.95-trixie AS build
ENV BUILD_CACHE=/cache PATH=/cache/tools/bin:$PATH
WORKDIR /source

# Tools and packages come first: they change less often than the sources.
COPY .ci/setup .ci/setup
COPY Cargo.toml Cargo.lock ./
COPY style/package.json style/package-lock.json style/
RUN .ci/setup build && rm -rf /var/lib/apt/lists/*

# What was compiled is kept for the next build, but is no part of an image: what is needed is copied out.
COPY . .
RUN --mount=type=cache,target=/cache/target,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    make build \
    && mkdir /lodestar \
    && cp -r /cache/target/release/lodestar /cache/target/release/hash.txt /cache/target/site /lodestar/
RUN LODESTAR_MODELS__DIR=/lodestar/models /lodestar/lodestar models pull && rm -f /lodestar/models/.*.lock

FROM debian:trixie-slim
# Packages have no versions here, so that each build takes the security updates that there are.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libgomp1 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 lodestar \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin lodestar \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data \
    && ln -s ../lib/lodestar/lodestar /usr/local/bin/lodestar
# The program finds hash.txt (the names of the site's files) and site/ beside itself.
COPY --from=build /lodestar /usr/local/lib/lodestar
COPY LICENSE /usr/local/lib/lodestar/

# The models' process has its socket in TMPDIR, and SQLite its temporary files.
ENV LODESTAR_HTTP__ADDR=0.0.0.0:3000 \
    LODESTAR_HTTP__PUBLIC_URL=http://localhost:3000 \
    LODESTAR_DATA__DIR=/data \
    LODESTAR_MODELS__EMBEDDING=/usr/local/lib/lodestar/models/all-MiniLM-L6-v2.gguf \
    LODESTAR_LOG__FORMAT=json \
    TMPDIR=/data
LABEL org.opencontainers.image.title="Lodestar" \
      org.opencontainers.image.description="A private career coach that runs on your own machine" \
      org.opencontainers.image.licenses="Apache-2.0"
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["lodestar", "health"]
ENTRYPOINT ["lodestar"]
CMD ["serve"]

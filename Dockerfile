# Cliptide as npm installs it, on Node 24 with Debian's ffmpeg. Runs without rights, and with a read-only root.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm pack --ignore-scripts --silent && tar -xzf cliptide-*.tgz

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /opt/cliptide
COPY package.json package-lock.json .npmrc ./
# The image has its own Node and ffmpeg: those that come with npm stay behind.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-* node_modules/@ffmpeg-binary node_modules/@ffprobe-installer/linux-*

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends 'ffmpeg=7:5.1.*' \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir -p /data /clips /etc/cliptide \
  && chown node:node /data /clips
WORKDIR /etc/cliptide
COPY --from=dependencies /opt/cliptide/node_modules /opt/cliptide/node_modules
COPY --from=build /build/package /opt/cliptide/node_modules/cliptide
ENV NODE_ENV=production \
  CLIPTIDE_DATA_DIR=/data \
  CLIPTIDE_CLIPS_DIR=/clips \
  CLIPTIDE_HTTP_HOST=0.0.0.0 \
  CLIPTIDE_HTTP_PORT=8080
# By number, so that a cluster can check that it is not root.
USER 1000:1000
VOLUME ["/data", "/clips"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CLIPTIDE_HTTP_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/cliptide/node_modules/cliptide/src/launch.mjs"]
CMD ["run"]

# One image for every command: `up` (the default), `relay`, `core` and the operator's.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends nats-server \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /data
WORKDIR /app
COPY package.json LICENSE protocol.md ./
COPY config config
COPY web web
COPY examples/flash/avm1/chat.swf examples/flash/avm1/
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
# What listens on every address of a container is reached only through the ports that are published.
ENV NODE_ENV=production \
  RELAY_HOST=0.0.0.0 \
  RELAY_PORT=9339 \
  RELAY_ADMIN_HOST=0.0.0.0 \
  RELAY_ADMIN_PORT=9340 \
  RELAY_DATA_DIR=/data \
  RELAY_DEMO=0
VOLUME /data
EXPOSE 9339 9340
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.RELAY_ADMIN_PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/main.js"]
CMD ["up"]

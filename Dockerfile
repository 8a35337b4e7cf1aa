# One image per service: docker build --build-arg SERVICE=ingest|campaign|sender|notifier|manager|local .
# `local` holds the stand-ins of docker-compose.yml. How the base is raised: SECURITY.md.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
ARG SERVICE=ingest

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY services/ingest/package.json services/ingest/
COPY services/campaign/package.json services/campaign/
COPY services/sender/package.json services/sender/
COPY services/notifier/package.json services/notifier/
COPY services/manager/package.json services/manager/
COPY infra/package.json infra/

# Production dependencies of one workspace. `npm install` and not `npm ci`, which refuses where a registry lacks an optional
# package of another platform; it takes the versions of the lock as well. Optional packages only speed things up or belong
# to a machine without containers. What no process reads (types, source maps, texts, builds Node never loads) is left out.
FROM manifests AS modules
ARG SERVICE
# The Email Manager brings its own packages (below); of its main.ts, which runs from source, those of `shared` are asked for too.
RUN --mount=type=cache,target=/root/.npm \
    workspace=${SERVICE} && case "$SERVICE" in local) workspace=infra ;; manager) workspace=shared ;; esac \
    && npm install --no-save --omit=dev --omit=optional --loglevel=error --workspace=@email-agent/$workspace \
    && find node_modules -type f \( -name '*.ts' -o -name '*.cts' -o -name '*.mts' -o -name '*.map' -o -name '*.md' \) ! -iname 'licen*' -delete \
    && find node_modules/@aws-sdk node_modules/@smithy -type d -name dist-es -prune -exec rm -rf {} + \
    && find node_modules -type d -empty -delete

# Whatever the image, /healthz on this port says that its process is alive.
FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

FROM runtime AS service
ARG SERVICE
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY shared/package.json shared/
COPY shared/src shared/src
COPY services/${SERVICE} services/${SERVICE}
WORKDIR /app/services/${SERVICE}
USER node
ENTRYPOINT ["node", "src/main.ts"]

FROM runtime AS image-local
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY shared/package.json shared/
COPY shared/src shared/src
COPY infra infra
# Volumes mounted here for the first time belong to the user of the image.
RUN cd /run && install -d -o node -g node /data /secrets email-agent email-agent/ingest email-agent/campaign \
    email-agent/sender email-agent/notifier email-agent/manager email-agent/lambdas email-agent/access
USER node
ENTRYPOINT ["node"]

# The Email Manager is built by Next.js, with the packages the build needs; its standalone output holds what it runs with.
FROM manifests AS manager-build
RUN --mount=type=cache,target=/root/.npm \
    npm install --no-save --omit=dev --loglevel=error --workspace=@email-agent/manager
COPY tsconfig.json ./
COPY scripts/oneAtATime.mjs scripts/buildManager.ts scripts/
COPY shared/src shared/src
COPY services/manager services/manager
RUN --mount=type=cache,target=/app/services/manager/.next/cache node scripts/buildManager.ts
# main.ts judges requests in front of Next.js and works on imports, from source: it asks for the packages of `shared` and for
# these. Next.js has traced some files of the same packages, which stay.
COPY --from=modules /app/node_modules /modules
WORKDIR /app/services/manager/.next/standalone/node_modules
RUN cp -rn /modules/. /app/node_modules/csv-parse /app/node_modules/jose . && ln -sfn /app/shared @email-agent/shared \
    && find . -type f \( -name '*.ts' -o -name '*.cts' -o -name '*.map' \) -delete

FROM runtime AS image-manager
ENV MANAGER_HOST=0.0.0.0 MANAGER_PORT=8080
WORKDIR /app
COPY --from=manager-build /app/services/manager/.next/standalone services/manager/.next/standalone
RUN ln -s services/manager/.next/standalone/node_modules node_modules
COPY package.json ./
COPY shared/package.json shared/
COPY shared/src shared/src
COPY services/manager/package.json services/manager/
COPY services/manager/src/main.ts services/manager/src/
COPY services/manager/src/server services/manager/src/server
WORKDIR /app/services/manager
USER node
ENTRYPOINT ["node", "src/main.ts"]

FROM service AS image-ingest
FROM service AS image-campaign
FROM service AS image-sender
FROM service AS image-notifier

FROM image-${SERVICE}

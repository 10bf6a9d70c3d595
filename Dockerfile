FROM node:24-slim AS build
WORKDIR /gatehouse
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json LICENSE ./
COPY src src
COPY migrations migrations
# What runs is the build; of the sources stay the pages and the launcher.
RUN node src/cli/build.mjs && find src -name '*.ts' -delete -o -name '*.tsx' -delete && find src -type d -empty -delete

FROM node:24-slim
ENV NODE_ENV=production GATE_DATA=/data GATE_CONFIG=/etc/gatehouse/gatehouse.yaml
WORKDIR /gatehouse
# The one package that is not bundled: it reads files of its own.
COPY --from=build /gatehouse/node_modules/@electric-sql/pglite node_modules/@electric-sql/pglite
COPY --from=build /gatehouse/dist dist
COPY --from=build /gatehouse/src src
COPY package.json LICENSE ./
COPY migrations migrations
COPY prompts prompts
RUN mkdir /data && chown node:node /data && ln -s /gatehouse/src/cli/gate.cjs /usr/local/bin/gate
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "require('http').get('http://127.0.0.1:'+(process.env.PORT||3000)+'/healthz',r=>process.exit(r.statusCode===200?0:1)).on('error',()=>process.exit(1))"]
# Long polls are answered and running transactions finished within 10 seconds, after GATE_DRAIN_SECONDS.
STOPSIGNAL SIGTERM
CMD ["gate", "serve"]

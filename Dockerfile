FROM node:24-slim AS packages
WORKDIR /gatehouse
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production GATE_DATA=/data GATE_CONFIG=/etc/gatehouse/gatehouse.yaml
WORKDIR /gatehouse
COPY --from=packages /gatehouse/node_modules node_modules
COPY package.json LICENSE ./
COPY src src
COPY migrations migrations
COPY prompts prompts
RUN mkdir /data && chown node:node /data && ln -s /gatehouse/src/cli/gate.mjs /usr/local/bin/gate
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Long polls are answered and running transactions finished within this time.
STOPSIGNAL SIGTERM
CMD ["gate", "serve"]

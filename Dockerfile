FROM node:20-slim

ENV NODE_ENV=production
WORKDIR /app

# Packages first: a change of the sources doesn't install them again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

COPY bin ./bin
COPY aem ./aem
COPY src ./src

# Workflow code is bundled in memory at the start, so nothing here has to be writable.
USER node
CMD ["node", "bin/devicepass.js", "worker"]

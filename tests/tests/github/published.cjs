// Serves what GitHub publishes of its interface, on this machine: every request is held against the description, and
// answered with its examples. Only the paths that a file of requests needs are served, as all of them take minutes.
// Ends with its input.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const { createRequire } = require("node:module");
const [modules, file, kind] = process.argv.slice(2);
// Its parts are modules of their own.
const prism = createRequire(`${modules}/@stoplight/prism-cli/package.json`);
const { createLogger } = prism("@stoplight/prism-core");
const { getHttpOperationsFromSpec } = prism("@stoplight/prism-http");
const { createServer } = prism("@stoplight/prism-http-server");

// Of GitHub's own host, or of the oldest Enterprise that is described.
const folder = `${modules}/@octokit/openapi/generated`;
const version = (name) => Number(/^ghes-3\.(\d+)\.json$/.exec(name)?.[1]);
const enterprise = fs.readdirSync(folder).filter(version).sort((a, b) => version(a) - version(b));
const name = kind === "enterprise" ? enterprise[0] : "api.github.com.json";
const description = JSON.parse(fs.readFileSync(`${folder}/${name}`, "utf8"));
const wanted = JSON.parse(fs.readFileSync(file, "utf8")).map(({ path }) => path.split("?")[0]);

const parts = (path) => path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{[^}]*\}/g, "[^/]+");
const isWanted = ([path]) => wanted.some((it) => new RegExp(`^${parts(path)}$`).test(it));
const paths = Object.fromEntries(Object.entries(description.paths).filter(isWanted));

// Every answer comes in the form that GitHub recommends to ask for, which the description does not say; and what an
// example says is the example that it names, and not a thing with that in it.
const allow = (node) => {
  if (node === null || typeof node !== "object") return;
  const json = node.content?.["application/json"];
  for (const [name, { value }] of Object.entries(json?.examples ?? {})) {
    if (value?.$ref?.startsWith("#/components/examples/")) json.examples[name] = value;
  }
  if (json) node.content["application/vnd.github+json"] ??= json;
  Object.values(node).forEach(allow);
};
allow(paths);
allow(description.components.responses);

// What GitHub takes and does not look at is a mistake all the same: a query or a part of a body that has no description.
const resolved = (it) => (it.$ref ? it.$ref.split("/").slice(1).reduce((node, part) => node[part], description) : it);
const fields = (schema) => {
  const { properties = {}, oneOf = [], anyOf = [], allOf = [] } = resolved(schema);
  return [...Object.keys(properties), ...[oneOf, anyOf, allOf].flat().flatMap(fields)];
};
const undescribed = (method, url, body) => {
  const [path, query] = url.split("?");
  const [, operations] = Object.entries(paths).find(([it]) => new RegExp(`^${parts(it)}$`).test(path)) ?? [];
  const operation = operations?.[method.toLowerCase()];
  if (!operation) return [];
  const all = [...(operations.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
  const queries = all.filter((it) => it.in === "query").map(({ name }) => name);
  const content = operation.requestBody && resolved(operation.requestBody).content["application/json"];
  return [
    ...[...new URLSearchParams(query).keys()].filter((name) => !queries.includes(name)),
    ...Object.keys(body ? JSON.parse(body) : {}).filter((name) => !content || !fields(content.schema).includes(name)),
  ];
};

// Asks Prism, unless something is not described.
const before = (port) => async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const unknown = undescribed(request.method, request.url, body.toString());
  if (unknown.length > 0) {
    answer.writeHead(422).end(`not described: ${unknown.join(", ")}`);
    return;
  }
  const { method, url: path, headers } = request;
  http
    .request({ host: "127.0.0.1", port, method, path, headers }, (told) => {
      answer.writeHead(told.statusCode, told.headers);
      told.pipe(answer);
    })
    .end(body);
};

const run = async () => {
  const operations = await getHttpOperationsFromSpec({ ...description, paths, webhooks: {}, "x-webhooks": {} });
  const config = {
    isProxy: false,
    checkSecurity: true,
    validateRequest: true,
    // Some of its examples are not as it describes them itself.
    validateResponse: false,
    errors: true,
    mock: { dynamic: false },
    upstreamProxy: undefined,
  };
  const components = { logger: createLogger("published", { enabled: false }) };
  const server = createServer(operations, { cors: false, config, components });
  const url = await server.listen(0, "127.0.0.1");
  const front = http.createServer(before(new URL(url).port));
  front.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${front.address().port}`));
};
process.stdin.resume().on("end", () => process.exit());
run();

// Holds each request of a file, query and variables, against the schema that GitHub publishes; prints the fields
// that they ask for.
"use strict";

const fs = require("node:fs");
const [modules, file] = process.argv.slice(2);
const { buildSchema, execute, parse, validate } = require(`${modules}/graphql`);

const text = fs.readFileSync(`${modules}/@octokit/graphql-schema/schema.graphql`, "utf8");
// The published text names some fields twice.
const schema = buildSchema(text, { assumeValidSDL: true });

const fields = new Set();
for (const { query, variables } of JSON.parse(fs.readFileSync(file, "utf8"))) {
  const document = parse(query);
  // Nothing answers, so what is wrong can only be what was asked, or a variable's value.
  const { errors = [] } = execute({ schema, document, variableValues: variables, rootValue: {} });
  for (const error of [...validate(schema, document), ...errors]) {
    console.error(`${error.message}: ${query}`);
    process.exitCode = 1;
  }
  fields.add(document.definitions[0].selectionSet.selections[0].name.value);
}
if (fields.size === 0) process.exitCode = 1;
console.log([...fields].sort().join(", "));

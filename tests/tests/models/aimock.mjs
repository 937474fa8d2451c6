// Serves models as the package `@copilotkit/aimock` does: `node aimock.mjs PACKAGE FIXTURES`. Says its
// address in a line, and ends with its input.
const [name, fixtures] = process.argv.slice(2);
const { LLMock } = await import(name);

const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
mock.addFixtures(JSON.parse(fixtures));
await mock.start();
console.log(mock.url);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

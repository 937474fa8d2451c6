// Starts a GitHub that keeps what it is told, on this machine; says where it is. Ends with its input.
import { readFileSync } from "node:fs";

const [api, key] = process.argv.slice(2);
const { createEmulator } = await import(api);
const permissions = { contents: "write", issues: "write", pull_requests: "write", metadata: "read", actions: "read" };
const installations = [{ installation_id: 678, account: "acme", repository_selection: "all" }];
const app = { app_id: 12345, slug: "tau", name: "tau", private_key: readFileSync(key, "utf8"), permissions, events: [], installations };
const github = {
  users: [{ login: "ann", name: "Ann", email: "ann@example.com" }],
  orgs: [{ login: "acme", name: "Acme", members: [{ login: "ann", role: "admin" }] }],
  repos: [
    { owner: "acme", name: "app", auto_init: false },
    { owner: "acme", name: "other", auto_init: false },
    { owner: "ann", name: "own", auto_init: false },
  ],
  apps: [app],
};
const tokens = { "ann-token": { login: "ann", scopes: ["repo"] } };
const emulator = await createEmulator({ service: "github", port: 0, seed: { tokens, github } });
console.log(emulator.url);
process.stdin.resume().on("end", () => process.exit());

// Checks each line of a receipt with @sigstore/verify, as the signed part of a bundle.
const fs = require("fs");
const path = require("path");
const crypto = require("crypto");
const { bundleFromJSON } = require("@sigstore/bundle");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");

const folder = process.argv[2];
const name = fs.readdirSync(folder).find((name) => name.endsWith(".intoto.jsonl"));
const lines = fs.readFileSync(path.join(folder, name), "utf8").trimEnd().split("\n");

const keys = {};
for (const role of ["runner", "verifier"]) {
  const pem = fs.readFileSync(path.join(folder, role + ".pub.pem"), "utf8");
  keys[role] = { publicKey: crypto.createPublicKey(pem), validFor: () => true };
}
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };

function accepts(envelope, key) {
  const bundle = bundleFromJSON({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { publicKey: { hint: envelope.signatures[0].keyid }, tlogEntries: [] },
    dsseEnvelope: envelope,
  });
  const trusted = toTrustMaterial(nobody, () => key);
  try {
    new Verifier(trusted, none).verify(toSignedEntity(bundle));
    return true;
  } catch (error) {
    if (error.code !== "SIGNATURE_ERROR") throw error;
    return false;
  }
}

lines.forEach((line, at) => {
  const last = at === lines.length - 1;
  const [own, other] = last ? [keys.runner, keys.verifier] : [keys.verifier, keys.runner];
  const envelope = JSON.parse(line);
  if (!accepts(envelope, own)) throw new Error(`line ${at + 1} is refused`);
  if (accepts(envelope, other)) throw new Error(`line ${at + 1} counts as the other key's`);
  const twin = JSON.parse(line);
  const text = Buffer.from(twin.payload, "base64").toString().replace("PASSED", "FAILED");
  twin.payload = Buffer.from(text + " ").toString("base64");
  if (accepts(twin, own)) throw new Error(`the twin of line ${at + 1} is accepted`);
});
console.log(`@sigstore/verify: ${lines.length} accepted, ${lines.length} twins refused`);

// What a runner of JavaScript tells tau: lines that nobody can write who has not the key. It is loaded
// into the runner's own process.
import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, unlinkSync } from 'node:fs';
import { relative } from 'node:path';

const key = readFileSync(@FOLDER@ + '/key');
unlinkSync(@FOLDER@ + '/key');
let at = 0;

function say(kind, fields) {
  const body = JSON.stringify({ at, kind, ...fields });
  at += 1;
  const hash = (text) => createHash('sha256').update(key).update(text).digest('hex');
  appendFileSync(@FOLDER@ + '/lines', `${hash(hash(body))} ${body}\n`);
}

// Names may be given more than once; the second test of a name is `NAME #2`, in the order of its file.
const given = new Map();

function numbered(id) {
  const number = (given.get(id) ?? 0) + 1;
  given.set(id, number);
  return number === 1 ? id : `${id} #${number}`;
}


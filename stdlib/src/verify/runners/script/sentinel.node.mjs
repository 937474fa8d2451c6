import assert from 'node:assert';
import { test } from 'node:test';

test('@NAME@_passes', () => assert.equal(1 + 1, 2));
test('@NAME@_fails', () => assert.equal(1 + 1, 3));

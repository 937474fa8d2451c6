import { expect, test } from 'vitest';

test('@NAME@_passes', () => expect(1 + 1).toBe(2));
test('@NAME@_fails', () => expect(1 + 1).toBe(3));

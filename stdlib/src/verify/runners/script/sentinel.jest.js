const given = typeof test === 'undefined' ? require('@jest/globals') : { expect, test };
given.test('@NAME@_passes', () => given.expect(1 + 1).toBe(2));
given.test('@NAME@_fails', () => given.expect(1 + 1).toBe(3));

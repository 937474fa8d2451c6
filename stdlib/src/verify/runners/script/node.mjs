// What node's test runner tells. Tests run in other processes.
say('start', { version: `node ${process.versions.node}` });

function failure(error) {
  const cause = error?.cause ?? error;
  const asserted = cause?.code === 'ERR_ASSERTION' || cause?.name === 'AssertionError';
  const kind = asserted ? 'assertion' : (cause?.name ?? error?.failureType ?? 'failure');
  return { failure: String(kind), message: String(cause?.message ?? cause).slice(0, 300) };
}

export default async function* (source) {
  // The names of the tests that are open, by file.
  const open = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
    if (type === 'test:start') {
      const names = open.get(data.file) ?? [];
      names.length = data.nesting;
      names.push(data.name);
      open.set(data.file, names);
    }
    if (type !== 'test:pass' && type !== 'test:fail') {
      continue;
    }
    const file = data.file ?? '';
    const names = (open.get(data.file) ?? []).slice(0, data.nesting);
    names.length = data.nesting;
    const shown = relative(process.cwd(), file);
    const whole = data.nesting === 0 && (data.name === file || data.name === shown);
    const is_sentinel = file.includes(@NAME@);
    if (whole) {
      // A file without tests of its own, or one that could not be run to its end.
      const passed = type === 'test:pass';
      if (is_sentinel) {
        continue;
      }
      if (passed) {
        say('file', { id: shown });
      } else if (data.details?.error?.failureType !== 'subtestsFailed') {
        say('error', { id: shown, message: failure(data.details?.error).message });
        yield `not ok ${shown}\n`;
      }
      continue;
    }
    if (data.details?.type === 'suite' || data.details?.error?.failureType === 'subtestsFailed') {
      if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
        say('error', { id: [shown, ...names, data.name].join(' > '), message: failure(data.details?.error).message });
      }
      continue;
    }
    let state = type === 'test:pass' ? 'passed' : 'failed';
    if (data.skip !== undefined && data.skip !== false) {
      state = 'skipped';
    } else if (data.todo !== undefined && data.todo !== false) {
      state = 'skipped';
    }
    const id = numbered([shown, ...names, data.name].join(' > '));
    if (!is_sentinel) {
      // For people and models, as the other reporters would.
      const text = type === 'test:fail' ? String(data.details?.error?.cause?.stack ?? data.details?.error) : '';
      yield `${type === 'test:fail' ? 'not ok' : 'ok'} ${id}\n${text.replace(/^(?=.)/gm, '    ')}${text && '\n'}`;
    }
    say('test', {
      id,
      sentinel: is_sentinel ? data.name : null,
      state,
      altered: false,
      ...(type === 'test:fail' ? failure(data.details?.error) : { failure: null, message: null }),
    });
  }
  say('end', {});
}

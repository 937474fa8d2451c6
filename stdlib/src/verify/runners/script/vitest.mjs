// What vitest tells, from version 1 on: newer ones tell of modules, older ones of files.

const plain = (text) => String(text ?? '').replace(/\u001b\[[0-9;]*m/g, '');

function failure(error) {
  const asserted = /Assertion/.test(error?.name ?? '') || error?.matcherResult !== undefined;
  const kind = asserted ? 'assertion' : String(error?.name ?? 'failure');
  return { failure: kind, message: plain(error?.message).slice(0, 300) };
}

function test(file, names, state, errors, wasRetried) {
  const own = file.includes(@NAME@);
  const id = [file, ...names].join(' > ');
  // One that failed and then passed is not one that passes.
  const now = state === 'passed' && wasRetried ? 'failed' : state;
  if (own && now === 'skipped') {
    // A pattern of names has left it out.
    return;
  }
  const shown = now === 'failed' ? failure(errors?.[0]) : { failure: null, message: null };
  say('test', { id: own ? id : numbered(id), sentinel: own ? names.at(-1) : null, state: now, altered: false, ...shown });
  if (!own) {
    // For people and models.
    const text = (errors ?? []).map((it) => plain(it.stack ?? it.message).replace(/^(?=.)/gm, '    ')).join('\n');
    process.stdout.write(`${now === 'failed' ? 'not ok' : now} ${id}\n${text}${text && '\n'}`);
  }
}

function broken(file, errors) {
  if (!file.includes(@NAME@)) {
    const message = plain(errors?.[0]?.message ?? 'it could not be loaded');
    say('error', { id: file, message });
    process.stdout.write(`not ok ${file}\n    ${message}\n`);
  }
}

const older = { pass: 'passed', fail: 'failed' };
const newer = { passed: 'passed', failed: 'failed' };

function walk(file, tasks, names) {
  for (const task of tasks) {
    const all = [...names, task.name];
    if (task.type === 'suite') {
      if (task.result?.errors?.length) {
        broken([file, ...all].join(' > '), task.result.errors);
      }
      walk(file, task.tasks, all);
    } else {
      const retried = (task.result?.retryCount ?? 0) > 0;
      test(file, all, older[task.result?.state] ?? 'skipped', task.result?.errors, retried);
    }
  }
}

function names(it) {
  const all = [];
  for (let at = it; at && at.type !== 'module'; at = at.parent) {
    all.unshift(at.name);
  }
  return all;
}

export default class {
  constructor() {
    this.isTold = false;
  }

  onInit(vitest) {
    say('start', { version: `vitest ${vitest.version ?? ''}`.trim() });
  }

  onUserConsoleLog(log) {
    process.stdout.write(log.content);
  }

  onTestRunEnd(modules, errors) {
    this.isTold = true;
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId);
      if (module.errors().length > 0) {
        broken(file, module.errors());
      }
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) {
          broken([file, ...names(suite)].join(' > '), suite.errors());
        }
      }
      for (const it of module.children.allTests()) {
        const { state, errors: found } = it.result();
        test(file, names(it), newer[state] ?? 'skipped', found, (it.diagnostic()?.retryCount ?? 0) > 0);
      }
    }
    this.end(errors);
  }

  onFinished(files, errors) {
    if (this.isTold) {
      return;
    }
    for (const file of files ?? []) {
      const shown = relative(process.cwd(), file.filepath);
      if (file.result?.errors?.length) {
        broken(shown, file.result.errors);
      }
      walk(shown, file.tasks, []);
    }
    this.end(errors);
  }

  end(errors) {
    if (errors?.length > 0) {
      broken('errors outside of tests', errors);
    }
    say('end', {});
  }
}

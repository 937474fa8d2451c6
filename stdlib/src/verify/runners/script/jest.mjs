// What jest tells.

const plain = (text) => String(text ?? '').replace(/\u001b\[[0-9;]*m/g, '');

function failure(test) {
  const detail = test.failureDetails?.[0];
  const message = plain(test.failureMessages?.[0]);
  const name = detail?.error?.name ?? detail?.name;
  const asserted =
    detail?.matcherResult !== undefined || /Assertion/.test(name ?? '') || /^(Error: )?expect\(/.test(message);
  return { failure: asserted ? 'assertion' : String(name ?? 'failure'), message: message.slice(0, 300) };
}

const states = { passed: 'passed', failed: 'failed' };

export default class {
  onRunStart() {
    say('start', { version: `node ${process.versions.node}` });
  }

  onTestResult(_, result) {
    const file = relative(process.cwd(), result.testFilePath);
    const own = file.includes(@NAME@);
    for (const test of result.testResults) {
      let state = states[test.status] ?? 'skipped';
      if (state === 'passed' && test.retryReasons?.length > 0) {
        // One that failed and then passed is not one that passes.
        state = 'failed';
      }
      if (own && state === 'skipped') {
        // A pattern of names has left it out.
        continue;
      }
      const id = [file, ...test.ancestorTitles, test.title].join(' > ');
      const shown = state === 'failed' ? failure(test) : { failure: null, message: null };
      say('test', { id: own ? id : numbered(id), sentinel: own ? test.title : null, state, altered: false, ...shown });
    }
    if (own) {
      return;
    }
    if (result.testExecError || (result.failureMessage && result.testResults.length === 0)) {
      say('error', { id: file, message: plain(result.testExecError?.message ?? result.failureMessage) });
    }
    // For people and models, as jest itself would.
    const printed = (result.console ?? []).map((it) => `${it.message}\n`).join('');
    const failed = result.failureMessage ? `${result.failureMessage}\n` : '';
    process.stdout.write(`${failed ? 'FAIL' : 'PASS'} ${file}\n${failed}${printed}`);
  }

  onRunComplete() {
    say('end', {});
  }
}

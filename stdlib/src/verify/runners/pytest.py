

def _tau_plugin(folder, sentinels, round_, only):
    import importlib
    import pathlib
    import random
    import sys

    import pytest

    say = _tau_open(folder)
    skipped, failed_by_call = pytest.skip.Exception, pytest.fail.Exception
    here = pathlib.Path(__file__).parent / (sentinels + ".py")
    must_pass, must_fail = sentinels + "_passes", sentinels + "_fails"
    shuffle = random.Random(round_)
    seen = {}
    own = {}
    ends = []

    class Sentinels(pytest.Module):
        def _getobj(self):
            return importlib.import_module(sentinels)

    class Plugin:
        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_collection_modifyitems(self, session, config, items):
            yield
            # Beside the tests of every folder, since hooks may be those of one folder. A file
            # that is not there has none.
            folders = {item.path.parent: item.path for item in items}
            first, last = [], []
            for path in list(folders.values())[:20] or [here]:
                module = Sentinels.from_parent(session, path=path)
                for name, made in ((must_pass, first), (must_fail, last)):
                    function = getattr(module.obj, name)
                    item = pytest.Function.from_parent(module, name=name, callobj=function)
                    own[item.nodeid] = name
                    made.append(item)
            if only is not None:
                items[:] = [item for item in items if item.nodeid in only]
            if round_:
                files = {}
                for item in items:
                    files.setdefault(item.nodeid.split("::")[0], []).append(item)
                names = list(files)
                shuffle.shuffle(names)
                for name in names:
                    shuffle.shuffle(files[name])
                items[:] = [item for name in names for item in files[name]]
            # Those that must fail are the last, so that they hide no other from `-x`.
            items[:] = [*first, *items, *last]

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_collectreport(self, report):
            if report.failed:
                say("error", id=report.nodeid, message=_tau_short(report.longrepr))
            yield

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_makereport(self, item, call):
            outcome = yield
            report = outcome.get_result()
            error = call.excinfo
            expected = hasattr(report, "wasxfail")
            if error is None:
                state = "failed" if report.outcome == "failed" else "passed"
                state = "skipped" if expected else state
            elif isinstance(error.value, skipped) or expected:
                state = "skipped"
            elif call.when == "call":
                state = "failed"
            else:
                state = "error"
            kind, message = None, None
            if error is not None:
                by_assertion = isinstance(error.value, (AssertionError, failed_by_call))
                kind = "assertion" if by_assertion else type(error.value).__name__
                message = _tau_short(error.value)
            altered = state in ("failed", "error") and report.outcome != "failed"
            seen.setdefault(item.nodeid, []).append((call.when, state, kind, message, altered))

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_runtest_protocol(self, item, nextitem):
            yield
            parts = seen.pop(item.nodeid, [])
            states = [part[1] for part in parts]
            for state in ("failed", "error", "skipped"):
                if state in states:
                    break
            else:
                called = any(part[0] == "call" for part in parts)
                state = "passed" if called else "lost"
            bad = next((part for part in parts if part[1] == state), (None,) * 4)
            altered = any(part[4] for part in parts)
            say(
                "test",
                id=item.nodeid,
                sentinel=own.get(item.nodeid),
                state=state,
                failure=bad[2],
                message=bad[3],
                altered=altered,
            )

        @pytest.hookimpl(tryfirst=True)
        def pytest_report_teststatus(self, report):
            # What people and models read is about the tests of the tree.
            if sentinels in report.nodeid:
                return "", "", ""

        @pytest.hookimpl(hookwrapper=True, tryfirst=True)
        def pytest_sessionfinish(self, session, exitstatus):
            yield
            if not ends:
                ends.append(True)
                say("end")

    version = "pytest " + pytest.__version__ + ", Python " + sys.version.split()[0]
    say("start", version=version)
    return Plugin()


def pytest_configure(config):
    config.pluginmanager.register(globals().pop("_tau_made"), "tau-" + __name__)


def pytest_cmdline_main(config):
    # Tests that run in other processes would be seen by nobody: pytest-xdist is told to start none.
    if hasattr(config.option, "numprocesses"):
        config.option.numprocesses = None
        config.option.dist = "no"
        config.option.tx = []



def _tau_main(folder, sentinels, round_, only):
    import random
    import sys
    import unittest

    say = _tau_open(folder)
    say("start", version="Python " + sys.version.split()[0])
    assertion = AssertionError

    class Sentinel(unittest.TestCase):
        def tau_passes(self):
            self.assertEqual(1 + 1, 2)

        def tau_fails(self):
            self.assertEqual(1 + 1, 3)

    def failure(error):
        kind = "assertion" if issubclass(error[0], assertion) else error[0].__name__
        return kind, _tau_short(error[1])

    class Result(unittest.TextTestResult):
        def startTest(self, test):
            super().startTest(test)
            self.tau = ("lost", None, None)

        def stopTest(self, test):
            super().stopTest(test)
            state, kind, message = self.tau
            name = None
            if type(test) is Sentinel:
                name = sentinels + test._testMethodName[3:]
            say(
                "test",
                id=test.id(),
                sentinel=name,
                state=state,
                failure=kind,
                message=message,
                altered=False,
            )

        def printErrorList(self, flavour, errors):
            # What people and models read is about the tests of the tree.
            own = [(test, text) for test, text in errors if type(test) is not Sentinel]
            super().printErrorList(flavour, own)

        def addSuccess(self, test):
            super().addSuccess(test)
            if self.tau[0] == "lost":
                self.tau = ("passed", None, None)

        def addFailure(self, test, err):
            super().addFailure(test, err)
            self.tau = ("failed", *failure(err))

        def addError(self, test, err):
            super().addError(test, err)
            if not hasattr(test, "_testMethodName"):
                # It stands for `setUpClass` and the like.
                say("error", id=str(test), message=_tau_short(err[1]))
            elif type(test).__name__ == "_FailedTest":
                # It stands for a module that cannot be imported.
                self.tau = ("error", *failure(err))
            else:
                self.tau = ("failed", *failure(err))

        def addSkip(self, test, reason):
            super().addSkip(test, reason)
            self.tau = ("skipped", None, None)

        def addExpectedFailure(self, test, err):
            super().addExpectedFailure(test, err)
            self.tau = ("skipped", None, None)

        def addUnexpectedSuccess(self, test):
            super().addUnexpectedSuccess(test)
            self.tau = ("failed", "unexpected success", None)

        def addSubTest(self, test, subtest, err):
            super().addSubTest(test, subtest, err)
            if err is not None:
                self.tau = ("failed", *failure(err))

    def flat(suite):
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                yield from flat(test)
            else:
                yield test

    class Runner(unittest.TextTestRunner):
        resultclass = Result

        def run(self, test):
            tests = list(flat(test))
            if only is not None:
                tests = [test for test in tests if test.id() in only]
            if round_:
                classes = {}
                for test in tests:
                    classes.setdefault(type(test), []).append(test)
                groups = list(classes.values())
                shuffle = random.Random(round_)
                shuffle.shuffle(groups)
                for group in groups:
                    shuffle.shuffle(group)
                tests = [test for group in groups for test in group]
            ordered = [Sentinel("tau_passes"), *tests, Sentinel("tau_fails")]
            result = super().run(unittest.TestSuite(ordered))
            say("end")
            return result

    sys.argv[0] = "python -m unittest"
    # As `python -m unittest` does.
    unittest.main(module=None, testRunner=Runner)


if __name__ == "__main__":
    _tau_main(*_TAU)

"""Runs jupyter_kernel_test: conformance.py KERNEL SAMPLES.json; prints the outcome of each test as JSON."""
import json
import sys
import unittest

import jupyter_kernel_test as jkt

kernel, samples = sys.argv[1], json.load(open(sys.argv[2]))["conformance"]

# A name that the suite does not know would test nothing.
for name in samples:
    if not hasattr(jkt.KernelTests, name):
        sys.exit(f"jupyter_kernel_test {jkt.__version__} has no attribute {name}")
# One that is left out is a test skipped.
known = {n for n in vars(jkt.KernelTests)
         if n.startswith("code_") or n.endswith("_samples")
         or n in ("language_name", "file_extension", "supported_history_operations")}
if known - set(samples):
    sys.exit(f"no samples for {sorted(known - set(samples))}")


class Conformance(jkt.KernelTests):
    kernel_name = kernel


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = kernel
    support_iopub_welcome = True


for name, value in samples.items():
    setattr(Conformance, name, value)


class Result(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.outcomes = []

    def _note(self, test, outcome, text=""):
        self.outcomes.append(dict(test=str(test), outcome=outcome, text=text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._note(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(subtest, "failed", (self.failures + self.errors)[-1][1])


result = Result()
unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(c)
                   for c in (Conformance, Welcome)).run(result)
json.dump(result.outcomes, sys.stdout)

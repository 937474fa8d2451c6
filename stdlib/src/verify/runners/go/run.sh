#!/bin/sh
# Runs `go test` with a package `testing` that tells tau which tests there were, and shows people
# what go says of them. Called with the words of the command.
at=@REPORTS@
tools=@TOOLS@
root=$("$1" env GOROOT) || exit
"$1" env GOVERSION >"$at/version"
from=$root/src/testing

# The package as it is, with calls of what is in `testing.go` of tau's.
sed -e '/^func MainStart(.*{$/a\
	tauStart(deps.ImportPath())' \
    -e '/^func tRunner(.*{$/a\
	tauBegins(\&t.common)' \
    -e '/^func (t \*T) report() {$/a\
	if tauEnds(\&t.common) { return }' \
    -e '/^func (t \*T) Parallel() {$/a\
	tauSays("waits", t.name)' \
    -e '/^		doPanic := func(err .*{$/a\
	tauPanics(\&t.common, err)' \
    -e '/^func (m \*M) before() {$/a\
	tauTries()' \
    -e '/^func (m \*M) after() {$/a\
	tauSays("end")' "$from/testing.go" >"$at/testing.go"
sed -e '/^func fRunner(.*{$/a\
	tauBegins(\&f.common)' \
    -e '/^func (f \*F) report() {$/a\
	if tauEnds(\&f.common) { return }' \
    -e '/^		doPanic := func(err .*{$/a\
	tauPanics(\&f.common, err)' "$from/fuzz.go" >"$at/fuzz.go"
sed -e '/^func runExample(.*{$/a\
	tauSays("begins", eg.Name)\
	defer func() { tauExample(eg.Name, ok) }()' "$from/run_example.go" >"$at/run_example.go"
if [ "$(cat "$at/testing.go" "$at/fuzz.go" "$at/run_example.go" | grep -c '^	.*tau[A-Z]')" != 12 ]; then
    # Another package than tau knows: how the command ends is all that there is.
    : >"$at/unknown"
    exec "$@"
fi
cat >"$at/overlay.json" <<END
{ "Replace": {
  "$from/testing.go": "$at/testing.go",
  "$from/fuzz.go": "$at/fuzz.go",
  "$from/run_example.go": "$at/run_example.go",
  "$from/tau.go": "$tools/testing.go"
} }
END

exec 4>&1
code=$({ {
    "$@" 3>&- 4>&-
    echo $? >&3
} | tee "$at/events" 3>&- | awk -v own=@NAME@ -f "$tools/show.awk" >&4 3>&-; } 3>&1)
exit "$code"

#!/bin/sh
# Starts one test program in cargo's place, and tells tau which tests there are and how each ended.
case $1 in
*/deps/*) ;;
*/rustdoctest*)
    # A doc test, whose end cargo itself looks at. That there was one is all that is told of it.
    : >>@REPORTS@/@DOC@
    exec "$@"
    ;;
*) exec "$@" ;;
esac
name=${1##*/}
at=@REPORTS@/$$
case $name in
@NAME@-*)
    # Whatever the command selects, both are run.
    "$1" --logfile "$at.log" >"$at.said" 2>&1
    printf '%s\n%s\n%s\n' "$CARGO_PKG_NAME" "$name" "$?" >"$at.done"
    exit 0
    ;;
esac
if "$@" --list --format terse >"$at.list" 2>/dev/null && ! grep -qvE '^$|: (test|benchmark)$' "$at.list"; then
    "$@" --logfile "$at.log"
    code=$?
else
    # A test program with a harness of its own.
    rm -f "$at.list"
    "$@"
    code=$?
fi
printf '%s\n%s\n%s\n' "$CARGO_PKG_NAME" "$name" "$code" >"$at.done"
exit "$code"

#!/bin/sh
# Starts one test program in go's place. One that ends in the middle of a test is started again for
# those behind it, so that each is heard of, in whatever order they come.
at=@REPORTS@/$$
own=
for word in "$@"; do
    case $word in
    -test.skip=*) own="${word#*=}|" ;;
    esac
done
round=0
skip=
first=0
while :; do
    file=$at.$round
    if [ -z "$skip" ]; then
        TAU_TESTING="@NAME@ $file" "$@"
    else
        TAU_TESTING="@NAME@ $file" "$@" "-test.skip=$own^($skip)\$"
    fi
    code=$?
    echo "$code" >"$file.done"
    if [ "$first" = 0 ]; then
        first=$code
    fi
    if [ "$code" = 0 ] || { [ "$code" = 1 ] && grep -q '^end$' "$file"; }; then
        break
    fi
    # What has ended is not begun again, and what ended the program: those that panicked, or else
    # those that had begun and did not wait for others, or else all.
    begun=$(awk -F '\t' '
        { whole = $2; sub("/.*", "", $2) }
        $2 == "" || $2 ~ /^tau_/ { next }
        $1 == "begins" { begun[$2] }
        $1 == "ends" && whole == $2 { ended[$2] }
        $1 == "waits" && whole == $2 { waits[$2] }
        $1 == "panics" { guilty[$2]; any = 1 }
        END {
            if (!any) for (name in begun) if (!(name in ended || name in waits)) { guilty[name]; any = 1 }
            for (name in begun) if (!any || name in ended || name in guilty) {
                printf "%s%s", bar, name
                bar = "|"
            }
        }' "$file" 2>/dev/null)
    if [ -z "$begun" ]; then
        break
    fi
    skip=$skip${skip:+|}$begun
    round=$((round + 1))
done
exit "$first"

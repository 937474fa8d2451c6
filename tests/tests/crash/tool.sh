# Counts its starts in $COUNTS. Where there is a FIFO $GATES/<name>-<start>, it says its process id
# there and waits until it is killed.
name=$1
echo "$name" >> "$COUNTS"
count=$(grep -c -x "$name" "$COUNTS")

wait_at_gate() {
  if [ -p "$GATES/$name-$count" ]; then
    echo $$ > "$GATES/$name-$count"
    read -r never < "$GATES/never"
  fi
}

case $name in
  check)
    wait_at_gate
    test "$(cat src/answer.txt)" = 3
    ;;
  bump)
    answer=$(($(cat src/answer.txt) + 1))
    printf 'half' > src/answer.txt
    wait_at_gate
    echo "$answer" > src/answer.txt
    echo "$answer"
    ;;
  helper)
    printf 'half' > made/b.txt
    wait_at_gate
    echo whole > made/b.txt
    printf helped
    ;;
  flaky)
    echo again > flaky.txt
    wait_at_gate
    test "$count" -ge 2 && test ! -e "$GATES/broken"
    ;;
  word-*)
    wait_at_gate
    printf '%s' "${name#word-}"
    ;;
  hopeless)
    wait_at_gate
    exit 7
    ;;
esac

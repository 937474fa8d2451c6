echo "$1" >> "$COUNTS"
case $1 in
  check) test "$(cat src/answer.txt)" = 2 ;;
  bump) echo $(($(cat src/answer.txt) + 1)) > src/answer.txt ;;
  shaky) case $TAU_STEP in *~[2-9]/*) echo tried ;; *) exit 7 ;; esac ;;
  end) ;;
  *) mkdir -p for; echo "$1" > "for/$1.txt" ;;
esac

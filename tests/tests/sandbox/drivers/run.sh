# Runs each case in shell by itself, and says how it ended.
. ./cases/env.sh
# Whoever started this watches over it.
export WATCHER=$PPID
for case in cases/*.sh; do
  id=${case##*/}
  id=${id%.sh}
  [ "$id" = env ] && continue
  lacks=
  read -r _ needs < "$case"
  for tool in ${needs#needs}; do command -v "$tool" > /dev/null || lacks=$tool; done
  if [ -n "$lacks" ]; then
    echo "@ $id lacks $lacks"
    continue
  fi
  export ID="$id" V="$H/v/$id" T="$TMPDIR/$id" MARK="$MARKS$id"
  mkdir -p "$T"
  timeout --foreground 20 sh "$case" > "$TMPDIR/$id.said" 2>&1 < /dev/null
  code=$?
  case $code in
    0) echo "@ $id works" ;;
    124) echo "@ $id hangs" ;;
    *) echo "@ $id fails $code $(tail -n 1 "$TMPDIR/$id.said" | tail -c 40)" ;;
  esac
done

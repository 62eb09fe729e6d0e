#!/usr/bin/env bash
# The packaged jar as a command: exit codes, streams, signals, summary, and that no server starts.
set -uo pipefail
jar=$(realpath "$1")
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config
unset HFECO2AI_SERVER HFECO2AI_TOKEN HFECO2AI_ZONE
cd "$work"
passed=0 failed=0

# check NAME EXPECTED ACTUAL
check() {
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: expected '$2', was '$3'"; fi
}
# holds NAME FILE TEXT
holds() { if grep -qF -- "$3" "$2"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $1: no '$3' in:"; cat "$2"; fi; }
cli() { "$java" -jar "$jar" "$@"; }

cli --version >out 2>err; check "version exit" 0 $?; holds "version" out "hf-eco2ai "; check "version warnings" "" "$(cat err)"
cli --help >out 2>err; check "help exit" 0 $?; holds "help" out "calibrate"
cli nonsense >out 2>err; check "unknown command" 2 $?
cli sensors >out 2>err; check "sensors exit" 0 $?; check "sensors warnings" "" "$(cat err)"
cli sensors --json >out 2>err; check "sensors json exit" 0 $?
python3 -c 'import json; d = json.load(open("out")); assert d["node"] and isinstance(d["devices"], list)'; check "sensors json" 0 $?

for code in 0 7 255; do cli run -- sh -c "exit $code" >out 2>err; check "exit $code" $code $?; done
cli run -- sh -c 'kill -KILL $$' >out 2>err; check "killed" 137 $?
cli run -- no-such-program >out 2>err; check "not found" 127 $?
cli run -- /etc/passwd >out 2>err; check "not executable" 126 $?
cli run --server nowhere -- true >out 2>err; check "wrong option" 2 $?
printf 'a\nb' | cli run -- cat >out 2>err; check "stdin and stdout" "$(printf 'a\nb')" "$(cat out)"

cli run --zone FR --json summary.json -- sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; sleep 1' >out 2>err
check "measured run" 0 $?
holds "summary" err "hf-eco2ai: "
check "nothing of ours on stdout" "" "$(cat out)"
python3 - <<'PY'; check "summary json" 0 $?
import json
d = json.load(open("summary.json"))
assert d["exit_code"] == 0 and d["zone"] == "FR" and d["factor"]["g_per_kwh"] > 0, d
assert d["devices"] and d["machine_energy_kwh"] > 0, d
assert 0 <= d["energy_kwh"] <= d["machine_energy_kwh"], d
assert d["emissions_kg_co2e"] is not None, d
PY

setsid "$java" -jar "$jar" run -- sh -c 'trap "echo got >> seen" TERM; echo r > ready; i=0; while [ $i -lt 30 ]; do sleep 0.1; i=$((i+1)); done; exit 5' >out 2>err &
run=$!
for _ in $(seq 100); do [ -s ready ] && break; sleep 0.1; done
kill -TERM $run; wait $run; check "exit after SIGTERM" 5 $?
check "SIGTERM arrived once" "got" "$(cat seen)"

cli calibrate --watts 40,80,120,180 >out 2>err; check "calibrate" 0 $?
holds "calibration kept" config/hf-eco2ai/calibration.properties "load_50_w=120"
cli calibrate --watts 40,30,120,180 >out 2>err; check "impossible calibration" 1 $?
cli calibrate </dev/null >out 2>err; check "calibrate without terminal" 2 $?

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

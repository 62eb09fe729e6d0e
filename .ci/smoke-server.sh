#!/usr/bin/env bash
# The packaged jar on an empty folder: sign in, measure one run, find its figures on its page; no outbound connection.
set -euo pipefail
jar=$(realpath "$1")
work=$(mktemp -d)
server=
# Under strace the server is its child; strace ends with it.
stop() { local java; java=$(pgrep -P "$server" || true); kill "${java:-$server}" 2>/dev/null || true; }
end() { [ -z "$server" ] || stop; wait || true; rm -rf "$work"; }
trap end EXIT
fail() { echo "FAILED: $1"; echo "--- log"; tail -n 60 "$work/server.log" || true; exit 1; }
passed=0
ok() { passed=$((passed + 1)); echo "ok: $1"; }

port=$(python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])' 2>/dev/null || echo 18080)
url="http://127.0.0.1:$port"
token=smoke-token-0123456789-0123456789
cd "$work"
watch=()
command -v strace >/dev/null && watch=(strace -f --seccomp-bpf -qq -e trace=connect,sendto -o "$work/connects")
HFECO2AI_BOOTSTRAP_API_TOKEN=$token HFECO2AI_SITE_ZONE=DE "${watch[@]}" \
  java -jar "$jar" --server.port="$port" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 240); do
  curl -sf "$url/actuator/health" >/dev/null && break
  kill -0 "$server" 2>/dev/null || fail "the server ended"
  sleep 0.5
done
curl -sf "$url/actuator/health" | grep -q '"UP"' || fail "health"
ok "healthy on an empty folder"

password=$(sed -n 's/^ *password  *\([^ ]*\) *$/\1/p' "$work/server.log" | head -n 1)
[ -n "$password" ] || fail "no password in the log"
form=$(curl -sf -c jar.txt "$url/login")
csrf=$(sed -n 's/.*name="_csrf"[^>]*value="\([^"]*\)".*/\1/p' <<<"$form" | head -n 1)
home=$(curl -sf -b jar.txt -c jar.txt -L --data-urlencode "username=admin" --data-urlencode "password=$password" \
  --data-urlencode "_csrf=$csrf" "$url/login")
grep -q 'data-live' <<<"$home" || fail "the home page after sign-in shows no live power"
ok "signed in with the printed password, home shows this machine's power"

java -jar "$jar" run --server "$url" --token "$token" --project smoke --experiment smoke --name first -- \
  sh -c 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; sleep 3; exit 3' 2>run.txt && status=0 || status=$?
[ "$status" = 3 ] || { cat run.txt; fail "exit code 3 became $status"; }
page=$(sed -n 's#.*\(/runs/[0-9a-f]\{32\}\).*#\1#p' run.txt | head -n 1)
[ -n "$page" ] || { cat run.txt; fail "the summary names no run page"; }
curl -sf -b jar.txt "$url$page" >page.html || fail "run page $page"
grep -q 'FAILED\|Failed\|failed' page.html || fail "the run page does not say that the command failed"
footprint=$(curl -sf -H "Authorization: Bearer $token" "$url/api/v1$page/footprint")
echo "footprint: $footprint"
python3 - "$footprint" <<'P' || fail "footprint"
import json, sys
f = json.loads(sys.argv[1])
assert f["energy_kwh"] > 0, "no energy"
assert f["emissions_kg_co2e"] > 0, "no emissions although the zone is set"
assert f["factors"][0]["zone"] == "DE" and f["factors"][0]["source"], "no factor"
q = f["quality"]
assert abs(q["measured_kwh"] + q["modelled_kwh"] + q["unknown_kwh"] - f["energy_kwh"]) < 1e-12
P
ok "one measured run: figures on its page and in the API"

gate() { HFECO2AI_TOKEN=$token java -jar "$jar" gate --server "$url" "$@" >gate.txt 2>&1 && echo 0 || echo $?; }
[ "$(gate --run "${page##*/}" --limit-kwh 1000)" = 0 ] || { cat gate.txt; fail "a run within its limit does not pass the gate"; }
[ "$(gate --run "${page##*/}" --limit-kwh 0.000000001)" = 1 ] || { cat gate.txt; fail "a run above its limit passes the gate"; }
[ "$(gate)" = 3 ] || { cat gate.txt; fail "a gate without a budget has a verdict"; }
ok "the gate passes, fails, and says when there is nothing to check"

curl -sf -X PUT -H "Authorization: Bearer $token" --data-binary smoke \
  "$url/mlflow/api/2.0/mlflow-artifacts/artifacts/0/smoke/artifacts/a.txt" >/dev/null || fail "an artifact"
[ -n "$(find data -name a.txt)" ] || fail "the artifact is not in the data folder"
ok "an artifact lies in the data folder"

(java -jar "$jar" --server.port=0 >second.log 2>&1 && echo 0 || echo $?) >second.rc
[ "$(cat second.rc)" = 1 ] || { tail second.log; fail "a second instance on the same folder exits $(cat second.rc)"; }
grep -qi 'already' second.log || { tail second.log; fail "a second instance does not say why"; }
ok "a second instance on the same folder says so and exits 1"

stop
wait "$server" || true
server=
grep -qiE '^\s+at .*\(.*\.java' server.log && fail "a stack trace in the log"
ok "clean stop, no stack trace in the log"
if [ -f "$work/connects" ]; then
  # On its way down Tomcat wakes its own acceptor through one of the machine's own addresses.
  own=$(hostname -I | tr ' ' '\n' | sed '/^$/d' | sed 's/.*/"&"/' | paste -sd '|')
  if grep -E 'sa_family=AF_INET' "$work/connects" | grep -vE "127\\.0\\.0\\.1|\"::1\"|::ffff:127|AF_UNSPEC|${own:-none}"; then
    fail "an outbound connection"
  fi
  ok "no outbound connection"
fi
echo "$passed passed, 0 failed"

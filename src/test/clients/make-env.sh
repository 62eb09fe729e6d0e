#!/usr/bin/env bash
# Makes a virtual environment with real clients and prints the path of its python.
# usage: src/test/clients/make-env.sh NAME      reads src/test/clients/NAME.txt (pip requirements, all pinned)
#   first lines may be   # base: OTHER   (its packages are seen too, so torch is stored once)
#                        # no-deps      (exactly the packages named)
# An environment is made once for each content of its file and kept in $HFECO2AI_CLIENT_ENVS
# (default: ~/.cache/hf-eco2ai/clients). Needs python3 (>= 3.9) with venv and pip.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
name=$1
list="$here/$name.txt"
[ -f "$list" ] || { echo "no $list" >&2; exit 2; }
python=${PYTHON:-/usr/bin/python3}
[ -x "$python" ] || python=python3
base=$(sed -n 's/^# base: *//p' "$list")
base_python=
[ -z "$base" ] || base_python=$(bash "$here/make-env.sh" "$base")
root=${HFECO2AI_CLIENT_ENVS:-$HOME/.cache/hf-eco2ai/clients}
hash=$({ "$python" --version; echo "$base_python"; cat "$list"; } | sha256sum | cut -c1-12)
env="$root/$name-$hash"
if [ ! -f "$env/done" ]; then
  mkdir -p "$root"
  exec 9>"$root/$name.lock"
  flock 9
fi
if [ ! -f "$env/done" ]; then
  rm -rf "$env"
  "$python" -m venv "$env" >&2
  if [ -n "$base_python" ]; then
    # As code, not as a path: so the base's own base is seen as well.
    "$base_python" -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_paths()["purelib"])' \
      >"$("$env/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')/base.pth"
  fi
  options=(--quiet --disable-pip-version-check --no-compile)
  if grep -q '^# no-deps' "$list"; then options+=(--no-deps); fi
  "$env/bin/python" -m pip install "${options[@]}" -r "$list" >&2
  touch "$env/done"
fi
echo "$env/bin/python"

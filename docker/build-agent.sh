#!/usr/bin/env bash
# The commands for machines without Java: agent, run, sensors and calibrate, with a Java runtime of only the modules they
# need. The runtime is made from the JDK of JAVA_HOME (or of the java on the path), for that JDK's own architecture and for
# any machine whose C library is not older than what that JDK asks for.
# usage: docker/build-agent.sh JAR FOLDER      makes FOLDER/hf-eco2ai-agent-VERSION-linux-ARCH.tar.gz and prints its name
set -euo pipefail
jar=$(realpath "$1")
mkdir -p "$2"
target=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}
[ -x "$jdk/bin/jlink" ] || { echo "no jlink in $jdk: set JAVA_HOME to a whole JDK" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $(uname -m) in
  x86_64) arch=x64 native=linux-x86-64 ;;
  aarch64) arch=aarch64 native=linux-aarch64 ;;
  *) echo "no native library for $(uname -m)" >&2; exit 1 ;;
esac

# The jar without the server: what the packaging put at its root for the command line.
mkdir "$work/classes"
(cd "$work/classes" && "$jdk/bin/jar" xf "$jar" META-INF/MANIFEST.MF META-INF/licenses io picocli tools com grid sensor)
version=$(sed -n 's/^Implementation-Version: *\([^ \r]*\).*/\1/p' "$work/classes/META-INF/MANIFEST.MF")
find "$work/classes/com/sun/jna" -mindepth 1 -maxdepth 1 -name 'linux-*' ! -name "$native" -exec rm -r {} +
rm -f "$work/classes/io/hfeco2ai/cli/ServerLauncher"*.class
mkdir -p "$work/classes/META-INF" && touch "$work/classes/META-INF/hf-eco2ai-without-server"
printf 'Implementation-Title: HF Eco2AI\nImplementation-Version: %s\nEnable-Native-Access: ALL-UNNAMED\n' "$version" >"$work/manifest"
rm "$work/classes/META-INF/MANIFEST.MF"
name=hf-eco2ai-agent-$version
mkdir -p "$work/$name/bin" "$work/$name/lib"
"$jdk/bin/jar" --create --file "$work/$name/lib/hf-eco2ai-agent.jar" --manifest "$work/manifest" \
  --main-class io.hfeco2ai.cli.Main -C "$work/classes" .

# TLS with elliptic curves is a module of its own up to JDK 21.
modules=java.base,java.logging,jdk.unsupported
if "$jdk/bin/java" --list-modules | grep -q '^jdk.crypto.ec@'; then modules=$modules,jdk.crypto.ec; fi
"$jdk/bin/jlink" --add-modules "$modules" --output "$work/$name/runtime" --strip-debug --no-header-files --no-man-pages
"$work/$name/runtime/bin/java" -Xshare:dump >/dev/null 2>&1 || true
install -m 755 "$here/agent.sh" "$work/$name/bin/hf-eco2ai"
install -m 644 "$here/hf-eco2ai-agent.service" "$work/$name/"
cp "$here/../LICENSE" "$work/$name/"
archive=$target/$name-linux-$arch.tar.gz
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -czf "$archive" "$name"
echo "$archive"

#!/usr/bin/env bash
# The image's layout without a container engine: libraries and application apart, and a class-data archive from a start
# that ends when the application context is up.
# usage: docker/build-layout.sh JAR FOLDER      then FOLDER/start.sh starts the server; the folder must not be moved
set -euo pipefail
jar=$(realpath "$1")
target=$2
here=$(cd "$(dirname "$0")" && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

"$java" -Djarmode=tools -jar "$jar" extract --destination "$target"
[ -e "$target/hf-eco2ai.jar" ] || mv "$target/$(basename "$jar")" "$target/hf-eco2ai.jar"
install -m 755 "$here/start.sh" "$here/train.sh" "$target/"
"$target/train.sh"

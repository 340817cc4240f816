#!/bin/sh
# The commands that built the libraries in this folder, on x86-64 Linux (Debian 12), once:
#   ./build.sh OUT
# writes them to the folder OUT, to compare. What lies here is not built again: it is kept.
# Needs gcc, git, and rustup, which brings the toolchain of the commit below.
set -eu
# The interface and the parts in Rust, as they were.
commit=db8dfb91ebdd57e8c5073a99db465857c85b58ab
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)

for part in simulator error_model tap runtime; do
  (cd "$here/src" &&
    gcc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -ffp-contract=off -fPIC -fvisibility=hidden \
      -I. -shared -s -o "$out/$part.so" "$part.c" -lm)
done

# Always the same folder: its name goes into the library's build id.
work=/tmp/pandia-kept
mkdir "$work"
trap 'rm -rf "$work"' EXIT
git -C "$(git -C "$here" rev-parse --show-toplevel)" archive --format=tar "$commit" | tar -x -C "$work"
cp -r "$here/rust" "$work/kept"
(cd "$work/kept" &&
  RUSTFLAGS="--remap-path-prefix=$work=/pandia --remap-path-prefix=$HOME=/home" \
    cargo build --quiet --locked --release --target x86_64-unknown-linux-gnu --target-dir "$work/target")
cp "$work/target/x86_64-unknown-linux-gnu/release/libpandia_kept.so" "$out/rust.so"

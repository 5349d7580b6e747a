#!/usr/bin/env bash
# Runs a fuzz target, or all of them one after the other.
#
#   tests/fuzz/run TARGET [SECONDS]     document, answer, markdown, changes, or all; 60 seconds unless told otherwise
#   tests/fuzz/run TARGET corpus        chooses the cases of tests/fuzz/corpus anew, from those and from all that were found
#
# Needs git, a C++ compiler and Rust by rustup. cargo-fuzz is installed into a cache folder, once. New cases are written
# below target/fuzz; a flaw is written to target/fuzz/artifacts, and the script fails.
set -euo pipefail

readonly cargo_fuzz_version=0.13.2
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/salla-loyalty-points
work=${CARGO_TARGET_DIR:-$PWD/target}/fuzz

install_cargo_fuzz() {
    local root=$cache/cargo-fuzz-$cargo_fuzz_version
    cargo_fuzz=$root/bin/cargo-fuzz
    [[ -x $cargo_fuzz ]] || cargo install --quiet --locked --root "$root" "cargo-fuzz@$cargo_fuzz_version"
}

# Builds without a sanitizer: the code has no `unsafe`, and coverage alone needs no nightly compiler.
fuzz() {
    RUSTC_BOOTSTRAP=1 "$cargo_fuzz" "$1" --fuzz-dir tests/fuzz --sanitizer none --features libfuzzer \
        --target-dir "$work/build" "${@:2}"
}

# The folders with cases to begin with, besides those that were found before.
seeds() {
    case $1 in
        document | markdown) echo "tests/fuzz/corpus/$1" xtask/tests/corpus tests/pages ;;
        *) echo "tests/fuzz/corpus/$1" ;;
    esac
}

run() {
    local target=$1 seconds=$2
    mkdir -p "$work/found/$target" "$work/artifacts/$target"
    # shellcheck disable=SC2046
    fuzz run "$target" "$work/found/$target" $(seeds "$target") -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=16384 -only_ascii=0 -print_final_stats=1 \
        -dict=tests/fuzz/openapi.dict -artifact_prefix="$work/artifacts/$target/"
}

# Chooses small cases that reach as much code as fits into the committed corpus. Each case adds the most new code for its
# size.
choose() {
    local target=$1 control=$work/control-$1
    rm -rf -- "$control" "$work/merged-$target"
    mkdir -p "$work/merged-$target" "$work/found/$target"
    # shellcheck disable=SC2046
    fuzz run "$target" "$work/merged-$target" "$work/found/$target" $(seeds "$target") -- \
        -merge=1 -merge_control_file="$control" -max_len=16384 -timeout=60 -rss_limit_mb=4096
    python3 - "$control" "tests/fuzz/corpus/$target" <<'PYTHON'
import hashlib, pathlib, sys

MOST_CASES, MOST_BYTES, LARGEST = 200, 250 << 10, 8 << 10
lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
count = int(lines[0])
names, reached = lines[2 : 2 + count], {}
for line in lines[2 + count :]:
    kind, _, rest = line.partition(" ")
    if kind == "COV":
        index, *edges = rest.split()
        reached[int(index)] = frozenset(edges)
cases = {}
for index, edges in reached.items():
    data = pathlib.Path(names[index]).read_bytes()
    if edges and 0 < len(data) <= LARGEST:
        cases[data] = edges
chosen, covered, size = [], set(), 0
while cases:
    best = max(cases, key=lambda data: len(cases[data] - covered) / (len(data) + 4096))
    gain = cases.pop(best) - covered
    if not gain or len(chosen) == MOST_CASES or size + len(best) > MOST_BYTES:
        break
    chosen.append(best)
    covered |= gain
    size += len(best)
    cases = {data: edges for data, edges in cases.items() if edges - covered}
corpus = pathlib.Path(sys.argv[2])
for old in corpus.iterdir():
    old.unlink()
for data in chosen:
    (corpus / hashlib.sha1(data).hexdigest()[:16]).write_bytes(data)
print(f"{len(chosen)} cases with {size} bytes reach {len(covered)} of {len(frozenset().union(*reached.values()))} places")
PYTHON
}

install_cargo_fuzz
for target in $([[ $1 == all ]] && echo document answer markdown changes || echo "$1"); do
    if [[ ${2:-60} == corpus ]]; then choose "$target"; else run "$target" "${2:-60}"; fi
done

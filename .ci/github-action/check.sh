#!/usr/bin/env bash
# The second step of the action: checks, and writes annotations, SARIF and a
# summary. Its exit code is that of dhi-ls check. See action.yml for INPUT_*.
set -euo pipefail

# An empty list is unset to the bash 3.2 of macOS: hence ${args[@]+…}.
args=()
add() { [ -z "$2" ] || args+=("$1" "$2"); }
add --fail-on "${INPUT_FAIL_ON:-}"
add --min-severity "${INPUT_MIN_SEVERITY:-}"
add --config "${INPUT_CONFIG:-}"
add --profile "${INPUT_PROFILE:-}"
add --baseline "${INPUT_BASELINE:-}"
add --new-from "${INPUT_NEW_FROM:-}"
[ "${INPUT_FETCH:-false}" != true ] || args+=(--fetch)

# One path a line, so that names may hold blanks.
paths=()
while IFS= read -r path; do
  [ -z "$path" ] || paths+=("$path")
done <<<"${INPUT_PATHS:-}"
[ ${#paths[@]} -gt 0 ] || paths=(.)

format=text
[ "${INPUT_ANNOTATIONS:-true}" != true ] || format=github

code=0
dhi-ls check --format "$format" ${args[@]+"${args[@]}"} -- "${paths[@]}" || code=$?
echo "exit-code=$code" >>"${GITHUB_OUTPUT:?}"
[ "$code" -le 1 ] || exit "$code"

# The results are cached: a second report costs next to nothing.
again=(--fail-on never)
for ((i = 0; i < ${#args[@]}; i++)); do
  case ${args[i]} in
  --fail-on) ((++i)) ;;
  --fetch) ;;
  *) again+=("${args[i]}") ;;
  esac
done
if [ -n "${INPUT_SARIF:-}" ]; then
  dhi-ls check --format sarif --output "$INPUT_SARIF" "${again[@]}" -- "${paths[@]}"
  echo "sarif=$INPUT_SARIF" >>"$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  {
    echo '### dhi-ls'
    echo '```text'
    # A summary takes 1 MiB.
    dhi-ls check --color never "${again[@]}" -- "${paths[@]}" 2>&1 | head -c 900000
    echo '```'
  } >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"

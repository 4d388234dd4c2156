#!/usr/bin/env bash
# What action.yml does: installs kubectl-dbops, lints, marks findings at their lines, comments on a pull request. Inputs come as DBOPS_… variables.
set -euo pipefail

fail() {
  echo "::error title=dbops::$1"
  if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "exit-code=2" >>"$GITHUB_OUTPUT"; fi
  exit 2
}

temporary=${RUNNER_TEMP:-${TMPDIR:-/tmp}}
folder="$temporary/dbops-${DBOPS_VERSION//[^A-Za-z0-9.]/-}"

install_from_npm() {
  local log code
  if ! command -v npm >/dev/null; then fail "npm is not on the PATH: add actions/setup-node with Node 20 or later before this step."; fi
  if [ ! -x "$folder/bin/kubectl-dbops" ]; then
    if ! log=$(npm install --global --no-audit --no-fund --prefix "$folder" "kubectl-dbops@$DBOPS_VERSION" 2>&1); then
      echo "::group::npm install kubectl-dbops@$DBOPS_VERSION"
      printf '%s\n' "$log"
      echo "::endgroup::"
      code=$(sed -n 's/^npm \(error\|ERR!\) code //p' <<<"$log" | head -n 1)
      case $code in
        ETARGET | E404) fail "kubectl-dbops $DBOPS_VERSION was not installed: the registry has no such version." ;;
        EINTEGRITY) fail "kubectl-dbops $DBOPS_VERSION was not installed: the archive does not match its checksum." ;;
        ENOTFOUND | EAI_AGAIN | ECONNREFUSED | ECONNRESET | ETIMEDOUT) fail "kubectl-dbops $DBOPS_VERSION was not installed: the registry cannot be reached." ;;
        EACCES | EPERM | EROFS | ENOTDIR | EEXIST) fail "kubectl-dbops $DBOPS_VERSION was not installed: npm may not write its cache or $folder." ;;
        *) fail "kubectl-dbops $DBOPS_VERSION was not installed: npm failed with ${code:-no code}." ;;
      esac
    fi
  fi
  PATH="$folder/bin:$PATH"
}

case $DBOPS_INSTALL_MODE in
  npm) install_from_npm ;;
  none) if ! command -v kubectl-dbops >/dev/null; then fail "kubectl-dbops is not on the PATH, and install-mode is none."; fi ;;
  *) fail "install-mode takes npm or none, not $DBOPS_INSTALL_MODE." ;;
esac
installed=$(kubectl-dbops version 2>&1) || fail "kubectl-dbops does not start: ${installed%%$'\n'*}"
if [ "$DBOPS_INSTALL_MODE" = npm ] && [[ $DBOPS_VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]] && [ "$installed" != "dbops $DBOPS_VERSION" ]; then
  fail "$folder holds $installed: remove that folder."
fi

cd "$DBOPS_DIRECTORY" 2>/dev/null || fail "there is no folder $DBOPS_DIRECTORY."

# words_of INPUT TEXT: fills `read_words` with words as a shell reads them, with quotes, but nothing is expanded or run.
read_words=()
words_of() {
  local words word
  read_words=()
  if [ -z "${2//[[:space:]]/}" ]; then return; fi
  words=$(xargs printf '%s\n' <<<"$2" 2>/dev/null) || fail "$1 has a quote without its other half: $2"
  while IFS= read -r word; do read_words+=("$word"); done <<<"$words"
}
words_of args "$DBOPS_ARGS"
args=(${read_words[@]+"${read_words[@]}"})

# get_base: the commit that the change is compared with
get_base() {
  git cat-file -e "$base^{commit}" 2>/dev/null || git fetch --quiet --depth=1 origin "$base" || fail "git has no commit $base, and cannot fetch it."
}

# What the base has already is a baseline: fingerprints, so lines may move.
extra=()
if [ "$DBOPS_ONLY_NEW" = true ]; then
  base=${DBOPS_BASE:-}
  if [ -z "${base//0/}" ]; then
    echo "only-new-issues: this event has no base; everything is reported."
  else
    inside=$(git rev-parse --show-prefix) || fail "only-new-issues needs a git repository; actions/checkout makes one."
    get_base
    before="$temporary/dbops-base"
    baseline="$temporary/dbops-baseline.json"
    rm -rf "$before" "$baseline"
    git worktree prune
    git worktree add --quiet --detach "$before" "$base"
    if [ -d "$before/$inside" ]; then
      (cd "$before/$inside" && kubectl-dbops lint ${args[@]+"${args[@]}"} --no-error-on-unmatched-pattern --write-baseline="$baseline") >/dev/null 2>&1 || true
    fi
    git worktree remove --force "$before"
    if [ -f "$baseline" ]; then extra+=("--baseline=$baseline"); fi
  fi
fi

annotations="$temporary/dbops-annotations"
rm -f "$annotations"
if [ "$DBOPS_ANNOTATIONS" = true ]; then extra+=(-o "github=$annotations"); fi
if [ -n "$DBOPS_SARIF" ]; then extra+=(-o "sarif=$DBOPS_SARIF"); fi
if [ ${#extra[@]} -gt 0 ] && [[ " ${args[*]-} " != *" -o"* && " ${args[*]-} " != *" --output"* ]]; then extra+=(-o human); fi

code=0
# What the base had and this change repaired is no entry that anybody has to remove.
kubectl-dbops lint ${args[@]+"${args[@]}"} ${extra[@]+"${extra[@]}"} 2> >(grep -v -- --prune-baseline >&2) || code=$?
if [ -f "$annotations" ]; then cat "$annotations"; fi

# What the pull request does to data, in one comment. Without a verdict there is none.
if [ "${DBOPS_COMMENT:-false}" = true ]; then
  base=${DBOPS_BASE:-}
  if [ -z "${DBOPS_PULL:-}" ] || [ -z "${base//0/}" ]; then
    echo "comment: this event belongs to no pull request; nothing is compared."
  else
    git rev-parse --git-dir >/dev/null 2>&1 || fail "comment needs a git repository; actions/checkout makes one."
    get_base
    words_of diff-args "${DBOPS_DIFF_ARGS:-}"
    comment="$temporary/dbops-comment.md"
    rm -f "$comment" "$annotations"
    changed=0
    kubectl-dbops diff --since "$base" ${read_words[@]+"${read_words[@]}"} -o human -o "markdown=$comment" -o "github=$annotations" || changed=$?
    if [ "$DBOPS_ANNOTATIONS" = true ] && [ -f "$annotations" ]; then cat "$annotations"; fi
    # No verdict takes the comment back; where something could not be read, nothing is known and it stays.
    if [ -s "$comment" ] || { [ -f "$comment" ] && [ "$changed" -lt 2 ]; }; then
      node "${BASH_SOURCE[0]%/*}/github-comment.mjs" "$comment" || echo "::warning title=dbops::the comment was not written: it needs node on the PATH."
    fi
    if [ "$changed" -gt "$code" ]; then code=$changed; fi
  fi
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "exit-code=$code" >>"$GITHUB_OUTPUT"; fi
exit "$code"

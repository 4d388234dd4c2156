#compdef kubectl-dbops
# Completes kubectl-dbops in zsh: a file _kubectl-dbops in a folder of fpath, or source <(kubectl-dbops completion zsh)
_kubectl-dbops() {
  local -a lines values
  local line value typed=${words[CURRENT]} directive
  lines=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT-1]}" "$typed" 2>/dev/null)}")
  directive=${lines[-1]#:}
  [[ -n $directive ]] || return 1
  lines[-1]=()
  compset -P '-*='
  if ((directive & 16)); then
    _files -/
  elif ((directive & 8)); then
    _files -g "*.(${(j:|:)lines})"
  elif (($#lines)); then
    for line in $lines; do
      value=${line%%$'\t'*}
      values+=("${value//:/\\:}${${line#$value}/$'\t'/:}")
    done
    if ((directive & 2)); then _describe -V value values -S ''; else _describe -V value values; fi
  elif ! ((directive & 4)); then
    _files
  else
    return 1
  fi
}
if [[ $funcstack[1] == _kubectl-dbops ]]; then _kubectl-dbops "$@"; else compdef _kubectl-dbops kubectl-dbops; fi

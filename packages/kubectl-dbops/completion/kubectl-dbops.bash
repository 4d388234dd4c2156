# Completes kubectl-dbops in bash. Load it with: source <(kubectl-dbops completion bash)
# Written for macOS' bash 3.2 too, which has no compopt, no mapfile and no negative indexes.
__kubectl_dbops() {
  local rest=${COMP_LINE:0:COMP_POINT} count=0 index word line typed prefix='' directive=''
  local -a words values
  COMPREPLY=()
  # Bash cuts words at = and :, so they are put together where no space stands between them.
  for ((index = 0; index < COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    if ((index == 0)) || [[ $rest == [[:space:]]* ]]; then
      words[count]=$word
      count=$((count + 1))
    else
      words[count - 1]+=$word
    fi
    rest=${rest#"${rest%%[![:space:]]*}"}
    rest=${rest#"$word"}
  done
  if [[ $rest == [[:space:]]* ]]; then
    typed=${rest#"${rest%%[![:space:]]*}"}
  else
    count=$((count - 1))
    typed=${words[count]}$rest
  fi
  while IFS= read -r line; do
    if [[ $line == :* ]]; then directive=${line#:}; else values+=("${line%%$'\t'*}"); fi
  done < <("${words[0]}" __complete "${words[@]:1:count-1}" "$typed" 2>/dev/null)
  if [[ -z $directive ]]; then return 0; fi
  if [[ $typed == -*=* ]]; then
    prefix=${typed%%=*}=
    typed=${typed#"$prefix"}
    # What stands before a character that cuts words stays as it is.
    if [[ $COMP_WORDBREAKS == *=* ]]; then prefix=''; fi
  fi
  if ((directive & 24)) || { ((${#values[@]} == 0)) && ! ((directive & 4)); }; then
    if type compopt &>/dev/null; then compopt -o filenames; fi
    while IFS= read -r line; do
      if [[ ! -d $line ]]; then
        if ((directive & 16)); then continue; fi
        if ((directive & 8)) && [[ " ${values[*]} " != *" ${line##*.} "* ]]; then continue; fi
      fi
      COMPREPLY+=("$prefix$line")
    done < <(compgen -f -- "$typed")
    return 0
  fi
  if ((directive & 2)) && type compopt &>/dev/null; then compopt -o nospace; fi
  for line in "${values[@]}"; do
    if [[ $line == "$typed"* ]]; then COMPREPLY+=("$prefix$line"); fi
  done
}
complete -F __kubectl_dbops kubectl-dbops

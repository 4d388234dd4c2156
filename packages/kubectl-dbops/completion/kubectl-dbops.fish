# Completes kubectl-dbops in fish: ~/.config/fish/completions/kubectl-dbops.fish, or kubectl-dbops completion fish | source
function __kubectl_dbops
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program __complete $words "$typed" 2>/dev/null)
    set -l directive (string replace -r '^:' '' -- $lines[-1])
    test -n "$directive"; or return
    set -e lines[-1]
    # fish replaces the whole word, also the flag before an equals sign.
    set -l prefix (string match -r -- '^--?[^=]*=' "$typed"; or echo '')
    set -l rest (string replace -r -- '^--?[^=]*=' '' "$typed")
    if test (math "bitand($directive, 16)") -ne 0
        printf '%s\n' $prefix(__fish_complete_directories "$rest" '')
    else if test (math "bitand($directive, 8)") -ne 0
        set -l extensions (string join '|' $lines)
        printf '%s\n' $prefix(__fish_complete_path "$rest" | string match -r -- "^.*(?:/|\.(?:$extensions))(?:\t.*)?\$")
    else if test (count $lines) -gt 0
        printf '%s\n' $prefix$lines
    else if test (math "bitand($directive, 4)") -eq 0
        printf '%s\n' $prefix(__fish_complete_path "$rest")
    end
end
complete -c kubectl-dbops -f -k -a '(__kubectl_dbops)'

# Completes kubectl-dbops in PowerShell. Load it with: kubectl-dbops completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'kubectl-dbops' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $program = $words[0]
    $given = @($words | Select-Object -Skip 1)
    $typed = [string]$wordToComplete
    # Before 7.3 PowerShell drops an empty argument of a program.
    if ($typed -eq '' -and $PSVersionTable.PSVersion -lt [version]'7.3') { $typed = '""' }
    $lines = @(& $program __complete @given $typed 2>$null)
    if ($lines.Count -eq 0) { return }
    $directive = [int]$lines[-1].TrimStart(':')
    $prefix = if ($wordToComplete -match '^(--?[^=]*=)') { $Matches[1] } else { '' }
    $rest = $wordToComplete.Substring($prefix.Length)
    $values = @($lines | Select-Object -SkipLast 1)
    if (($directive -band 24) -ne 0 -or ($values.Count -eq 0 -and ($directive -band 4) -eq 0)) {
        $parent = if ($rest -match '^(.*[/\\])') { $Matches[1] } else { '' }
        Get-ChildItem -Path "$rest*" -ErrorAction SilentlyContinue | Where-Object {
            $_.PSIsContainer -or (($directive -band 16) -eq 0 -and (($directive -band 8) -eq 0 -or $values -contains $_.Extension.TrimStart('.')))
        } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($prefix + $parent + $_.Name, $_.Name, 'ParameterValue', $_.Name)
        }
        return
    }
    foreach ($line in $values) {
        $value, $meaning = $line -split [char]9, 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($prefix + $value, $value, 'ParameterValue', $meaning)
    }
}

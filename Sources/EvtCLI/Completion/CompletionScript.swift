// The scripts that make shells ask evt what can follow.

/// A completion script. The shells know nothing of evt: they hand the command line over and show
/// what comes back, and never evaluate it, for names of events come from outside.
enum CompletionScript {
  private static let option = "--generate-completion-script"

  /// The script that `arguments` ask for; nil when they ask for something else, or for a shell that
  /// is none.
  static func requested(by arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { break }
      if argument.hasPrefix(option + "=") {
        return Shell(rawValue: String(argument.dropFirst(option.count + 1))).map(text)
      }
      guard argument == option else { continue }
      let login = Environment.text("SHELL").split(separator: "/").last.map(String.init)
      let name = index + 1 < arguments.count ? arguments[index + 1] : login
      return name.flatMap(Shell.init(rawValue:)).map(text)
    }
    return nil
  }

  /// The script for `shell`.
  static func text(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private static let bash = #"""
    # Completion of evt for bash: evt itself says what can follow.

    _evt() {
      local answer line
      answer=$("${1/#\~\//$HOME/}" ---complete bash "${COMP_LINE:0:COMP_POINT}" "$2" "$COMP_TYPE" \
        2>/dev/null) || return
      COMPREPLY=()
      while IFS= read -r line; do COMPREPLY+=("$line"); done <<<"$answer"
      case ${COMPREPLY[0]} in
        files) compopt -o default ;;
        directories) compopt -o dirnames ;;
        comma* | open*) compopt -o nospace ;;
      esac 2>/dev/null
      COMPREPLY=("${COMPREPLY[@]:1}")
    }

    complete -o nosort -F _evt evt 2>/dev/null || complete -F _evt evt

    """#

  private static let zsh = #"""
    #compdef evt
    # Completion of evt for zsh: evt itself says what can follow.

    _evt() {
      local -a answer values shown
      local kind
      answer=("${(@f)$("${words[1]/#\~\//$HOME/}" ---complete zsh \
        "${(j: :)words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX" 2>/dev/null)}")
      kind=$answer[1]
      answer=("${(@)answer[2,-1]}")
      case $kind in
        files) compset -P '--*='; _files; return ;;
        directories) compset -P '--*='; _files -/; return ;;
      esac
      (( $#answer )) || return 1
      values=("${(@)answer%%$'\t'*}")
      shown=("${(@)answer#*$'\t'}")
      local -a options=(-V evt -d shown)
      [[ $kind == space* && $shown[1] == *' -- '* ]] && options+=(-l)
      [[ $kind == *replace* ]] && options+=(-U)
      if [[ $kind == comma* && -z $QIPREFIX ]]; then
        options+=(-S ' ' -r ' ,|[')
      elif [[ $kind != space* ]]; then
        options+=(-S '')
      fi
      compadd "${(@)options}" -- "${(@)values}"
    }

    if [[ $funcstack[1] == _evt ]]; then _evt "$@"; else compdef _evt evt; fi

    """#

  private static let fish = #"""
    # Completion of evt for fish: evt itself says what can follow.

    function __evt_complete
        set -l program (commandline -opc)[1]
        string match -qr '(^|/)evt$' -- $program; or set program evt
        set -l answer ($program ---complete fish (commandline -pc | string collect) 2>/dev/null)
        set -l token (commandline -ct)
        set -l head (string match -r '^--[a-z-]+=' -- $token)
        set -l rest (string replace -- "$head" '' $token)
        set -l paths
        switch "$answer[1]"
            case files
                set paths (__fish_complete_path $rest)
            case directories
                set paths (__fish_complete_directories $rest)
            case '*'
                printf '%s\n' $answer[2..]
        end
        for path in $paths
            printf '%s\n' "$head$path"
        end
    end

    complete -c evt -e
    complete -c evt -f -k -a '(__evt_complete)'

    """#
}

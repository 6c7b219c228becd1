// Tests of ShellLine and BashQuoting: words come out as the shells themselves would say.

import Testing

@testable import EvtCLI

@Suite("Shell lines")
struct ShellLineTests {
  @Test(
    "words lose their quotes", arguments: Shell.allCases)
  func words(_ shell: Shell) {
    let line = ShellLine(#"evt  --by first\ name 'a "b"' "c \$d 'e'" x'y'"z" --w"#, shell: shell)
    #expect(
      line.words.map(\.text) == [
        "evt", "--by", "first name", "a \"b\"", "c $d 'e'", "xyz",
      ])
    #expect(line.current.text == "--w")
  }

  @Test(
    "the word at the cursor keeps its open quote",
    arguments: [
      ("evt funnel ", "", "", ShellQuote.none), ("evt funnel a\\ b", "a\\ b", "a b", .none),
      ("evt funnel 'a b", "'a b", "a b", .single), ("evt funnel \"a b", "\"a b", "a b", .double),
      ("evt funnel 'a',\"b", "'a',\"b", "a,b", .double), ("evt funnel a\\", "a\\", "a", .none),
      ("evt funnel ''", "''", "", .none), ("evt funnel \"a\\n", "\"a\\n", "a\\n", .double),
    ])
  func current(_ text: String, _ raw: String, _ word: String, _ quote: ShellQuote) {
    let line = ShellLine(text, shell: .bash)
    #expect(line.words.map(\.text) == ["evt", "funnel"])
    #expect(line.current == ShellWord(raw: raw, text: word, quote: quote))
  }

  @Test("a backslash is text within single quotes, but in fish")
  func singleQuotes() {
    #expect(ShellLine(#"'it\'"#, shell: .bash).current.text == #"it\"#)
    #expect(ShellLine(#"'it\'s"#, shell: .fish).current.text == "it's")
    #expect(ShellLine(#"'a\b"#, shell: .fish).current.text == #"a\b"#)
  }

  @Test("redirections are no words")
  func redirections() {
    let line = ShellLine("evt query > out.csv --by a", shell: .bash)
    #expect(line.words.map(\.text) == ["evt", "query", "--by"])
    #expect(!line.isRedirection)
    #expect(ShellLine("evt query 2> ou", shell: .bash).isRedirection)
    #expect(ShellLine("evt query >ou", shell: .bash).isRedirection)
    #expect(!ShellLine("evt query '>ou", shell: .bash).isRedirection)
  }

  @Test("the home directory stands for a tilde")
  func tilde() throws {
    let home = Environment.text("HOME")
    #expect(
      ShellLine("evt ~/a ~b '~/c' x", shell: .bash).words.map(\.text)
        == ["evt", "\(home)/a", "~b", "~/c"])
  }

  @Test(
    "bash reads what was quoted for it", arguments: [ShellQuote.none, .single, .double])
  func roundTrip(_ quote: ShellQuote) throws {
    let mark = quote == .none ? "" : quote == .single ? "'" : "\""
    let directory = try WorkDirectory()
    let words = HostileNames.all.map { name in
      "printf '%s\\0' x" + mark + BashQuoting.continued(name, within: quote) + mark
    }
    let result = try Program.shell(words.joined(separator: "\n"), in: directory.path)
    #expect(result.status == 0)
    #expect(result.stdout == HostileNames.all.map { "x\($0)\0" }.joined())
    #expect(try directory.list() == [])
  }
}

/// Names that mean something to shells, to the notations of evt, or to terminals.
enum HostileNames {
  /// Those that may be shown.
  static let all = [
    "page_view", "Sign in", "Sign up, now", "say \"hi\"", "it's", "$(touch run)", "`touch run`",
    "$HOME", "a!b", "a;b & c", "a > b", "naïve café", "cafe\u{301}", "日本", "back\\slash", "\\",
    "brackets[1]", "pipe|d", "*", "what?", "~/home", "--dash", "a:>=3", "ns:click", "#hash",
    "{a,b}", "glob*?", " padded ", "`", "'", "\"", "\"quoted\"", "x`y", "a.b", "%s", "a=b", "()",
    "ends in \\",
  ]
  /// Those that no terminal may get.
  static let dangerous = ["red\u{1B}[31m", "two\nlines", "a\tb", "bell\u{7}", "\u{202E}rtl"]
}

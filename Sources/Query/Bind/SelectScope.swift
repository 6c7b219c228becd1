// What stands around an expression in a SELECT.

/// The names that a SELECT gives, and the clause in which an expression stands.
struct SelectScope {
  /// What each alias stands for; it goes before a field of the same name, as in ClickHouse.
  var aliases: [String: SyntaxNode]
  /// A prefix by which the table's columns may be named.
  var table: String?
  /// The clause, for messages.
  var clause: String
  /// What the queries within its expressions answered, by where they stand in the text.
  var answers: [Int: SelectAnswer] = [:]
  /// The windows of the WINDOW clause.
  var windows: [String: WindowSyntax] = [:]
  /// Aliases that are being bound: within itself an alias means a field.
  var expanding: Set<String> = []

  /// What the name stands for when it is an alias.
  func alias(_ parts: [NamePart]) -> SyntaxNode? {
    guard parts.count == 1, !expanding.contains(parts[0].text) else { return nil }
    return aliases[parts[0].text]
  }

  /// The name without the table before it.
  func withoutTable(_ names: [String]) -> [String] {
    guard names.count > 1, let table, names[0] == table else { return names }
    return Array(names.dropFirst())
  }

  /// How to mend an aggregate that stands where none may.
  var hint: String? {
    // Most often an alias hides the field that was meant.
    if let alias = expanding.sorted().first {
      return "\(alias) is an alias here: name a field of that name by its whole path"
    }
    return switch clause {
    case "WHERE": "conditions on aggregates belong into HAVING"
    case "GROUP BY": "group by what the rows have"
    default: nil
    }
  }

  /// The message for an aggregate that stands where rows are looked at one by one.
  func misplaced(aggregate name: String) -> String {
    clause.isEmpty
      ? "\(name) stands inside another aggregate"
      : "\(name) is an aggregate, which has no place in \(clause)"
  }
}

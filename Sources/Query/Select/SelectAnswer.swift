// The answer of a query within a query.

import Columnar
import EvtCore

/// The rows of a query's answer, as values.
struct SelectAnswer: Sendable {
  var columns: [OutputColumn]
  var rows: [[Value]]
  /// The figures of all groups together, behind WITH TOTALS.
  var totals: [Value]?

  /// The answer as something to select from.
  var table: MemoryTable { MemoryTable(columns.map(\.field), rows) }
}

/// The names that WITH gives around a SELECT, its own and those of the queries around it.
struct QueryScope: Sendable {
  /// A table of WITH, which sees the tables before it.
  private struct Table: Sendable {
    var query: QuerySyntax
    var scopeSize: Int
  }

  private var names: [String] = []
  private var tables: [Table] = []
  private(set) var aliases: [SelectItem] = []
  /// What the queries in `aliases` answered, by where they stand in the text.
  var answers: [Int: SelectAnswer] = [:]

  /// Adds the expressions that `query` names.
  mutating func add(aliasesOf query: QuerySyntax) { aliases = query.aliases + aliases }

  /// Adds the tables that `query` names.
  mutating func add(tablesOf query: QuerySyntax) {
    for table in query.tables {
      tables.append(Table(query: table.query, scopeSize: tables.count))
      names.append(table.name)
    }
  }

  /// The query of the table `name`, and what it sees; nil when there is none.
  func table(_ name: String) -> (query: QuerySyntax, scope: QueryScope)? {
    guard let place = names.lastIndex(of: name) else { return nil }
    var scope = self
    scope.names.removeSubrange(tables[place].scopeSize...)
    scope.tables.removeSubrange(tables[place].scopeSize...)
    return (tables[place].query, scope)
  }

  /// The names of all tables.
  var tableNames: [String] { names }
}

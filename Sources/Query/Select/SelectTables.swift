// What stands behind FROM: events, tables in memory, and joins of them.

import Columnar
import EvtCore

/// The tables of a SELECT, the answers of sub-queries among them.
indirect enum SelectTables: Sendable {
  case events(alias: String, TimeRange)
  case memory(MemoryTable, alias: String?)
  case join(SelectTables, SelectTables, JoinSyntax)

  /// The tables that are joined, from left to right.
  var sides: [SelectTables] {
    guard case .join(let left, let right, _) = self else { return [self] }
    return left.sides + right.sides
  }

  /// The binder for expressions over their columns.
  func over(_ binder: Binder) -> Binder {
    switch self {
    case .events: binder
    case .memory(let table, _): binder.over(table.fields)
    case .join: binder.over(joinSides(binder))
    }
  }

  private func joinSides(_ binder: Binder) -> [JoinSide] {
    let keptLeft = sidesAfterLeftJoins
    return sides.enumerated().map { number, side in
      switch side {
      case .events(let alias, _):
        JoinSide(
          alias: alias, binder: binder, columns: binder.allFields,
          mayBeMissing: keptLeft.contains(number))
      case .memory(let table, let alias):
        JoinSide(
          alias: alias, binder: binder.over(table.fields), columns: table.fields,
          mayBeMissing: keptLeft.contains(number))
      case .join: preconditionFailure("BUG: a join is no side")
      }
    }
  }

  /// The sides whose rows may be missing, since their join keeps rows that match nothing.
  private var sidesAfterLeftJoins: Set<Int> {
    guard case .join(let left, _, let join) = self else { return [] }
    let inner = left.sidesAfterLeftJoins
    return join.keepsLeft ? inner.union([left.sides.count]) : inner
  }
}

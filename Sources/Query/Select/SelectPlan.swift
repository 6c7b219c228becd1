// A SELECT with its names bound.

import Columnar
import EvtCore

/// What is computed from what, in which order, and how much of it is kept.
struct SelectPlan: Sendable {
  /// How the rows of the answer come about.
  enum Rows: Sendable {
    /// One for each selected row; outputs and order are over the fields of the request.
    case rows(ScanRequest)
    /// One for each group; outputs, order and `having` are over the keys and aggregates.
    case groups(AggregatePlan, having: BoundExpression?)
  }

  var rows: Rows
  var columns: [OutputColumn]
  var order: [OrderKey]
  /// Whether rows that show the same are one.
  var isDistinct: Bool
  var limit: Int?
  var offset: Int

  /// How many rows from the first are needed; nil for all.
  var neededRows: Int? {
    limit.map { limit in
      let (sum, overflow) = limit.addingReportingOverflow(offset)
      return overflow ? .max : sum
    }
  }
}

/// A column of an answer.
struct OutputColumn: Sendable {
  var name: String
  var expression: BoundExpression
  var families: ValueFamilies
  var isNullable: Bool

  /// The column as the field of a table.
  var field: BoundField {
    var kinds: ValueKinds = isNullable ? [.init(.null)] : []
    if families.contains(.bool) { kinds.insert(.init(.bool)) }
    if families.contains(.number) { kinds.formUnion(.numbers) }
    if families.contains(.text) { kinds.insert(.init(.text)) }
    if families.contains(.json) { kinds.insert(.init(.json)) }
    if families.contains(.time) { kinds.insert(.init(.int)) }
    var field = BoundField(
      name: name, role: .property, kinds: kinds, type: families == .time ? .instant : .plain)
    field.isNullable = isNullable
    return field
  }
}

/// What rows are ordered by.
struct OrderKey: Sendable {
  var expression: BoundExpression
  var isDescending: Bool
  var nullsFirst: Bool

  /// How `left` stands to `right` in this order.
  func compare(_ left: Value, _ right: Value) -> Order {
    if left.isNull || right.isNull {
      if left.isNull == right.isNull { return .equal }
      return left.isNull == nullsFirst ? .below : .above
    }
    let order = ValueOrder.total(left, right)
    return isDescending ? order.reversed : order
  }
}

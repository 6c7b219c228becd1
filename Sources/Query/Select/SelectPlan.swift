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

    /// What is read.
    var request: ScanRequest {
      get {
        switch self {
        case .rows(let request): request
        case .groups(let groups, _): groups.request
        }
      }
      set {
        switch self {
        case .rows: self = .rows(newValue)
        case .groups(var groups, let having):
          groups.request = newValue
          self = .groups(groups, having: having)
        }
      }
    }
  }

  /// `LIMIT n OFFSET m BY keys`.
  struct LimitBy: Sendable {
    var limit: Int
    var offset: Int
    var keys: [BoundExpression]
  }

  var rows: Rows
  /// What joins the tables that rows come from, if they are several.
  var join: JoinPlan?
  /// What makes several rows of one, before the condition of the request.
  var arrayJoin: ArrayJoinPlan?
  /// Arrays over the values of a group whose items make rows; they stand behind those values.
  var groupArrays: [BoundExpression] = []
  /// Computed over all rows; their values stand behind those of a row or group.
  var windows: [BoundWindow] = []
  var columns: [OutputColumn]
  var order: [OrderKey]
  /// What adds rows where the order has gaps.
  var fill: FillPlan?
  var limitBy: LimitBy?
  /// By which keys groups are made, if not by all of them alone.
  var groupingSets: GroupingSets?
  /// Whether behind the figures of a group it stands of each key whether it is not grouped by it.
  var marksKeys = false
  /// Whether the figures of all groups together are wanted besides.
  var hasTotals = false
  /// Whether rows that show the same are one.
  var isDistinct: Bool
  var limit: Int?
  var offset: Int

  /// The groups that rows are made of; nil when they are made of rows.
  var aggregation: AggregatePlan? {
    if case .groups(let aggregation, _) = rows { aggregation } else { nil }
  }

  /// Whether it matters where a row stands.
  var isOrdered: Bool { !order.isEmpty }

  /// The indices of all values that columns, order and windows read.
  var usedFields: Set<Int> {
    var used: Set<Int> = []
    let expressions =
      columns.map(\.expression) + order.map(\.expression) + (limitBy?.keys ?? [])
      + windows.flatMap(\.expressions)
    for expression in expressions { expression.collectFields(into: &used) }
    return used
  }

  /// The same with `marks` marks of keys behind so many other values, and behind them the values of
  /// windows.
  func placingWindows(behind count: Int, marks: Int = 0) -> SelectPlan {
    func place(_ index: Int) -> Int {
      if index >= BoundWindow.base { return index - BoundWindow.base + count + marks }
      return index >= Grouping.marksBase ? index - Grouping.marksBase + count : index
    }
    var plan = self
    for index in columns.indices {
      plan.columns[index].expression = columns[index].expression.mapFields(place)
    }
    for index in order.indices {
      plan.order[index].expression = order[index].expression.mapFields(place)
    }
    plan.limitBy?.keys = limitBy?.keys.map { $0.mapFields(place) } ?? []
    plan.groupArrays = groupArrays.map { $0.mapFields(place) }
    if case .groups(let aggregation, let having) = rows {
      plan.rows = .groups(aggregation, having: having?.mapFields(place))
    }
    return plan
  }

  /// How many rows from the first are needed; nil for all.
  var neededRows: Int? {
    guard windows.isEmpty, limitBy == nil, !isDistinct, fill == nil else { return nil }
    return limit.map { limit in
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
    let isNested = !families.isDisjoint(with: [.array, .tuple])
    if isNested { kinds.insert(.init(.json)) }
    var field = BoundField(
      name: name, role: .property, kinds: kinds,
      type: families == .time ? .instant : isNested ? .nested : .plain)
    field.isNullable = isNullable
    return field
  }
}

/// What rows are ordered by.
struct OrderKey: Hashable, Sendable {
  var expression: BoundExpression
  var isDescending: Bool
  var nullsFirst: Bool

  /// An order that decides between rows which are equal otherwise.
  static let ascending = OrderKey(
    expression: .constant(.null), isDescending: false, nullsFirst: false)

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

// Which values of a breakdown have a series of their own.

import Columnar
import EvtCore
import Query

/// The series of a breakdown: the values with the greatest totals of the first aggregate, then all
/// others together.
struct TrendRanking {
  let groups: [TrendGroup]
  private let placeByValue: [RollupValue: Int]

  /// Ranks values by `totals`.
  /// - Parameter hasUnnamed: whether there are values that nobody knows any more.
  init(_ totals: [RollupValue: UInt64], top: Int, hasUnnamed: Bool) {
    let ordered = totals.sorted { left, right in
      left.value == right.value ? left.key < right.key : left.value > right.value
    }
    let named = ordered.prefix(top).map(\.key)
    groups =
      named.map { .value($0.result) }
      + (ordered.count > named.count || hasUnnamed ? [TrendGroup.other] : [])
    placeByValue = Dictionary(uniqueKeysWithValues: named.enumerated().map { ($1, $0) })
  }

  /// The number of values that have a series.
  var namedCount: Int { placeByValue.count }

  /// The place of a value in `groups`; nil is a value that nobody knows any more.
  func place(of value: RollupValue?) -> Int { value.flatMap { placeByValue[$0] } ?? namedCount }
}

extension RollupValue {
  /// The value as an answer shows it.
  var result: ResultValue {
    let shown = String(decoding: text, as: UTF8.self)
    switch kind {
    case .null: return .null
    case .bool: return .bool(shown == "true")
    case .text: return .text(shown)
    case .json: return .json(shown)
    case .number:
      if let integer = Int64(shown) { return .int(integer) }
      guard let exact = ExactDecimal(parsing: text) else { return .null }
      let nearest = exact.nearestDouble
      return ExactDecimal(nearest) == exact ? .double(nearest) : .decimal(shown)
    }
  }

  /// The value that an answer shows as `result`.
  init(shownAs result: ResultValue) {
    switch result {
    case .null, .time: self.init(.null)
    case .bool(let truth): self.init(.bool, (truth ? "true" : "false").utf8)
    case .int(let number): self.init(number: ExactDecimal(number))
    case .double(let number): self.init(number: ExactDecimal(number))
    case .decimal(let text): self.init(number: ExactDecimal(parsing: text.utf8))
    case .text(let text): self.init(.text, text.utf8)
    case .json(let text): self.init(.json, text.utf8)
    }
  }
}

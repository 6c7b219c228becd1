// Window functions with their names bound.

import EvtCore

/// What a window function computes for each row.
enum WindowFunction: Hashable, Sendable {
  case rowNumber, rank, denseRank, percentRank, cumeDist
  case ntile(Int)
  /// The value so many rows before (negative) or behind, within the frame where `inFrame`.
  case shifted(Int, inFrame: Bool)
  case firstValue, lastValue
  case nthValue(Int)
  case aggregate(AccumulatorFunction)
}

/// A window function, over the values of a row or group.
struct BoundWindow: Hashable, Sendable {
  var function: WindowFunction
  var arguments: [BoundExpression]
  /// Only rows for which it holds count.
  var condition: BoundExpression?
  var partition: [BoundExpression]
  var order: [OrderKey]
  var frame: FrameSyntax

  /// Every expression in it.
  var expressions: [BoundExpression] {
    arguments + partition + order.map(\.expression) + (condition.map { [$0] } ?? [])
  }

  /// The same over other indices of values.
  func mapFields(_ map: (Int) -> Int) -> BoundWindow {
    var window = self
    window.arguments = arguments.map { $0.mapFields(map) }
    window.condition = condition?.mapFields(map)
    window.partition = partition.map { $0.mapFields(map) }
    for index in window.order.indices {
      window.order[index].expression = order[index].expression.mapFields(map)
    }
    return window
  }

  /// Where the values of windows begin while it is not known how many others there will be.
  static let base = 1 << 30
}

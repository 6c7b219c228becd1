// A figure of each group, its names bound.

import Columnar
import EvtCore

/// An aggregate and what it reads, as indices into a plan's request.
struct BoundAggregate: Hashable, Sendable {
  enum Function: Hashable, Sendable {
    /// The number of rows, or of values that are not null.
    case count
    case distinct(EntityKind)
    case sum
    case average
    case extreme(isMax: Bool)
    case quantile(Quantile)
    /// The number of steps done, each the condition of a mark, within so many of the input's units.
    case windowFunnel(window: Int64)
    /// Of the values of all inputs, row by row.
    case accumulator(AccumulatorFunction)
  }

  var function: Function
  /// What is aggregated; nil for rows.
  var input: AggregateInput?
  /// What an accumulator takes of each row.
  var inputs: [AggregateInput] = []
  /// Only rows for which this mark holds count.
  var condition: Int?
  /// The marks of a funnel's steps.
  var steps: [Int] = []
  /// Whether a sum of no values is null rather than 0.
  var sumsToNull = false
}

/// What an aggregate reads of a row.
struct AggregateInput: Hashable, Sendable {
  enum Source: Hashable, Sendable {
    /// Field `index` of the request.
    case field(Int)
    /// An expression over such fields.
    case expression(BoundExpression, fields: [Int])
  }

  var source: Source
  /// As it was typed, for messages.
  var name: String

  /// Whether it takes field `index`.
  func reads(_ index: Int) -> Bool {
    switch source {
    case .field(let field): field == index
    case .expression(_, let fields): fields.contains(index)
    }
  }
}

/// Makes columns of what an aggregate reads, block by block.
struct InputColumns {
  private let source: AggregateInput.Source
  private let fields: [BoundField]
  private var evaluator: ExpressionEvaluator?

  /// Prepares to read `input`, whose fields are indices of `fields`.
  init(_ input: AggregateInput, _ fields: [BoundField]) {
    source = input.source
    self.fields = fields
    if case .expression(let expression, let used) = input.source {
      evaluator = ExpressionEvaluator(expression, fields: used) { fields[$0].type }
    }
  }

  /// The values in `block`, and what integers among them mean; computed ones for `rows` only.
  mutating func column(
    _ block: borrowing ScanBlock, _ rows: SelectedRows
  ) -> (vector: ColumnVector, type: FieldType) {
    switch source {
    case .field(let index):
      return (block.columns[index], fields[index].type)
    case .expression:
      let columns = block.columns
      let fields = self.fields
      evaluator?.evaluate(rows, rowCount: block.rowCount) { (columns[$0], fields[$0].type) }
      guard let evaluator else { return (ColumnVector(), .plain) }
      let (distinct, type) = ColumnVector.of(evaluator.values)
      return (distinct.spread(evaluator.numbers, to: rows, rowCount: block.rowCount), type)
    }
  }
}

extension ColumnVector {
  /// The column that has in each of `rows` what this one has in the row that `origins` tells.
  fileprivate func spread(
    _ origins: [UInt32], to rows: SelectedRows, rowCount: Int
  ) -> ColumnVector {
    var column = self
    column.rowCount = rowCount
    func spread<Element>(_ list: [Element], _ filler: Element) -> [Element] {
      if list.isEmpty { return [] }
      var target = [Element](repeating: filler, count: rowCount)
      target.withUnsafeMutableBufferPointer { target in
        list.withUnsafeBufferPointer { list in
          origins.withUnsafeBufferPointer { origins in
            rows.forEach { _, row in target[row] = list[Int(origins[row])] }
          }
        }
      }
      return target
    }
    column.kinds = spread(kinds, ValueKind.absent.rawValue)
    column.numbers = spread(numbers, 0)
    column.codes = spread(codes, 0)
    return column
  }
}

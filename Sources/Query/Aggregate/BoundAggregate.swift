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
}

extension AggregateInput {
  /// Its values in `block`, and what integers among them mean; computed ones for `rows` only.
  func vector(
    _ block: borrowing ScanBlock, _ rows: SelectedRows, _ fields: [BoundField]
  ) -> (vector: ColumnVector, type: FieldType) {
    switch source {
    case .field(let index):
      return (block.columns[index], fields[index].type)
    case .expression(let expression, let used):
      let vectors = used.map { (field: $0, vector: block.columns[$0], type: fields[$0].type) }
      var values = [Value](repeating: .null, count: block.columns.count)
      var computed = [Value](repeating: .null, count: block.rowCount)
      rows.forEach { _, row in
        for (field, vector, type) in vectors { values[field] = vector.evaluated(row, as: type) }
        computed[row] = expression.evaluate(values)
      }
      return ColumnVector.of(computed)
    }
  }
}

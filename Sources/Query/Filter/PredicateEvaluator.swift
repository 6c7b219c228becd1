// Filters the blocks of one segment.

import Columnar
import EvtCore

/// Evaluates a predicate over the blocks of one segment, remembering what conditions on texts came
/// to for each text of the segment's dictionaries.
final class PredicateEvaluator {
  private let predicate: BoundPredicate
  private let columns: BlockColumns
  /// The slot of each field of the predicate.
  private let slots: [Int]
  private var memories: [TextMemory]
  /// By leaf, for conditions that no comparison of machine words decides.
  private var evaluators: [ExpressionEvaluator?]

  init(_ predicate: BoundPredicate, columns: BlockColumns) {
    self.predicate = predicate
    self.columns = columns
    slots = predicate.fields.map(columns.slot)
    memories = predicate.leaves.map { _ in TextMemory() }
    evaluators = predicate.leaves.map { leaf in
      if let test = leaf.test, !test.isGeneral { return nil }
      return ExpressionEvaluator(leaf.expression, fields: leaf.fields) {
        predicate.fields[$0].type
      }
    }
  }

  /// Returns the rows of `active` in the current block for which the predicate holds.
  func select(_ active: RowMask) throws -> RowMask { try select(predicate.root, active) }

  private func select(_ node: PredicateNode, _ active: RowMask) throws -> RowMask {
    switch node {
    case .always(let truth):
      return truth ? active : RowMask(noneOf: active.rowCount)
    case .all(let nodes):
      var selected = active
      for node in nodes {
        if selected.isEmpty { break }
        selected = try select(node, selected)
      }
      return selected
    case .any(let nodes):
      var undecided = active
      var selected = RowMask(noneOf: active.rowCount)
      for node in nodes {
        if undecided.isEmpty { break }
        let found = try select(node, undecided)
        selected.formUnion(found)
        undecided.subtract(found)
      }
      return selected
    case .leaf(let index, let wanted):
      let leaf = predicate.leaves[index]
      guard let test = leaf.test else { return try selectRows(leaf: index, wanted, active) }
      let slot = slots[test.field]
      let vector = try columns.vector(slot)
      if test.isGeneral, vector.uniformKind != .text {
        return try selectRows(leaf: index, wanted, active)
      }
      let selection = FieldSelection(test: test, wanted: wanted, vector: vector, active: active)
      return selection.select(&memories[index], dictionaryCount: columns.dictionaryCount(slot))
    }
  }

  /// A condition on several fields, or a computed one.
  private func selectRows(
    leaf index: Int, _ wanted: Outcome, _ active: RowMask
  ) throws -> RowMask {
    guard var evaluator = evaluators[index] else { return RowMask(noneOf: active.rowCount) }
    // Taken out, so that it has one owner and is changed in place.
    evaluators[index] = nil
    defer { evaluators[index] = evaluator }
    try evaluator.evaluate(SelectedRows(active), rowCount: active.rowCount) { field in
      (try columns.vector(slots[field]), predicate.fields[field].type)
    }
    let isWanted = evaluator.values.map { Outcome($0) == wanted }
    return evaluator.numbers.withUnsafeBufferPointer { numbers in
      isWanted.withUnsafeBufferPointer { isWanted in
        RowMask(active) { row in isWanted[Int(numbers[row])] }
      }
    }
  }
}

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

  init(_ predicate: BoundPredicate, columns: BlockColumns) {
    self.predicate = predicate
    self.columns = columns
    slots = predicate.fields.map(columns.slot)
    memories = predicate.leaves.map { _ in TextMemory() }
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
      guard let test = leaf.test else { return try selectRows(leaf, wanted, active) }
      let slot = slots[test.field]
      let selection = FieldSelection(
        test: test, wanted: wanted, vector: try columns.vector(slot), active: active)
      return selection.select(&memories[index], dictionaryCount: columns.dictionaryCount(slot))
    }
  }

  /// Row by row, for conditions on several fields.
  private func selectRows(
    _ leaf: PredicateLeaf, _ wanted: Outcome, _ active: RowMask
  ) throws -> RowMask {
    let vectors = try leaf.fields.map { field in
      (
        field: field, vector: try columns.vector(slots[field]),
        type: predicate.fields[field].type
      )
    }
    var values = [Value](repeating: .null, count: predicate.fields.count)
    return RowMask(active) { row in
      for (field, vector, type) in vectors {
        values[field] = vector.evaluated(row, as: type)
      }
      return Outcome(leaf.expression.evaluate(values)) == wanted
    }
  }
}

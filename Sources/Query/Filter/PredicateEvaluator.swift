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
        isTime: predicate.fields[field].role == .timestamp
      )
    }
    var values = [Value](repeating: .null, count: predicate.fields.count)
    return RowMask(active) { row in
      for (field, vector, isTime) in vectors {
        values[field] = vector.evaluated(row, isTime: isTime)
      }
      return Outcome(leaf.expression.evaluate(values)) == wanted
    }
  }
}

/// The outcomes of one condition by text code, 0 where not yet known.
struct TextMemory {
  /// For the texts of the segment's dictionary; valid in every block.
  var ofDictionary: [UInt8] = []
}

/// One condition on one field over one block.
struct FieldSelection {
  let test: FieldTest
  let wanted: Outcome
  let vector: ColumnVector
  let active: RowMask

  func select(_ memory: inout TextMemory, dictionaryCount: Int) -> RowMask {
    guard let kind = vector.uniformKind else { return selectMixed(&memory, dictionaryCount) }
    switch kind {
    case .absent, .null:
      return test.ofNull == wanted ? active : RowMask(noneOf: active.rowCount)
    case .bool:
      return selectBools()
    case .int:
      return selectInts()
    case .double:
      return selectDoubles()
    case .decimal, .text, .json:
      return selectTexts(kind, &memory, dictionaryCount)
    }
  }

  private func selectBools() -> RowMask {
    let (ofFalse, ofTrue) = (test.ofFalse == wanted, test.ofTrue == wanted)
    return vector.numbers.withUnsafeBufferPointer { numbers in
      RowMask(active) { numbers[$0] != 0 ? ofTrue : ofFalse }
    }
  }

  private func selectInts() -> RowMask {
    vector.numbers.withUnsafeBufferPointer { numbers in
      switch test.ints {
      case .always(let outcome):
        return outcome == wanted ? active : RowMask(noneOf: active.rowCount)
      case .interval(let low, let high, let isInverted):
        guard wanted != .null else { return RowMask(noneOf: active.rowCount) }
        let inside = (wanted == .yes) != isInverted
        // One comparison for both ends: below `low` wraps around to above the width.
        let width = UInt64(bitPattern: high &- low)
        return RowMask(active) { (UInt64(bitPattern: numbers[$0] &- low) <= width) == inside }
      case .general:
        return RowMask(active) { test.outcome(numbers[$0]) == wanted }
      }
    }
  }

  private func selectDoubles() -> RowMask {
    vector.numbers.withUnsafeBufferPointer { numbers in
      func double(_ row: Int) -> Double { Double(bitPattern: UInt64(bitPattern: numbers[row])) }
      switch test.doubles {
      case .always(let outcome):
        return outcome == wanted ? active : RowMask(noneOf: active.rowCount)
      case .interval(let low, let high, let isInverted):
        guard wanted != .null else { return RowMask(noneOf: active.rowCount) }
        let inside = (wanted == .yes) != isInverted
        return RowMask(active) { row in
          let value = double(row)
          return (value >= low && value <= high) == inside
        }
      case .general:
        return RowMask(active) { test.outcome(double($0)) == wanted }
      }
    }
  }

  private func selectTexts(
    _ kind: ValueKind, _ memory: inout TextMemory, _ dictionaryCount: Int
  ) -> RowMask {
    if vector.usesSegmentDictionary, vector.texts.count == dictionaryCount {
      if memory.ofDictionary.count != dictionaryCount {
        memory.ofDictionary = [UInt8](repeating: 0, count: dictionaryCount)
      }
      return memory.ofDictionary.withUnsafeMutableBufferPointer { selectTexts(kind, $0) }
    }
    var fresh = [UInt8](repeating: 0, count: vector.texts.count)
    return fresh.withUnsafeMutableBufferPointer { selectTexts(kind, $0) }
  }

  private func selectTexts(
    _ kind: ValueKind, _ outcomes: UnsafeMutableBufferPointer<UInt8>
  ) -> RowMask {
    let wanted = self.wanted.rawValue
    return vector.codes.withUnsafeBufferPointer { codes in
      RowMask(active) { row in
        let code = Int(codes[row])
        var outcome = outcomes[code]
        if outcome == 0 {
          outcome = evaluate(kind, code)
          outcomes[code] = outcome
        }
        return outcome == wanted
      }
    }
  }

  @inline(never)
  private func evaluate(_ kind: ValueKind, _ code: Int) -> UInt8 {
    vector.texts.withBytes(code) { test.outcome(kind, $0).rawValue }
  }

  /// Blocks with values of several kinds, nulls among them.
  private func selectMixed(_ memory: inout TextMemory, _ dictionaryCount: Int) -> RowMask {
    let textCount = vector.texts.count
    // Codes of the dictionary come first and keep their outcomes from block to block.
    var ofTexts = vector.usesSegmentDictionary ? memory.ofDictionary : []
    ofTexts += [UInt8](repeating: 0, count: max(0, textCount - ofTexts.count))
    var ofOthers = [UInt8](repeating: 0, count: textCount)
    let wanted = self.wanted
    let mask = RowMask(active) { row in
      switch vector.kind(row) {
      case .absent, .null: return test.ofNull == wanted
      case .bool: return (vector.numbers[row] != 0 ? test.ofTrue : test.ofFalse) == wanted
      case .int: return test.outcome(vector.numbers[row]) == wanted
      case .double:
        return test.outcome(Double(bitPattern: UInt64(bitPattern: vector.numbers[row]))) == wanted
      case .text:
        let code = Int(vector.codes[row])
        if ofTexts[code] == 0 { ofTexts[code] = evaluate(.text, code) }
        return ofTexts[code] == wanted.rawValue
      case .decimal:
        let code = Int(vector.codes[row])
        if ofOthers[code] == 0 { ofOthers[code] = evaluate(.decimal, code) }
        return ofOthers[code] == wanted.rawValue
      case .json:
        return evaluate(.json, Int(vector.codes[row])) == wanted.rawValue
      }
    }
    if vector.usesSegmentDictionary { memory.ofDictionary = Array(ofTexts.prefix(dictionaryCount)) }
    return mask
  }
}

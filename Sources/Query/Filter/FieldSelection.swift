// One condition on one field over one block.

import CKernels
import Columnar

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
    if case .always(let outcome) = test.ints {
      return outcome == wanted ? active : RowMask(noneOf: active.rowCount)
    }
    return vector.numbers.withUnsafeBufferPointer { numbers in
      if let matcher = IntMatcher(test.ints, wanted) {
        return RowMask(active) { matcher.matches(numbers[$0]) }
      }
      return RowMask(active) { test.outcome(numbers[$0]) == wanted }
    }
  }

  private func selectDoubles() -> RowMask {
    if case .always(let outcome) = test.doubles {
      return outcome == wanted ? active : RowMask(noneOf: active.rowCount)
    }
    return vector.numbers.withUnsafeBufferPointer { numbers in
      func double(_ row: Int) -> Double { Double(bitPattern: UInt64(bitPattern: numbers[row])) }
      if let matcher = DoubleMatcher(test.doubles, wanted) {
        return RowMask(active) { matcher.matches(double($0)) }
      }
      return RowMask(active) { test.outcome(double($0)) == wanted }
    }
  }

  /// Dictionaries of so many texts are judged as a whole, which saves asking row by row.
  private static let wholeDictionaryMax = 1_024

  private func selectTexts(
    _ kind: ValueKind, _ memory: inout TextMemory, _ dictionaryCount: Int
  ) -> RowMask {
    if vector.usesSegmentDictionary, vector.texts.count == dictionaryCount,
      vector.codes.count == active.rowCount
    {
      if dictionaryCount <= Self.wholeDictionaryMax {
        return selectDictionary(kind, &memory, dictionaryCount)
      }
      if memory.ofDictionary.count != dictionaryCount {
        memory.ofDictionary = [UInt8](repeating: 0, count: dictionaryCount)
      }
      return memory.ofDictionary.withUnsafeMutableBufferPointer { selectTexts(kind, $0) }
    }
    var fresh = [UInt8](repeating: 0, count: vector.texts.count)
    return fresh.withUnsafeMutableBufferPointer { selectTexts(kind, $0) }
  }

  private func selectDictionary(
    _ kind: ValueKind, _ memory: inout TextMemory, _ dictionaryCount: Int
  ) -> RowMask {
    if memory.ofDictionary.count != dictionaryCount || memory.ofDictionary.contains(0) {
      memory.ofDictionary = (0..<dictionaryCount).map { evaluate(kind, $0) }
    }
    return memory.ofDictionary.withUnsafeBufferPointer { outcomes in
      vector.codes.withUnsafeBufferPointer { codes in
        RowMask(active) { words in
          // Codes were checked to be in the dictionary when they were decoded.
          guard let codes = codes.baseAddress, let outcomes = outcomes.baseAddress else { return }
          evt_match_codes(
            codes, active.rowCount, outcomes, dictionaryCount, wanted.rawValue, words)
        }
      }
    }
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
    if test.isAboutNull { return selectNulls() }
    if vector.codes.isEmpty { return selectNumbersAndNulls() }
    let textCount = vector.texts.count
    // Codes of the dictionary come first and keep their outcomes from block to block.
    var ofTexts = vector.usesSegmentDictionary ? memory.ofDictionary : []
    ofTexts += [UInt8](repeating: 0, count: max(0, textCount - ofTexts.count))
    var ofDecimals = [UInt8](repeating: 0, count: vector.texts.count)
    let mask = ofTexts.withUnsafeMutableBufferPointer { ofTexts in
      ofDecimals.withUnsafeMutableBufferPointer { ofDecimals in
        selectMixed(ofTexts: ofTexts, ofDecimals: ofDecimals)
      }
    }
    if vector.usesSegmentDictionary { memory.ofDictionary = Array(ofTexts.prefix(dictionaryCount)) }
    return mask
  }

  private func selectMixed(
    ofTexts: UnsafeMutableBufferPointer<UInt8>, ofDecimals: UnsafeMutableBufferPointer<UInt8>
  ) -> RowMask {
    let wanted = self.wanted.rawValue
    let nullIsWanted = test.ofNull.rawValue == wanted
    let (text, decimal) = (ValueKind.text.rawValue, ValueKind.decimal.rawValue)
    let null = ValueKind.null.rawValue
    return vector.kinds.withUnsafeBufferPointer { kinds in
      vector.codes.withUnsafeBufferPointer { codes in
        RowMask(active) { row in
          let kind = kinds[row]
          if kind <= null { return nullIsWanted }
          guard kind == text || kind == decimal else { return evaluate(row) == wanted }
          let outcomes = kind == text ? ofTexts : ofDecimals
          let code = Int(codes[row])
          if outcomes[code] == 0 { outcomes[code] = evaluate(row) }
          return outcomes[code] == wanted
        }
      }
    }
  }

  /// Whether there is a value its kind tells.
  private func selectNulls() -> RowMask {
    if wanted == .null { return RowMask(noneOf: active.rowCount) }
    return vector.kinds.withUnsafeBufferPointer { kinds in
      RowMask(active) { words in
        let count = active.words.count
        var nulls = [UInt64](repeating: 0, count: count)
        nulls.withUnsafeMutableBytes { nulls in
          guard let kinds = kinds.baseAddress,
            let nulls = nulls.bindMemory(to: UInt8.self).baseAddress
          else { return }
          let bits = UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt8.self)
          evt_pack_equal(kinds, active.rowCount, ValueKind.absent.rawValue, bits)
          evt_pack_equal(kinds, active.rowCount, ValueKind.null.rawValue, nulls)
        }
        for index in 0..<count {
          let isNull = words[index] | nulls[index]
          words[index] = wanted == .yes ? isNull : ~isNull
        }
      }
    }
  }

  /// Properties that not every event has.
  private func selectNumbersAndNulls() -> RowMask {
    let wanted = self.wanted
    let nullIsWanted = test.ofNull == wanted
    let (null, int) = (ValueKind.null.rawValue, ValueKind.int.rawValue)
    let double = ValueKind.double.rawValue
    let ints = IntMatcher(test.ints, wanted)
    let doubles = DoubleMatcher(test.doubles, wanted)
    return vector.kinds.withUnsafeBufferPointer { kinds in
      vector.numbers.withUnsafeBufferPointer { numbers in
        RowMask(active) { row in
          let kind = kinds[row]
          if kind <= null { return nullIsWanted }
          if kind == int, let ints { return ints.matches(numbers[row]) }
          if kind == double, let doubles {
            return doubles.matches(Double(bitPattern: UInt64(bitPattern: numbers[row])))
          }
          return evaluate(row) == wanted.rawValue
        }
      }
    }
  }

  /// The outcome for one row of any kind.
  @inline(never)
  private func evaluate(_ row: Int) -> UInt8 {
    switch vector.kind(row) {
    case .absent, .null: test.ofNull.rawValue
    case .bool: (vector.numbers[row] != 0 ? test.ofTrue : test.ofFalse).rawValue
    case .int: test.outcome(vector.numbers[row]).rawValue
    case .double: test.outcome(vector.double(row)).rawValue
    case .decimal, .text, .json: evaluate(vector.kind(row), Int(vector.codes[row]))
    }
  }
}

/// An interval test of integers: one comparison for both ends, since what is below wraps around to
/// above the width.
private struct IntMatcher {
  private let low: Int64
  private let width: UInt64
  private let inside: Bool

  /// Nil when the test is no interval.
  init?(_ test: NumberTest<Int64>, _ wanted: Outcome) {
    guard case .interval(let low, let high, let isInverted) = test, wanted != .null else {
      return nil
    }
    self.low = low
    width = UInt64(bitPattern: high &- low)
    inside = (wanted == .yes) != isInverted
  }

  @inline(__always)
  func matches(_ value: Int64) -> Bool { (UInt64(bitPattern: value &- low) <= width) == inside }
}

/// An interval test of doubles.
private struct DoubleMatcher {
  private let low: Double
  private let high: Double
  private let inside: Bool

  /// Nil when the test is no interval.
  init?(_ test: NumberTest<Double>, _ wanted: Outcome) {
    guard case .interval(let low, let high, let isInverted) = test, wanted != .null else {
      return nil
    }
    (self.low, self.high) = (low, high)
    inside = (wanted == .yes) != isInverted
  }

  @inline(__always)
  func matches(_ value: Double) -> Bool { (value >= low && value <= high) == inside }
}

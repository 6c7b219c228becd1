// Numbers the values of one field, so that what is to be done with them is done once for each.

import Columnar
import EvtCore

/// The distinct values of one field of a segment, each under a code. Unlike in a `ValueTable` 1 and
/// 1.0 are two values: an expression may tell them apart.
struct ValueCoder {
  /// By code.
  private(set) var values: [Value] = []
  private var nullCode: UInt32?
  /// By kind, the numbers of that kind, and the codes of these.
  private var numbers = [PairTable](repeating: PairTable(), count: ValueKind.allCases.count)
  private var numberCodes = [[UInt32]](repeating: [], count: ValueKind.allCases.count)
  /// By kind, the texts of that kind, and the codes of these.
  private var texts = [TextTable](repeating: TextTable(), count: ValueKind.allCases.count)
  private var textCodes = [[UInt32]](repeating: [], count: ValueKind.allCases.count)
  private var textMemory = TextCodes()
  /// Where all instants of a bucket are alike: the first one stands for them.
  private var finder: BucketFinder?
  private var bucketCodes: [UInt32] = []

  /// Creates a coder that knows no value.
  /// - Parameter grain: buckets whose instants need not be told apart; nil for none.
  init(grain: CalendarBuckets? = nil) { finder = grain.map { BucketFinder($0) } }

  /// Writes the code of each of `rows`, by row, to `codes`.
  mutating func encode(
    _ vector: ColumnVector, _ rows: SelectedRows, _ type: FieldType, into codes: inout [UInt32]
  ) {
    switch vector.uniformKind {
    case .absent, .null:
      let code = null()
      rows.forEach { _, row in codes[row] = code }
    case .int where type == .instant && finder != nil:
      encodeInstants(vector, rows, into: &codes)
    case .bool, .int, .double:
      encodeNumbers(vector, rows, type, into: &codes)
    case .decimal, .text, .json, nil:
      encodeMixed(vector, rows, type, into: &codes)
    }
  }

  private mutating func null() -> UInt32 {
    if let nullCode { return nullCode }
    nullCode = add(.null)
    return UInt32(values.count - 1)
  }

  private mutating func add(_ value: Value) -> UInt32 {
    values.append(value)
    return UInt32(values.count - 1)
  }

  private mutating func encodeInstants(
    _ vector: ColumnVector, _ rows: SelectedRows, into codes: inout [UInt32]
  ) {
    vector.numbers.withUnsafeBufferPointer { times in
      codes.withUnsafeMutableBufferPointer { codes in
        rows.forEach { _, row in codes[row] = code(instant: times[row]) }
      }
    }
  }

  @inline(__always)
  private mutating func code(instant: Int64) -> UInt32 {
    guard let number = finder?.number(of: instant) else { return .max }
    if Int(number) == bucketCodes.count, let finder {
      bucketCodes.append(add(.time(finder.buckets[Int(number)].lowerBound)))
    }
    return bucketCodes[Int(number)]
  }

  private mutating func encodeNumbers(
    _ vector: ColumnVector, _ rows: SelectedRows, _ type: FieldType, into codes: inout [UInt32]
  ) {
    guard let kind = vector.uniformKind else { return }
    vector.numbers.withUnsafeBufferPointer { bits in
      codes.withUnsafeMutableBufferPointer { codes in
        // Neighbours are often equal.
        var last: (bits: Int64, code: UInt32)?
        rows.forEach { _, row in
          if let last, last.bits == bits[row] {
            codes[row] = last.code
            return
          }
          codes[row] = code(kind, bits[row], vector, row, type)
          last = (bits[row], codes[row])
        }
      }
    }
  }

  @inline(__always)
  private mutating func code(
    _ kind: ValueKind, _ bits: Int64, _ vector: ColumnVector, _ row: Int, _ type: FieldType
  ) -> UInt32 {
    let kindIndex = Int(kind.rawValue)
    let number = Int(numbers[kindIndex].code(UInt64(bitPattern: bits)))
    if number == numberCodes[kindIndex].count {
      numberCodes[kindIndex].append(add(vector.evaluated(row, as: type)))
    }
    return numberCodes[kindIndex][number]
  }

  /// Values of any kinds.
  private mutating func encodeMixed(
    _ vector: ColumnVector, _ rows: SelectedRows, _ type: FieldType, into codes: inout [UInt32]
  ) {
    let text = ValueKind.text
    var known = textMemory.take(vector)
    let others = vector.uniformKind == text ? 0 : vector.texts.count
    var decimals = [UInt32](repeating: .max, count: others)
    var objects = decimals
    rows.forEach { _, row in
      let kind = vector.kind(row)
      switch kind {
      case .absent, .null: codes[row] = null()
      case .bool, .int, .double:
        codes[row] = code(kind, vector.numbers[row], vector, row, type)
      case .text: codes[row] = code(text, vector, row, type, &known)
      case .decimal: codes[row] = code(kind, vector, row, type, &decimals)
      case .json: codes[row] = code(kind, vector, row, type, &objects)
      }
    }
    textMemory.keep(known, vector)
  }

  /// The code of a textual value; `known` has those of the block by text.
  @inline(__always)
  private mutating func code(
    _ kind: ValueKind, _ vector: ColumnVector, _ row: Int, _ type: FieldType,
    _ known: inout [UInt32]
  ) -> UInt32 {
    let text = Int(vector.codes[row])
    if known[text] == .max { known[text] = newCode(kind, vector, row, type) }
    return known[text]
  }

  @inline(never)
  private mutating func newCode(
    _ kind: ValueKind, _ vector: ColumnVector, _ row: Int, _ type: FieldType
  ) -> UInt32 {
    let kindIndex = Int(kind.rawValue)
    let number = vector.texts.withBytes(Int(vector.codes[row])) {
      texts[kindIndex].insert($0, hash: StableHash.xxh64($0, seed: 0)).number
    }
    if number == textCodes[kindIndex].count {
      textCodes[kindIndex].append(add(vector.evaluated(row, as: type)))
    }
    return textCodes[kindIndex][number]
  }
}

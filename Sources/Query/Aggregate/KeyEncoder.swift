// Turns the values of one grouping key into small codes, block by block.

import Columnar
import EvtCore

/// The codes of one key in one segment.
struct KeyEncoder {
  private let key: GroupKey
  private(set) var table = ValueTable()
  private var textMemory = TextCodes()
  /// For time buckets.
  private var finder: BucketFinder?
  /// For expressions, and for fields whose values are no texts.
  private var evaluator: ExpressionEvaluator?
  /// By number of a bucket or of what was evaluated, the code of the key's value.
  private var byNumber: [UInt32] = []
  private var generation = 0

  init(_ key: GroupKey) { self.key = key }

  /// Writes the code of each selected row to `codes`.
  mutating func encode(
    _ block: borrowing ScanBlock, _ rows: SelectedRows, types: (Int) -> FieldType,
    into codes: inout [UInt32]
  ) {
    switch key.source {
    case .field(let index) where block.columns[index].uniformKind == .text:
      encodeTexts(block.columns[index], rows, into: &codes)
    case .field(let index):
      encode(.field(index), [index], block, rows, types, into: &codes)
    case .timeBucket(let index, let calendar, let isDate):
      encodeBuckets(block.columns[index], rows, calendar, isDate: isDate, into: &codes)
    case .expression(let expression, let fields):
      encode(expression, fields, block, rows, types, into: &codes)
    }
  }

  private mutating func encode(
    _ expression: BoundExpression, _ fields: [Int], _ block: borrowing ScanBlock,
    _ rows: SelectedRows, _ types: (Int) -> FieldType, into codes: inout [UInt32]
  ) {
    var evaluator =
      self.evaluator ?? ExpressionEvaluator(expression, fields: fields, types: types)
    // Taken out, so that it has one owner and is changed in place.
    self.evaluator = nil
    defer { self.evaluator = evaluator }
    let columns = block.columns
    evaluator.evaluate(rows, rowCount: block.rowCount) { (columns[$0], types($0)) }
    if evaluator.generation != generation {
      byNumber.removeAll(keepingCapacity: true)
      generation = evaluator.generation
    }
    for value in evaluator.values[byNumber.count...] { byNumber.append(table.code(value)) }
    evaluator.numbers.withUnsafeBufferPointer { numbers in
      byNumber.withUnsafeBufferPointer { byNumber in
        codes.withUnsafeMutableBufferPointer { codes in
          rows.forEach { ordinal, row in codes[ordinal] = byNumber[Int(numbers[row])] }
        }
      }
    }
  }

  private mutating func encodeTexts(
    _ vector: ColumnVector, _ rows: SelectedRows, into codes: inout [UInt32]
  ) {
    var byText = textMemory.take(vector)
    vector.codes.withUnsafeBufferPointer { textCodes in
      codes.withUnsafeMutableBufferPointer { codes in
        byText.withUnsafeMutableBufferPointer { known in
          rows.forEach { ordinal, row in
            let textCode = Int(textCodes[row])
            var code = known[textCode]
            if code == .max {
              code = add(vector.texts, textCode)
              known[textCode] = code
            }
            codes[ordinal] = code
          }
        }
      }
    }
    textMemory.keep(byText, vector)
  }

  @inline(never)
  private mutating func add(_ texts: TextList, _ textCode: Int) -> UInt32 {
    texts.withBytes(textCode) { table.code(text: $0) }
  }

  // MARK: - Time

  private mutating func encodeBuckets(
    _ vector: ColumnVector, _ rows: SelectedRows, _ calendar: CalendarBuckets, isDate: Bool,
    into codes: inout [UInt32]
  ) {
    var finder = self.finder ?? BucketFinder(calendar)
    self.finder = nil
    defer { self.finder = finder }
    finder.number(vector.numbers, rows, into: &codes)
    for bucket in finder.buckets[byNumber.count...] {
      let start = bucket.lowerBound
      byNumber.append(
        table.code(isDate ? .date(calendar.firstDate(of: start).number) : .time(start)))
    }
    codes.withUnsafeMutableBufferPointer { codes in
      byNumber.withUnsafeBufferPointer { byNumber in
        for ordinal in 0..<rows.count { codes[ordinal] = byNumber[Int(codes[ordinal])] }
      }
    }
  }
}

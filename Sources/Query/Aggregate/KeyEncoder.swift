// Turns the values of one grouping key into small codes, block by block.

import Columnar
import EvtCore

/// The codes of one key in one segment.
struct KeyEncoder {
  private let key: GroupKey
  private(set) var table = ValueTable()
  /// By code of the segment's dictionary, the code of its value; `.max` where not yet known.
  private var byDictionary: [UInt32] = []
  /// For time buckets: those seen so far, ascending, and that of the last row.
  private var buckets: [CodedBucket] = []
  private var lastBucket = CodedBucket(first: .max, last: .min, code: 0)

  init(_ key: GroupKey) { self.key = key }

  /// Writes the code of each selected row to `codes`.
  mutating func encode(
    _ block: borrowing ScanBlock, _ rows: SelectedRows, types: (Int) -> FieldType,
    into codes: inout [UInt32]
  ) {
    switch key.source {
    case .field(let index):
      encode(block.columns[index], rows, types(index), into: &codes)
    case .timeBucket(let index, let buckets, let isDate):
      encodeBuckets(block.columns[index], rows, buckets, isDate: isDate, into: &codes)
    case .expression(let expression, let fields):
      let vectors = fields.map { (field: $0, vector: block.columns[$0], type: types($0)) }
      var values = [Value](repeating: .null, count: block.columns.count)
      rows.forEach { ordinal, row in
        for (field, vector, type) in vectors {
          values[field] = vector.evaluated(row, as: type)
        }
        codes[ordinal] = table.code(expression.evaluate(values))
      }
    }
  }

  private mutating func encode(
    _ vector: ColumnVector, _ rows: SelectedRows, _ type: FieldType, into codes: inout [UInt32]
  ) {
    switch vector.uniformKind {
    case .absent, .null:
      let code = table.code(.null)
      for ordinal in 0..<rows.count { codes[ordinal] = code }
    case .text:
      encodeTexts(vector, rows, into: &codes)
    case .bool, .int, .double, .decimal, .json:
      var last: (value: Int64, code: UInt32)?
      let isPlain = !(vector.uniformKind?.isTextual ?? true)
      rows.forEach { ordinal, row in
        let bits = isPlain ? vector.numbers[row] : 0
        if isPlain, let last, last.value == bits {
          codes[ordinal] = last.code
        } else {
          codes[ordinal] = table.code(vector.evaluated(row, as: type))
          last = (bits, codes[ordinal])
        }
      }
    case nil:
      var byText = takeTextCodes(vector)
      let null = table.code(.null)
      rows.forEach { ordinal, row in
        switch vector.kind(row) {
        case .absent, .null: codes[ordinal] = null
        case .text:
          let textCode = Int(vector.codes[row])
          if byText[textCode] == .max { byText[textCode] = add(vector.texts, textCode) }
          codes[ordinal] = byText[textCode]
        case .bool, .int, .double, .decimal, .json:
          codes[ordinal] = table.code(vector.evaluated(row, as: type))
        }
      }
      keepTextCodes(byText, vector)
    }
  }

  private mutating func encodeTexts(
    _ vector: ColumnVector, _ rows: SelectedRows, into codes: inout [UInt32]
  ) {
    var byText = takeTextCodes(vector)
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
    keepTextCodes(byText, vector)
  }

  @inline(never)
  private mutating func add(_ texts: TextList, _ textCode: Int) -> UInt32 {
    texts.withBytes(textCode) { table.code(text: $0) }
  }

  /// The codes known for the texts of `vector`: those of the segment's dictionary last from block
  /// to block.
  private mutating func takeTextCodes(_ vector: ColumnVector) -> [UInt32] {
    var known: [UInt32] = []
    if vector.usesSegmentDictionary { swap(&known, &byDictionary) }
    let missing = vector.texts.count - known.count
    if missing > 0 { known += [UInt32](repeating: .max, count: missing) }
    return known
  }

  private mutating func keepTextCodes(_ known: [UInt32], _ vector: ColumnVector) {
    // Only a list that is the dictionary itself is kept; other texts may follow it in mixed blocks.
    if vector.usesSegmentDictionary, vector.texts.isSortedDictionary { byDictionary = known }
  }

  // MARK: - Time

  /// A stretch of time, from its first to its last instant, and its code.
  private struct CodedBucket {
    var first: Int64
    var last: Int64
    var code: UInt32
  }

  private mutating func encodeBuckets(
    _ vector: ColumnVector, _ rows: SelectedRows, _ calendar: CalendarBuckets, isDate: Bool,
    into codes: inout [UInt32]
  ) {
    // The rows of a user follow each other in time, so that most are in the bucket of the last.
    var bucket = lastBucket
    vector.numbers.withUnsafeBufferPointer { times in
      codes.withUnsafeMutableBufferPointer { codes in
        rows.forEach { ordinal, row in
          let time = times[row]
          if time < bucket.first || time > bucket.last {
            bucket = self.bucket(containing: time, calendar, isDate: isDate)
          }
          codes[ordinal] = bucket.code
        }
      }
    }
    lastBucket = bucket
  }

  private mutating func bucket(
    containing time: Int64, _ calendar: CalendarBuckets, isDate: Bool
  ) -> CodedBucket {
    var low = 0
    var high = buckets.count
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].last < time { low = middle + 1 } else { high = middle }
    }
    if low < buckets.count, buckets[low].first <= time { return buckets[low] }
    let bucket = calendar.bucket(containing: time)
    let code = table.code(
      isDate ? .date(calendar.firstDate(of: time).number) : .time(bucket.lowerBound))
    buckets.insert(
      CodedBucket(first: bucket.lowerBound, last: bucket.upperBound, code: code), at: low)
    return buckets[low]
  }
}

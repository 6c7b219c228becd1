// Evaluates an expression over the rows of blocks, once for each combination of its fields' values.

import Columnar
import EvtCore

/// The values of an expression over the rows of a segment. Most expressions are over fields of few
/// values, and to tell which value a row has is much cheaper than to evaluate.
struct ExpressionEvaluator {
  private let expression: BoundExpression
  /// Indices of the fields it reads, in the block and in the expression.
  private let fields: [Int]
  /// By field, buckets whose instants are alike.
  private let grains: [CalendarBuckets?]
  private var coders: [ValueCoder]
  /// Joins the codes of the first fields and of the next one; one fewer than fields.
  private var joins: [PairTable]
  /// Kept from block to block for its memory.
  private var codes: [UInt32] = []
  /// Whether nearly every row is a combination of its own, so that it pays to ask row by row.
  private var isRowByRow = false

  /// By row of the last block, for those that were asked for: the number of its value.
  private(set) var numbers: [UInt32] = []
  /// By number. Values may stand here more than once.
  private(set) var values: [Value] = []
  /// Numbers mean the same as before as long as this does not change.
  private(set) var generation = 0

  /// Combinations beyond which all are forgotten.
  private static let combinationsMax = 1 << 16
  /// Fewer rows do not tell whether combinations repeat.
  private static let tellingRows = 4_096

  /// Prepares to evaluate `expression` over the fields `fields` of `types`.
  init(_ expression: BoundExpression, fields: [Int], types: (Int) -> FieldType) {
    self.expression = expression
    self.fields = fields
    grains = fields.map { types($0) == .instant ? expression.grain(of: $0) : nil }
    coders = grains.map { ValueCoder(grain: $0) }
    joins = [PairTable](repeating: PairTable(), count: max(0, fields.count - 1))
  }

  /// Sets `numbers` for `rows` of a block of `rowCount` rows.
  mutating func evaluate(
    _ rows: SelectedRows, rowCount: Int,
    _ column: (Int) throws -> (vector: ColumnVector, type: FieldType)
  ) rethrows {
    let columns = try fields.map { try column($0) }
    if numbers.count < rowCount { numbers = [UInt32](repeating: 0, count: rowCount) }
    if isRowByRow { return evaluateEach(rows, columns) }
    if values.count > Self.combinationsMax { forget() }
    if fields.isEmpty {
      if values.isEmpty { values = [expression.evaluate([])] }
      return rows.forEach { _, row in numbers[row] = 0 }
    }
    encode(rows, columns)
    let before = values.count
    addValues()
    if rows.count >= Self.tellingRows, (values.count - before) * 2 > rows.count {
      // What is known stays valid for this block; the next one begins afresh.
      isRowByRow = true
    }
  }

  private mutating func forget() {
    coders = grains.map { ValueCoder(grain: $0) }
    joins = joins.map { _ in PairTable() }
    values = []
    generation += 1
  }

  private mutating func encode(
    _ rows: SelectedRows, _ columns: [(vector: ColumnVector, type: FieldType)]
  ) {
    coders[0].encode(columns[0].vector, rows, columns[0].type, into: &numbers)
    for field in fields.indices.dropFirst() {
      if codes.count < numbers.count { codes = [UInt32](repeating: 0, count: numbers.count) }
      coders[field].encode(columns[field].vector, rows, columns[field].type, into: &codes)
      join(rows, field)
    }
  }

  private mutating func join(_ rows: SelectedRows, _ field: Int) {
    codes.withUnsafeBufferPointer { codes in
      numbers.withUnsafeMutableBufferPointer { numbers in
        var last: (pair: UInt64, joined: UInt32)?
        rows.forEach { _, row in
          let pair = UInt64(numbers[row]) << 32 | UInt64(codes[row])
          if let last, last.pair == pair {
            numbers[row] = last.joined
            return
          }
          numbers[row] = joins[field - 1].code(pair)
          last = (pair, numbers[row])
        }
      }
    }
  }

  /// Evaluates the combinations that are new.
  private mutating func addValues() {
    let count = joins.last?.pairs.count ?? coders[0].values.count
    guard count > values.count else { return }
    var inputs = [Value](repeating: .null, count: (fields.max() ?? -1) + 1)
    for number in values.count..<count {
      var joined = UInt32(number)
      for field in fields.indices.dropFirst().reversed() {
        let code: UInt32
        (joined, code) = joins[field - 1].parts(joined)
        inputs[fields[field]] = coders[field].values[Int(code)]
      }
      inputs[fields[0]] = coders[0].values[Int(joined)]
      values.append(expression.evaluate(inputs))
    }
  }

  private mutating func evaluateEach(
    _ rows: SelectedRows, _ columns: [(vector: ColumnVector, type: FieldType)]
  ) {
    values.removeAll(keepingCapacity: true)
    generation += 1
    var inputs = [Value](repeating: .null, count: (fields.max() ?? -1) + 1)
    rows.forEach { _, row in
      for (field, column) in zip(fields, columns) {
        inputs[field] = column.vector.evaluated(row, as: column.type)
      }
      numbers[row] = UInt32(values.count)
      values.append(expression.evaluate(inputs))
    }
  }
}

extension BoundExpression {
  /// Buckets within which all instants of `field` give the same value; nil where they may not.
  func grain(of field: Int) -> CalendarBuckets? {
    var grain: (minutes: Int, zone: ZoneRules)?
    guard collectGrain(of: field, &grain), let grain else { return nil }
    let unit = grain.minutes == 1_440 ? CalendarBuckets.Unit.day : .minutes(grain.minutes)
    return CalendarBuckets(unit, zone: grain.zone)
  }

  /// Takes up into `grain` how finely each use of `field` tells instants apart; false when one
  /// tells all of them apart, or two are by different clocks.
  private func collectGrain(
    of field: Int, _ grain: inout (minutes: Int, zone: ZoneRules)?
  ) -> Bool {
    if self == .field(field) { return false }
    guard case .call(let function, let arguments) = self, arguments.first == .field(field),
      let minutes = function.grainMinutes(arguments: arguments.count)
    else { return operands.allSatisfy { $0.collectGrain(of: field, &grain) } }
    if let grain, grain.zone != function.zone { return false }
    grain = (Self.greatestDivisor(grain?.minutes ?? 0, minutes), function.zone)
    return arguments.dropFirst().allSatisfy { $0.collectGrain(of: field, &grain) }
  }

  private static func greatestDivisor(_ left: Int, _ right: Int) -> Int {
    left == 0 ? right : greatestDivisor(right % left, left)
  }
}

extension ScalarFunction {
  /// For a function of an instant, the length of the stretches of its clock within which it gives
  /// one value.
  fileprivate func grainMinutes(arguments: Int) -> Int? {
    if let bucket { return if case .minutes(let minutes) = bucket.unit { minutes } else { 1_440 } }
    guard arguments == 1 else { return nil }
    return switch name {
    case "toMinute": 1
    case "toHour": 60
    case "toDayOfWeek", "toDayOfMonth", "toDayOfYear", "toMonth", "toQuarter", "toYear": 1_440
    default: nil
    }
  }
}

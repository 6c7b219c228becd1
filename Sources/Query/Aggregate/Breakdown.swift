// What `--by` means to analyses that do not aggregate rows: values of a key as small numbers.

import Columnar
import EvtCore

/// A field or expression whose values break an answer down, bound as the keys of `evt query --by`.
public struct Breakdown: Sendable {
  let key: GroupKey
  /// What the key reads. The fields of the scan's request must begin with these.
  public let fields: [BoundField]

  /// Binds the key `text`.
  /// - Throws: `QueryError`.
  public init(_ text: String, _ binder: inout Binder) throws {
    let plan = try AggregateQuery(
      keys: [text], now: binder.now, allowsMissing: binder.allowsMissing
    ).plan(&binder)
    key = plan.keys[0]
    fields = plan.request.fields
  }
}

/// Numbers the values of a key in one segment, as they turn up.
public struct BreakdownEncoder {
  private let fields: [BoundField]
  private var encoder: KeyEncoder
  private var ordinalCodes: [UInt32] = []

  /// Creates an encoder that knows no value.
  public init(_ breakdown: Breakdown) {
    fields = breakdown.fields
    encoder = KeyEncoder(breakdown.key)
  }

  /// Sets `codes` to the number of the value of each row of `block`; those of rows that are not
  /// selected mean nothing.
  public mutating func encode(_ block: borrowing ScanBlock, into codes: inout [UInt32]) {
    let rows = SelectedRows(block)
    let fields = self.fields
    if codes.count != block.rowCount { codes = [UInt32](repeating: 0, count: block.rowCount) }
    if rows.count == block.rowCount {
      encoder.encode(block, rows, types: { fields[$0].type }, into: &codes)
      return
    }
    if ordinalCodes.count < rows.count {
      ordinalCodes = [UInt32](repeating: 0, count: block.rowCount)
    }
    encoder.encode(block, rows, types: { fields[$0].type }, into: &ordinalCodes)
    rows.forEach { ordinal, row in codes[row] = ordinalCodes[ordinal] }
  }

  /// The values by number.
  public var values: BreakdownValues { BreakdownValues(encoder.table) }
}

/// The distinct values of a key by number. Numbers that are equal are one value; null is one too.
public struct BreakdownValues: Sendable {
  private var table: ValueTable

  init(_ table: ValueTable) { self.table = table }

  /// Creates an empty list.
  public init() { table = ValueTable() }

  /// The number of values.
  public var count: Int { table.values.count }

  /// Value number `code`.
  public subscript(code: Int) -> ResultValue { table.values[code].result }

  /// Adds the values of `other` and returns the numbers that they have here.
  /// - Throws: `QueryError.tooManyGroups`.
  public mutating func add(_ other: BreakdownValues) throws(QueryError) -> [UInt32] {
    let codes = other.table.values.map { table.code($0) }
    guard count <= AggregateQuery.groupsMax else {
      throw .tooManyGroups(limit: AggregateQuery.groupsMax)
    }
    return codes
  }

  /// The place of each value in their order: numbers, texts and so on by value, null last.
  public var ranks: [UInt32] {
    let order = table.values.indices.sorted {
      ValueOrder.total(table.values[$0], table.values[$1]) == .below
    }
    var ranks = [UInt32](repeating: 0, count: count)
    for (rank, code) in order.enumerated() { ranks[code] = UInt32(rank) }
    return ranks
  }
}

// Builds the columns of a batch one event at a time.

import EvtCore

/// Takes the values of consecutive events, row by row.
///
/// It is a struct that owns its columns, so that the scanner's stores go straight to memory: class
/// properties would cost a dynamic exclusivity check each.
public struct BatchBuilder: ~Copyable {
  /// Nanoseconds since 1970 of each finished row.
  public var times = GrowableBuffer<Int64>()
  /// The columns, the canonical ones first; moves when a column is added.
  public var columns: UnsafeMutablePointer<BatchColumn>
  public private(set) var columnCount = 0
  private var columnCapacity = 64
  private var indexByPath: [ExactText: Int] = [:]

  /// Creates a builder without rows.
  public init() {
    columns = .allocate(capacity: columnCapacity)
    for role in EventBatch.canonicalRoles {
      addColumn(path: role.canonicalName ?? "", role: role)
    }
  }

  deinit {
    columns.deinitialize(count: columnCount)
    columns.deallocate()
  }

  /// The number of finished rows.
  @inlinable
  public var rowCount: Int { times.count }

  /// The memory held by all columns.
  public var allocatedBytes: Int {
    var bytes = times.allocatedBytes + columnCapacity * MemoryLayout<BatchColumn>.stride
    for index in 0..<columnCount {
      bytes += columns[index].allocatedBytes + columns[index].path.utf8.count + 128
    }
    return bytes
  }

  /// The index of the property column of `path`, made when missing.
  public mutating func propertyColumn(_ path: String) -> Int {
    if let index = indexByPath[ExactText(path)] { return index }
    addColumn(path: path, role: .property)
    indexByPath[ExactText(path)] = columnCount - 1
    return columnCount - 1
  }

  /// The index of the property column of `path`, nil when there is none.
  func knownColumn(_ path: String) -> Int? { indexByPath[ExactText(path)] }

  /// Sets a number, bool or null of the row that is being read.
  /// Returns false when the row had a value in this column, which is then replaced.
  @inlinable @inline(__always)
  public mutating func set(column: Int, kind: ValueKind, bits: UInt64) -> Bool {
    columns[column].set(row: times.count, kind: kind, bits: bits)
  }

  /// Sets a text, decimal or JSON value of the row that is being read; see above.
  @inlinable @inline(__always)
  public mutating func set(column: Int, kind: ValueKind, text: UnsafeRawBufferPointer) -> Bool {
    columns[column].set(row: times.count, kind: kind, text: text)
  }

  /// Finishes the row that is being read.
  @inlinable @inline(__always)
  public mutating func finishRow(time: Int64) { times.append(time) }

  /// Drops the values of the row that is being read.
  public mutating func abandonRow() {
    for index in 0..<columnCount { columns[index].remove(row: times.count) }
  }

  /// Removes the properties whose paths `isKept` refuses; the other ones get new indices.
  /// - Returns: what there was of them.
  public mutating func keepProperties(
    where isKept: (String) -> Bool
  ) -> [SegmentSummary.Field] {
    var removed: [SegmentSummary.Field] = []
    var count = 0
    indexByPath = [:]
    for index in 0..<columnCount {
      let path = columns[index].path
      if columns[index].role == .property, !isKept(path) {
        removed.append(
          SegmentSummary.Field(path: path, role: .property, kinds: columns[index].kinds))
        (columns + index).deinitialize(count: 1)
        continue
      }
      if columns[index].role == .property { indexByPath[ExactText(path)] = count }
      if count < index { (columns + count).moveInitialize(from: columns + index, count: 1) }
      count += 1
    }
    columnCount = count
    return removed
  }

  private mutating func addColumn(path: String, role: ColumnRole) {
    if columnCount == columnCapacity {
      let larger = UnsafeMutablePointer<BatchColumn>.allocate(capacity: columnCapacity * 2)
      larger.moveInitialize(from: columns, count: columnCount)
      columns.deallocate()
      columns = larger
      columnCapacity *= 2
    }
    (columns + columnCount).initialize(to: BatchColumn(path: path, role: role))
    columnCount += 1
  }
}

// Events as columns in memory: what Ingest makes and Store takes.

import EvtCore

/// A run of consecutive events of one input, in input order, as columns.
///
/// The parsing thread builds it through `appendRow`/`set`, and then hands it over: after that it is
/// only read, which is why it may cross threads.
public final class EventBatch: @unchecked Sendable {
  /// The ordinal of the input within its run, from 0.
  public let source: Int
  /// Nanoseconds since 1970 of each finished row.
  public private(set) var times = GrowableBuffer<Int64>()
  private var columns: UnsafeMutablePointer<BatchColumn>
  public private(set) var columnCount = 0
  private var columnCapacity = 64
  private var indexByPath: [ExactText: Int] = [:]
  /// The columns of the canonical fields, in the order of `canonicalRoles`, always present.
  public static let canonicalRoles: [ColumnRole] = [.event, .user, .session, .eventID]

  /// Creates an empty batch of events of input number `source`.
  public init(source: Int) {
    self.source = source
    columns = .allocate(capacity: columnCapacity)
    for role in Self.canonicalRoles { _ = addColumn(path: role.canonicalName ?? "", role: role) }
  }

  deinit {
    columns.deinitialize(count: columnCount)
    columns.deallocate()
  }

  /// The number of finished rows.
  public var rowCount: Int { times.count }

  /// The memory held by all columns.
  public var allocatedBytes: Int {
    var bytes = times.allocatedBytes + columnCapacity * MemoryLayout<BatchColumn>.stride
    for index in 0..<columnCount { bytes += columns[index].allocatedBytes + 128 }
    return bytes
  }

  /// Calls `body` with column `index`.
  @inline(__always)
  public func withColumn<Result>(_ index: Int, _ body: (borrowing BatchColumn) -> Result) -> Result {
    precondition(index >= 0 && index < columnCount, "BUG: column out of range")
    return body(columns[index])
  }

  /// The index of the canonical column of `role` (event, user, session or event id).
  @inline(__always)
  public static func canonicalColumn(_ role: ColumnRole) -> Int { Int(role.rawValue) - 1 }

  /// The index of the property column of `path`, made when missing.
  public func propertyColumn(_ path: String) -> Int {
    if let index = indexByPath[ExactText(path)] { return index }
    let index = addColumn(path: path, role: .property)
    indexByPath[ExactText(path)] = index
    return index
  }

  /// Sets a number, bool or null of the row that is being read.
  /// Returns false when the row had a value in this column, which is then replaced.
  @inline(__always)
  public func set(column: Int, kind: ValueKind, bits: UInt64) -> Bool {
    columns[column].set(row: times.count, kind: kind, bits: bits)
  }

  /// Sets a text, decimal or JSON value of the row that is being read; see above.
  @inline(__always)
  public func set(column: Int, kind: ValueKind, text: UnsafeRawBufferPointer) -> Bool {
    columns[column].set(row: times.count, kind: kind, text: text)
  }

  /// Finishes the row that is being read.
  @inline(__always)
  public func finishRow(time: Int64) { times.append(time) }

  /// Drops the values of the row that is being read.
  public func abandonRow() {
    for index in 0..<columnCount { columns[index].remove(row: times.count) }
  }

  private func addColumn(path: String, role: ColumnRole) -> Int {
    if columnCount == columnCapacity {
      let larger = UnsafeMutablePointer<BatchColumn>.allocate(capacity: columnCapacity * 2)
      larger.moveInitialize(from: columns, count: columnCount)
      columns.deallocate()
      columns = larger
      columnCapacity *= 2
    }
    (columns + columnCount).initialize(to: BatchColumn(path: path, role: role))
    columnCount += 1
    return columnCount - 1
  }
}

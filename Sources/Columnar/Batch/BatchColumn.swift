// One column of a batch while events are being read.

import EvtCore

/// The values of one path in a batch, in row order; rows without the key have no entry.
public struct BatchColumn: ~Copyable {
  /// The key path, components joined by dots, odd ones in backticks (see `KeyPath`).
  public let path: String
  public let role: ColumnRole
  /// 64 bits an entry: an integer, the bit pattern of a double, 0 or 1, or a code of `texts`.
  public private(set) var values = GrowableBuffer<UInt64>()
  public private(set) var texts = TextPool()
  // Both stay empty while entry i is of row i, and while all entries are of one kind.
  private var sparseRows = GrowableBuffer<UInt32>()
  private var mixedKinds = GrowableBuffer<UInt8>()
  private var isDense = true
  private var onlyKind: UInt8 = 0

  init(path: String, role: ColumnRole) {
    self.path = path
    self.role = role
  }

  /// The number of entries.
  public var count: Int { values.count }

  /// The row of `entry`.
  @inline(__always)
  public func row(of entry: Int) -> Int { isDense ? entry : Int(sparseRows[entry]) }

  /// The kind of `entry`, never `absent`.
  @inline(__always)
  public func kind(of entry: Int) -> ValueKind {
    let raw = mixedKinds.count == 0 ? onlyKind : mixedKinds[entry]
    return ValueKind(rawValue: raw) ?? .null
  }

  /// Whether entry i belongs to row i.
  public var entriesAreRows: Bool { isDense }

  /// The one kind of all entries, or nil.
  public var uniformKind: ValueKind? {
    mixedKinds.count == 0 ? ValueKind(rawValue: onlyKind) : nil
  }

  /// The memory held.
  public var allocatedBytes: Int {
    values.allocatedBytes + texts.allocatedBytes + sparseRows.allocatedBytes
      + mixedKinds.allocatedBytes
  }

  /// Sets the value of `row`, which is that of the last entry or a later one.
  /// Returns false when the row had a value already, which is then replaced.
  @inline(__always)
  mutating func set(row: Int, kind: ValueKind, bits: UInt64) -> Bool {
    let entry = values.count
    if entry > 0, self.row(of: entry - 1) == row {
      replaceLast(kind: kind, bits: bits)
      return false
    }
    if isDense, row != entry { becomeSparse() }
    if !isDense { sparseRows.append(UInt32(row)) }
    if entry == 0 { onlyKind = kind.rawValue }
    if mixedKinds.count == 0, onlyKind != kind.rawValue { becomeMixed() }
    if mixedKinds.count > 0 || onlyKind != kind.rawValue { mixedKinds.append(kind.rawValue) }
    values.append(bits)
    return true
  }

  @inline(__always)
  mutating func set(row: Int, kind: ValueKind, text: UnsafeRawBufferPointer) -> Bool {
    set(row: row, kind: kind, bits: UInt64(texts.code(of: text)))
  }

  /// Removes the entry of `row` if it is the last one's.
  mutating func remove(row: Int) {
    let last = values.count - 1
    guard last >= 0, self.row(of: last) == row else { return }
    values.truncate(to: last)
    if !isDense { sparseRows.truncate(to: last) }
    if mixedKinds.count > 0 { mixedKinds.truncate(to: last) }
  }

  private mutating func replaceLast(kind: ValueKind, bits: UInt64) {
    let entry = values.count - 1
    if mixedKinds.count == 0, onlyKind != kind.rawValue {
      if entry == 0 { onlyKind = kind.rawValue } else { becomeMixed() }
    }
    if mixedKinds.count > 0 { mixedKinds[entry] = kind.rawValue }
    values[entry] = bits
  }

  private mutating func becomeSparse() {
    isDense = false
    for entry in 0..<values.count { sparseRows.append(UInt32(entry)) }
  }

  private mutating func becomeMixed() {
    mixedKinds.append(repeating: onlyKind, count: values.count)
  }
}

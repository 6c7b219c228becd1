// One column of a batch while events are being read.

import EvtCore

/// The values of one path in a batch, in row order; rows without the key have no entry.
///
/// The stored properties are public for the sake of inlining into the scanner; only `set` and
/// `remove` change them.
public struct BatchColumn: ~Copyable {
  /// 64 bits an entry: an integer, the bit pattern of a double, 0 or 1, or a code of `texts`.
  public var values = GrowableBuffer<UInt64>()
  /// Entry i is of row i; `sparseRows` is empty.
  public var isDense = true
  /// The kind of all entries while they have one (`mixedKinds` is empty), else `severalKinds`.
  public var onlyKind: UInt8 = BatchColumn.severalKinds
  public var texts: TextPool
  public var sparseRows = GrowableBuffer<UInt32>()
  public var mixedKinds = GrowableBuffer<UInt8>()
  /// The key path, components joined by dots, odd ones in backticks (see `KeyPath`).
  public let path: String
  public let role: ColumnRole

  /// Stands in `onlyKind` of a column that is empty or holds several kinds; no kind has this value.
  public static let severalKinds: UInt8 = .max

  init(path: String, role: ColumnRole) {
    self.path = path
    self.role = role
    texts = TextPool(expectsDistinct: role == .eventID)
  }

  /// The number of entries.
  @inlinable
  public var count: Int { values.count }

  /// The row of `entry`.
  @inlinable @inline(__always)
  public func row(of entry: Int) -> Int { isDense ? entry : Int(sparseRows[entry]) }

  /// The entry of `row`, nil when the row has none.
  func entry(ofRow row: Int) -> Int? {
    let entry = firstEntry(from: row)
    return entry < count && self.row(of: entry) == row ? entry : nil
  }

  /// The first entry of `row` or a later one; `count` when there is none.
  func firstEntry(from row: Int) -> Int {
    if isDense { return min(row, count) }
    var (lower, upper) = (0, count)
    while lower < upper {
      let middle = (lower + upper) / 2
      if self.row(of: middle) < row { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// The kind of `entry`, never `absent`.
  @inlinable @inline(__always)
  public func kind(of entry: Int) -> ValueKind {
    let raw = onlyKind == Self.severalKinds ? mixedKinds[entry] : onlyKind
    return ValueKind(rawValue: raw) ?? .null
  }

  /// Whether entry i belongs to row i.
  public var entriesAreRows: Bool { isDense }

  /// The one kind of all entries, or nil.
  public var uniformKind: ValueKind? { ValueKind(rawValue: onlyKind) }

  /// The kinds of all entries.
  public var kinds: ValueKinds {
    if let uniformKind { return ValueKinds(uniformKind) }
    return (0..<count).reduce(into: []) { $0.formUnion(ValueKinds(kind(of: $1))) }
  }

  /// The memory held.
  public var allocatedBytes: Int {
    values.allocatedBytes + texts.allocatedBytes + sparseRows.allocatedBytes
      + mixedKinds.allocatedBytes
  }

  /// Whether the last entry is that of `row`.
  @inlinable @inline(__always)
  public func holds(row: Int) -> Bool { values.count > 0 && self.row(of: values.count - 1) == row }

  /// Sets the value of `row`, which is that of the last entry or a later one.
  /// Returns false when the row had a value already, which is then replaced.
  @inlinable @inline(__always)
  public mutating func set(row: Int, kind: ValueKind, bits: UInt64) -> Bool {
    let entry = values.count
    guard kind.rawValue == onlyKind, entry < values.capacity, place(row, at: entry) else {
      return setOther(row: row, kind: kind.rawValue, bits: bits)
    }
    values.base[entry] = bits
    values.count = entry + 1
    return true
  }

  /// Makes `entry`, the next one, that of `row`, if it takes no more than noting the row.
  @inlinable @inline(__always)
  mutating func place(_ row: Int, at entry: Int) -> Bool {
    if isDense { return row == entry }
    // A column of one kind has an entry.
    guard entry < sparseRows.capacity, Int(sparseRows.base[entry - 1]) < row else { return false }
    sparseRows.base[entry] = UInt32(truncatingIfNeeded: row)
    sparseRows.count = entry + 1
    return true
  }

  /// Sets a text, decimal or JSON value of `row`; see above.
  @inlinable @inline(__always)
  public mutating func set(row: Int, kind: ValueKind, text: UnsafeRawBufferPointer) -> Bool {
    set(row: row, kind: kind, bits: UInt64(texts.code(of: text)))
  }

  /// Removes the entry of `row` if it is the last one's.
  public mutating func remove(row: Int) {
    guard holds(row: row) else { return }
    let last = values.count - 1
    values.truncate(to: last)
    if !isDense { sparseRows.truncate(to: last) }
    if mixedKinds.count > 0 { mixedKinds.truncate(to: last) }
    if last == 0 { onlyKind = Self.severalKinds }
  }

  /// The cases beside one more value of a column's only kind.
  @usableFromInline @inline(never)
  mutating func setOther(row: Int, kind: UInt8, bits: UInt64) -> Bool {
    if holds(row: row) {
      replaceLast(kind: kind, bits: bits)
      return false
    }
    let entry = values.count
    if isDense, row != entry { becomeSparse() }
    if !isDense { sparseRows.append(UInt32(truncatingIfNeeded: row)) }
    if entry == 0 { onlyKind = kind }
    if onlyKind != kind { becomeMixed() }
    if onlyKind == Self.severalKinds { mixedKinds.append(kind) }
    values.append(bits)
    return true
  }

  private mutating func replaceLast(kind: UInt8, bits: UInt64) {
    let entry = values.count - 1
    if onlyKind != kind {
      if entry == 0, onlyKind != Self.severalKinds { onlyKind = kind } else { becomeMixed() }
    }
    if onlyKind == Self.severalKinds { mixedKinds[entry] = kind }
    values[entry] = bits
  }

  private mutating func becomeSparse() {
    isDense = false
    for entry in 0..<values.count { sparseRows.append(UInt32(truncatingIfNeeded: entry)) }
  }

  private mutating func becomeMixed() {
    guard onlyKind != Self.severalKinds else { return }
    mixedKinds.append(repeating: onlyKind, count: values.count)
    onlyKind = Self.severalKinds
  }
}
